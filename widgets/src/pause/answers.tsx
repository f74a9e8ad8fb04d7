// What a person writes on a card: another input, a made-up result, a reason, a version of their own; and the way in
// which every decision goes out.
import { useId } from "preact/hooks";
import { Content } from "../blocks/content";
import { Button } from "../button";
import { InputFields } from "../editing/input-fields";
import { isForm } from "../editing/inputs";
import { toJson } from "../exact";
import { Field } from "../field";
import { FakePicture, FromVariable } from "./from-variable";
import { isText, parseObject, toText, type CardForm } from "./forms";
import type { CardView, Decision, JsonObject } from "../protocol";
import type { ViewStore } from "../store";

export interface CardProps {
  view: ViewStore;
  card: CardView;
  form: CardForm;
}

/** Send a decision; the card changes when the kernel says so, not before. */
export async function decide({ view, card, form }: CardProps, decision: Decision | null): Promise<void> {
  const always = form.always.value ? { always: true } : {};
  if (decision && (await view.ask({ kind: "decide", id: card.id, decision, ...always }, form.refusal))) form.done();
}

export function IsError({ card, form }: CardProps) {
  return (
    <label class="nbk-check nbk-is-error" title="mark the result as an error">
      <input
        type="checkbox"
        checked={form.flagged(card)}
        onChange={(event) => (form.isError.value = event.currentTarget.checked)}
      />
      is_error
    </label>
  );
}

/** The answer holds for the calls of this tool that are still to come, too. */
function Always({ card, form }: CardProps) {
  return (
    <label class="nbk-check nbk-always" title={`decide every later call of ${card.name} in this way, without asking, while this kernel runs`}>
      <input
        type="checkbox"
        checked={form.always.value}
        onChange={(event) => (form.always.value = event.currentTarget.checked)}
      />
      always
    </label>
  );
}

/** Both stand together, in one line or the next. */
export function Marks(props: CardProps) {
  return (
    <span class="nbk-row nbk-marks">
      <IsError {...props} />
      <Always {...props} />
    </span>
  );
}

export function Doubts({ card }: { card: CardView }) {
  return (
    <>
      {(card.doubts ?? []).map((doubt) => (
        <p class="nbk-hint nbk-doubt" key={doubt}>
          ⚠ {doubt}
        </p>
      ))}
    </>
  );
}

export function Printed({ card }: { card: CardView }) {
  if (!card.printed) return null;
  return (
    <details class="nbk-printed">
      <summary>printed</summary>
      <pre>{card.printed}</pre>
    </details>
  );
}

export function Outcome({ view, card }: { view: ViewStore; card: CardView }) {
  if (!card.result) return null;
  return (
    <div class={card.result.is_error ? "nbk-outcome nbk-failed" : "nbk-outcome"}>
      {card.result.is_error && <span class="nbk-flag">is_error</span>}
      <Content view={view} content={card.result.content} />
      <Doubts card={card} />
      <Printed card={card} />
    </div>
  );
}

const REWRITTEN = "The array will say that the model asked for this input; the record keeps what it wrote.";
const KEPT = "The call stays as the model wrote it; a sentence in the result says what the tool ran with.";

export function EditInput(props: CardProps) {
  const { card, form } = props;
  const name = useId(); // two editors of one view must not be one group of radio buttons
  const choice = (rewrite: boolean, label: string) => (
    <label class="nbk-check">
      <input
        type="radio"
        name={name}
        checked={form.rewrite.value === rewrite}
        onChange={() => (form.rewrite.value = rewrite)}
      />
      {label}
    </label>
  );
  const { schema } = card;
  const input = isForm(schema) ? parseObject(form.text.value) : null;
  const fields = form.asFields.value && isForm(schema) && input !== null && typeof input === "object" && (
    <InputFields
      value={input}
      schema={schema}
      root={schema}
      drafts={form.drafts}
      change={(make) => form.start(toJson(make(parseObject(form.text.peek()) as JsonObject), 2))}
    />
  );
  return (
    <Field
      form={form}
      label={`input of ${card.name}`}
      code
      instead={fields}
      onSubmit={() => decide(props, form.editInput(false))}
    >
      <div class="nbk-row nbk-choice">
        {choice(true, "rewrite the call")}
        {choice(false, "keep it and tell the model")}
      </div>
      <p class="nbk-hint">{form.rewrite.value ? REWRITTEN : KEPT}</p>
      <div class="nbk-row">
        <Button kind="primary" onPress={() => decide(props, form.editInput(false))}>
          Run with it
        </Button>
        <Button onPress={() => decide(props, form.editInput(true))}>Run, then look</Button>
        <Cancel form={form} />
        {isForm(schema) && (
          <Button kind="small" local pressed={!form.asFields.value} onPress={() => form.toggleFields()}>
            JSON
          </Button>
        )}
        <IsError {...props} />
      </div>
      {!card.can_run && card.why_not && <p class="nbk-hint">{card.why_not}</p>}
    </Field>
  );
}

