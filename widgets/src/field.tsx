// A text that a person writes on a card. Ctrl-Enter (Enter in a single line) submits, Escape closes.
import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CardForm } from "./pause/forms";

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
  /** What stands in place of the text field, where anything does. */
  instead?: ComponentChildren;
}

const MOST_ROWS = 16;

export function Field(props: Props) {
  const { form, draft, start = "", label, onSubmit, children, placeholder, code = false, line = false, instead } = props;
  const kept: Signal<string | null> = draft ?? form.text;
  const text = kept.value ?? start;
  const ref = useRef<HTMLTextAreaElement>(null);
  const root = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const field = ref.current ?? root.current?.querySelector<HTMLElement>("textarea, select, input");
    if (form.opened) field?.focus({ preventScroll: true });
    form.opened = false;
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    const inLine = line && event.target === ref.current; // a button has an Enter of its own
    if (event.key === "Enter" && (inLine || event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      onSubmit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      form.close();
    }
  };
  const rows = line ? 1 : Math.min(MOST_ROWS, Math.max(2, text.split("\n").length));
  return (
    <div class="nbk-form" ref={root} onKeyDown={onKeyDown}>
      {instead || <textarea
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
      />}
      {form.error.value && (
        <p class="nbk-refused" role="alert">
          {form.error.value}
        </p>
      )}
      {children}
    </div>
  );
}
