// Stops what goes on. A running cell is stopped by Jupyter alone: a wish of ours would be heard after its end, and would
// then stop something else.
import { Button, type ButtonProps } from "../button";
import type { ViewStore } from "../store";

interface Props {
  view: ViewStore;
  kind: NonNullable<ButtonProps["kind"]>;
  title?: string;
}

export function Stop({ view, kind, title }: Props) {
  if (view.head.value.stoppable === false) return <span class="nbk-hint">■ in the toolbar stops the cell</span>;
  return (
    <Button kind={kind} title={title} onPress={() => view.ask({ kind: "stop" })}>
      Stop
    </Button>
  );
}
