// Looking for words in the array, also where it is not drawn: which blocks have them, how often, and which one is shown.
import { computed, signal, type ReadonlySignal } from "@preact/signals";
import type { BlockStore, MessageStore } from "../array";
import type { Json } from "../protocol";

export interface Match {
  /** The block's id. */
  id: string;
  /** How often the words stand in it. */
  count: number;
}

/** What nobody reads: bytes and seals. */
const UNREAD = new Set(["data", "signature", "encrypted_content", "encrypted_index"]);

export class Search {
  /** null: nothing is looked for. */
  readonly words = signal<string | null>(null);
  readonly matches: ReadonlySignal<Match[]>;
  readonly total: ReadonlySignal<number>;
  /** The match that is shown, among the blocks that have one. */
  readonly at = signal(0);
  /** Grows whenever the field shall have the focus. */
  readonly asked = signal(0);
  readonly shown: ReadonlySignal<string | null>;
  /** What had the focus before. */
  from: Element | null = null;
  #texts = new WeakMap<BlockStore, { of: unknown[]; text: string }>();

  constructor(array: ReadonlySignal<MessageStore[]>) {
    this.matches = computed(() => {
      const words = this.words.value?.toLowerCase();
      if (!words) return [];
      return array.value
        .flatMap((message) => message.blocks.value)
        .map((block) => ({ id: block.id, count: times(this.#text(block), words) }))
        .filter(({ count }) => count > 0);
    });
    this.total = computed(() => this.matches.value.reduce((sum, { count }) => sum + count, 0));
    this.shown = computed(() => this.matches.value[Math.min(this.at.value, this.matches.value.length - 1)]?.id ?? null);
  }

  show(): void {
    if (this.words.peek() === null) {
      this.from = document.activeElement;
      this.words.value = "";
    }
    this.asked.value += 1;
  }

  close(): void {
    this.words.value = null;
    this.at.value = 0;
  }

  look(words: string): void {
    this.words.value = words;
    this.at.value = 0;
  }

  step(by: number): void {
    const count = this.matches.peek().length;
    if (count > 0) this.at.value = (Math.min(this.at.peek(), count - 1) + by + count) % count;
  }

  /** What there is to read in a block, made once for what it is now. */
  #text(block: BlockStore): string {
    const of = [block.view.value, block.text.value, block.thinking.value];
    const known = this.#texts.get(block);
    if (known && known.of.every((each, i) => each === of[i])) return known.text;
    const text = [...readable(block.wire())].join("\n").toLowerCase();
    this.#texts.set(block, { of, text });
    return text;
  }
}

function* readable(value: Json, key = ""): Generator<string> {
  if (typeof value === "object" && value !== null) {
    for (const [name, each] of Object.entries(value)) yield* readable(each as Json, name);
  } else if (!UNREAD.has(key) && key !== "type") {
    yield String(value);
  }
}

function times(text: string, words: string): number {
  let count = 0;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) count += 1;
  return count;
}
