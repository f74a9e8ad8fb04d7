// What a call came back with: text, JSON, images that travel inside the message, or an error.
import { JsonText } from "../json";
import type { Json, JsonObject } from "../protocol";
import type { FaceProps } from "./block";

const IMAGE_TYPES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
const BASE64 = /^[A-Za-z0-9+/=\s]+$/;

export function ToolResultBlock({ view, block }: FaceProps) {
  const { wire } = block.view.value;
  const id = String(wire["tool_use_id"] ?? "");
  const failed = wire["is_error"] === true;
  return (
    <div class={failed ? "nbk-box nbk-failed" : "nbk-box"}>
      <div class="nbk-box-head">
        <span class="nbk-return">{view.callName(id) ?? "tool_result"}</span>
        {failed && <span class="nbk-flag">is_error</span>}
        <span class="nbk-id">{id}</span>
      </div>
      <Content content={wire["content"] ?? ""} />
    </div>
  );
}

export function Content({ content }: { content: Json }) {
  if (typeof content === "string") return <ResultText text={content} />;
  if (!Array.isArray(content)) return <JsonText value={content} />;
  return (
    <>
      {content.map((part, i) => (
        <Part key={i} part={part as JsonObject} />
      ))}
    </>
  );
}

function Part({ part }: { part: JsonObject }) {
  if (part?.["type"] === "text" && typeof part["text"] === "string") return <ResultText text={part["text"]} />;
  const image = part?.["type"] === "image" ? imageUrl(part["source"] as JsonObject | undefined) : null;
  if (image) return <img class="nbk-image" src={image} alt="image in the tool's result" />;
  return <JsonText value={part} />;
}

function ResultText({ text }: { text: string }) {
  if (text === "") return <p class="nbk-empty">empty</p>;
  const json = asJson(text);
  return json === undefined ? <div class="nbk-result-text">{text}</div> : <JsonText value={json} />;
}

/** Objects and lists are shown as JSON; a bare number or word is just text. */
function asJson(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** Only bytes that came with the message: an image by address would tell its server that it was looked at. */
function imageUrl(source: JsonObject | undefined): string | null {
  const { type, media_type, data } = source ?? {};
  if (type !== "base64" || typeof data !== "string" || typeof media_type !== "string") return null;
  return IMAGE_TYPES.has(media_type) && BASE64.test(data) ? `data:${media_type};base64,${data}` : null;
}
