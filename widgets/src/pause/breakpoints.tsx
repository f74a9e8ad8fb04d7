// Breakpoints: at which tools, with which arguments, before each request, on an error. A condition is data and never
// run as code; one that was set in code is shown, and can be taken away.
import { Button } from "../button";
import { Drawer, Opener } from "../drawer";
import type { Breakpoint, BreakpointView } from "../protocol";
import type { ViewStore } from "../store";

const EACH_REQUEST: Breakpoint = { tool: null, on: "request", argument: null };
const AN_ERROR: Breakpoint = { tool: null, on: "error", argument: null };
const NONE: never[] = [];

const at = (tool: string): Breakpoint => ({ tool, on: "call", argument: null });
const simple = (each: BreakpointView) => !each.code && !each.argument && (each.on === "call") === (each.tool !== null);

export function BreakpointsOpener({ view }: { view: ViewStore }) {
  const { breakpoints } = view.head.value.controls ?? {};
  if (!breakpoints) return null;
  const count = breakpoints.length ? ` (${breakpoints.length})` : "";
  return (
    <Opener fold={view.breaks} title="where a turn stops although it could go on">
      {`Breakpoints${count}`}
    </Opener>
  );
}

export function Breakpoints({ view }: { view: ViewStore }) {
  const { breakpoints, tools = NONE } = view.head.value.controls ?? {};
  if (!breakpoints) return null;
  return (
    <Drawer fold={view.breaks} label="breakpoints" onEnter={() => add(view)}>
      <div class="nbk-row nbk-choices">
        <span>stop</span>
        <Check view={view} breakpoint={EACH_REQUEST} label="before each request" />
        <Check view={view} breakpoint={AN_ERROR} label="on an error" />
        {tools.map(({ name }) => (
          <Check key={name} view={view} breakpoint={at(name)} label={`at ${name}`} />
        ))}
      </div>
      {tools.length > 0 && <Condition view={view} />}
      {breakpoints.map((each, number) =>
        simple(each) ? null : (
          <span key={number} class="nbk-chip">
            {each.words}
            <Button
              kind="quiet"
              label={`remove the breakpoint ${each.words}`}
              onPress={() => view.ask({ kind: "unbreak", number })}
            >
              ×
            </Button>
          </span>
        ),
      )}
      <p class="nbk-hint">They hold where a policy, “always” or Run to end would go on; Step passes them.</p>
    </Drawer>
  );
}

function Check({ view, breakpoint, label }: { view: ViewStore; breakpoint: Breakpoint; label: string }) {
  const { breakpoints = NONE } = view.head.value.controls ?? {};
  const number = breakpoints.findIndex(
    (each: BreakpointView) => simple(each) && each.on === breakpoint.on && each.tool === breakpoint.tool,
  );
  return (
    <label class="nbk-check">
      <input
        type="checkbox"
        checked={number >= 0}
        onChange={(event) => {
          const box = event.currentTarget;
          void view.ask(box.checked ? { kind: "break", breakpoint } : { kind: "unbreak", number }).then((ok) => {
            if (!ok) box.checked = number >= 0;
          });
        }}
      />
      {label}
    </label>
  );
}

function Condition({ view }: { view: ViewStore }) {
  const form = view.breaks;
  const { tool, names, argument } = chosen(view);
  return (
    <div class="nbk-row">
      <span>or at</span>
      <Select label="tool" value={tool} of={toolsOf(view).map(({ name }) => name)} onPick={(name) => (form.tool.value = name)} />
      <span>where</span>
      {names.length > 0 ? (
        <Select label="argument" value={argument} of={names} onPick={(name) => (form.argument.value = name)} />
      ) : (
        <input
          class="nbk-field nbk-number"
          aria-label="argument"
          value={argument}
          onInput={(event) => (form.argument.value = event.currentTarget.value)}
        />
      )}
      <Select
        label="condition"
        value={form.test.value}
        of={["equals", "contains"]}
        onPick={(test) => (form.test.value = test as "equals" | "contains")}
      />
      <input
        class="nbk-field nbk-number"
        aria-label="value"
        value={form.value.value}
        onInput={(event) => (form.value.value = event.currentTarget.value)}
      />
      <Button kind="small" onPress={() => add(view)}>
        Add
      </Button>
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  of: string[];
  onPick: (name: string) => void;
}

function Select({ label, value, of, onPick }: SelectProps) {
  return (
    <select class="nbk-select" aria-label={label} value={value} onChange={(event) => onPick(event.currentTarget.value)}>
      {of.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

const toolsOf = (view: ViewStore) => view.head.value.controls?.tools ?? NONE;

/** What the two lists show: what was picked, else their first. */
function chosen(view: ViewStore): { tool: string; names: string[]; argument: string } {
  const { tool, argument } = view.breaks;
  const tools: { name: string; arguments: string[] }[] = toolsOf(view);
  const found = tools.find(({ name }) => name === tool.value) ?? tools[0];
  const names = found?.arguments ?? [];
  const picked = argument.value ?? "";
  return { tool: found?.name ?? "", names, argument: names.includes(picked) || !names[0] ? picked : names[0] };
}

async function add(view: ViewStore): Promise<void> {
  const { tool, argument } = chosen(view);
  const { test, value } = view.breaks;
  const condition = { name: argument, test: test.peek(), value: value.peek() };
  if (await view.ask({ kind: "break", breakpoint: { tool, on: "call", argument: condition } })) value.value = "";
}
