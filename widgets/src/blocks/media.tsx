// Images and documents: what they show, and what they weigh. Nothing is loaded from an address.
import { useMemo, useState } from "preact/hooks";
import { JsonText } from "../json";
import type { JsonObject, Weights } from "../protocol";
import type { ViewStore } from "../store";
import { bytesOf, counted, fieldsOf, joined, named, rowsOf, sized, textOf } from "./names";
import { Box, Data, Folded, Link, Small } from "./pieces";

const IMAGE_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;
const PAGE = /\/Type\s*\/Page(?![a-zA-Z])/g;
const TREE = /\/Type\s*\/Pages\b[^>]{0,300}?\/Count\s+(\d+)|\/Count\s+(\d+)[^>]{0,300}?\/Type\s*\/Pages\b/g;
/** Letters of base64; the pages of a larger PDF are not counted, so that the page doesn't stand still. */
const LARGE = 3_000_000;

interface MediaProps {
  view: ViewStore;
  wire: JsonObject;
}

export function Image({ view, wire }: MediaProps) {
  const source = fieldsOf(wire["source"]);
  const url = useMemo(() => imageUrl(source), [source["data"], source["media_type"]]);
  const [pixels, setPixels] = useState<[number, number] | "broken" | null>(null);
  if (!url) return <Elsewhere title="image" source={source} wire={wire} />;
  const weights = view.head.value.weights;
  const size = Array.isArray(pixels) && `${pixels[0]} × ${pixels[1]} pixels`;
  return (
    <figure class="nbk-figure">
      {pixels !== "broken" && (
        <img
          class="nbk-image"
          src={url}
          alt={joined("image", size)}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) => setPixels([naturalWidth, naturalHeight])}
          onError={() => setPixels("broken")}
        />
      )}
      <figcaption class="nbk-fine">
        {joined(
          String(source["media_type"]),
          pixels === "broken" ? "it can’t be drawn" : size,
          sized(bytesOf(String(source["data"]))),
          Array.isArray(pixels) && weights && about(imageTokens(pixels[0], pixels[1], weights)),
        )}
      </figcaption>
    </figure>
  );
}

/** Only bytes that came with the message: an image by address would tell its server that it was looked at. */
function imageUrl({ type, media_type, data }: JsonObject): string | null {
  if (type !== "base64" || typeof data !== "string" || typeof media_type !== "string") return null;
  return IMAGE_TYPES.has(media_type) && BASE64.test(data) ? `data:${media_type};base64,${data}` : null;
}

function Elsewhere({ title, source, wire }: { title: string; source: JsonObject; wire: JsonObject }) {
  return (
    <Box title={title}>
      <Where source={source} wire={wire} />
    </Box>
  );
}

function Where({ source, wire }: { source: JsonObject; wire: JsonObject }) {
  if (source["type"] === "file") return <Small>the uploaded file {named(source["file_id"])}</Small>;
  if (source["type"] !== "url") return <JsonText value={wire} />;
  return (
    <>
      <Link url={textOf(source["url"])} />
      <Small>by its address: the API loads it, nothing is loaded here</Small>
    </>
  );
}

export function Document({ view, wire }: MediaProps) {
  const cited = fieldsOf(wire["citations"])["enabled"] === true;
  return (
    <Box title="document" about={joined(named(wire["title"]), cited && "may be cited")}>
      <Body view={view} wire={wire} />
      {wire["context"] != null && <Small>context: {named(wire["context"])}</Small>}
    </Box>
  );
}

function Body({ view, wire }: MediaProps) {
  const source = fieldsOf(wire["source"]);
  const { weights } = view.head.value;
  const data = textOf(source["data"]);
  const pages = useMemo(() => (source["type"] === "base64" ? pageCount(data) : 0), [data, source["type"]]);
  switch (source["type"]) {
    case "base64": {
      const kind = source["media_type"] === "application/pdf" ? "PDF" : named(source["media_type"]);
      const tokens = pages > 0 && weights && about(pages * weights.pdf_page);
      return <Small>{joined(kind, pages > 0 && counted(pages, "page"), sized(bytesOf(data)), tokens)}</Small>;
    }
    case "text":
      return (
        <Folded title={joined("text", counted([...data].length, "character"), weights && about(textTokens(data, weights)))}>
          <Data text={data} />
        </Folded>
      );
    case "content": {
      const { content } = source;
      const blocks = typeof content === "string" ? [{ type: "text", text: content }] : rowsOf(content);
      return (
        <Folded title={counted(blocks.length, "block")}>
          {blocks.map((each: JsonObject, i) =>
            each["type"] === "image" ? (
              <Image key={i} view={view} wire={each} />
            ) : each["type"] === "text" ? (
              <Data key={i} text={textOf(each["text"])} />
            ) : (
              <JsonText key={i} value={each} />
            ),
          )}
        </Folded>
      );
    }
    default:
      return <Where source={source} wire={wire} />;
  }
}

const about = (tokens: number) => `about ${counted(tokens, "token")}`;

/** The API's own arithmetic (contract, 9.6), as in nbkit/rules/portable/estimate.py. */
export function imageTokens(width: number, height: number, weights: Weights): number {
  const shrunk = Math.min(1, weights.image_edge / Math.max(width, height, 1));
  return Math.min(weights.image_tokens, Math.ceil((width * shrunk) / 28) * Math.ceil((height * shrunk) / 28));
}

export const textTokens = (text: string, weights: Weights) => Math.ceil([...text].length / weights.chars_per_token);

/** The pages that a PDF names in the open, or says that it has; 0: none can be seen. */
export function pageCount(data: string): number {
  if (data.length > LARGE) return 0;
  let bytes: string;
  try {
    bytes = atob(data.replace(/\s/g, ""));
  } catch {
    return 0;
  }
  const said = [...bytes.matchAll(TREE)].map((found) => Number(found[1] ?? found[2]));
  return Math.max(bytes.match(PAGE)?.length ?? 0, 0, ...said.slice(0, 1000));
}
