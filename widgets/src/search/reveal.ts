// Bring a block or a footnote into sight, and the keyboard with it.
import type { ViewStore } from "../store";

export type Target = { block: string } | { message: string; note: number };

/** Frames that a long list gets to draw what is wanted. */
const PATIENCE = 20;

export function reveal(view: ViewStore, from: Element, target: Target): void {
  const output = from.closest(".nbk-view");
  view.wanted.value = target;
  seek(output, target, PATIENCE);
}

function seek(output: Element | null, target: Target, left: number): void {
  requestAnimationFrame(() => {
    const [name, value] = "block" in target ? ["id", target.block] : ["note", `${target.message} ${target.note}`];
    const all = output?.querySelectorAll<HTMLElement>(`[data-${name}]`) ?? [];
    const found = [...all].find((each) => each.dataset[name as string] === value);
    if (found) {
      found.scrollIntoView?.({ block: "nearest" });
      found.focus({ preventScroll: true });
    } else if (left > 0) {
      seek(output, target, left - 1);
    }
  });
}
