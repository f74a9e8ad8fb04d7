// One block of the array: its face by type, who made it, what is wrong with it.
import { Button } from "../button";
import { JsonText } from "../json";
import { Problems } from "../problem";
import type { BlockView } from "../protocol";
import type { BlockStore } from "../array";
import type { ViewStore } from "../store";
import { TextBlock } from "./text";
import { ThinkingBlock } from "./thinking";
import { ToolResultBlock } from "./tool-result";
import { ToolUseBlock } from "./tool-use";

export interface FaceProps {
  view: ViewStore;
  block: BlockStore;
  role: string;
}

const FACES: Record<string, (props: FaceProps) => preact.JSX.Element | null> = {
  text: TextBlock,
  thinking: ThinkingBlock,
  redacted_thinking: ThinkingBlock,
  tool_use: ToolUseBlock,
  tool_result: ToolResultBlock,
};

/** Blocks without a frame of their own: running text. */
const OPEN = new Set(["text", "thinking", "redacted_thinking"]);

interface BlockProps extends FaceProps {
  /** Where it stands in the array; "" where it has no place. */
  path: string;
  before: BlockStore | undefined;
}

export function Block({ view, block, role, path, before }: BlockProps) {
  const { id, type, by, note } = block.view.value;
  const Face = Object.hasOwn(FACES, type) ? FACES[type] : undefined;
  const same = before?.view.value.by === by; // the maker is named once for several blocks
  return (
    <div class={`nbk-block${OPEN.has(type) ? "" : " nbk-boxed"}${same ? " nbk-same" : ""}`}>
      <div class="nbk-marks">
        <Delete view={view} id={id} path={path} />
        <Mark block={block.view.value} role={role} />
      </div>
      {Face ? <Face view={view} block={block} role={role} /> : <RawBlock block={block} />}
      {note && note.length > SHORT && <p class="nbk-note">{note}</p>}
      <Problems view={view} problems={view.problemsAt(id)} />
    </div>
  );
}

/** A note longer than this is a sentence, and gets a line of its own. */
const SHORT = 14;

const WORDS: Record<string, string> = {
  person: "you",
  model: "model",
  simulator: "simulated",
  tool: "tool",
  fake: "faked",
  refusal: "refused",
  edit: "edited",
};

/** Who made it. The expected maker stays in the background until one points at the block. */
function Mark({ block, role }: { block: BlockView; role: string }) {
  const expected = block.by === (role === "user" ? "person" : "model");
  const word = WORDS[block.by] ?? block.by;
  return (
    <span class={`nbk-by nbk-by-${block.by}${expected ? " nbk-faint" : ""}`} title={`made by: ${word}`}>
      {block.note && block.note.length <= SHORT ? `${word} · ${block.note}` : word}
    </span>
  );
}

function Delete({ view, id, path }: { view: ViewStore; id: string; path: string }) {
  const { state } = view.head.value;
  if (!path) return null; // it is not in the array
  if (state !== "idle" && state !== "ready" && state !== "paused") return null;
  return (
    <Button
      kind="quiet"
      label={`delete ${path}`}
      title={`delete ${path}`}
      onPress={() => view.ask({ kind: "delete", ids: [id] })}
    >
      ×
    </Button>
  );
}

/** A type without a face of its own: what came over the wire, unchanged. */
function RawBlock({ block }: { block: BlockStore }) {
  const { type } = block.view.value;
  return (
    <div class="nbk-box">
      <div class="nbk-box-head">
        <span class="nbk-call">{type}</span>
      </div>
      <JsonText value={block.wire()} />
    </div>
  );
}
