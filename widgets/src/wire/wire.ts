// What came over the wire for one reply, as the kernel tells it when somebody looks. No DOM.
import { batch, signal } from "@preact/signals";
import { fromJson } from "../exact";
import type { Ask, Json, JsonObject } from "../protocol";
import type { ViewStore } from "../store";

/** One event: its time in milliseconds since the request, its type, its data as JSON. */
export type WireEvent = [at: number, type: string, data: string];
/** Bytes that came at once, as text with escapes. */
export type WirePiece = [at: number, text: string];

export interface Wire {
  first: number | null;
  last: number | null;
  size: number;
  pieces: number;
  headers: { [name: string]: string };
  /** Why something is missing. */
  note: string | null;
  /** How the stream ended badly. */
  fault: string | null;
  message: Json;
  events: WireEvent[];
}

export type Tab = "events" | "blocks" | "bytes";
export type Form = "curl" | "python" | "json";

export class WireStore {
  readonly shown = signal(false);
  readonly tab = signal<Tab>("events");
  readonly wire = signal<Wire | null>(null);
  readonly bytes = signal<WirePiece[] | null>(null);
  /** The event that is looked at. */
  readonly at = signal(-1);
  readonly refusal = signal<string | null>(null);
  readonly said = signal("");
  /** An export that the clipboard did not take. */
  readonly text = signal<string | null>(null);
  #view: ViewStore;
  #id: string | null;

  constructor(view: ViewStore, id: string | null) {
    this.#view = view;
    this.#id = id;
  }

  async toggle(): Promise<void> {
    this.shown.value = !this.shown.peek();
    if (this.shown.peek() && !this.wire.peek()) this.wire.value = await this.#asked<Wire>({ kind: "wire", id: this.#id });
  }

  async show(tab: Tab): Promise<void> {
    this.tab.value = tab;
    if (tab !== "bytes" || this.bytes.peek()) return;
    const told = await this.#asked<{ pieces: WirePiece[] }>({ kind: "wire_bytes", id: this.#id });
    this.bytes.value = told?.pieces ?? null;
  }

  async copy(form: Form): Promise<void> {
    batch(() => {
      this.said.value = "";
      this.text.value = null;
    });
    const told = await this.#asked<{ text: string }>({ kind: "export", id: this.#id, form });
    if (!told) return;
    try {
      await navigator.clipboard.writeText(told.text);
      this.said.value = `copied as ${form}: ${told.text.length.toLocaleString("en")} characters`;
    } catch {
      this.text.value = told.text; // the page may not write there: a person can
    }
  }

  async #asked<T>(ask: Ask): Promise<T | null> {
    const { ok, value } = await this.#view.answered(ask, this.refusal);
    return ok ? ((value ?? null) as T | null) : null;
  }
}

/** The field of a delta that holds what is added to its block. */
const ADDED: Record<string, string> = {
  text_delta: "text",
  thinking_delta: "thinking",
  signature_delta: "signature",
  input_json_delta: "partial_json",
};
const DELTA = "content_block_delta";

export interface Added {
  index: number;
  kind: string;
  text: string;
}

/** What an event adds to a block; null for one that adds nothing. */
export function added([, type, data]: WireEvent): Added | null {
  if (type !== DELTA) return null;
  const { index, delta } = parsed(data);
  if (typeof index !== "number" || !isObject(delta)) return null;
  const kind = String(delta["type"]);
  const text = Object.hasOwn(ADDED, kind) ? delta[ADDED[kind] ?? ""] : undefined;
  return typeof text === "string" ? { index, kind, text } : null;
}

/** An event's delta where it stands in its block: what was there before it, and what came behind it. */
export function deltaInBlock(events: WireEvent[], at: number): (Added & { before: string; after: string }) | null {
  const event = events[at];
  const own = event ? added(event) : null;
  if (!own) return null;
  const around = ["", ""];
  events.forEach((other, i) => {
    const more = i === at ? null : added(other);
    if (more?.index === own.index && more.kind === own.kind) around[i < at ? 0 : 1] += more.text;
  });
  return { ...own, before: around[0] ?? "", after: around[1] ?? "" };
}

/** An event in a few words. */
export function words(event: WireEvent): string {
  const delta = added(event);
  if (delta) return `${delta.index} ${delta.kind} ${JSON.stringify(delta.text)}`;
  const { index, content_block, delta: more } = parsed(event[2]);
  const kind = isObject(content_block) ? content_block["type"] : isObject(more) ? (more["stop_reason"] ?? more["type"]) : "";
  return [index, kind].filter((each) => each !== undefined && each !== null && each !== "").join(" ");
}

export interface Times {
  /** When the first piece of a block was there. */
  token: number | null;
  /** The longest time without an event, and the event that ended it. */
  gap: number;
  gapAt: number;
  end: number;
}

export function times({ events, last }: Wire): Times {
  let gap = 0;
  let gapAt = -1;
  events.forEach(([at], i) => {
    const since = at - (events[i - 1]?.[0] ?? at);
    if (since > gap) [gap, gapAt] = [since, i];
  });
  return { token: events.find(([, type]) => type === DELTA)?.[0] ?? null, gap, gapAt, end: last ?? events.at(-1)?.[0] ?? 0 };
}

export function span(ms: number): string {
  return ms < 1000 ? `${Math.round(ms * 10) / 10} ms` : `${(ms / 1000).toFixed(2)} s`;
}

export function parsed(data: string): JsonObject {
  try {
    const value: unknown = fromJson(data);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
