// The foot of a view: how to go on, from the state it is in, and what the kernel said to the last wish.
import type { ComponentChildren } from "preact";
import { Breakpoints, BreakpointsOpener } from "./breakpoints";
import { Button } from "../button";
import { useKeptFocus } from "../focus";
import { Limits, RunToEnd } from "./limits";
import { Remark, RemarkOpener } from "./remark";
import { Standing } from "./standing";
import { SendAsItIs } from "./send-as-it-is";
import { Status } from "./status";
import { Stop } from "./stop";
import type { CardView, JsonObject, State } from "../protocol";
import type { ViewStore } from "../store";
import { AskWhatIf } from "../what-if/what-if";

/** While a turn is under way. */
const LIVE = new Set<State>(["paused", "ready", "running", "streaming"]);

interface ControlsProps {
  view: ViewStore;
  /** What opens right above the foot, whose buttons open it. */
  children?: ComponentChildren;
}

export function Controls({ view, children }: ControlsProps) {
  const { state } = view.head.value;
  if (state === "desk" || state === "table") return <Desk view={view} />;
  const open = view.cards.value.filter((card) => card.state === "open");
  return (
    <>
      {state === "confirm" ? <Confirm view={view} /> : state !== "stale" && <Notice view={view} />}
      <Stopped view={view} />
      <Released view={view} />
      <div class="nbk-row nbk-all">
        {state === "paused" && open.length > 1 && <ForAll view={view} runnable={open.some((card) => card.can_run)} />}
        {state !== "stale" && <RemarkOpener view={view} />}
        {state !== "stale" && <Standing view={view} />}
      </div>
      <Foot view={view}>{children}</Foot>
    </>
  );
}

function Foot({ view, children }: ControlsProps) {
  const { state } = view.head.value;
  const ref = useKeptFocus(state);
  // Undone or deleted to its beginning, a turn has left the array; what took it away can be taken back here.
  const gone = state === "stale";
  return (
    <div ref={ref} tabIndex={-1} role="group" aria-label="how to go on" class="nbk-controls">
      {!gone && <Remark view={view} />}
      {LIVE.has(state) && <Limits view={view} />}
      {!gone && <Breakpoints view={view} />}
      {children}
      <footer class="nbk-foot">
        <GoOn view={view} />
        <Status view={view} />
        {!gone && <Usage view={view} />}
        <Tools view={view} />
      </footer>
    </div>
  );
}

/** Where requests of other programs wait, there is no array to work on. */
function Desk({ view }: { view: ViewStore }) {
  return (
    <>
      <Notice view={view} />
      <footer class="nbk-foot">
        <Status view={view} />
      </footer>
    </>
  );
}

function Confirm({ view }: { view: ViewStore }) {
  return (
    <div class="nbk-panel nbk-confirm" role="group" aria-label="confirm">
      <p>{view.head.value.notice ?? "Send this request?"}</p>
      <div class="nbk-row">
        <Button kind="primary" onPress={() => view.ask({ kind: "confirm" })}>
          Send
        </Button>
        <Button onPress={() => view.ask({ kind: "decline" })}>Don’t send</Button>
      </div>
    </div>
  );
}

function Notice({ view }: { view: ViewStore }) {
  const { notice } = view.head.value;
  return notice ? <p class="nbk-panel nbk-notice">{notice}</p> : null;
}

/** Which breakpoint or limit holds the turn, and how it goes on. */
function Stopped({ view }: { view: ViewStore }) {
  const { stopped, state } = view.head.value;
  if (!stopped || (state !== "paused" && state !== "ready")) return null;
  const next = state === "paused" ? "decide on the card, and the turn goes on" : "Continue goes on from here";
  return (
    <p class="nbk-panel nbk-notice">
      stopped {stopped}: {next}
    </p>
  );
}

/** A forced tool choice holds for one request: with every one the model could never answer. */
function Released({ view }: { view: ViewStore }) {
  const { released, state } = view.head.value;
  if (!released || (state !== "paused" && state !== "ready")) return null;
  return (
    <p class="nbk-hint nbk-released">
      <code>tool_choice {released}</code> held for the first request of this turn; the next goes out without it
    </p>
  );
}

function ForAll({ view, runnable }: { view: ViewStore; runnable: boolean }) {
  return (
    <>
      <span>the same for all:</span>
      <Button
        kind="small"
        off={!runnable}
        onPress={() => view.ask({ kind: "decide_all", decision: { type: "approve", look: false, is_error: null } })}
      >
        Run all
      </Button>
      <Button
        kind="small"
        onPress={() => view.ask({ kind: "decide_all", decision: { type: "refuse", reason: "", is_error: true } })}
      >
        Refuse all
      </Button>
    </>
  );
}

