// JSON to read: one line while it is short, indented otherwise, with keys and values told apart by colour.
import type { JSX } from "preact";
import { spelled } from "./blocks/names";
import { toJson } from "./exact";
import type { Json } from "./protocol";

const ONE_LINE = 72;
const PLAIN_FROM = 20_000;
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function pretty(value: Json): string {
  const short = toJson(value, 1).replace(/\n\s*/g, " ");
  return short.length <= ONE_LINE ? short : toJson(value, 2);
}

export function JsonText({ value }: { value: Json }) {
  const text = spelled(pretty(value));
  return <pre class="nbk-json">{text.length > PLAIN_FROM ? text : coloured(text)}</pre>;
}

function coloured(text: string): (string | JSX.Element)[] {
  const parts: (string | JSX.Element)[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon] = match;
    const token = string ?? whole;
    const kind = colon ? "key" : string ? "string" : "value";
    parts.push(text.slice(end, match.index), <span class={`nbk-j-${kind}`}>{token}</span>);
    end = match.index + token.length;
  }
  parts.push(text.slice(end));
  return parts;
}
