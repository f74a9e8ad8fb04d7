// What people typed is shown as they typed it; what a model wrote is rendered.
import { Markdown } from "../markdown";
import type { FaceProps } from "./block";

export function TextBlock({ block, role }: FaceProps) {
  const { streaming } = block.view.value;
  if (role !== "assistant") return <div class="nbk-plain-text">{block.text}</div>;
  return <Markdown text={block.text} live={streaming} />;
}
