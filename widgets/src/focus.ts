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
