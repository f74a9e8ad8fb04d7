// The list of keys, where somebody asks for it.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { Editor } from "./editor";
import { ELSEWHERE, KEYS, shown } from "./keys";

/** It takes the focus, and gives it back. */
export function KeysPanel({ editor }: { editor: Editor }) {
  const panel = useRef<HTMLDivElement>(null);
  const before = useRef<Element | null>(null);
  useLayoutEffect(() => {
    before.current = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    panel.current?.scrollIntoView?.({ block: "nearest" });
  }, []);
  const close = () => {
    (before.current as HTMLElement | null)?.focus();
    editor.keysAt.value = null;
  };
  const rows = [...KEYS.map(({ keys, does }) => [keys.map(shown).join(", "), does] as const), ...ELSEWHERE];
  return (
    <div
      ref={panel}
      class="nbk-panel nbk-keys"
      role="group"
      aria-label="keys on a block"
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape" && event.key !== "?") return;
        event.preventDefault();
        close();
      }}
    >
      <p class="nbk-hint">On a block that has the focus (on a Mac, ⌘ for Ctrl):</p>
      <dl>
        {rows.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Button kind="quiet" local onPress={close}>
        Close
      </Button>
    </div>
  );
}
