// What may stand inside a result: text, JSON, images, documents, search results, references to tools, tabs.
import { fromJson } from "../exact";
import { JsonText } from "../json";
import type { Json, JsonObject } from "../protocol";
import type { ViewStore } from "../store";
import { Document, Image } from "./media";
import { counted, fieldsOf, joined, named, rowsOf, sized, textOf } from "./names";
import { Box, Data, Folded, Link, Small } from "./pieces";

export function Content({ view, content }: { view: ViewStore; content: Json }) {
  if (typeof content === "string") return <ResultText text={content} />;
  if (!Array.isArray(content)) return <JsonText value={content} />;
  return (
    <>
      {content.map((part, i) => (
        <Part key={i} view={view} wire={part as JsonObject} />
      ))}
    </>
  );
}

function Part({ view, wire }: { view: ViewStore; wire: JsonObject }) {
  switch (fieldsOf(wire)["type"]) {
    case "text":
      return <ResultText text={textOf(wire["text"])} />;
    case "image":
      return <Image view={view} wire={wire} />;
    case "document":
      return <Document view={view} wire={wire} />;
    case "search_result":
      return <SearchResult wire={wire} />;
    case "tool_reference":
      return <Small>the tool {named(wire["tool_name"])} is loaded from here on</Small>;
    case "browser_state":
      return <Browser wire={wire} />;
    default:
      return <JsonText value={wire} />;
  }
}

function ResultText({ text }: { text: string }) {
  const json = asJson(text);
  return json === undefined ? <Data text={text} /> : <JsonText value={json} />;
}

/** Objects and lists are shown as JSON; a bare number or word is just text. */
function asJson(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return fromJson(text);
  } catch {
    return undefined;
  }
}

/** A search hit of the caller's own. */
export function SearchResult({ wire }: { wire: JsonObject }) {
  const content = rowsOf(wire["content"]).map((block) => textOf(block["text"]));
  const cited = fieldsOf(wire["citations"])["enabled"] === true;
  const letters = content.reduce((count, text) => count + [...text].length, 0);
  return (
    <Box title="search result" about={joined(named(wire["title"]), cited && "may be cited")}>
      <Link url={textOf(wire["source"])} />
      <Folded title={joined(counted(content.length, "block"), counted(letters, "character"))}>
        {content.map((text, i) => (
          <Data key={i} text={text} />
        ))}
      </Folded>
    </Box>
  );
}

function Browser({ wire }: { wire: JsonObject }) {
  return (
    <Box title="tabs of the browser">
      {rowsOf(wire["tabs"]).map((tab, i) => (
        <p key={i} class="nbk-fine">
          <Link url={textOf(tab["url"])} text={named(tab["title"])} /> tab {named(tab["tab_id"])}
          {tab["active"] === true && " · in front"}
        </p>
      ))}
      {rowsOf(wire["state_changes"]).map((change, i) => (
        <Small key={i}>{changed(change)}</Small>
      ))}
    </Box>
  );
}

function changed(change: JsonObject): string {
  const words = ["tab_id", "download_id", "url", "path", "error"].map((key) => named(change[key])).filter(Boolean);
  if (typeof change["size_bytes"] === "number") words.push(sized(change["size_bytes"]));
  return `${named(change["type"]).replaceAll("_", " ")}: ${words.join(", ")}`;
}
