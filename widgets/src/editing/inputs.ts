// Which field each part of a call's input gets by the tool's schema, and what is written there and can't be read yet.
import { signal } from "@preact/signals";
import { exactly, fromJson, isExact } from "../exact";
import type { Json, JsonObject } from "../protocol";
import { isObject } from "./value-form";

export type Kind = "text" | "number" | "boolean" | "choice" | "object" | "json";

/** A schema without its reference, and without the null that it may also be. */
export function plainly(schema: Json | undefined, root: JsonObject): JsonObject {
  let found = isObject(schema) ? schema : {};
  for (let steps = 0; steps < 10; steps++) {
    const { $ref: ref, anyOf, oneOf, type } = found;
    const others = (anyOf ?? oneOf) as Json | undefined;
    const real = Array.isArray(others) ? others.filter((each) => !isObject(each) || each["type"] !== "null") : [];
    if (typeof ref === "string" && ref.startsWith("#/")) found = { ...at(root, ref), ...without(found, "$ref") };
    else if (real.length === 1 && isObject(real[0])) found = { ...without(found, "anyOf", "oneOf"), ...real[0] };
    else if (Array.isArray(type) && type.filter((each) => each !== "null").length === 1) {
      found = { ...found, type: type.find((each) => each !== "null") ?? "null" };
    } else return found;
  }
  return {};
}

function at(root: JsonObject, ref: string): JsonObject {
  let found: Json | undefined = root;
  for (const part of ref.slice(2).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  }
  return isObject(found) ? found : {};
}

function without(value: JsonObject, ...keys: string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

/** What is not as its schema says is written as JSON: nothing is lost or bent. */
export function kindOf(schema: JsonObject, value: Json): Kind {
  const { type } = schema;
  if (Array.isArray(schema["enum"])) return "choice";
  if (type === "boolean" && typeof value === "boolean") return "boolean";
  if ((type === "number" || type === "integer") && (typeof value === "number" || isExact(value))) return "number";
  if (type === "string" && typeof value === "string" && !isExact(value)) return "text";
  return type === "object" && isObject(value) && isObject(schema["properties"]) ? "object" : "json";
}

/** What a field begins with. */
export function first(schema: JsonObject): Json {
  if (schema["default"] !== undefined) return schema["default"];
  if (Array.isArray(schema["enum"])) return schema["enum"][0] ?? null;
  const empty: Record<string, Json> = { string: "", number: 0, integer: 0, boolean: false, object: {}, array: [] };
  return empty[String(schema["type"])] ?? null;
}

/** Whether a form can be made of it. */
export function isForm(schema: JsonObject | null | undefined): schema is JsonObject {
  return isObject(schema ?? undefined) && isObject(schema?.["properties"]) && Object.keys(schema["properties"]).length > 0;
}

/** Texts of fields, by their paths: what is being typed must not be laid out anew at each key. */
export class Drafts {
  readonly #texts = signal<ReadonlyMap<string, { text: string; wrong: string | null }>>(new Map());

  of(path: string): { text: string; wrong: string | null } | undefined {
    return this.#texts.value.get(path);
  }

  put(path: string, text: string, wrong: string | null): void {
    this.#texts.value = new Map(this.#texts.peek()).set(path, { text, wrong });
  }

  /** The field was left: what can be read is laid out now. */
  leave(path: string): void {
    if (this.#texts.peek().get(path)?.wrong === null) this.#drop((each) => each === path);
  }

  /** A part was taken away, with all that is in it. */
  forget(path: string): void {
    this.#drop((each) => each === path || each.startsWith(`${path}.`));
  }

  clear(): void {
    this.#texts.value = new Map();
  }

  /** The sentence for the first field that can't be read. */
  get wrong(): string | null {
    for (const [path, { wrong }] of this.#texts.peek()) if (wrong !== null) return `${path}: ${wrong}`;
    return null;
  }

  #drop(meant: (path: string) => boolean): void {
    this.#texts.value = new Map([...this.#texts.peek()].filter(([path]) => !meant(path)));
  }
}

export function readNumber(text: string, schema: JsonObject): { value: Json } | { wrong: string } {
  const number = text.trim();
  const value = number === "" ? NaN : Number(number);
  const whole = schema["type"] === "integer";
  if (Number.isFinite(value) && (!whole || Number.isInteger(value))) {
    return { value: /^-?\d+$/.test(number) ? exactly(number.replace(/^(-?)0+(?=\d)/, "$1")) : value };
  }
  if (Math.abs(value) === Infinity) return { wrong: `${number} is larger than any number that can be kept` };
  return { wrong: whole ? "write a whole number" : "write a number" };
}

export function readJson(text: string): { value: Json } | { wrong: string } {
  try {
    return { value: fromJson(text) };
  } catch (error) {
    return { wrong: `not JSON yet: ${(error as Error).message.split(", ...")[0]}` };
  }
}
