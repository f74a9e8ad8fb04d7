// Where the keyboard is when what it was on has gone.
import { useLayoutEffect, useRef } from "preact/hooks";

/** When the control that had the focus goes away with its face, the part around it takes it, not the top of the page. */
export function useKeptFocus(face: string) {
  const ref = useRef<HTMLDivElement>(null);
  const within = useRef(false);
  useLayoutEffect(() => {
    const part = ref.current;
    const seen = (event: FocusEvent) => {
      if (event.type === "focusin") within.current = true;
      else if (event.relatedTarget) within.current = part?.contains(event.relatedTarget as Node) ?? false;
    };
    part?.addEventListener("focusin", seen);
    part?.addEventListener("focusout", seen);
    return () => {
      part?.removeEventListener("focusin", seen);
      part?.removeEventListener("focusout", seen);
    };
  }, []);
  useLayoutEffect(() => {
    const part = ref.current;
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (part && within.current && lost) (part.querySelector("textarea") ?? part).focus({ preventScroll: true });
  }, [face]);
  return ref;
}

/**
 * When what has the focus is taken out of a part, something else there gets it, not the top of the page: what `next`
 * finds, given the elements around the one that is gone, from the inside out, as far as they still stand.
 */
export function useHeldFocus<T extends HTMLElement>(next: (around: Element[], part: T) => HTMLElement | null | undefined) {
  const ref = useRef<T>(null);
  useLayoutEffect(() => {
    const part = ref.current;
    if (!part) return;
    let last: Element | null = null;
    let around: Element[] = [];
    const came = (event: FocusEvent) => {
      last = event.target as Element;
      around = [];
      for (let each = last.parentElement; each && each !== part; each = each.parentElement) around.push(each);
    };
    const left = (event: FocusEvent) => {
      if (event.relatedTarget) last = null;
      else queueMicrotask(() => last?.isConnected && (last = null)); // a person went elsewhere: nothing was taken out
    };
    const changed = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      const lost = document.activeElement === null || document.activeElement === document.body;
      const standing = around.filter((each) => each.isConnected);
      if (lost) next(standing, part)?.focus({ preventScroll: true });
    });
    part.addEventListener("focusin", came);
    part.addEventListener("focusout", left);
    changed.observe(part, { childList: true, subtree: true });
    return () => {
      part.removeEventListener("focusin", came);
      part.removeEventListener("focusout", left);
      changed.disconnect();
    };
  }, []);
  return ref;
}
