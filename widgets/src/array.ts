// The message array as signals: one store per message and per block, kept by id, so that what did not change is not
// drawn again and text grows in one signal.
import { signal, type Signal } from "@preact/signals";
import type { BlockView, JsonObject, MessageView } from "./protocol";

type Growing = "text" | "thinking" | "json";

/** Assign only a different value: an equal snapshot must not redraw anything. */
export function put<T>(target: Signal<T>, value: T): void {
  if (target.peek() !== value && JSON.stringify(target.peek()) !== JSON.stringify(value)) target.value = value;
}

let keys = 0;

export class BlockStore {
  /** Where it is drawn: stays when a reply that streamed gets its ids at the end. */
  readonly key = ++keys;
  readonly view: Signal<BlockView>;
  /** What streams: the text, the thinking, or the raw JSON of a tool's input. */
  readonly text: Signal<string>;
  readonly thinking: Signal<string>;
  readonly json: Signal<string>;
  /** A person wants to see the Markdown itself. */
  readonly raw = signal(false);

  constructor(view: BlockView) {
    this.view = signal(view);
    this.text = signal(grown(view, "text"));
    this.thinking = signal(grown(view, "thinking"));
    this.json = signal(grown(view, "json"));
  }

  get id(): string {
    return this.view.peek().id;
  }

  fits(view: BlockView): boolean {
    return this.view.peek().type === view.type;
  }

  set(view: BlockView): void {
    put(this.view, view);
    for (const field of ["text", "thinking", "json"] as const) this[field].value = grown(view, field);
  }

  grow(field: Growing, value: string): void {
    this[field].value += value;
  }

  /** What it will be with these fields, as far as the page can tell; null: it would have another face. */
  with(wire: JsonObject): BlockStore | null {
    const { id, type, by } = this.view.peek();
    if (wire["type"] !== type) return null;
    const next = new BlockStore({ id, type, wire, by });
    next.raw.value = this.raw.peek();
    return next;
  }

  /** The block as it stands now, with what has streamed into it. */
  wire(): BlockView["wire"] {
    const wire = { ...this.view.value.wire };
    if ("text" in wire) wire["text"] = this.text.value;
    if ("thinking" in wire) wire["thinking"] = this.thinking.value;
    return wire;
  }
}

function grown(view: BlockView, field: Growing): string {
  if (field === "json") return view.json ?? "";
  const value = view.wire[field];
  return typeof value === "string" ? value : "";
}

export class MessageStore {
  readonly key = ++keys;
  readonly head: Signal<Omit<MessageView, "blocks">>;
  readonly blocks: Signal<BlockStore[]>;

  constructor(view: MessageView) {
    const { blocks, ...head } = view;
    this.head = signal(head);
    this.blocks = signal(blocks.map((block) => new BlockStore(block)));
  }

  get id(): string {
    return this.head.peek().id;
  }

  fits(view: MessageView): boolean {
    return this.head.peek().role === view.role;
  }

  set(view: MessageView): void {
    const { blocks, ...head } = view;
    put(this.head, head);
    const before = this.blocks.peek();
    const next = kept(before, blocks, (block) => new BlockStore(block));
    if (!same(before, next)) this.blocks.value = next;
  }

  /** Put other blocks in place of some; false when there are not so many. */
  splice(first: number, remove: number, views: BlockView[]): boolean {
    const before = this.blocks.peek();
    if (first + remove > before.length) return false;
    const gone = before.slice(first, first + remove);
    const next = kept(gone, views, (block) => new BlockStore(block));
    if (!same(gone, next)) this.blocks.value = before.toSpliced(first, remove, ...next);
    return true;
  }

  setBlock(view: BlockView): void {
    const known = this.blocks.peek().find((block) => block.id === view.id);
    if (known) known.set(view);
    else this.blocks.value = [...this.blocks.peek(), new BlockStore(view)];
  }

  /** The path of one of its blocks, in a message that stands at `index`; "" where it has no place. */
  path(index: number, block?: number): string {
    const { loose, odd, as_string } = this.head.value;
    if (loose) return "";
    const path = `messages.${index}`;
    if (block === undefined || odd) return path;
    return as_string ? `${path}.content` : `${path}.content.${block}`;
  }
}

interface Kept<V> {
  readonly id: string;
  /** Whether a view with another id may take this one's place on the screen. */
  fits(view: V): boolean;
  set(view: V): void;
}

/**
 * Bring stores to views: the same id keeps its store; one whose id went is taken over by what came in its place, so
 * that a reply which gets its ids at the end is not drawn anew.
 */
export function kept<V extends { id: string }, S extends Kept<V>>(before: S[], views: V[], make: (view: V) => S): S[] {
  const old = new Map(before.map((store) => [store.id, store]));
  const ids = new Set(views.map((view) => view.id));
  return views.map((view, at) => {
    const there = before[at];
    const store = old.get(view.id) ?? (there && !ids.has(there.id) && there.fits(view) ? there : undefined);
    store?.set(view);
    return store ?? make(view);
  });
}

export function same<S>(one: S[], other: S[]): boolean {
  return one.length === other.length && one.every((each, at) => each === other[at]);
}
