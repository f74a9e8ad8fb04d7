// The form in which a block is written: its text, or the JSON of all of it.
import { useRef } from "preact/hooks";
import { Button } from "../button";
import type { ViewStore } from "../store";
import type { BlockForm } from "./value-form";
import { Written } from "./written";

export function EditBlock({ view, name, form }: { view: ViewStore; name: string; form: BlockForm }) {
  const { editor } = view;
  const field = useRef<HTMLTextAreaElement>(null);
  const root = useRef<HTMLDivElement>(null);
  const isNew = name.startsWith("new-");
  const id = isNew ? name.slice("new-".length) : name;
  const cuts = form.asText.value && !isNew && form.isError.value === null;
  const output = () => root.current?.closest(".nbk-view");
  const cancel = () => {
    const here = output();
    editor.close(name);
    editor.refocus(here, id);
  };
  const save = async () => {
    const here = output();
    const saved = editor.save(name);
    const isShown = form.sent.peek() !== null;
    if (isShown) editor.refocus(here, id);
    if (!(await saved)) editor.reopened(here, id);
    else if (!isShown) editor.refocus(here, id);
  };
  const split = () => void editor.split(name, field.current?.selectionStart ?? 0);
  const onKey = (event: KeyboardEvent) => {
    const means = cuts && event.key === "Enter" && event.shiftKey && (event.ctrlKey || event.metaKey);
    if (means) split();
    return means;
  };
  return (
    <div class="nbk-edit-block" ref={root}>
      {form.role.value !== null && <Role form={form} />}
      <Written
        form={form}
        field={field}
        label={isNew ? "new block" : "block"}
        verb={isNew ? "Add" : "Save"}
        save={save}
        cancel={cancel}
        onKey={onKey}
        view={view}
        edit={isNew ? undefined : (value) => ({ kind: "edit", id, value })}
      >
        {cuts && (
          <Button kind="small" title="Ctrl-Shift-Enter: two blocks, cut where the cursor stands" onPress={split}>
            Split here
          </Button>
        )}
        {form.isError.value !== null && (
          <label class="nbk-check nbk-is-error" title="mark the result as an error">
            <input
              type="checkbox"
              checked={form.isError.value}
              onChange={(event) => (form.isError.value = event.currentTarget.checked)}
            />
            is_error
          </label>
        )}
      </Written>
    </div>
  );
}

const ROLES = ["user", "assistant", "system"];

function Role({ form }: { form: BlockForm }) {
  return (
    <label class="nbk-check">
      role
      <select
        class="nbk-select"
        value={form.role.value ?? ""}
        onChange={(event) => (form.role.value = event.currentTarget.value)}
      >
        {ROLES.map((role) => (
          <option key={role}>{role}</option>
        ))}
      </select>
    </label>
  );
}
