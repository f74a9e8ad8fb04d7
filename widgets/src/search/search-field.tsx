// The field for words to look for, above the array, and the marks on those that are drawn.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ViewStore } from "../store";

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
    field.current?.scrollIntoView?.({ block: "nearest" });
    field.current?.select();
  }, [search.asked.value]);
  useEffect(() => marked(field.current?.closest(".nbk-view"), words), [words, view.array.value]);
  useEffect(() => {
    if (shown === null) return;
    view.editor.current.value = shown;
    view.wanted.value = { block: shown }; // a long list brings into sight what it does not draw
    return whenDrawn(field.current?.closest(".nbk-view"), shown, (block) => {
      block.scrollIntoView?.({ block: "nearest" });
      scrollTo(block, words);
    });
  }, [shown, words]);
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
      <Button local kind="small" title="Shift+Enter" label="previous match" onPress={() => search.step(-1)}>
        ↑
      </Button>
      <Button local kind="small" title="Enter" label="next match" onPress={() => search.step(1)}>
        ↓
      </Button>
      <Button local kind="quiet" title="Esc" label="close the search" onPress={close}>
        ×
      </Button>
    </div>
  );
}

/** Frames that a long list gets to draw a block. */
const PATIENCE = 20;

function whenDrawn(view: Element | null | undefined, id: string, act: (block: Element) => void): () => void {
  let frame = 0;
  const look = (left: number) => {
    const block = [...(view?.querySelectorAll("[data-id]") ?? [])].find((each) => each.getAttribute("data-id") === id);
    if (block) act(block);
    else if (left > 0) frame = requestAnimationFrame(() => look(left - 1));
  };
  look(PATIENCE);
  return () => cancelAnimationFrame(frame);
}

/** Bring the first match into sight where it stands in a part of the block that scrolls by itself. */
function scrollTo(block: Element, words: string): void {
  const match = words && ranges(block, words.toLowerCase())[0];
  if (!match) return;
  const range = document.createRange();
  range.setStart(match.startContainer, match.startOffset);
  range.setEnd(match.endContainer, match.endOffset);
  for (let part = match.startContainer.parentElement; part && part !== block; part = part.parentElement) {
    if (part.scrollHeight <= part.clientHeight || getComputedStyle(part).overflowY === "visible") continue;
    const [to, at] = [range.getBoundingClientRect(), part.getBoundingClientRect()];
    if (to.top < at.top || to.bottom > at.bottom) part.scrollTop += to.top - at.top - part.clientHeight / 2;
  }
}

/** What is marked in each list: the page has one highlight for all of them. */
const found = new Map<Element, StaticRange[]>();

/** Mark the words wherever they are drawn, now and when more is; returns what ends it. */
function marked(output: Element | null | undefined, words: string): (() => void) | undefined {
  const list = output?.querySelector(".nbk-list");
  if (!list || !words || typeof Highlight === "undefined") return undefined;
  const mark = () => {
    found.set(list, ranges(list, words.toLowerCase()));
    highlight();
  };
  const observer = new MutationObserver(mark);
  observer.observe(list, { childList: true, subtree: true, characterData: true });
  mark();
  return () => {
    observer.disconnect();
    found.delete(list);
    highlight();
  };
}

function highlight(): void {
  CSS.highlights.set(NAME, new Highlight(...[...found.values()].flat()));
}

/** Static ones: a live range is emptied when its output is drawn anew, and the list comes along as it is. */
function ranges(list: Element, words: string): StaticRange[] {
  const found = [];
  const nodes = document.createTreeWalker(list, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const { currentNode: node } = nodes;
    const text = (node.nodeValue ?? "").toLowerCase();
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      if (!node.parentElement?.closest(".nbk-blocks")) break;
      const end = at + words.length;
      found.push(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: end }));
    }
  }
  return found;
}
