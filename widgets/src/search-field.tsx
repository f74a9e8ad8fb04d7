// The field for words to look for, above the array, and the marks on those that are drawn.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button";
import type { ViewStore } from "./store";

const NAME = "nbk-found";

export function SearchField({ view }: { view: ViewStore }) {
  return view.search.words.value === null ? null : <Field view={view} />;
}

function Field({ view }: { view: ViewStore }) {
  const { search } = view;
  const field = useRef<HTMLInputElement>(null);
  const words = search.words.value ?? "";
  const shown = search.shown.value;
  const blocks = search.matches.value.length;
  const total = search.total.value;
  useLayoutEffect(() => {
    field.current?.focus({ preventScroll: true });
    field.current?.select();
  }, [search.asked.value]);
  useEffect(() => marked(field.current?.closest(".nbk-view"), words), [words, view.array.value]);
  useEffect(() => {
    if (shown === null) return;
    view.editor.current.value = shown;
    view.wanted.value = { block: shown }; // a long list brings into sight what it does not draw
    const list = field.current?.closest(".nbk-view");
    const block = [...(list?.querySelectorAll("[data-id]") ?? [])].find((each) => each.getAttribute("data-id") === shown);
    block?.scrollIntoView?.({ block: "nearest" });
  }, [shown]);
  const close = () => {
    const output = field.current?.closest(".nbk-view");
    search.close();
    if (shown !== null) view.editor.refocus(output, shown);
    else if (search.from instanceof HTMLElement) search.from.focus();
  };
  const count = `${total} ${total === 1 ? "match" : "matches"} in ${blocks} ${blocks === 1 ? "block" : "blocks"}`;
  return (
    <div
      class="nbk-row nbk-search"
      role="search"
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
        else if (event.key === "Enter" && event.target === field.current) search.step(event.shiftKey ? -1 : 1);
        else return;
        event.preventDefault();
      }}
    >
      <input
        ref={field}
        type="text"
        class="nbk-field nbk-one-line"
        aria-label="search in the messages"
        value={words}
        onInput={(event) => search.look(event.currentTarget.value)}
      />
      <span class="nbk-hint" role="status">
        {words && (total ? `${Math.min(search.at.value, blocks - 1) + 1} of ${blocks}: ${count}` : "no match")}
      </span>
      <Button kind="small" title="Shift+Enter" label="previous match" onPress={() => search.step(-1)}>
        ↑
      </Button>
      <Button kind="small" title="Enter" label="next match" onPress={() => search.step(1)}>
        ↓
      </Button>
      <Button kind="quiet" title="Esc" label="close the search" onPress={close}>
        ×
      </Button>
    </div>
  );
}

/** Mark the words wherever they are drawn, now and when more is; returns what ends it. */
function marked(output: Element | null | undefined, words: string): (() => void) | undefined {
  const list = output?.querySelector(".nbk-list");
  if (!list || !words || typeof Highlight === "undefined") return undefined;
  const mark = () => void CSS.highlights.set(NAME, new Highlight(...ranges(list, words.toLowerCase())));
  const observer = new MutationObserver(mark);
  observer.observe(list, { childList: true, subtree: true, characterData: true });
  mark();
  return () => {
    observer.disconnect();
    CSS.highlights.delete(NAME);
  };
}

function ranges(list: Element, words: string): Range[] {
  const found = [];
  const nodes = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { currentNode } = nodes;
    const text = (currentNode.nodeValue ?? "").toLowerCase();
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      if (!currentNode.parentElement?.closest(".nbk-blocks")) break;
      const range = document.createRange();
      range.setStart(currentNode, at);
      range.setEnd(currentNode, at + words.length);
      found.push(range);
    }
  }
  return found;
}
