// The line above a conversation: who answers, and what it is doing.
import type { State } from "./protocol";
import type { ViewStore } from "./store";

const WORDS: Record<State, string> = {
  idle: "",
  ready: "ready",
  streaming: "streaming",
  running: "running",
  paused: "paused",
  confirm: "asks first",
  stale: "stale",
  desk: "",
  table: "",
};

export function Head({ view }: { view: ViewStore }) {
  const { conversation, badge, state, prompts = [] } = view.head.value;
  const word = prompts.length > 0 ? "waits for you" : (WORDS[state] ?? state);
  return (
    <header class="nbk-head">
      <span class="nbk-name">{conversation}</span>
      <span class={badge.simulated ? "nbk-badge nbk-simulated" : "nbk-badge nbk-real"}>{badge.text}</span>
      <span class="nbk-model">{badge.model}</span>
      {word && <span class={`nbk-state nbk-state-${state}`}>{word}</span>}
    </header>
  );
}
