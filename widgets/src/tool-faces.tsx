// Calls of the API's own tools as a person reads them: a command as a command, an edit as lines taken away and added.
// The saved page draws the same (nbkit/notebook/record/tool_faces.py).
import type { Json, JsonObject } from "./protocol";

type Line = readonly [sign: string, text: string];
interface FaceOf {
  title: string;
  lines: Line[];
}

const EDITORS = new Set(["str_replace_based_edit_tool", "str_replace_editor", "memory"]);
const KINDS: Record<string, string> = { "+": "nbk-added", "-": "nbk-gone", $: "nbk-typed" };
const SAID: Record<string, string> = { "+": "added: ", "-": "taken away: " };

/** null for other tools, and for inputs of another shape. */
export function faceOf(name: string, input: Json | undefined): FaceOf | null {
  if (input === null || typeof input !== "object" || Array.isArray(input)) return null;
  const { command } = input;
  if (name === "bash") {
    if (input["restart"] === true) return { title: "restart the shell", lines: [] };
    if (typeof command !== "string" || Object.keys(input).length > 1) return null;
    return { title: "", lines: lines("$", command) };
  }
  return EDITORS.has(name) && typeof command === "string" ? edit(command, input) : null;
}

function edit(command: string, input: JsonObject): FaceOf | null {
  const text = (key: string) => (typeof input[key] === "string" ? (input[key] as string) : null);
  const path = text("path");
  if (command === "rename") {
    const [from, to] = [text("old_path"), text("new_path")];
    return from === null || to === null ? null : { title: `rename ${from} to ${to}`, lines: [] };
  }
  if (path === null) return null;
  switch (command) {
    case "view": {
      const [start, end] = Array.isArray(input["view_range"]) ? input["view_range"] : [];
      const range = typeof start === "number" && typeof end === "number";
      return { title: `view ${path}${range ? `, lines ${start} to ${end === -1 ? "the end" : end}` : ""}`, lines: [] };
    }
    case "create": {
      const file = text("file_text");
      return file === null ? null : { title: `create ${path}`, lines: lines("+", file) };
    }
    case "str_replace": {
      const [old, fresh] = [text("old_str"), text("new_str")];
      if (old === null) return null;
      return { title: `replace in ${path}`, lines: [...lines("-", old), ...(fresh ? lines("+", fresh) : [])] };
    }
    case "insert": {
      const fresh = text("insert_text") ?? text("new_str");
      if (fresh === null || typeof input["insert_line"] !== "number") return null;
      return { title: `insert into ${path} after line ${input["insert_line"]}`, lines: lines("+", fresh) };
    }
    case "delete":
      return { title: `delete ${path}`, lines: [] };
    case "undo_edit":
      return { title: `undo the last edit of ${path}`, lines: [] };
    default:
      return null;
  }
}

function lines(sign: string, text: string): Line[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line, at) => [sign === "$" && at > 0 ? " " : sign, line] as const);
}

export function ToolFace({ face }: { face: FaceOf }) {
  return (
    <>
      {face.title && <p class="nbk-deed">{face.title}</p>}
      {face.lines.length > 0 && (
        <pre class="nbk-json nbk-lines">
          {face.lines.map(([sign, line], at) => (
            <span key={at} class={KINDS[sign]}>
              {SAID[sign] && <span class="nbk-unseen">{SAID[sign]}</span>}
              {`${sign} ${line}\n`}
            </span>
          ))}
        </pre>
      )}
    </>
  );
}
