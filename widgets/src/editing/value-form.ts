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
  /** Whether what is written as a text is marked as an error; null: it has no such mark. */
  readonly isError = signal<boolean | null>(null);
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
    this.#draw(true);
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
    const written = this.read();
    this.#from = "value" in written ? written.value : this.#from;
    this.#draw(asText);
  }

  #draw(asText: boolean): void {
    this.asText.value = asText && this.textOf(this.#from) !== null;
    this.text.value = this.asText.value ? (this.textOf(this.#from) ?? "") : toJson(this.#from, 2);
    this.isError.value = this.asText.value ? this.errorIn(this.#from) : null;
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

  /** Whether a value that is written as a text is marked as an error; null: it has no such mark. */
  protected errorIn(_value: Json): boolean | null {
    return null;
  }

  /** Why JSON can't be what is meant here; null: it can. */
  protected wrong(_value: Json): string | null {
    return null;
  }
}

/** A content block: its text or that of a result, or the JSON of all of it. */
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
    if (type === "tool_result") return textIn(value["content"]);
    return type === "text" && typeof text === "string" ? text : null;
  }

  protected override withText(value: Json, text: string): Json {
    if (!isObject(value)) return text;
    if (value["type"] !== "tool_result") return { ...value, text };
    const next: JsonObject = { ...value };
    if (value["content"] !== undefined || text !== "") next["content"] = textInto(value["content"], text);
    const mark = this.isError.peek();
    if (mark && value["is_error"] !== true) next["is_error"] = true;
    if (!mark && value["is_error"] === true) delete next["is_error"];
    return next;
  }

  protected override errorIn(value: Json): boolean | null {
    return isObject(value) && value["type"] === "tool_result" ? value["is_error"] === true : null;
  }

  protected override wrong(value: Json): string | null {
    return isObject(value) ? null : "a block is a JSON object with a type: write { … }";
  }
}

/** A result's content as a text: it is one, or has one text block, or there is none. */
function textIn(content: Json | undefined): string | null {
  if (content === undefined) return "";
  if (typeof content === "string") return content;
  const [only, ...more] = Array.isArray(content) ? content : [];
  if (!isObject(only) || more.length > 0) return null;
  return only["type"] === "text" && typeof only["text"] === "string" ? only["text"] : null;
}

/** The way back: one text block stays a block. */
function textInto(content: Json | undefined, text: string): Json {
  return Array.isArray(content) && isObject(content[0]) ? [{ ...content[0], text }] : text;
}

export function isObject(value: Json | undefined): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
