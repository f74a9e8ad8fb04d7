// The field in which a value is written, and what is the same for all of them: Ctrl-Enter saves, Escape leaves.
import { signal } from "@preact/signals";
import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { Edit, Json, ProblemView } from "../protocol";
import type { ViewStore } from "../store";
import { InputFields } from "./input-fields";
import { BlockForm, type ValueForm } from "./value-form";

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
  view: ViewStore;
  /** What saving would change: what is wrong with that is asked while one writes. */
  edit?: ((value: Json) => Edit) | undefined;
  children?: ComponentChildren;
}

export function Written(props: WrittenProps) {
  const { form, label, save, cancel, verb = "Save", onKey, view, edit, children } = props;
  const own = useRef<HTMLTextAreaElement>(null);
  const field = props.field ?? own;
  const root = useRef<HTMLDivElement>(null);
  const asText = form.asText.value;
  const { schema, input } = form;
  useCheck(view, form, edit);
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
    <div class="nbk-form nbk-written" ref={root} onKeyDown={onKeyDown} {...heeded(form, root)}>
      {schema && input ? (
        <InputFields
          value={input}
          schema={schema}
          root={schema}
          drafts={form.drafts}
          change={(make) => form.changeInput(make)}
        />
      ) : <textarea
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
        <Button kind="quiet" local title="Esc" onPress={cancel}>
          Cancel
        </Button>
        {schema && (
          <Button kind="small" local pressed={!form.asFields.value} onPress={() => form.toggleFields()}>
            JSON
          </Button>
        )}
        {children}
        {form.hasText && (
          <Button kind="small" local pressed={!asText} onPress={() => form.show(!asText)}>
            JSON
          </Button>
        )}
      </div>
    </div>
  );
}

/** Whether a person is in the form of a block: a field that is taken out of the page is not one that was left. */
function heeded(form: ValueForm, root: RefObject<HTMLElement | null>) {
  if (!(form instanceof BlockForm)) return {};
  return {
    onFocusIn: () => (form.focused = true),
    onFocusOut: () => queueMicrotask(() => (form.focused = !root.current?.isConnected)),
  };
}

const A_MOMENT = 250;

/** Ask what the API would say of the value as it is written, when the typing rests for a moment. */
function useCheck(view: ViewStore, form: ValueForm, edit: WrittenProps["edit"]): void {
  const written = `${form.isError.value} ${form.text.value}`;
  const first = useRef(written);
  useEffect(() => {
    if (!edit || written === first.current) return;
    first.current = "";
    const timer = setTimeout(async () => {
      const read = form.read();
      if (!("value" in read)) return;
      const { value } = await view.answered({ kind: "check", edit: edit(read.value) }, signal(null));
      form.problems.value = (value as { problems: ProblemView[] } | undefined)?.problems ?? null;
    }, A_MOMENT);
    return () => clearTimeout(timer);
  }, [written]);
}
