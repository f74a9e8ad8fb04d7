// One block of the array: its face by type, who made it, what is wrong with it.
import { AskFirst } from "../editing/ask-first";
import { CacheLine } from "../editing/cache-line";
import { Button } from "../button";
import { EditBlock } from "../editing/edit-block";
import { KeysPanel } from "../editing/keys-panel";
import { BlockTools, MoreTools } from "../editing/tools";
import { JsonText } from "../json";
import { Problems } from "../problem";
import type { BlockView } from "../protocol";
import type { BlockStore, MessageStore } from "../array";
import type { ViewStore } from "../store";
import { SearchResult } from "./content";
import { Document, Image } from "./media";
import { named } from "./names";
import { Box } from "./pieces";
import { Compaction, Fallback, McpListing, ToolChange, Upload } from "./rare";
import { SERVED, ServerResult } from "./server-results";
import { TextBlock } from "./text";
import { ThinkingBlock } from "./thinking";
import { ToolResultBlock } from "./tool-result";
import { ToolUseBlock } from "./tool-use";

export interface FaceProps {
  view: ViewStore;
  block: BlockStore;
  role: string;
  message: MessageStore;
}

type Face = (props: FaceProps) => preact.JSX.Element | null;

const FACES: Record<string, Face> = {
  text: TextBlock,
  thinking: ThinkingBlock,
  redacted_thinking: ThinkingBlock,
  tool_use: ToolUseBlock,
  server_tool_use: ToolUseBlock,
  mcp_tool_use: ToolUseBlock,
  tool_result: ToolResultBlock,
  mcp_tool_result: ToolResultBlock,
  ...Object.fromEntries(SERVED.map((type) => [type, ServerResult])),
  image: ({ view, block }) => <Image view={view} wire={block.view.value.wire} />,
  document: ({ view, block }) => <Document view={view} wire={block.view.value.wire} />,
  search_result: ({ block }) => <SearchResult wire={block.view.value.wire} />,
  mcp_tool_listing: McpListing,
  container_upload: Upload,
  compaction: Compaction,
  fallback: Fallback,
  tool_addition: ToolChange,
  tool_removal: ToolChange,
};

/** Blocks without a frame of their own: running text. */
const OPEN = new Set(["text", "thinking", "redacted_thinking", "image"]);

interface BlockProps extends FaceProps {
  /** Where it stands in the array; "" where it has no place. */
  path: string;
  before: BlockStore | undefined;
}

export function Block(props: BlockProps) {
  const { view, role, message, path, before } = props;
  const { editor } = view;
  const written = path ? editor.forms.value.get(props.block.id) : undefined;
  const sent = view.question.asked.value ? null : written?.sent.value; // who is asked sees the form
  const form = sent ? undefined : written;
  const block = sent ?? props.block;
  const { id, type, by, note } = block.view.value;
  const Face = Object.hasOwn(FACES, type) ? FACES[type] : undefined;
  const same = before?.view.value.by === by; // the maker is named once for several blocks
  const shape = `nbk-block${OPEN.has(type) && !form ? "" : " nbk-boxed"}${same ? " nbk-same" : ""}`;
  return (
    <div
      class={path ? `${shape}${marksOn(view, block)}` : shape}
      aria-busy={sent ? "true" : undefined}
      {...(path ? editable(view, block, path) : {})}
    >
      <div class="nbk-marks">
        {path && editor.still && !form && (
          <>
            <span class="nbk-grip" draggable title="drag to another place" aria-hidden="true">
              ⠿
            </span>
            <BlockTools view={view} id={id} path={path} />
          </>
        )}
        {!form && hasMarkdown(type, role) && (
          <Button
            kind="quiet"
            local
            label={`raw text ${path}`}
            title="the Markdown itself, or rendered (r)"
            pressed={block.raw.value}
            onPress={() => (block.raw.value = !block.raw.value)}
          >
            raw
          </Button>
        )}
        {sent && <span class="nbk-by nbk-saving">not saved yet</span>}
        <Mark block={block.view.value} role={role} />
      </div>
      {form ? (
        <EditBlock view={view} name={id} form={form} />
      ) : Face ? (
        <Face view={view} block={block} role={role} message={message} />
      ) : (
        <RawBlock block={block} />
      )}
      {note && note.length > SHORT && <p class="nbk-note">{note}</p>}
      {path && <CacheLine view={view} id={id} marked={block.view.value.wire["cache_control"] != null} />}
      <Problems view={view} problems={written?.problems.value ?? view.problemsAt(id)} />
      {path && <Below view={view} block={block} path={path} />}
    </div>
  );
}

const hasMarkdown = (type: string, role: string) => type === "thinking" || (type === "text" && role === "assistant");

/** What makes a block of the array one that keys, mouse and clipboard reach. */
function editable(view: ViewStore, block: BlockStore, path: string) {
  const { editor } = view;
  const { id, type } = block.view.value;
  const selected = editor.selected.value.has(id);
  return {
    "data-id": id,
    role: "group" as const,
    tabIndex: editor.here.value === id ? 0 : -1,
    "aria-label": `${type} block, ${path}${selected ? ", selected" : ""}`,
  };
}

function marksOn({ editor, search }: ViewStore, block: BlockStore): string {
  const { id } = block.view.value;
  const drop = editor.dropAt.value;
  const marks = [
    editor.selected.value.has(id) && "nbk-selected",
    search.shown.value === id && "nbk-found-at",
    drop?.id === id && (drop.behind ? "nbk-drop-behind" : "nbk-drop-before"),
  ];
  return marks.map((mark) => (mark ? ` ${mark}` : "")).join("");
}

/** The actions that were unfolded, and a block that is being written to stand behind this one. */
function Below({ view, block, path }: { view: ViewStore; block: BlockStore; path: string }) {
  const { editor } = view;
  const { id } = block.view.value;
  const added = editor.forms.value.get(`new-${id}`);
  return (
    <>
      {editor.unfolded.value === id && editor.still && <MoreTools view={view} id={id} path={path} />}
      {editor.keysAt.value === id && <KeysPanel editor={editor} />}
      {added && <EditBlock view={view} name={`new-${id}`} form={added} />}
      <AskFirst view={view} at={id} />
    </>
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

/** A type without a face of its own: what came over the wire, unchanged. */
function RawBlock({ block }: { block: BlockStore }) {
  return (
    <Box title={named(block.view.value.type)}>
      <JsonText value={block.wire()} />
    </Box>
  );
}
