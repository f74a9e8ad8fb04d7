// A real button. It is never `disabled` while it waits or can't be used: a disabled button drops the keyboard focus.
import type { ComponentChildren } from "preact";

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
}

export function Button(props: ButtonProps) {
  const { onPress, children, kind = "plain", off = false, title, label, pressed, expanded } = props;
  return (
    <button
      type="button"
      class={`nbk-button nbk-${kind}`}
      aria-disabled={off ? "true" : undefined}
      aria-label={label}
      aria-pressed={pressed}
      aria-expanded={expanded}
      title={title}
      onClick={() => {
        if (!off) onPress();
      }}
    >
      {children}
    </button>
  );
}
