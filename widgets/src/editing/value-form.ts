// A value that a person has begun to write, as text or as JSON, and not sent yet. It lives in the store, so that no
// update loses it.
import { signal } from "@preact/signals";
import type { BlockStore } from "../array";
import { fromJson, toJson } from "../exact";
import type { Json, JsonObject, ProblemView } from "../protocol";
import type { Origin } from "./drafts";
import { Drafts, isForm, readJson } from "./inputs";

export class ValueForm {
  readonly text = signal("");
  readonly error = signal<string | null>(null);
  /** Whether the text is the value itself, which is a string, or its JSON. */
  readonly asText = signal(true);
  /** A person has just opened this: only then may the field take the focus. */
  opened = true;
  /** The schema that a form is made of, of the value or of a part of it; null: there is none. */
  readonly schema: JsonObject | null;
  /** Whether that form is shown, or the JSON. */
  readonly asFields = signal(false);
  readonly drafts = new Drafts();
  /** What is wrong with it as it is written, once that is known. */
  readonly problems = signal<ProblemView[] | null>(null);
  #from: Json;
  #part: string;

  constructor(from: Json, schema: JsonObject | null = null, part = "") {
    this.#from = from;
    this.#part = part;
    this.schema = isForm(schema) && isObject(part ? (from as JsonObject)[part] : from) ? schema : null;
    this.asFields.value = this.schema !== null;
    this.show(true);
  }

  /** What the form shows, as it is written; null: it can't be shown as a form now. */
  get input(): JsonObject | null {
    if (!this.schema || !this.asFields.value) return null;
    const read = readJson(this.text.value);
    if (!("value" in read) || !isObject(read.value)) return null;
    const shown = this.#part ? read.value[this.#part] : read.value;
    return isObject(shown) ? shown : null;
  }

  changeInput(make: (input: JsonObject) => JsonObject): void {
    const value = fromJson(this.text.peek()) as JsonObject;
    const part = this.#part;
    const next = part ? { ...value, [part]: make(value[part] as JsonObject) } : make(value);
    this.text.value = toJson(next, 2);
    this.error.value = null;
  }

  toggleFields(): void {
    this.asFields.value = !this.asFields.peek();
    this.drafts.clear();
  }

  /** Show the value as a text, where it is one, or as JSON; what was written is taken along where it can be read. */
  show(asText: boolean): void {
    const written = this.text.peek() ? this.read() : { value: this.#from };
    this.#from = "value" in written ? written.value : this.#from;
    this.asText.value = asText && this.textOf(this.#from) !== null;
    this.text.value = this.asText.value ? (this.textOf(this.#from) ?? "") : toJson(this.#from, 2);
    this.error.value = null;
  }

  get hasText(): boolean {
    return this.textOf(this.#from) !== null;
  }

  /** The value as it is written, or the sentence that says why it is none. */
  read(): { value: Json } | { wrong: string } {
    const unread = this.asFields.peek() ? this.drafts.wrong : null;
    if (unread !== null) return { wrong: unread };
    const text = this.text.peek();
    if (this.asText.peek()) return { value: this.withText(this.#from, text) };
    const read = readJson(text);
    const wrong = "value" in read ? this.wrong(read.value) : null;
    return wrong === null ? read : { wrong };
  }

  /** The part of a value that can be written as plain text. */
  protected textOf(value: Json): string | null {
    return typeof value === "string" ? value : null;
  }

  protected withText(_value: Json, text: string): Json {
    return text;
  }

  /** Why JSON can't be what is meant here; null: it can. */
  protected wrong(_value: Json): string | null {
    return null;
  }
}

/** A content block: its text, or the JSON of all of it. */
export class BlockForm extends ValueForm {
  /** The role of the message that a new one makes; null: it becomes a block. */
  readonly role = signal<string | null>(null);
  /** The block as it was written and sent, shown until the kernel has answered; null: it is still being written. */
  readonly sent = signal<BlockStore | null>(null);
  /** It was sent, and the kernel has not answered yet. */
  readonly asked = signal(false);
  /** It was, when the page was reloaded: the answer went to nobody. */
  wasAsked = false;
  /** What it held after that. */
  restored: string | null = null;
  /** Whether a person is in it. */
  focused = false;
  /** The block as it was. */
  readonly from: Json;
  readonly origin: Origin | null;

  constructor(from: Json, schema: JsonObject | null = null, origin: Origin | null = null) {
    super(from, isObject(from) ? schema : null, "input");
    this.from = from;
    this.origin = origin;
  }

  protected override textOf(value: Json): string | null {
    if (!isObject(value)) return null;
    const { type, text } = value;
    return type === "text" && typeof text === "string" ? text : null;
  }

  protected override withText(value: Json, text: string): Json {
    return isObject(value) ? { ...value, text } : text;
  }

  protected override wrong(value: Json): string | null {
    return isObject(value) ? null : "a block is a JSON object with a type: write { … }";
  }
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
