// The field in which a value is written, and what is the same for all of them: Ctrl-Enter saves, Escape leaves.
import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ValueForm } from "./value-form";

const MOST_ROWS = 24;

interface WrittenProps {
  form: ValueForm;
  label: string;
  save: () => unknown;
  cancel: () => unknown;
  /** What the button that saves is called. */
  verb?: string;
  field?: RefObject<HTMLTextAreaElement | null>;
  /** A key that means something more here; true: it was taken. */
  onKey?: (event: KeyboardEvent) => boolean;
  /** What stands in place of the text field. */
  instead?: ComponentChildren;
  children?: ComponentChildren;
}

export function Written(props: WrittenProps) {
  const { form, label, save, cancel, verb = "Save", onKey, instead, children } = props;
  const own = useRef<HTMLTextAreaElement>(null);
  const field = props.field ?? own;
  const root = useRef<HTMLDivElement>(null);
  const asText = form.asText.value;
  useLayoutEffect(() => {
    const first = field.current ?? root.current?.querySelector<HTMLElement>("textarea, select, input");
    if (form.opened) first?.focus({ preventScroll: true });
    form.opened = false;
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (onKey?.(event)) {
      event.preventDefault();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      void save();
    } else if (event.key === "Escape") {
      event.preventDefault();
      void cancel();
    }
  };
  return (
    <div class="nbk-form nbk-written" ref={root} onKeyDown={onKeyDown}>
      {instead ?? <textarea
        ref={field}
        class={asText ? "nbk-field" : "nbk-field nbk-code"}
        aria-label={label}
        aria-invalid={form.error.value ? "true" : undefined}
        rows={Math.min(MOST_ROWS, Math.max(2, form.text.value.split("\n").length + 1))}
        spellcheck={asText}
        data-jp-suppress-context-menu="true"
        value={form.text}
        onInput={(event) => {
          form.text.value = event.currentTarget.value;
          form.error.value = null;
        }}
      />}
      {form.error.value && (
        <p class="nbk-refused" role="alert">
          {form.error.value}
        </p>
      )}
      <div class="nbk-row">
        <Button kind="primary" title="Ctrl-Enter" onPress={save}>
          {verb}
        </Button>
        <Button kind="quiet" title="Esc" onPress={cancel}>
          Cancel
        </Button>
        {children}
        {form.hasText && (
          <Button kind="small" pressed={!asText} onPress={() => form.show(!asText)}>
            JSON
          </Button>
        )}
      </div>
    </div>
  );
}
