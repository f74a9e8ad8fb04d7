// What goes out with the messages: system prompt, tools, parameters and headers, in front of the array they belong to.
import { signal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { textOf } from "../blocks/names";
import { PlainText } from "../blocks/pieces";
import { Button } from "../button";
import { JsonText } from "../json";
import { Problems } from "../problem";
import type { Json, JsonObject, ProblemView } from "../protocol";
import type { ViewStore } from "../store";
import { isObject } from "./value-form";
import { CacheLine } from "./cache-line";
import { Written } from "./written";

export function RequestPart({ view }: { view: ViewStore }) {
  const { request } = view.head.value;
  if (!request) return null;
  const { system, tools, messages: _, ...params } = request.fields;
  const given = Array.isArray(tools) ? tools : [];
  return (
    <div class="nbk-request" role="group" aria-label="request">
      <Part view={view} name="system" path="system" value={system ?? ""}>
        {typeof system === "string" ? (
          <System text={system} />
        ) : system === undefined ? (
          <span class="nbk-hint">none</span>
        ) : (
          <JsonText value={system} />
        )}
      </Part>
      {given.map((tool, i) => (
        <Part key={i} view={view} name={i ? "" : "tools"} path={`tools.${i}`} value={tool} removable>
          <ToolLine tool={tool} />
        </Part>
      ))}
      {view.editor.still && (
        <Part key="new" view={view} name={given.length ? "" : "tools"} path={`tools.${given.length}`} value={NEW_TOOL} isNew>
          {null}
        </Part>
      )}
      <Part view={view} name="parameters" path="params" value={{ ...params, ...request.headers }}>
        <span class="nbk-params">
          {Object.entries({ ...params, ...shownHeaders(request.headers) }).map(([key, value]) => (
            <code key={key}>
              {key} {textOf(value, 0)}
            </code>
          ))}
        </span>
      </Part>
    </div>
  );
}

function System({ text }: { text: string }) {
  return <PlainText text={useMemo(() => signal(text), [text])} />;
}

function shownHeaders({ version, betas }: JsonObject): JsonObject {
  const all: JsonObject = { version: version ?? "" };
  if (Array.isArray(betas) && betas.length > 0) all["betas"] = betas;
  return all;
}

/** A tool in one line, as far as its description has room there; all of it where it is unfolded. */
function ToolLine({ tool }: { tool: Json }) {
  const { name, type, description } = isObject(tool) ? tool : {};
  return (
    <details class="nbk-tool">
      <summary>
        <b>{String(name ?? type ?? "tool")}</b> <span class="nbk-hint">{textOf(description).trim()}</span>
      </summary>
      <JsonText value={tool} />
    </details>
  );
}

const NEW_TOOL: JsonObject = { name: "", description: "", input_schema: { type: "object", properties: {} } };
/** What a tool is made of, as a form shows it. */
const TOOL: JsonObject = {
  properties: {
    name: { type: "string" },
    description: { type: "string" },
    input_schema: { description: "JSON Schema of its input" },
    strict: { type: "boolean" },
    cache_control: { default: { type: "ephemeral" } },
  },
  required: ["name", "input_schema"],
};

/** The API's own tools have fields of their own. */
const formOf = (path: string, value: Json) =>
  path.startsWith("tools.") && isObject(value) && "input_schema" in value ? TOOL : null;

interface PartProps {
  view: ViewStore;
  name: string;
  /** In the body; `params`: everything but system, tools and messages, with the headers. */
  path: string;
  value: Json;
  removable?: boolean;
  /** It isn't there yet. */
  isNew?: boolean;
  children: preact.ComponentChildren;
}

function Part({ view, name, path, value, removable = false, isNew = false, children }: PartProps) {
  const { editor } = view;
  const row = useRef<HTMLDivElement>(null);
  const key = `request-${path}`;
  const form = editor.values.value.get(key);
  const open = () => editor.openValue(key, value, formOf(path, value));
  const close = () => {
    editor.closeValue(key);
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>("button")?.focus());
  };
  const save = async () => {
    if (await editor.saveValue(key, path, value)) close();
  };
  return (
    <div class="nbk-message" ref={row}>
      <div class="nbk-role">{name}</div>
      <div class="nbk-blocks">
        <div class="nbk-block">
          {!form && isNew && (
            <Button kind="quiet" onPress={open}>
              + tool
            </Button>
          )}
          {!form && !isNew && editor.still && (
            <div class="nbk-marks">
              <Button
                kind="quiet"
                label={`edit ${path}`}
                title={`edit ${path}`}
                onPress={open}
              >
                ✎
              </Button>
              {removable && (
                <Button kind="quiet" label={`delete ${path}`} onPress={() => view.ask({ kind: "set", path })}>
                  ×
                </Button>
              )}
            </div>
          )}
          {form ? (
            <Written
              form={form}
              label={path}
              verb={isNew ? "Add" : "Save"}
              save={save}
              cancel={close}
              view={view}
              edit={path === "params" ? undefined : (value) => ({ kind: "set", path, value: value === "" ? null : value })}
            />
          ) : <div>{children}</div>}
          <CacheLine view={view} path={path} marked={false} />
          <Problems view={view} problems={form?.problems.value ?? problemsOf(view, path)} />
        </div>
      </div>
    </div>
  );
}

/** What is wrong with a part of the request; what belongs to none is said below the array. */
function problemsOf(view: ViewStore, path: string): ProblemView[] {
  return view.problemsAt(null).filter((problem) => partOf(view, problem) === path);
}

function partOf(view: ViewStore, { path }: ProblemView): string | null {
  const { request } = view.head.value;
  const [name = "", at] = path.split(".");
  if (!request || name === "" || name === "messages") return null;
  if (name === "system") return name;
  const { tools } = request.fields;
  // What is missing, or goes in a header, is written among the parameters.
  return name === "tools" && Array.isArray(tools) && Number(at ?? 0) < tools.length ? `tools.${at ?? 0}` : "params";
}

/** The problems of the whole that stand at no part of the request. */
export function loose(view: ViewStore): ProblemView[] {
  return view.problemsAt(null).filter((problem) => partOf(view, problem) === null);
}
