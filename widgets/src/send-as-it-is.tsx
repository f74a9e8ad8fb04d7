// Sends the array as it stands, legal or not.
import { Button } from "./button";
import type { ViewStore } from "./store";

/** Whatever its end: the model goes on with an assistant's words where it can, and the API refuses what is illegal. */
export function SendAsItIs({ view, kind }: { view: ViewStore; kind: "danger" | "quiet" }) {
  const { last = true } = view.head.value;
  if (!last || view.array.value.length === 0) return null;
  return (
    <Button
      kind={kind}
      title="send the array as it is, to hear what the API itself says"
      onPress={() => view.ask({ kind: "resume", check: false })}
    >
      {kind === "danger" ? "Send anyway" : "Send as it is"}
    </Button>
  );
}
