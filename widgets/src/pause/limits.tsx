// Run to end, and the limits that always stop it: requests, tokens, dollars. The kernel remembers them.
import type { Signal } from "@preact/signals";
import { useId } from "preact/hooks";
import { Button } from "../button";
import { Drawer, Opener } from "../drawer";
import type { ViewStore } from "../store";

const REQUESTS = 25;

const most = (view: ViewStore) => view.head.value.controls?.max_steps ?? REQUESTS;

export function RunToEnd({ view }: { view: ViewStore }) {
  const { limits } = view;
  return (
    <span class="nbk-joined">
      <Button
        kind="quiet"
        title="run every call that is asked for, without asking, until the answer is there or a limit is reached"
        onPress={() => run(view)}
      >
        Run to end
      </Button>
      <Opener fold={limits} label={`limits of Run to end: ${limits.words(most(view))}`} title="what it may use up">
        {limits.words(most(view))}
      </Opener>
    </span>
  );
}

function run(view: ViewStore): void {
  const asked = view.limits.read(most(view));
  if (typeof asked === "string") view.refusal.value = asked;
  else void view.ask({ kind: "run_to_end", ...asked });
}

/** The form behind the button; Enter runs, Escape closes. */
export function Limits({ view }: { view: ViewStore }) {
  const { limits } = view;
  return (
    <Drawer fold={limits} label="limits of Run to end" onEnter={() => run(view)}>
      <span>Run to end stops after</span>
      <Limit label="requests" value={limits.requests} start={String(most(view))} view={view} />
      <Limit label="tokens, in and out" value={limits.tokens} placeholder="any" view={view} />
      <Limit label="dollars" value={limits.dollars} placeholder="any" view={view} />
      <span class="nbk-hint">whichever comes first; what is done by then is kept</span>
    </Drawer>
  );
}

interface Props {
  label: string;
  value: Signal<string | null>;
  start?: string;
  placeholder?: string;
  view: ViewStore;
}

function Limit({ label, value, start = "", placeholder, view }: Props) {
  const id = useId();
  const wrong = view.limits.wrong(value.value, label === "dollars");
  return (
    <span class="nbk-limit">
      <input
        id={id}
        class="nbk-field nbk-number"
        inputMode="decimal"
        aria-invalid={wrong ? "true" : undefined}
        placeholder={placeholder}
        value={value.value ?? start}
        onInput={(event) => {
          value.value = event.currentTarget.value;
          void view.ask({ kind: "limits", limits: view.limits.written });
        }}
      />
      <label for={id}>{label}</label>
    </span>
  );
}
