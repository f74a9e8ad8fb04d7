// The card of one call: what may be said of it, that it runs, or what was decided and came of it.
import { decide, EditInput, Fake, Look, Marks, Outcome, Refuse, type CardProps } from "./answers";
import { Button } from "../button";
import { toJson } from "../exact";
import { useKeptFocus } from "../focus";
import { Stop } from "./stop";
import { pretty } from "../json";
import type { CardView, Decision } from "../protocol";
import type { ViewStore } from "../store";
import { AskWhatIf } from "../what-if/what-if";

export function Card(props: CardProps) {
  const { view, card, form } = props;
  const ref = useKeptFocus(`${card.state} ${form.mode.value} ${form.reopened.value}`);
  const { state } = view.head.value;
  return (
    <div class="nbk-card" ref={ref} tabIndex={-1} role="group" aria-label={`decide on ${card.name}`}>
      <Face {...props} />
      {form.refusal.value && (
        <p class="nbk-refused" role="alert">
          {form.refusal.value}
        </p>
      )}
      {card.state === "decided" && !form.reopened.value && (state === "paused" || state === "ready") && (
        <Button kind="quiet" onPress={() => (form.reopened.value = true)}>
          Change
        </Button>
      )}
    </div>
  );
}

function Face(props: CardProps) {
  const { card, form } = props;
  if (card.state === "running") return <Running {...props} />;
  if (card.state === "decided" && !form.reopened.value) return <Decided view={props.view} card={card} />;
  switch (form.mode.value) {
    case "edit":
      return <EditInput {...props} />;
    case "fake":
      return <Fake {...props} />;
    case "refuse":
      return <Refuse {...props} />;
    default:
      return card.state === "look" ? <Look {...props} /> : <Choices {...props} />;
  }
}

function Choices(props: CardProps) {
  const { view, card, form } = props;
  const cannot = card.can_run ? undefined : (card.why_not ?? "this call cannot be run");
  const busy = view.waiting.value > 0;
  return (
    <>
      <div class="nbk-row">
        <Button
          kind="primary"
          off={!card.can_run || busy}
          title={cannot}
          onPress={() => decide(props, form.approve(false))}
        >
          Run
        </Button>
        <Button off={!card.can_run || busy} title={cannot} onPress={() => decide(props, form.approve(true))}>
          Run, then look
        </Button>
        <Button onPress={() => form.open("edit", toJson(card.input, 2))}>Edit input</Button>
        <Button onPress={() => form.open("fake", "")}>Fake</Button>
        <Button onPress={() => form.open("refuse", "")}>Refuse</Button>
        <AskWhatIf view={view} />
        <Marks {...props} />
        {form.reopened.value && (
          <Button kind="quiet" onPress={() => (form.reopened.value = false)}>
            Keep
          </Button>
        )}
      </div>
      {card.may_have_run && (
        <p class="nbk-hint">It was started, and its result is not known: it may have run.</p>
      )}
      {cannot && <p class="nbk-hint">{cannot}</p>}
      {card.redefined && <p class="nbk-hint nbk-doubt">⚠ {card.redefined}</p>}
    </>
  );
}

function Running({ view, card, form }: CardProps) {
  return (
    <div class="nbk-row">
      <span class="nbk-spinner" aria-hidden="true" />
      <span>running</span>
      <Stop view={view} kind="small" />
      {view.head.value.stoppable !== false && (
        <Button
          kind="small"
          title="wait no longer for this tool; it may still be running"
          onPress={() => view.ask({ kind: "abandon", id: card.id }, form.refusal)}
        >
          Give up
        </Button>
      )}
    </div>
  );
}

function Decided({ view, card }: { view: ViewStore; card: CardView }) {
  return (
    <>
      <p class="nbk-decided">{said(card.decision)}</p>
      <Outcome view={view} card={card} />
    </>
  );
}

function said(decision: Decision | null): string {
  switch (decision?.type) {
    case "approve":
      return "ran";
    case "edit_input":
      return `ran with ${pretty(decision.input)}${decision.rewrite ? "" : ", and the model is told"}`;
    case "edit_result":
      return "ran, result edited";
    case "fake":
      return "faked: the tool did not run";
    case "refuse":
      return decision.reason ? `refused: ${decision.reason}` : "refused";
    case "stop":
      return "stopped";
    default:
      return "decided";
  }
}
