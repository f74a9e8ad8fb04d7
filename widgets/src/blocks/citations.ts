// Citations: numbered through a message, each with what it says of its place and the block that it is from. Documents
// and search results are counted over the whole request, also those inside of results (contract, 3.4).
import type { BlockStore, MessageStore } from "../array";
import type { Json, JsonObject } from "../protocol";
import type { ViewStore } from "../store";
import { fieldsOf, named, rowsOf } from "./names";

export interface Note {
  number: number;
  title: string;
  place: string;
  quote: string;
  url: string | null;
  /** What it is from, as `sourcesOf` names it. */
  source: string;
}

export function citationsOf(block: BlockStore): JsonObject[] {
  const { wire, type } = block.view.value;
  return type === "text" ? rowsOf(wire["citations"]) : [];
}

/** The first number of a block's citations: they are counted through the message. */
export function firstNumber(message: MessageStore, block: BlockStore): number {
  let count = 1;
  for (const each of message.blocks.value) {
    if (each === block) break;
    count += citationsOf(each).length;
  }
  return count;
}

export function notesOf(message: MessageStore): Note[] {
  return message.blocks.value.flatMap(citationsOf).map((citation, i) => noteOf(i + 1, citation));
}

function noteOf(number: number, citation: JsonObject): Note {
  const { type, cited_text } = citation;
  const web = type === "web_search_result_location";
  const url = web ? citation["url"] : citation["source"];
  return {
    number,
    title: named(citation["document_title"] ?? citation["title"]),
    place: placeOf(citation),
    quote: typeof cited_text === "string" ? cited_text : "",
    url: typeof url === "string" ? url : null,
    source: sourceOf(citation),
  };
}

function placeOf(citation: JsonObject): string {
  const document = `document ${named(citation["document_index"])}`;
  switch (citation["type"]) {
    case "char_location":
      return `${document}, characters ${named(citation["start_char_index"])} to ${named(citation["end_char_index"])}`;
    case "page_location":
      return `${document}, ${span(citation, "page", "number")}`;
    case "content_block_location":
      return `${document}, ${span(citation, "block", "index")}`;
    case "search_result_location":
      return `search result ${named(citation["search_result_index"])}, ${span(citation, "block", "index")}`;
    case "web_search_result_location":
      return "web search";
    default:
      return named(citation["type"]);
  }
}

/** The pages or blocks that are meant; the end is not among them. */
function span(citation: JsonObject, unit: string, by: string): string {
  const [start, end] = [citation[`start_${unit}_${by}`], citation[`end_${unit}_${by}`]];
  if (typeof start !== "number" || typeof end !== "number") return unit;
  return end - 1 <= start ? `${unit} ${start}` : `${unit}s ${start} to ${end - 1}`;
}

function sourceOf(citation: JsonObject): string {
  switch (citation["type"]) {
    case "search_result_location":
      return `search_result ${String(citation["search_result_index"])}`;
    case "web_search_result_location":
      return `url ${String(citation["url"])}`;
    default:
      return `document ${String(citation["document_index"])}`;
  }
}

/** The ids of the blocks that can be cited, by what they hold; a view that begins later counts from there. */
export function sourcesOf(view: ViewStore): Map<string, string> {
  const { before } = view.head.value;
  const counts: Record<string, number> = {
    document: before?.documents ?? 0,
    search_result: before?.search_results ?? 0,
  };
  const ids = new Map<string, string>();
  for (const message of view.array.value) {
    for (const block of message.blocks.value) {
      for (const [kind, url] of citedIn(block.view.value.wire)) {
        const key = kind === "url" ? `url ${url}` : `${kind} ${counts[kind]}`;
        if (kind !== "url") counts[kind] = (counts[kind] ?? 0) + 1;
        if (!ids.has(key)) ids.set(key, block.id);
      }
    }
  }
  return ids;
}

/** What a block holds that can be cited, in the order in which it is counted. */
function citedIn(wire: JsonObject): [kind: string, url?: Json][] {
  const { type, content } = wire;
  switch (type) {
    case "document":
    case "search_result":
      return [[type]];
    case "tool_result":
      return rowsOf(content)
        .filter((inner) => inner["type"] !== "tool_result")
        .flatMap(citedIn);
    case "web_fetch_tool_result":
      return Object.keys(fieldsOf(fieldsOf(content)["content"])).length > 0 ? [["document"]] : [];
    case "web_search_tool_result":
      return rowsOf(content).flatMap((hit): [string, Json][] => (typeof hit["url"] === "string" ? [["url", hit["url"]]] : []));
    default:
      return [];
  }
}
