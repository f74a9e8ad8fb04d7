// What a change would break, said before it is made, and the ways to make it.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ViewStore } from "../store";

/** Shown at the block or message of that id; null: where what is asked for belongs to none that is shown. */
export function AskFirst({ view, at }: { view: ViewStore; at: string | null }) {
  const asked = view.question.asked.value;
  return asked && placeIn(view, asked.at) === at ? <Panel view={view} /> : null;
}

function placeIn(view: ViewStore, at: string | null): string | null {
  if (at === null) return null;
  const card = view.cards.value.find(({ id }) => id === at);
  if (card) return card.block;
  return view.array.value.some(({ id }) => id === at) || view.editor.place(at) ? at : null;
}

function Panel({ view }: { view: ViewStore }) {
  const panel = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  const asked = view.question.asked.value;
  useLayoutEffect(() => {
    before.current = document.activeElement;
    panel.current?.scrollIntoView?.({ block: "nearest" });
    panel.current?.querySelector("button")?.focus({ preventScroll: true });
  }, []);
  if (!asked) return null;
  const choose = (anyway: string | null) => {
    const back = before.current;
    asked.choose(anyway);
    if (back instanceof HTMLElement) requestAnimationFrame(() => back.isConnected && back.focus());
  };
  return (
    <div
      ref={panel}
      class="nbk-panel nbk-ask-first"
      role="alertdialog"
      aria-label="before this is changed"
      aria-description={asked.words}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        event.stopPropagation();
        choose(null);
      }}
    >
      <p>{asked.words}</p>
      <ul>
        {asked.choices.map(({ anyway, label, why }) => (
          <li key={anyway}>
            <Button kind="small" onPress={() => choose(anyway)}>
              {label}
            </Button>{" "}
            <span class="nbk-hint">{why}</span>
          </li>
        ))}
      </ul>
      <Button kind="quiet" local title="Esc" onPress={() => choose(null)}>
        Change nothing
      </Button>
    </div>
  );
}
