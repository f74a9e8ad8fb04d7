// A made-up result taken from a variable of the user's, by its name: text is put into the field, where it can still be
// changed; anything else is shown as the model will see it.
import { useId, useLayoutEffect } from "preact/hooks";
import { Cancel, decide, Marks, type CardProps } from "./answers";
import { Content } from "../blocks/content";
import { Button } from "../button";
import { toText } from "./forms";
import type { Json } from "../protocol";

export function FromVariable(props: CardProps) {
  const { view, card, form } = props;
  const { taken } = card;
  const list = useId();
  useLayoutEffect(() => {
    if (!taken || taken.number === form.taken || taken.name !== form.variable.peek()) return;
    form.taken = taken.number;
    form.start(toText(taken.content));
  }, [taken?.number]);
  const name = form.variable.value.trim();
  const take = () => name && view.ask({ kind: "look_up", id: card.id, name }, form.refusal);
  const known = card.variables?.find((each) => each.name === name);
  return (
    <>
      <div class="nbk-row nbk-choice">
        <label class="nbk-hint">
          from a variable:{" "}
          <input
            class="nbk-field nbk-name"
            list={list}
            value={form.variable.value}
            placeholder="its name"
            autocomplete="off"
            spellcheck={false}
            onFocus={() => view.ask({ kind: "look_up", id: card.id, name: null }, form.refusal)}
            onInput={(event) => (form.variable.value = event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter" || event.isComposing) return;
              event.preventDefault();
              take();
            }}
          />
        </label>
        <datalist id={list}>
          {card.variables?.map(({ name, what }) => (
            <option key={name} value={name}>
              {what}
            </option>
          ))}
        </datalist>
        <Button kind="small" off={!name} onPress={take}>
          Take it
        </Button>
        {known && <span class="nbk-hint">{known.what}</span>}
      </div>
      {taken?.too_much && taken.name === name && (
        <p class="nbk-hint nbk-doubt" role="status">
          ⚠ {taken.too_much}. In the field is a shorter one.{" "}
          <Button kind="small" onPress={() => decide(props, form.fakeFrom(name))}>
            Use all of {name}
          </Button>
        </p>
      )}
    </>
  );
}

/** A picture, or several blocks: there is nothing to write in. */
export function FakePicture(props: CardProps & { name: string; content: Json }) {
  const { view, form, name, content } = props;
  return (
    <div class="nbk-form">
      <p class="nbk-hint">{name}, as the model will see it:</p>
      <div class="nbk-outcome">
        <Content view={view} content={content} />
      </div>
      <div class="nbk-row">
        <Button kind="primary" onPress={() => decide(props, form.fakeFrom(name))}>
          Use as result
        </Button>
        <Button kind="quiet" local onPress={() => (form.variable.value = "")}>
          Write one
        </Button>
        <Cancel form={form} />
        <Marks {...props} />
        <span class="nbk-hint">the tool does not run</span>
      </div>
    </div>
  );
}
