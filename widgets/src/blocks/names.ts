// Names, addresses and sizes as they are shown: nothing in them may mislead. The record does the same
// (nbkit/notebook/record/faces/names.py).
import { isExact, toJson } from "../exact";
import type { Json, JsonObject } from "../protocol";

/**
 * What turns the direction of reading, or can't be seen. Joiners and selectors stay where they make emoji and the letters
 * of other scripts.
 */
const STEERING = new RegExp(
  [
    /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]/,
    /[\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\u{e0000}-\u{e007f}]/u,
    /(?<![^\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\0-\x7f])|(?<=[A-Za-z._/-])[\ufe00-\ufe0f]/,
    /(?<![\u3400-\u9fff\u{20000}-\u{3ffff}])[\u{e0100}-\u{e01ef}]/u,
  ]
    .map((each) => each.source)
    .join("|"),
  "gu",
);
/** Texts have none of them, mostly. */
const PLAIN = /^[\n\t -~]*$/;
const ADDRESS = /^(?:https?:\/\/|mailto:)[^\s\\]+$/i;
const LONGEST = 300;

/** A text with such characters spelled out, as JSON spells them. */
export function spelled(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replaceAll("\r\n", "\n").replace(STEERING, (found) =>
    [...found.split("")].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

/** What something is called, on one line. */
export function named(value: Json | undefined): string {
  const text = textOf(value, 0);
  const line = spelled(text.split(/\s+/).filter(Boolean).join(" "));
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** A link that may be followed: its address, and the host that it leads to. */
export function addressOf(value: Json | undefined): { href: string; host: string } | null {
  if (typeof value !== "string" || !ADDRESS.test(value) || spelled(value) !== value) return null;
  try {
    const url = new URL(value);
    const to = url.protocol === "mailto:" ? url.pathname : url.hostname;
    return { href: url.href, host: spelled(to) };
  } catch {
    return null;
  }
}

export function sized(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? "byte" : "bytes"}`;
  return bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** How many bytes base64 stands for. */
export function bytesOf(data: string): number {
  const count = data.length - (data.match(/\s/g)?.length ?? 0);
  return Math.floor((count * 3) / 4) - (data.slice(-2).match(/=/g)?.length ?? 0);
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : `${noun}s`}`;
}

export function joined(...words: (string | false | null | undefined)[]): string {
  return words.filter(Boolean).join(" · ");
}

export const textOf = (value: Json | undefined, indent = 2): string =>
  typeof value === "string" && !isExact(value) ? value : value == null ? "" : toJson(value, indent);

export const fieldsOf = (value: Json | undefined): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};

export const rowsOf = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value)
    ? value.filter((each): each is JsonObject => typeof each === "object" && each !== null && !Array.isArray(each))
    : [];