function GoOn({ view }: { view: ViewStore }) {
  const { state } = view.head.value;
  const decided = view.cards.value.every((card) => card.state === "decided");
  const stoppable = view.cards.value.some((card) => card.state === "running"); // that card has its own Stop
  const canGo = state === "ready" || (state === "paused" && decided);
  if (state === "streaming" || state === "running" || (state === "paused" && !decided)) {
    if (stoppable) return null;
    const paused = state === "paused";
    const title = paused ? "end this turn: open calls are answered with an error" : "stop here";
    return (
      <>
        {paused && <Step view={view} />}
        {paused && <RunToEnd view={view} />}
        <Stop view={view} kind={paused ? "quiet" : "plain"} title={title} />
      </>
    );
  }
  return (
    <>
      {canGo && !view.broken.value && (
        <Button kind="primary" onPress={() => view.ask({ kind: "resume", check: true })}>
          Continue
        </Button>
      )}
      {canGo && !view.broken.value && <Step view={view} />}
      {canGo && !view.broken.value && <RunToEnd view={view} />}
      {(canGo || state === "idle") && view.broken.value && <SendAsItIs view={view} kind="danger" />}
      {restsOn(view) === "user" && <SendAsItIs view={view} kind="quiet" />}
    </>
  );
}

/** Who has the last word in an array at rest that nothing is wrong with. An assistant's own is seldom sent on. */
function restsOn(view: ViewStore): "user" | "assistant" | null {
  if (view.head.value.state !== "idle" || view.broken.value) return null;
  return (view.array.value.at(-1)?.head.value.role ?? "assistant") === "assistant" ? "assistant" : "user";
}

/** While a call is undecided there may still be one that a policy decides; else the kernel says what Step waits for. */
function Step({ view }: { view: ViewStore }) {
  const open = view.cards.value.filter((card) => card.state === "open" || card.state === "look");
  const waits = open.length > 0 ? `; it waits for a decision on ${open.map((card) => card.name).join(" and ")}` : "";
  return (
    <Button
      kind="quiet"
      title={`send one request, or run one tool that is allowed already${waits}`}
      onPress={() => view.ask({ kind: "step" })}
    >
      Step
    </Button>
  );
}

function Usage({ view }: { view: ViewStore }) {
  const { usage, stop_reason } = view.head.value;
  const parts = [stop_reason ?? "", ...tokens(usage)].filter(Boolean);
  return parts.length ? <span class="nbk-usage">{parts.join(" · ")}</span> : null;
}

const COUNTS: [string, string][] = [
  ["input_tokens", "in"],
  ["cache_read_input_tokens", "cached"],
  ["cache_creation_input_tokens", "to cache"],
  ["output_tokens", "out"],
];

function tokens(usage: JsonObject | null): string[] {
  return COUNTS.flatMap(([key, word]) => {
    const count = usage?.[key];
    return typeof count === "number" && count > 0 ? [`${count.toLocaleString("en")} ${word}`] : [];
  });
}

function Tools({ view }: { view: ViewStore }) {
  const { state, whole, unfolded = false } = view.head.value;
  const { still } = view.editor;
  const gone = state === "stale";
  return (
    <span class="nbk-tools">
      {!gone && <BreakpointsOpener view={view} />}
      {still && !view.cards.value.some(hasButtons) && <AskWhatIf view={view} kind="quiet" />}
      {(still || gone) && <UndoRedo view={view} />}
      {!gone && <Stepping view={view} />}
      {restsOn(view) === "assistant" && <SendAsItIs view={view} kind="quiet" />}
      {!gone && !whole && (
        <Button
          kind="quiet"
          label="all of the conversation"
          title="branches, comparison, search, a copy to share"
          expanded={unfolded}
          onPress={() => view.ask({ kind: "unfold", on: !unfolded })}
        >
          ⋯
        </Button>
      )}
    </span>
  );
}

function Stepping({ view }: { view: ViewStore }) {
  const { stepping } = view.head.value;
  return (
    <label class="nbk-check" title="stop before every request, even when all calls are decided">
      <input
        type="checkbox"
        checked={stepping}
        disabled={view.gone.value !== ""}
        onChange={(event) => {
          const box = event.currentTarget;
          void view.ask({ kind: "stepping", on: box.checked }).then((ok) => {
            if (!ok) box.checked = view.head.peek().stepping;
          });
        }}
      />
      step
    </label>
  );
}

/** The card of an open call has its own What if…. */
const hasButtons = (card: CardView) => card.state === "open";

function UndoRedo({ view }: { view: ViewStore }) {
  const { undo = true, redo = true } = view.head.value.controls ?? {};
  const off = (word: string) => `there is nothing to ${word}`;
  return (
    <>
      <Button
        kind="quiet"
        label="undo"
        off={!undo}
        title={undo ? "undo" : off("undo")}
        onPress={() => view.ask({ kind: "undo" })}
      >
        ↶
      </Button>
      <Button
        kind="quiet"
        label="redo"
        off={!redo}
        title={redo ? "redo" : off("redo")}
        onPress={() => view.ask({ kind: "redo" })}
      >
        ↷
      </Button>
    </>
  );
}