export function Fake(props: CardProps) {
  const { card, form } = props;
  if (card.taken && !isText(card.taken.content) && form.variable.value === card.taken.name) {
    return <FakePicture {...props} name={card.taken.name} content={card.taken.content} />;
  }
  return (
    <Field
      form={form}
      label={`made-up result of ${card.name}`}
      placeholder="what the model will read as the result"
      code={card.taken !== undefined}
      onSubmit={() => decide(props, form.fake())}
    >
      {!!card.samples?.length && (
        <div class="nbk-row nbk-choice">
          <span class="nbk-hint">start from:</span>
          {card.samples.map(({ label, content }) => (
            <Button key={label} kind="small" onPress={() => form.start(toText(content))}>
              {label}
            </Button>
          ))}
        </div>
      )}
      <FromVariable {...props} />
      <div class="nbk-row">
        <Button kind="primary" title="Ctrl-Enter" onPress={() => decide(props, form.fake())}>
          Use as result
        </Button>
        <Cancel form={form} />
        <Marks {...props} />
        <span class="nbk-hint">the tool does not run</span>
      </div>
    </Field>
  );
}

export function Refuse(props: CardProps) {
  const { card, form } = props;
  return (
    <Field
      form={form}
      label={`why ${card.name} is refused`}
      placeholder="reason (may stay empty)"
      line
      onSubmit={() => decide(props, form.refuse())}
    >
      <div class="nbk-row">
        <Button kind="primary" onPress={() => decide(props, form.refuse())}>
          Refuse
        </Button>
        <Cancel form={form} />
        <Marks {...props} />
      </div>
    </Field>
  );
}

/** The tool has run; nothing is used before it was looked at. Text can be changed right there. */
export function Look(props: CardProps) {
  const { card, form } = props;
  const result = toText(card.result?.content ?? "");
  const changed = form.draft.value !== null && form.draft.value !== result;
  const short = card.too_much !== undefined; // what stands here is less than the tool gave
  const use = () => decide(props, changed || short ? form.editResult(card) : form.useResult());
  const label = short ? `shortened result of ${card.name}` : `result of ${card.name}`;
  return (
    <>
      {short && (
        <p class="nbk-hint nbk-doubt" role="status">
          ⚠ {card.too_much}. Below is a shorter one.
        </p>
      )}
      {isText(card.result?.content ?? "") ? <Doubts card={card} /> : <Outcome view={props.view} card={card} />}
      {isText(card.result?.content ?? "") && <Printed card={card} />}
      <Field form={form} draft={form.draft} start={result} label={label} code onSubmit={use}>
        <div class="nbk-row">
          <Button kind="primary" onPress={use}>
            {changed ? "Use my version" : short ? "Use the shorter one" : "Use it"}
          </Button>
          {short && <Button onPress={() => decide(props, form.useResult())}>Use all of it</Button>}
          {changed && (
            <Button kind="quiet" onPress={() => (form.draft.value = null)}>
              {short ? "Back to the shorter one" : "Back to the tool’s"}
            </Button>
          )}
          <Button onPress={() => form.open("edit", toJson(card.input, 2))}>Edit input</Button>
          <Button onPress={() => form.open("fake", "")}>Fake</Button>
          <Button onPress={() => form.open("refuse", "")}>Refuse</Button>
          <TakeBack {...props} />
          <IsError {...props} />
        </div>
      </Field>
    </>
  );
}

/** The way back from a result that was to be looked at: the call is open again. */
function TakeBack({ view, card, form }: CardProps) {
  const reopen = async () => {
    if (await view.ask({ kind: "reopen", id: card.id }, form.refusal)) form.done();
  };
  return (
    <Button kind="quiet" title="the call is open again; the tool has run, and its result is dropped" onPress={reopen}>
      Cancel
    </Button>
  );
}

export function Cancel({ form }: { form: CardForm }) {
  return (
    <Button kind="quiet" local title="Esc" onPress={() => form.close()}>
      Cancel
    </Button>
  );
}
