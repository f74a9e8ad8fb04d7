// A call: its name, its input (the raw JSON while that is being written), and the card while it is open. What the
// server runs itself has no card.
import { Card } from "../pause/card";
import { JsonText } from "../json";
import { faceOf, ToolFace } from "../tool-faces";
import type { FaceProps } from "./block";
import { fieldsOf, joined, named, spelled } from "./names";
import { Box } from "./pieces";

export function ToolUseBlock({ view, block }: FaceProps) {
  const { id, wire, streaming, json, type } = block.view.value;
  const card = view.cardOf.value.get(id);
  const name = named(wire["name"]) || "tool";
  const toolset = wire["toolset_name"];
  const face = streaming || json ? null : faceOf(name, wire["input"]);
  const code = fieldsOf(wire["caller"])["tool_id"];
  const about = joined(
    typeof toolset === "string" && `of the toolset ${named(toolset)}`,
    type === "server_tool_use" && "runs at the server",
    type === "mcp_tool_use" && `on ${named(wire["server_name"])}`,
    code != null && `by the code of ${named(code)}`,
  );
  return (
    <Box kind="call" title={name} about={about} id={named(wire["id"])} shape={card ? ` nbk-card-${card.state}` : ""}>
      {streaming || json ? (
        <pre class={streaming ? "nbk-json nbk-live" : "nbk-json"}>{streaming ? block.json : spelled(block.json.value)}</pre>
      ) : face ? (
        <ToolFace face={face} />
      ) : (
        <JsonText value={wire["input"] ?? {}} />
      )}
      {card && <Card view={view} card={card} form={view.form(card.id)} />}
    </Box>
  );
}
