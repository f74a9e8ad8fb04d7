// Thinking, folded. Without text there is only its signature: the reasoning itself was not sent.
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Markdown } from "../markdown/markdown";
import type { FaceProps } from "./block";
import { counted } from "./names";
import { PlainText } from "./pieces";

export function ThinkingBlock({ block }: FaceProps) {
  const { wire, streaming = false, type, tokens, unsealed = false } = block.view.value;
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
          broken={unsealed}
        />
      </p>
    );
  }
  return (
    <details class="nbk-thinking">
      <summary>
        {streaming ? <span class="nbk-live">thinking</span> : "thinking"}
        <Seal on={signed} word="signed" broken={unsealed} />
      </summary>
      {block.raw.value ? (
        <PlainText text={block.thinking} live={streaming} />
      ) : (
        <Markdown text={block.thinking} live={streaming} />
      )}
    </details>
  );
}

function Seal({ on, word, broken }: { on: boolean; word: string; broken: boolean }) {
  if (!on) return null;
  if (!broken) return <span class="nbk-seal">{word}</span>;
  return (
    <span class="nbk-seal nbk-flag" title="it is not as it was signed: where the API checks it, it refuses this">
      the signature no longer fits
    </span>
  );
}
