// Sends the array as it stands, legal or not.
import { Button } from "../button";
import type { ViewStore } from "../store";

/**
 * Whatever its end: the model goes on with an assistant's words where it can, and the API refuses what is illegal. Of an
 * array at rest it is told first what forbids its end; then it can be sent anyway.
 */
export function SendAsItIs({ view, kind }: { view: ViewStore; kind: "danger" | "quiet" }) {
  const { last = true, whole = false, state } = view.head.value;
  if (!last || (view.array.value.length === 0 && !whole)) return null;
  const asks = state === "idle" && kind === "quiet";
  return (
    <Button
      kind={kind}
      title={asks ? "send the array, whatever it ends with" : "send the array as it is, to hear what the API itself says"}
      onPress={() => view.ask(asks ? { kind: "send" } : { kind: "resume", check: false })}
    >
      {kind === "danger" ? "Send anyway" : "Send as it is"}
    </Button>
  );
}
