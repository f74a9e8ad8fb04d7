// The turn that a person is writing in the model's place, not sent yet: its blocks in order, what ends it, and what
// the kernel said against it. It lives in the store, so that no new snapshot or output element loses it.
import { signal, type Signal } from "@preact/signals";
import { toJson } from "../exact";
import { parseObject } from "./forms";
import type { Json, JsonObject, OfferedTool, PromptView } from "../protocol";

export type Kind = "text" | "thinking" | "tool_use";

let keys = 0;

/** One block to be: a text, a thought, or a call with its input as JSON text. */
export class Line {
  readonly key = ++keys;
  readonly kind: Kind;
  readonly text: Signal<string>;
  readonly tool = signal("");
  readonly error = signal<string | null>(null);
  /** The input as it was suggested: choosing another tool replaces only what nobody has touched. */
  #suggested = "";

  constructor(kind: Kind, text = "") {
    this.kind = kind;
    this.text = signal(text);
  }

  choose(tool: OfferedTool): void {
    const untouched = this.text.peek() === this.#suggested;
    this.tool.value = tool.name;
    this.error.value = null;
    if (untouched) this.text.value = this.#suggested = toJson(sample(tool.schema), 2);
  }

  write(text: string): void {
    this.text.value = text;
    this.error.value = null;
  }

  /** The block, or null when its input is no JSON object: that is said at the line. */
  block(): JsonObject | null {
    const text = this.text.peek();
    if (this.kind === "text") return { type: "text", text };
    if (this.kind === "thinking") return { type: "thinking", thinking: text };
    const input = parseObject(text);
    if (typeof input === "string") {
      this.error.value = input;
      return null;
    }
    return { type: "tool_use", name: this.tool.peek(), input };
  }
}

export class Script {
  readonly lines = signal<Line[]>([]);
  /** "": as the blocks have it. */
  readonly stopReason = signal("");
  readonly refusal = signal<string | null>(null);
  /** The line that a person has just added: it takes the focus. */
  added: Line | null = null;

  /** It begins with an empty text, or with the call that the request forces. */
  constructor({ choice, tools }: PromptView) {
    const named = tools.find((tool) => choice === `tool ${tool.name}`) ?? (choice === "any" ? tools[0] : undefined);
    const line = new Line(named ? "tool_use" : "text");
    if (named) line.choose(named);
    this.lines.value = [line];
  }

  add(kind: Kind, tool?: OfferedTool): void {
    const line = new Line(kind);
    if (tool) line.choose(tool);
    this.added = line;
    this.refusal.value = null;
    // A thought comes before what it leads to; the model's other blocks come in the order in which it says them.
    this.lines.value = kind === "thinking" ? [line, ...this.lines.peek()] : [...this.lines.peek(), line];
  }

  remove(line: Line): void {
    this.refusal.value = null;
    this.lines.value = this.lines.peek().filter((other) => other !== line);
  }

  /** The blocks to send, or null when a line can't be read. A text field that nobody used is not a block. */
  content(): JsonObject[] | null {
    const used = this.lines.peek().filter((line) => line.kind === "tool_use" || line.text.peek() !== "");
    const blocks = used.map((line) => line.block());
    return blocks.includes(null) ? null : (blocks as JsonObject[]);
  }
}

const EMPTY: Record<string, Json> = { string: "", integer: 0, number: 0, boolean: false, array: [], null: null };
const DEEPEST = 4;

/** A beginning for an input: the required keys, with a value of their type. */
export function sample(schema: JsonObject | null, depth = 0): Json {
  if (schema === null || depth > DEEPEST) return {};
  const { properties, required, default: usual, const: only } = schema;
  const choices = schema["enum"];
  if (usual !== undefined) return usual;
  if (only !== undefined) return only;
  if (Array.isArray(choices) && choices.length > 0) return choices[0] as Json;
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  if (typeof type === "string" && type in EMPTY) return EMPTY[type] as Json;
  const known = isObject(properties) ? properties : {};
  const names = Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  return Object.fromEntries(
    names.map((name) => {
      const of = known[name];
      return [name, isObject(of) ? sample(of, depth + 1) : ""];
    }),
  );
}

/** What a schema says of each key, in a line: `city: string, required. The city's name`. */
export function hints(schema: JsonObject | null): string[] {
  const properties = schema?.["properties"];
  const required = Array.isArray(schema?.["required"]) ? schema["required"] : [];
  if (!isObject(properties)) return [];
  return Object.entries(properties).map(([name, value]) => {
    const of = isObject(value) ? value : {};
    const choices = of["enum"];
    const type = Array.isArray(choices) ? choices.map((each) => toJson(each)).join(" | ") : words(of["type"]);
    const said = typeof of["description"] === "string" ? `. ${of["description"]}` : "";
    return `${name}: ${type}${required.includes(name) ? ", required" : ""}${said}`;
  });
}

function words(type: Json | undefined): string {
  if (Array.isArray(type)) return type.join(" | ");
  return typeof type === "string" ? type : "any";
}

function isObject(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
