// What a screen reader hears: states politely, a pause or a question at once.
import { useEffect, useRef, useState } from "preact/hooks";
import type { ViewStore } from "./store";

// Replies that are no whole answer.
const ENDED: Record<string, string> = {
  max_tokens: "The reply was cut off at max_tokens.",
  model_context_window_exceeded: "The reply was cut off: the context window is full.",
  refusal: "The model declined to answer.",
};

function sentence(view: ViewStore): string {
  const { state, stop_reason, notice, stopped, prompts = [] } = view.head.peek();
  const why = stopped ? `Stopped ${stopped}. ` : "";
  if (prompts.length > 0) return "You are the model: a request waits for your turn.";
  const open = view.cards.peek().filter((card) => card.state === "open" || card.state === "look");
  switch (state) {
    case "streaming":
      return "The reply is streaming.";
    case "running":
      return "A tool is running.";
    case "ready":
      return stop_reason === "refusal" ? `${ENDED.refusal} Ready to go on.` : `${why}Ready to go on.`;
    case "idle":
      return stop_reason ? (ENDED[stop_reason] ?? `The reply is complete: ${stop_reason}.`) : "";
    case "paused": {
      if (open.length === 0) return "Paused: every call is decided.";
      const names = open.map((card) => card.name).join(", ");
      return open.length === 1
        ? `${why}Paused: ${names} waits for you.`
        : `${why}Paused: ${open.length} calls wait for you: ${names}.`;
    }
    case "confirm":
      return notice ?? "This request asks to be confirmed.";
    case "desk":
      return "No request waits.";
    case "table":
      return "";
    case "stale":
      return "This output is not on the current branch any more.";
    default:
      return state;
  }
}

function failure(view: ViewStore): string {
  const { error } = view.head.peek();
  return error ? `${error.title}: ${error.message} ` : "";
}

export function Announcer({ view }: { view: ViewStore }) {
  const { state, error, stopped, prompts = [] } = view.head.value;
  const asked = prompts.length > 0;
  const [said, say] = useState("");
  const first = useRef(true);
  const urgent = asked || state === "paused" || state === "confirm";
  useEffect(() => {
    // What is already there when the editor mounts is read in place, not shouted.
    if (!first.current || urgent) say(`${failure(view)}${sentence(view)}`);
    first.current = false;
  }, [state, error, stopped, asked]);
  return (
    <div class="nbk-unseen">
      <div role="status" aria-live="polite">
        {urgent ? "" : said}
      </div>
      <div role="alert" aria-live="assertive">
        {urgent ? said : ""}
      </div>
    </div>
  );
}
