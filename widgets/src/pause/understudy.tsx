// The card where a person is the model: the blocks of a turn are written, sent, and refused when no model says them.
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { OfferedTool, PromptView } from "../protocol";
import { hints, type Line, type Script } from "./script";
import type { ViewStore } from "../store";

const MOST_ROWS = 16;
const REASONS = ["end_turn", "tool_use", "max_tokens", "refusal", "model_context_window_exceeded"];

interface Props {
  view: ViewStore;
  prompt: PromptView;
  script: Script;
}

/** Every request of this view that waits for somebody to answer it. */
export function Understudies({ view }: { view: ViewStore }) {
  const prompts = view.head.value.prompts ?? [];
  return (
    <>
      {prompts.map((prompt) => (
        <Understudy key={prompt.id} view={view} prompt={prompt} script={view.script(prompt)} />
      ))}
    </>
  );
}

export function Understudy(props: Props) {
  const { view, prompt, script } = props;
  const [first] = prompt.tools;
  const send = async () => {
    const content = script.content();
    if (content === null) return;
    const stop_reason = script.stopReason.peek() || null;
    await view.ask({ kind: "say", id: prompt.id, content, stop_reason }, script.refusal);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <div class="nbk-card nbk-understudy" role="group" aria-label="you are the model" onKeyDown={onKeyDown}>
      <p>
        <b>You are the model.</b> {asked(prompt)}
      </p>
      {script.lines.value.map((line) => (
        <Written key={line.key} {...props} line={line} />
      ))}
      <div class="nbk-row">
        <Button kind="small" onPress={() => script.add("text")}>
          + text
        </Button>
        {first && (
          <Button kind="small" onPress={() => script.add("tool_use", first)}>
            + tool call
          </Button>
        )}
        {prompt.thinks && (
          <Button kind="small" onPress={() => script.add("thinking")}>
            + thinking
          </Button>
        )}
      </div>
      {script.refusal.value && (
        <p class="nbk-refused" role="alert">
          {script.refusal.value}
        </p>
      )}
      <div class="nbk-row">
        <Button kind="primary" title="Ctrl-Enter" off={view.waiting.value > 0} onPress={send}>
          Send
        </Button>
        <Ending script={script} />
        <Button
          kind="quiet"
          title="answer with the API's error 529 instead"
          onPress={() => view.ask({ kind: "fail", id: prompt.id, status: 529 }, script.refusal)}
        >
          Fail: overloaded
        </Button>
      </div>
    </div>
  );
}

/** What the request wants of this turn, beside an answer. */
function asked({ choice, parallel, json, tools }: PromptView): string {
  const wishes = [
    choice === "any" ? "It must call a tool." : choice.startsWith("tool ") ? `It must call ${choice.slice(5)}.` : "",
    tools.length > 0 && !parallel ? "One call at most." : "",
    json ? "The text must be JSON of the schema that was asked for." : "",
  ];
  return ["A request waits for your turn.", ...wishes].filter(Boolean).join(" ");
}

const NAMES = { text: "text", thinking: "thinking", tool_use: "call of" };

function Written({ prompt, script, line }: Props & { line: Line }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    if (script.added === line) ref.current?.focus({ preventScroll: true });
    if (script.added === line) script.added = null;
  }, []);
  const isCall = line.kind === "tool_use";
  const tool = isCall ? prompt.tools.find((each) => each.name === line.tool.value) : undefined;
  const text = line.text.value;
  const rows = Math.min(MOST_ROWS, Math.max(2, text.split("\n").length));
  const label = isCall ? `input of ${line.tool.value}` : line.kind;
  return (
    <div class="nbk-form">
      <div class="nbk-row">
        <label for={id} class="nbk-hint">
          {NAMES[line.kind]}
        </label>
        {isCall && <Choice tools={prompt.tools} line={line} />}
        {script.lines.value.length > 1 && (
          <Button kind="quiet" label={`remove this ${line.kind}`} title="remove" onPress={() => script.remove(line)}>
            ✕
          </Button>
        )}
      </div>
      <textarea
        ref={ref}
        id={id}
        class={isCall ? "nbk-field nbk-code" : "nbk-field"}
        aria-label={label}
        aria-invalid={line.error.value ? "true" : undefined}
        rows={rows}
        spellcheck={!isCall}
        data-jp-suppress-context-menu="true"
        value={text}
        onInput={(event) => {
          line.write(event.currentTarget.value);
          script.refusal.value = null;
        }}
      />
      {line.error.value && (
        <p class="nbk-refused" role="alert">
          {line.error.value}
        </p>
      )}
      {tool && <Hints tool={tool} />}
    </div>
  );
}

function Choice({ tools, line }: { tools: OfferedTool[]; line: Line }) {
  return (
    <select
      class="nbk-select"
      aria-label="tool"
      value={line.tool.value}
      onChange={(event) => {
        const tool = tools.find((each) => each.name === event.currentTarget.value);
        if (tool) line.choose(tool);
      }}
    >
      {tools.map(({ name }) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Hints({ tool }: { tool: OfferedTool }) {
  const keys = hints(tool.schema);
  return (
    <div class="nbk-hint">
      {tool.description && <p>{tool.description}</p>}
      {keys.map((key) => (
        <p key={key}>{key}</p>
      ))}
      <p>{tool.strict ? "strict: the input must fit" : "not strict: an input that doesn't fit goes out, too"}</p>
    </div>
  );
}

function Ending({ script }: { script: Script }) {
  return (
    <label class="nbk-check">
      stop_reason
      <select
        class="nbk-select"
        value={script.stopReason.value}
        onChange={(event) => {
          script.stopReason.value = event.currentTarget.value;
          script.refusal.value = null;
        }}
      >
        <option value="">as the blocks have it</option>
        {REASONS.map((reason) => (
          <option key={reason} value={reason}>
            {reason}
          </option>
        ))}
      </select>
    </label>
  );
}
