// The list of keys, where somebody asks for it.
import { Button } from "../button";
import type { ViewStore } from "../store";
import { ELSEWHERE, KEYS, shown } from "./keys";

export function KeysPanel({ view }: { view: ViewStore }) {
  const { editor } = view;
  if (!editor.keysShown.value) return null;
  const rows = [...KEYS.map(({ keys, does }) => [keys.map(shown).join(", "), does] as const), ...ELSEWHERE];
  return (
    <div class="nbk-panel nbk-keys" role="group" aria-label="keys on a block">
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
      <Button kind="quiet" onPress={() => editor.toggleKeys()}>
        Close
      </Button>
    </div>
  );
}
