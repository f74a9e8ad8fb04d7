// What people typed is shown as they typed it; what a model wrote is rendered, or raw where one wants to see that.
import { useRef } from "preact/hooks";
import { Markdown } from "../markdown/markdown";
import type { FaceProps } from "./block";
import { Marks } from "./footnotes";
import { Frame, PlainText } from "./pieces";

/** Longer than any reply that one reads. */
const LONG = 60_000;

export function TextBlock({ view, block, role, message }: FaceProps) {
  const { streaming = false } = block.view.value;
  const arrives = useRef(streaming).current; // what one has seen arrive stays as it is
  const rendered = role === "assistant" && !block.raw.value;
  const letters = block.text.peek().length;
  return (
    <div class="nbk-text">
      {rendered ? (
        <Frame letters={arrives || letters <= LONG ? 0 : letters}>
          <Markdown text={block.text} live={streaming} />
        </Frame>
      ) : (
        <PlainText text={block.text} live={streaming} />
      )}
      <Marks view={view} block={block} message={message} />
    </div>
  );
}
