// A new message at the end of the array, where a view shows all of it.
import { Button } from "../button";
import type { ViewStore } from "../store";
import { EditBlock } from "./edit-block";
import { take } from "./events";

export function AddMessage({ view }: { view: ViewStore }) {
  const { editor } = view;
  const form = editor.forms.value.get("new-end");
  const { state } = view.head.value;
  if (!view.head.value.whole || !editor.still || state === "paused") return null;
  if (form) {
    return (
      <div class="nbk-add">
        <EditBlock view={view} name="new-end" form={form} />
      </div>
    );
  }
  const role = view.array.value.at(-1)?.head.value.role === "user" ? "assistant" : "user";
  return (
    <div
      class="nbk-add"
      onPaste={(event) => {
        event.preventDefault();
        void take(view, event.clipboardData, null, true);
      }}
    >
      <Button kind="quiet" title="write one, or paste here (Ctrl+V) what was copied" onPress={() => editor.add(null, role)}>
        + message
      </Button>
    </div>
  );
}
