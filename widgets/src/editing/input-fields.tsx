// A call's input as a form: one field for each part that is there, and a button for each that may be added.
import { useMemo } from "preact/hooks";
import { named, spelled, textOf } from "../blocks/names";
import { Button } from "../button";
import { fromJson, toJson } from "../exact";
import { pretty } from "../json";
import type { Json, JsonObject } from "../protocol";
import { first, kindOf, plainly, readJson, readNumber, type Drafts } from "./inputs";
import { isObject } from "./value-form";

interface FieldsProps {
  value: JsonObject;
  schema: JsonObject;
  /** The whole schema, which references point into. */
  root: JsonObject;
  /** Where these fields are; "" at the top. */
  path?: string;
  drafts: Drafts;
  /** What a field makes of the value as it is then. */
  change: (make: (value: JsonObject) => JsonObject) => void;
}

export function InputFields({ value, schema, root, path = "", drafts, change }: FieldsProps) {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const known = Object.keys(properties);
  const there = [...known.filter((key) => Object.hasOwn(value, key)), ...Object.keys(value).filter((key) => !known.includes(key))];
  const absent = known.filter((key) => !Object.hasOwn(value, key));
  return (
    <div class="nbk-inputs">
      {there.map((key) => {
        const here = path ? `${path}.${key}` : key;
        return (
          <Input
            key={key}
            name={key}
            path={here}
            value={value[key] ?? null}
            schema={plainly(properties[key], root)}
            root={root}
            drafts={drafts}
            hint={known.includes(key) ? undefined : "not in the tool’s schema"}
            change={(make) => change((now) => ({ ...now, [key]: make(now[key] ?? null) }))}
            remove={() => {
              drafts.forget(here);
              change(({ [key]: _, ...rest }) => rest);
            }}
          />
        );
      })}
      {absent.length > 0 && (
        <div class="nbk-row">
          {absent.map((key) => (
            <Button
              key={key}
              kind="small"
              title={required.includes(key) ? "the schema requires it" : "add this part"}
              onPress={() => change((now) => ({ ...now, [key]: first(plainly(properties[key], root)) }))}
            >
              + {named(key)}
              {required.includes(key) && " (required)"}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}

interface InputProps {
  name: string;
  path: string;
  value: Json;
  schema: JsonObject;
  root: JsonObject;
  drafts: Drafts;
  hint: string | undefined;
  change: (make: (value: Json) => Json) => void;
  remove: () => void;
}

let count = 0;

function Input(props: InputProps) {
  const { name, path, value, schema, root, drafts, change, remove } = props;
  const id = useMemo(() => `nbk-input-${++count}`, []); // several editors are in one page
  const kind = kindOf(schema, value);
  const away = (
    <Button kind="quiet" label={`take away ${path}`} title="take this part away" onPress={remove}>
      ×
    </Button>
  );
  if (kind === "object") {
    return (
      <details class="nbk-nested">
        <summary>
          {named(name)} {away}
        </summary>
        <InputFields
          value={value as JsonObject}
          schema={schema}
          root={root}
          path={path}
          drafts={drafts}
          change={(make) => change((now) => (isObject(now) ? make(now) : now))}
        />
      </details>
    );
  }
  const hint = props.hint ?? (typeof schema["description"] === "string" ? named(schema["description"]) : undefined);
  const wrong = drafts.of(path)?.wrong;
  return (
    <div class="nbk-input">
      <label for={id}>{named(name)}</label>
      <Control {...props} id={id} kind={kind} />
      {away}
      {wrong && (
        <p class="nbk-refused" role="alert">
          {wrong}
        </p>
      )}
      {hint && <p class="nbk-hint">{hint}</p>}
    </div>
  );
}

function Control({ id, kind, path, value, schema, drafts, change }: InputProps & { id: string; kind: string }) {
  const set = (next: Json) => change(() => next);
  if (kind === "boolean") {
    return (
      <span class="nbk-check">
        <input id={id} type="checkbox" checked={value === true} onChange={(event) => set(event.currentTarget.checked)} />
      </span>
    );
  }
  if (kind === "choice") {
    const choices = (schema["enum"] as Json[]).map((each) => toJson(each));
    const now = toJson(value);
    const all = choices.includes(now) ? choices : [now, ...choices];
    return (
      <select
        id={id}
        class="nbk-select"
        value={now}
        onChange={(event) => set(fromJson(event.currentTarget.value))}
      >
        {all.map((each) => (
          <option key={each} value={each}>
            {spelled(textOf(fromJson(each)))}
            {!choices.includes(each) && " (not in the schema)"}
          </option>
        ))}
      </select>
    );
  }
  const written = drafts.of(path)?.text;
  const text = kind === "text" ? String(value) : (written ?? pretty(value));
  const take = (typed: string) => {
    if (kind === "text") return set(typed);
    const read = kind === "number" ? readNumber(typed, schema) : readJson(typed);
    drafts.put(path, typed, "wrong" in read ? read.wrong : null);
    if ("value" in read) set(read.value);
  };
  return (
    <textarea
      id={id}
      class={kind === "text" ? "nbk-field" : "nbk-field nbk-code"}
      rows={Math.min(12, text.split("\n").length)}
      spellcheck={kind === "text"}
      aria-invalid={drafts.of(path)?.wrong ? "true" : undefined}
      data-jp-suppress-context-menu="true"
      value={text}
      onInput={(event) => take(event.currentTarget.value)}
      onBlur={() => drafts.leave(path)}
    />
  );
}
