// A real button. It is never `disabled` while it waits or can't be used: a disabled button drops the keyboard focus.
import { createContext, type ComponentChildren } from "preact";
import { useContext } from "preact/hooks";

/** Why the kernel can't be asked for anything: then every button around that would is off, and says so. "": it can. */
export const Gone = createContext("");

export interface ButtonProps {
  onPress: () => unknown;
  children: ComponentChildren;
  kind?: "plain" | "primary" | "quiet" | "small" | "danger";
  off?: boolean;
  title?: string | undefined;
  label?: string | undefined;
  pressed?: boolean;
  /** Whether what the button shows is there. */
  expanded?: boolean | undefined;
  /** It asks the kernel for nothing. */
  local?: boolean;
  /** False: Tab passes it by, as there are many of its kind; what it does is in reach from elsewhere. */
  inTabOrder?: boolean;
}

export function Button(props: ButtonProps) {
  const { onPress, children, kind = "plain", label, pressed, expanded, local = false, inTabOrder = true } = props;
  const gone = useContext(Gone);
  const { off, title } = gone && !local ? { off: true, title: gone } : props;
  return (
    <button
      type="button"
      class={`nbk-button nbk-${kind}`}
      aria-disabled={off ? "true" : undefined}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={title}
      tabIndex={inTabOrder ? undefined : -1}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      {children}
    </button>
  );
}
