// Words of the user's own that go out after the results, in the same message. What is written here and not added yet
// goes along with the decision that sends the results: nobody's words are left behind.
import { Button } from "../button";
import { Drawer, Opener } from "../drawer";
import type { ViewStore } from "../store";

const HINT =
  "It goes out after the results, in the same message. Text there teaches the model to stop early: say only what can’t wait.";

const noted = (view: ViewStore) => view.head.value.controls?.remark ?? "";

export function RemarkOpener({ view }: { view: ViewStore }) {
  const text = noted(view);
  if (view.head.value.controls?.remark === undefined) return null;
  if (text === "" || view.remark.shown.value) {
    return (
      <Opener fold={view.remark} title="words of yours that go out after the results">
        {text ? "Change the remark" : "Add a remark"}
      </Opener>
    );
  }
  return (
    <span class="nbk-row nbk-remark">
      <span>
        after the results goes: <q>{text}</q>
      </span>
      <Opener fold={view.remark} label="change the remark" title="change the remark">
        Change
      </Opener>
      <Button kind="quiet" label="remove the remark" onPress={() => view.ask({ kind: "remark", text: "" })}>
        Remove
      </Button>
    </span>
  );
}

export function Remark({ view }: { view: ViewStore }) {
  const form = view.remark;
  if (view.head.value.controls?.remark === undefined) return null;
  const text = form.text.value ?? noted(view);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") form.text.value = null; // the drawer closes
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void add(view);
  };
  return (
    <Drawer fold={form} label="remark">
      <textarea
        class="nbk-field"
        aria-label="remark after the results"
        rows={Math.min(8, Math.max(2, text.split("\n").length))}
        data-jp-suppress-context-menu="true"
        value={text}
        onInput={(event) => (form.text.value = event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Button kind="primary" title="Ctrl-Enter" onPress={() => add(view)}>
        {noted(view) ? "Change it" : "Add it"}
      </Button>
      <Button kind="quiet" local title="Esc" onPress={() => form.close()}>
        Cancel
      </Button>
      <span class="nbk-hint">{HINT}</span>
    </Drawer>
  );
}

async function add(view: ViewStore): Promise<void> {
  if (view.remark.text.peek() === null) view.remark.close();
  else await view.note();
}
