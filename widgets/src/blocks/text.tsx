// What people typed is shown as they typed it; what a model wrote is rendered, or raw where one wants to see that.
import { Markdown } from "../markdown/markdown";
import type { FaceProps } from "./block";
import { Marks } from "./footnotes";

export function TextBlock({ view, block, role, message }: FaceProps) {
  const { streaming = false } = block.view.value;
  const rendered = role === "assistant" && !block.raw.value;
  return (
    <div class="nbk-text">
      {rendered ? (
        <Markdown text={block.text} live={streaming} />
      ) : (
        <div class="nbk-plain-text">{block.text}</div>
      )}
      <Marks view={view} block={block} message={message} />
    </div>
  );
}
