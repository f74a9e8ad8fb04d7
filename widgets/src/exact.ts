// Numbers as they are written. JavaScript rounds a long whole number, so the kernel sends such a one as a string that
// begins with a mark (nbkit/notebook/page/sendable.py), which no other string of its holds, and takes it back as one.
import type { Json } from "./protocol";

const MARK = "\ufdd0";
const MARKED = new RegExp(`"${MARK}(-?\\d[\\d.eE+-]*)"`, "g");
const ONE = new RegExp(`^${MARK}-?\\d[\\d.eE+-]*$`);
const NUMBER = /-?\d[\d.eE+-]*/g;
const ESCAPE = /\\(?:u[\da-fA-F]{4}|.)/g;
const ESCAPED_MARK = /\\ufdd0/i;

/** Whether it is a number, though JavaScript has it as a string. */
export function isExact(value: Json | undefined): boolean {
  return typeof value === "string" && ONE.test(value);
}

/** `JSON.stringify`, with every digit. */
export function toJson(value: Json | undefined, indent?: number): string {
  const text = JSON.stringify(value, null, indent) ?? "";
  return text.includes(MARK) ? text.replace(MARKED, "$1") : text;
}

/** `JSON.parse`, with every digit: `toJson` writes each number as it stands in the text. */
export function fromJson(text: string): Json {
  const rounded = JSON.parse(text) as Json; // what is no JSON throws here, and says where
  let exact = "";
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const open = quote < 0 ? text.length : quote;
    exact += text.slice(at, open).replace(NUMBER, (number) => JSON.stringify(exactly(number)));
    at = closing(text, open) + 1;
    exact += withoutMark(text.slice(open, at));
  }
  return exact === text ? rounded : (JSON.parse(exact) as Json);
}

/** A number that is written so in JSON. */
export function exactly(number: string): Json {
  return String(Number(number)) === number ? Number(number) : MARK + number;
}

/** Where the string ends that begins here. */
function closing(text: string, open: number): number {
  for (let at = open; ; ) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let before = at;
    while (text[before - 1] === "\\") before--;
    if ((at - before) % 2 === 0) return at;
  }
}

/** A string that no number can be taken for. */
function withoutMark(literal: string): string {
  const text = literal.replaceAll(MARK, "\ufffd");
  return ESCAPED_MARK.test(text) ? text.replace(ESCAPE, (each) => (ESCAPED_MARK.test(each) ? "\\ufffd" : each)) : text;
}
