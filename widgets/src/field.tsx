// A text that a person writes on a card. Ctrl-Enter (Enter in a single line) submits, Escape closes.
import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CardForm } from "./forms";

interface Props {
  form: CardForm;
  /** Where the text is kept: the form's own, or a draft over `start`. */
  draft?: Signal<string | null>;
  start?: string;
  label: string;
  onSubmit: () => unknown;
  children: ComponentChildren;
  placeholder?: string;
  code?: boolean;
  line?: boolean;
}

const MOST_ROWS = 16;

export function Field(props: Props) {
  const { form, draft, start = "", label, onSubmit, children, placeholder, code = false, line = false } = props;
  const kept: Signal<string | null> = draft ?? form.text;
  const text = kept.value ?? start;
  const ref = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (form.opened) ref.current?.focus({ preventScroll: true });
    form.opened = false;
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (line || event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      onSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      form.close();
    }
  };
  const rows = line ? 1 : Math.min(MOST_ROWS, Math.max(2, text.split("\n").length));
  return (
    <div class="nbk-form">
      <textarea
        ref={ref}
        class={code ? "nbk-field nbk-code" : "nbk-field"}
        aria-label={label}
        aria-invalid={form.error.value ? "true" : undefined}
        placeholder={placeholder}
        rows={rows}
        spellcheck={!code}
        data-jp-suppress-context-menu="true"
        value={text}
        onInput={(event) => {
          kept.value = event.currentTarget.value;
          form.error.value = null;
        }}
        onKeyDown={onKeyDown}
      />
      {form.error.value && (
        <p class="nbk-refused" role="alert">
          {form.error.value}
        </p>
      )}
      {children}
    </div>
  );
}
