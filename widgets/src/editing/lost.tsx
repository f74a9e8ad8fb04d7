// Words that were written in a block which has gone meanwhile: code can take it away while its form is open, or while
// what was saved is on its way. They are offered here until a person puts them elsewhere.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ViewStore } from "../store";
import { isEarlier, isNew } from "./drafts";
import { copy } from "./tools";
import type { BlockForm } from "./value-form";

const MOST_ROWS = 12;

export function LostWords({ view }: { view: ViewStore }) {
  const { editor } = view;
  // While a kernel that was started again makes the conversation anew, their block may still come.
  const lost = editor.lost.value.filter(([key]) => editor.still || !isEarlier(key));
  return (
    <>
      {lost.map(([key, form]) => (
        <Lost key={key} view={view} name={key} form={form} />
      ))}
    </>
  );
}

function Lost({ view, name, form }: { view: ViewStore; name: string; form: BlockForm }) {
  const { editor } = view;
  const field = useRef<HTMLTextAreaElement>(null);
  const waits = form.asked.value;
  const role = editor.roleFor(form);
  useLayoutEffect(() => {
    if (!form.focused) return; // whoever was writing goes on here
    form.focused = false;
    requestAnimationFrame(() => field.current?.focus());
  }, []);
  return (
    <div class="nbk-panel nbk-lost" role="group" aria-label="words without a block">
      <p role="alert">
        {isNew(name) ? "The block below which this was to stand" : "The block in which this was written"} is gone, and it
        is not saved{waits ? " yet" : ""}.
      </p>
      <textarea
        ref={field}
        class={form.asText.value ? "nbk-field" : "nbk-field nbk-code"}
        aria-label="words without a block"
        rows={Math.min(MOST_ROWS, form.text.value.split("\n").length)}
        data-jp-suppress-context-menu="true"
        value={form.text}
        onInput={(event) => {
          form.text.value = event.currentTarget.value;
          form.error.value = null;
        }}
      />
      {form.error.value && (
        <p class="nbk-refused" role="alert">
          {form.error.value}
        </p>
      )}
      <div class="nbk-row">
        <Button off={waits} onPress={() => editor.insertLost(name)}>
          {editor.lastOf(role) ? `Add to the last ${role} message` : `Add as a new ${role} message`}
        </Button>
        <Button kind="small" local onPress={() => copy(form.text.peek())}>
          Copy
        </Button>
        <Button kind="quiet" local onPress={() => editor.close(name)}>
          Discard
        </Button>
      </div>
    </div>
  );
}
