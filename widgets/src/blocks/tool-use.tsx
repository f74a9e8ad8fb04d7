// A call: its name, its input (the raw JSON while that is being written), and the card while it is open.
import { Card } from "../card";
import { JsonText } from "../json";
import { faceOf, ToolFace } from "../tool-faces";
import type { FaceProps } from "./block";

export function ToolUseBlock({ view, block }: FaceProps) {
  const { id, wire, streaming, json } = block.view.value;
  const card = view.cardOf.value.get(id);
  const name = String(wire["name"] ?? "tool");
  const toolset = wire["toolset_name"];
  const face = streaming || json ? null : faceOf(name, wire["input"]);
  return (
    <div class={card ? `nbk-box nbk-card-${card.state}` : "nbk-box"}>
      <div class="nbk-box-head">
        <span class="nbk-call">{name}</span>
        {typeof toolset === "string" && <span class="nbk-hint">of the toolset {toolset}</span>}
        <span class="nbk-id">{String(wire["id"] ?? "")}</span>
      </div>
      {streaming || json ? (
        <pre class={streaming ? "nbk-json nbk-live" : "nbk-json"}>{block.json}</pre>
      ) : face ? (
        <ToolFace face={face} />
      ) : (
        <JsonText value={wire["input"] ?? {}} />
      )}
      {card && <Card view={view} card={card} form={view.form(card.id)} />}
    </div>
  );
}
