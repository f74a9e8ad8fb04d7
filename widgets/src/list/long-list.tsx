// A long message array in a frame of its own that scrolls: only the blocks that one sees are in the page, and the one
// that has the focus, wherever it is.
import { Component } from "preact";
import { computed, useSignalEffect, type ReadonlySignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import type { BlockStore, MessageStore } from "../array";
import { AskFirst } from "../editing/ask-first";
import { listEvents } from "../editing/events";
import { named } from "../editing/keys";
import { MessageTools } from "../editing/message-tools";
import { Block } from "../blocks/block";
import { Footnotes } from "../blocks/footnotes";
import { Problems } from "../problem";
import { Role } from "./role";
import type { Target } from "../search/reveal";
import type { ViewStore } from "../store";
import { indexOf, rowAt, scroll, useWindow } from "./windowed";
import { WirePanel } from "../wire/wire-panel";

interface Row {
  message: MessageStore;
  block: BlockStore | undefined;
  /** The message's index in the array, the block's in the message. */
  at: number;
  i: number;
  last: boolean;
}

interface RowProps {
  view: ViewStore;
  row: Row;
  before: BlockStore | undefined;
}

export function LongList({ view }: { view: ViewStore }) {
  const frame = useRef<HTMLDivElement>(null);
  const focused = useRef(-1);
  // Made anew when the array changes only: scrolling must not walk through all of it.
  const all = useMemo(() => rowsIn(view), [view]);
  const { rows, keys } = all.value;
  const { rows: shown, tops, measure } = useWindow(frame, keys, focused);
  useSignalEffect(() => {
    const target = view.wanted.value;
    const index = target ? rows.findIndex((row) => isIn(row, target)) : -1;
    if (index < 0 || !frame.current) return;
    focused.current = index; // it is drawn from now on
    scroll(frame.current, tops[index] ?? 0);
  });
  /** Where the block that Tab would come to is out of sight, let it be one that is seen. */
  const meet = () => {
    if (!frame.current || frame.current.querySelector('[data-id][tabindex="0"]')) return;
    const { scrollTop, clientHeight } = frame.current;
    view.editor.current.value = rows[rowAt(tops, scrollTop + clientHeight / 2)]?.block?.id ?? null;
  };
  return (
    <div
      class="nbk-frame"
      ref={frame}
      tabIndex={0}
      role="group"
      aria-label={`${view.messages.value.length} messages`}
      onKeyDown={(event) => {
        if (event.target !== frame.current || !["/", "Ctrl+f"].includes(named(event))) return;
        event.preventDefault();
        view.search.show();
      }}
      onFocusIn={(event) => {
        focused.current = indexOf(event.target as Element);
        if (event.target === frame.current) meet();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget) focused.current = indexOf(event.relatedTarget as Element);
      }}
    >
      <ol class="nbk-list" {...listEvents(view)} style={{ height: `${tops[rows.length] ?? 0}px` }}>
        {shown.map((index) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <li
              key={keys[index]}
              data-index={index}
              ref={measure}
              class={`nbk-message nbk-role-${row.message.head.value.role}${row.i > 0 ? " nbk-goes-on" : ""}`}
              style={{ transform: `translateY(${tops[index] ?? 0}px)` }}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
            >
              <RowOf view={view} row={row} before={row.i > 0 ? rows[index - 1]?.block : undefined} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** One row. A list that scrolls hands over the same rows again: those are not drawn again. */
class RowOf extends Component<RowProps> {
  override shouldComponentUpdate({ view, row, before }: RowProps): boolean {
    const { props } = this;
    return row !== props.row || before !== props.before || view !== props.view;
  }

  override render(props: RowProps) {
    return <Drawn {...props} />;
  }
}

function Drawn({ view, row, before }: RowProps) {
  const { message, block, at, i, last } = row;
  const { id, role } = message.head.value;
  const path = message.path(at);
  return (
    <>
      {i === 0 ? <Role view={view} message={message} index={at} /> : <div class="nbk-role" title={path} />}
      <div class="nbk-blocks">
        {i === 0 && <MessageTools view={view} message={message} path={path} />}
        {block && (
          <Block
            view={view}
            block={block}
            role={role}
            message={message}
            path={message.path(at, i)}
            before={before}
          />
        )}
        {last && <Footnotes view={view} message={message} />}
        {last && <AskFirst view={view} at={id} />}
        {last && <Problems view={view} problems={view.problemsAt(id)} />}
        {last && <WirePanel view={view} message={message} path={message.path(at)} />}
      </div>
    </>
  );
}

/** The rows of a view; one that is as it was stays the same, and is not drawn again. */
function rowsIn(view: ViewStore): ReadonlySignal<{ rows: Row[]; keys: number[] }> {
  let before: Row[] = [];
  return computed(() => {
    const start = view.start.value;
    const rows = view.messages.value.flatMap((message, i) => rowsOf(message, start + i));
    rows.forEach((row, index) => {
      const old = before[index];
      if (old && alike(old, row)) rows[index] = old;
    });
    before = rows;
    return { rows, keys: rows.map((row) => row.block?.key ?? -row.message.key) };
  });
}

function alike(one: Row, other: Row): boolean {
  const { message, block, at, i, last } = one;
  return (
    message === other.message && block === other.block && at === other.at && i === other.i && last === other.last
  );
}

function isIn({ message, block, last }: Row, target: Target): boolean {
  return "block" in target ? block?.id === target.block : last && message.id === target.message;
}

function rowsOf(message: MessageStore, at: number): Row[] {
  const blocks = message.blocks.value;
  if (blocks.length === 0) return [{ message, block: undefined, at, i: 0, last: true }];
  return blocks.map((block, i) => ({ message, block, at, i, last: i === blocks.length - 1 }));
}
