// The rows of a what-if: for each open call what is done with it, then what else is another in this row.
import { useId } from "preact/hooks";
import { Button } from "../button";
import { toJson } from "../exact";
import type { CardView, Offers } from "../protocol";
import type { ViewStore } from "../store";
import { sampleTexts, type Kind, type Prompt, type RowDraft } from "./what-if-form";

const MOST_ROWS = 8;

interface Props {
  offers: Offers;
  row: RowDraft;
  /** As a person counts. */
  number: number;
}

export function Rows({ view, offers }: { view: ViewStore; offers: Offers }) {
  const form = view.whatIf;
  const rows = form.rows.value;
  return (
    <ol class="nbk-rows">
      {rows.map((row, at) => (
        <li key={row.key} class="nbk-draft">
          <div role="group" aria-label={`row ${at + 1}`}>
            {view.cards.value.map((card) => (
              <Call key={card.id} card={card} row={row} number={at + 1} many={view.cards.value.length > 1} />
            ))}
            {offers.prompts && <Asked offers={offers} row={row} number={at + 1} />}
            <Settings offers={offers} row={row} number={at + 1}>
              {rows.length > 1 && (
                <Button kind="quiet" label={`remove row ${at + 1}`} title="remove" onPress={() => form.remove(row)}>
                  ✕
                </Button>
              )}
            </Settings>
            {row.error.value && (
              <p class="nbk-refused" role="alert">
                {row.error.value}
              </p>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

const KINDS: [Kind, string][] = [
  ["approve", "Run as is"],
  ["fake", "Fake"],
  ["edit_input", "Run with another input"],
  ["refuse", "Refuse"],
  ["keep", "As decided"],
  ["leave", "Leave open"],
];
const LABELS: Partial<Record<Kind, string>> = {
  fake: "made-up result of",
  edit_input: "input of",
  refuse: "why it is refused:",
};

function Call({ card, row, number, many }: { card: CardView; row: RowDraft; number: number; many: boolean }) {
  const draft = row.call(card);
  const kind = draft.kind.value;
  const runs = card.can_run || kind === "approve";
  const label = LABELS[kind];
  const input = toJson(card.input);
  const name = many ? `${card.name} ${input}` : card.name; // calls of one tool differ in their input
  return (
    <div class="nbk-form">
      <div class="nbk-row">
        <Choice
          label={`row ${number}: ${name}`}
          value={kind}
          options={KINDS.filter(([key]) =>
            key === "keep" ? card.state === "decided" : key === "leave" ? many : key !== "approve" || runs,
          )}
          choose={(value) => draft.choose(value as Kind, card)}
        />
        <code>{card.name}</code>
        {many && <code class="nbk-hint">{input}</code>}
        {kind === "fake" &&
          sampleTexts(card).map(({ label, text }) => (
            <Button key={label} kind="small" onPress={() => draft.write(text)}>
              {label}
            </Button>
          ))}
        {(kind === "fake" || kind === "refuse") && (
          <label class="nbk-check nbk-is-error" title="mark the result as an error">
            <input
              type="checkbox"
              checked={draft.isError.value}
              onChange={(event) => (draft.isError.value = event.currentTarget.checked)}
            />
            is_error
          </label>
        )}
      </div>
      {label && (
        <Text
          label={`row ${number}: ${label} ${name}`}
          value={draft.text.value}
          write={(text) => draft.write(text)}
          code={kind === "edit_input"}
          placeholder={kind === "refuse" ? "reason (may stay empty)" : "what the model will read as the result"}
          error={draft.error.value}
        />
      )}
    </div>
  );
}

const PROMPTS: [Prompt, string][] = [
  ["again", "The last request again"],
  ["instead", "In place of the last message"],
  ["next", "As the next message"],
];

function Asked({ offers, row, number }: Props) {
  const kind = row.prompt.value;
  return (
    <div class="nbk-form">
      <div class="nbk-row">
        <Choice
          label={`row ${number}: what is asked`}
          value={kind}
          options={PROMPTS}
          choose={(value) => {
            row.prompt.value = value as Prompt;
            if (value === "instead" && !row.text.peek()) row.text.value = offers.last_prompt;
          }}
        />
      </div>
      {kind !== "again" && (
        <Text
          label={`row ${number}: message`}
          value={row.text.value}
          write={(text) => (row.text.value = text)}
          placeholder="what is asked"
          error={null}
        />
      )}
    </div>
  );
}

function Settings({ offers, row, number, children }: Props & { children: preact.ComponentChildren }) {
  const id = useId();
  const models = offers.models.includes(offers.model) ? offers.models : [offers.model, ...offers.models];
  const others: [string, string][] = models.map((id) => [id === offers.model ? "" : id, id]);
  const toggle = (name: string, on: boolean) => {
    const without = row.without.peek().filter((each) => each !== name);
    row.without.value = on ? without : [...without, name];
  };
  return (
    <>
      <div class="nbk-row">
        <label class="nbk-check">
          model
          <Choice
            label={`row ${number}: model`}
            value={row.model.value}
            options={others}
            choose={(value) => (row.model.value = value)}
          />
        </label>
        <Button kind="quiet" pressed={row.more.value} onPress={() => (row.more.value = !row.more.peek())}>
          {row.more.value ? "Less" : "System, tools…"}
        </Button>
        {children}
      </div>
      {row.more.value && (
        <>
          <label class="nbk-hint" for={id}>
            system prompt
          </label>
          <Text
            id={id}
            label={`row ${number}: system prompt`}
            value={row.system.value ?? offers.system}
            write={(text) => (row.system.value = text)}
            placeholder="none"
            error={null}
          />
          {offers.tools.length > 0 && (
            <div class="nbk-row nbk-choice">
              <span class="nbk-hint">tools:</span>
              {offers.tools.map((name) => (
                <label class="nbk-check" key={name}>
                  <input
                    type="checkbox"
                    aria-label={`row ${number}: offer ${name}`}
                    checked={!row.without.value.includes(name)}
                    onChange={(event) => toggle(name, event.currentTarget.checked)}
                  />
                  {name}
                </label>
              ))}
            </div>
          )}
        </>
      )}
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: [string, string][];
  choose: (value: string) => void;
}

function Choice({ label, value, options, choose }: ChoiceProps) {
  return (
    <select
      class="nbk-select"
      aria-label={label}
      value={value}
      onChange={(event) => choose(event.currentTarget.value)}
    >
      {options.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  );
}

interface TextProps {
  id?: string;
  label: string;
  value: string;
  write: (text: string) => void;
  placeholder: string;
  error: string | null;
  code?: boolean;
}

function Text({ id, label, value, write, placeholder, error, code = false }: TextProps) {
  return (
    <>
      <textarea
        id={id}
        class={code ? "nbk-field nbk-code" : "nbk-field"}
        aria-label={label}
        aria-invalid={error ? "true" : undefined}
        placeholder={placeholder}
        rows={Math.min(MOST_ROWS, value.split("\n").length)}
        spellcheck={!code}
        data-jp-suppress-context-menu="true"
        value={value}
        onInput={(event) => write(event.currentTarget.value)}
      />
      {error && (
        <p class="nbk-refused" role="alert">
          {error}
        </p>
      )}
    </>
  );
}
