// Blocks that are seldom seen: what stands for a conversation, changes of models and tools, files.
import { JsonText } from "../json";
import type { FaceProps } from "./block";
import { counted, fieldsOf, joined, named, rowsOf, sized, textOf } from "./names";
import { Box, Data, Folded, Small } from "./pieces";

export function Compaction({ block }: FaceProps) {
  const { content, encrypted_content: sealed } = block.view.value.wire;
  if (content == null && typeof sealed !== "string") {
    return <Box title="compaction" about="that failed: it changes nothing" />;
  }
  return (
    <Box title="compaction" about="this summary stands for all before it">
      {content == null ? (
        <Small>encrypted, {sized(textOf(sealed).length)}</Small>
      ) : (
        <Folded title={counted([...textOf(content)].length, "character")}>
          <Data text={textOf(content)} />
        </Folded>
      )}
    </Box>
  );
}

export function Fallback({ block }: FaceProps) {
  const { wire } = block.view.value;
  const [before, after] = ["from", "to"].map((key) => named(fieldsOf(wire[key])["model"]));
  const { type, category } = fieldsOf(wire["trigger"]);
  const why = [named(type), named(category)].filter(Boolean).join(", ");
  return (
    <Box title="fallback" about={`from here on ${after} answers, before it did ${before}`}>
      {why && <Small>because of: {why}</Small>}
    </Box>
  );
}

export function Upload({ block }: FaceProps) {
  return <Box title="file in the container" id={named(block.view.value.wire["file_id"])} />;
}

export function ToolChange({ block }: FaceProps) {
  const { wire, type } = block.view.value;
  const tool = fieldsOf(wire["tool"]);
  const { definition } = tool;
  const name = named(tool["name"] ?? fieldsOf(definition)["name"]);
  return (
    <Box title={type === "tool_addition" ? "tool added" : "tool removed"} about={joined(named(tool["server_name"]), name)}>
      {definition != null && (
        <Folded title="its definition">
          <JsonText value={definition} />
        </Folded>
      )}
    </Box>
  );
}

export function McpListing({ block }: FaceProps) {
  const { wire } = block.view.value;
  const tools = rowsOf(wire["tools"]);
  return (
    <Box title="tools of the MCP server" about={named(wire["mcp_server_name"])}>
      <Folded title={counted(tools.length, "tool")}>
        <Data text={tools.map((tool) => `${named(tool["name"])}: ${named(tool["description"])}`).join("\n")} />
      </Folded>
    </Box>
  );
}
