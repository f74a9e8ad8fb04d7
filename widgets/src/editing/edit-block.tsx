// The form in which a block is written: its text, or the JSON of all of it.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ViewStore } from "../store";
import type { BlockForm } from "./block-form";

const MOST_ROWS = 24;

export function EditBlock({ view, name, form }: { view: ViewStore; name: string; form: BlockForm }) {
  const { editor } = view;
  const ref = useRef<HTMLTextAreaElement>(null);
  const isNew = name.startsWith("new-");
  const asText = form.asText.value;
  useLayoutEffect(() => {
    if (form.opened) ref.current?.focus({ preventScroll: true });
    form.opened = false;
  }, []);
  const id = isNew ? name.slice("new-".length) : name;
  const output = () => ref.current?.closest(".nbk-view");
  const close = () => {
    const here = output();
    editor.close(name);
    editor.refocus(here, id);
  };
  const save = async () => {
    const here = output();
    if (await editor.save(name)) editor.refocus(here, id);
  };
  const split = () => void editor.split(name, ref.current?.selectionStart ?? 0);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      if (event.shiftKey && asText && !isNew) split();
      else void save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
  };
  const lines = form.text.value.split("\n").length;
  return (
    <div class="nbk-form nbk-edit-block">
      {form.role.value !== null && <Role form={form} />}
      <textarea
        ref={ref}
        class={asText ? "nbk-field" : "nbk-field nbk-code"}
        aria-label={isNew ? "new block" : "block"}
        aria-invalid={form.error.value ? "true" : undefined}
        rows={Math.min(MOST_ROWS, Math.max(2, lines + 1))}
        spellcheck={asText}
        data-jp-suppress-context-menu="true"
        value={form.text}
        onInput={(event) => {
          form.text.value = event.currentTarget.value;
          form.error.value = null;
        }}
        onKeyDown={onKeyDown}
      />
      {form.error.value && (
        <p class="nbk-refused" role="alert">
          {form.error.value}
        </p>
      )}
      <div class="nbk-row">
        <Button kind="primary" title="Ctrl-Enter" onPress={save}>
          {isNew ? "Add" : "Save"}
        </Button>
        <Button kind="quiet" title="Esc" onPress={close}>
          Cancel
        </Button>
        {asText && !isNew && (
          <Button kind="small" title="Ctrl-Shift-Enter: two blocks, cut where the cursor stands" onPress={split}>
            Split here
          </Button>
        )}
        {form.hasText && (
          <Button kind="small" pressed={!asText} onPress={() => form.show(!asText)}>
            JSON
          </Button>
        )}
      </div>
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
