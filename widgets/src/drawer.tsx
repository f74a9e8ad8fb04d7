// A part of the foot that is folded until a person opens it: the button, and what it shows above the foot.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button";
import type { Fold } from "./pause/forms";

interface OpenerProps {
  fold: Fold;
  children: ComponentChildren;
  label?: string;
  title: string;
}

export function Opener({ fold, children, label, title }: OpenerProps) {
  const shown = fold.shown.value;
  return (
    <Button kind="quiet" local label={label} title={title} expanded={shown} onPress={() => fold.toggle()}>
      {children} {shown ? "▴" : "▾"}
    </Button>
  );
}

interface DrawerProps {
  fold: Fold;
  label: string;
  children: ComponentChildren;
  /** What Enter does in one of its fields. */
  onEnter?: (() => unknown) | undefined;
}

/** Escape closes it, and gives the keyboard back to where it came from. */
export function Drawer({ fold, label, children, onEnter }: DrawerProps) {
  return fold.shown.value ? (
    <Open fold={fold} label={label} onEnter={onEnter}>
      {children}
    </Open>
  ) : null;
}

function Open({ fold, label, children, onEnter }: DrawerProps) {
  const ref = useRef<HTMLDivElement>(null);
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    if (!fold.opened) return; // it was open already: a new output must not take the focus
    fold.opened = false;
    opener.current = document.activeElement;
    ref.current?.querySelector<HTMLElement>("input, textarea, select, button")?.focus({ preventScroll: true });
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return;
    if (event.key === "Escape") {
      fold.shown.value = false;
      (opener.current as HTMLElement | null)?.focus({ preventScroll: true });
    } else if (event.key === "Enter" && onEnter && event.target instanceof HTMLInputElement && !event.isComposing) {
      onEnter();
    } else return;
    event.preventDefault();
  };
  return (
    <div ref={ref} class="nbk-drawer nbk-row" role="group" aria-label={label} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}
