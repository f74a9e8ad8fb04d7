// What a call came back with, here or at an MCP server.
import type { FaceProps } from "./block";
import { Content } from "./content";
import { named, textOf } from "./names";
import { Box } from "./pieces";

export function ToolResultBlock({ view, block }: FaceProps) {
  const { wire } = block.view.value;
  const id = named(wire["tool_use_id"]);
  return (
    <Box
      kind="return"
      title={view.callName(textOf(wire["tool_use_id"])) ?? "tool_result"}
      id={id}
      failed={wire["is_error"] === true && "is_error"}
    >
      <Content view={view} content={wire["content"] ?? ""} />
    </Box>
  );
}
