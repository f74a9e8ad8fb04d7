// Thinking, folded. Without text there is only its signature: the reasoning itself was not sent.
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Markdown } from "../markdown";
import type { FaceProps } from "./block";
import { counted } from "./names";

export function ThinkingBlock({ block }: FaceProps) {
  const { wire, streaming = false, type, tokens } = block.view.value;
  const empty = useMemo(() => computed(() => block.thinking.value === ""), [block]).value;
  const signed = typeof wire["signature"] === "string" && wire["signature"] !== "";
  if (empty && !streaming) {
    return (
      <p class="nbk-thinking nbk-hidden-reasoning">
        hidden reasoning
        {tokens !== undefined && `, ${counted(tokens, "token")}`}
        <Seal
          on={signed || type === "redacted_thinking"}
          word={type === "redacted_thinking" ? "encrypted" : "signed"}
        />
      </p>
    );
  }
  return (
    <details class="nbk-thinking">
      <summary>
        {streaming ? <span class="nbk-live">thinking</span> : "thinking"}
        <Seal on={signed} word="signed" />
      </summary>
      {block.raw.value ? (
        <div class="nbk-plain-text">{block.thinking}</div>
      ) : (
        <Markdown text={block.thinking} live={streaming} />
      )}
    </details>
  );
}

function Seal({ on, word }: { on: boolean; word: string }) {
  return on ? <span class="nbk-seal">{word}</span> : null;
}
