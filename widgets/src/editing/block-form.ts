// What a person has begun to write in place of a block, or as a new one, and not sent yet. It lives in the store, so
// that no update loses it.
import { signal } from "@preact/signals";
import type { Json, JsonObject } from "../protocol";

export class BlockForm {
  readonly text = signal("");
  readonly error = signal<string | null>(null);
  /** Whether the text is the block's own text, or the JSON of all of it. */
  readonly asText = signal(true);
  /** The role of the message that a new one makes; null: it becomes a block. */
  readonly role = signal<string | null>(null);
  #from: JsonObject;
  /** A person has just opened this: only then may the field take the focus. */
  opened = true;

  constructor(from: JsonObject) {
    this.#from = from;
    this.show(textOf(from) !== null);
  }

  /** Whether the block has a text that can be written without its JSON. */
  get hasText(): boolean {
    return textOf(this.#from) !== null;
  }

  /** Show the block's text, or its JSON; what was written is taken along where it can be read. */
  show(asText: boolean): void {
    const value = this.error.peek() === null && this.text.peek() ? this.read() : this.#from;
    const from = typeof value === "string" ? this.#from : value;
    this.asText.value = asText && textOf(from) !== null;
    this.text.value = this.asText.value ? (textOf(from) ?? "") : JSON.stringify(from, null, 2);
    this.#from = from;
    this.error.value = null;
  }

  /** The block as it is written, or the sentence that says why it is none. */
  read(): JsonObject | string {
    const text = this.text.peek();
    if (this.asText.peek()) return { ...this.#from, text };
    let value: Json;
    try {
      value = JSON.parse(text) as Json;
    } catch (error) {
      return `not JSON yet: ${(error as Error).message.split(", ...")[0]}`;
    }
    if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
    return "a block is a JSON object with a type: write { … }";
  }
}

function textOf(block: JsonObject): string | null {
  const { type, text } = block;
  return type === "text" && typeof text === "string" ? text : null;
}
