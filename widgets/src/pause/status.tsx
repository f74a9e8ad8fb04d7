// What the kernel said to the last wish, in sight of whoever had it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { KERNEL_WORDS } from "../page/kernel";
import type { ViewStore } from "../store";

const PATIENCE = 1500;
/** As wide and as high as an answer mostly is, in pixels: over the page it keeps that far from the edges. */
const WIDE = 500;
const HIGH = 120;

/** The last refusal, or that the kernel takes its time: while a cell runs it may not hear the page. */
export function Status({ view }: { view: ViewStore }) {
  const waiting = view.waiting.value > 0;
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = waiting ? setTimeout(() => setSlow(true), PATIENCE) : undefined;
    if (!waiting) setSlow(false);
    return () => clearTimeout(timer);
  }, [waiting]);
  const refusal = view.refusal.value;
  const { told } = view.head.value;
  const absent = KERNEL_WORDS[view.kernel.value];
  const gone = view.gone.value;
  const busy = slow && waiting ? "no answer yet: the kernel is busy (■ in the toolbar stops a running cell)" : "";
  const said = absent || (refusal ?? view.editor.said.value ?? told ?? busy);
  const shape = gone || refusal ? "nbk-status nbk-refused" : "nbk-status";
  // Of the kernel all outputs of a notebook say the same: one says it aloud, or over the page, where something was asked.
  const unheard = absent !== "" && refusal === null && !waiting;
  return (
    <span ref={useInSight(unheard ? "" : said)} class={shape} role="status" aria-live={unheard ? "off" : undefined}>
      {said}
    </span>
  );
}

/** Pressed far from the foot, it lies over the page beside what was pressed, until the next click or Escape. */
function useInSight(said: string) {
  const ref = useRef<HTMLSpanElement>(null);
  const before = useRef(said); // what stands there already is not said anew
  useLayoutEffect(() => {
    const part = ref.current;
    if (!part || before.current === said || typeof IntersectionObserver === "undefined") return;
    before.current = said;
    part.removeAttribute("popover");
    const pressed = part.closest(".nbk-view")?.contains(document.activeElement) && document.activeElement;
    if (!said || !pressed || !part.parentElement) return;
    const looking = new IntersectionObserver(([foot]) => {
      looking.disconnect();
      if (foot?.isIntersecting) return;
      const { left, bottom } = pressed.getBoundingClientRect();
      part.style.left = `${Math.min(left, innerWidth - WIDE)}px`;
      part.style.top = `${Math.min(bottom, innerHeight - HIGH)}px`;
      part.popover = "auto";
      part.showPopover();
      part.addEventListener("toggle", (event) => event.newState === "closed" && part.removeAttribute("popover"));
    });
    looking.observe(part.parentElement);
    return () => looking.disconnect();
  }, [said]);
  return ref;
}
