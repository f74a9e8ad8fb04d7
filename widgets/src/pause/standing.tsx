// The tools whose calls are decided the same way from now on, without asking; each can be taken back.
import { Button } from "../button";
import type { ViewStore } from "../store";

export function Standing({ view }: { view: ViewStore }) {
  const { always = [] } = view.head.value.controls ?? {};
  if (always.length === 0) return null;
  return (
    <span class="nbk-row nbk-standing" role="group" aria-label="decided always">
      <span title="decided without asking, while this kernel runs">always:</span>
      {always.map(({ tool, words }) => (
        <span key={tool} class="nbk-chip">
          {words}
          <Button
            kind="quiet"
            label={`ask about ${tool} again`}
            title={`ask about ${tool} again`}
            onPress={() => view.ask({ kind: "ask_again", tool })}
          >
            ×
          </Button>
        </span>
      ))}
    </span>
  );
}
