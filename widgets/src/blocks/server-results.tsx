// What the tools gave that the server runs: searches, pages, runs of code, files, advice.
import type { JSX } from "preact";
import { JsonText } from "../json";
import type { JsonObject } from "../protocol";
import type { ViewStore } from "../store";
import type { FaceProps } from "./block";
import { Document } from "./media";
import { counted, fieldsOf, named, rowsOf, sized, textOf } from "./names";
import { Box, Data, Link, Small } from "./pieces";

interface GivenProps {
  view: ViewStore;
  given: JsonObject;
}

export function ServerResult({ view, block }: FaceProps) {
  const { wire, type } = block.view.value;
  const { content } = wire;
  const id = named(wire["tool_use_id"]);
  const kind = type.replace(/_tool_result$/, "").replaceAll("_", " ");
  if (Array.isArray(content) && type === "web_search_tool_result") {
    return (
      <Box kind="return" title={view.callName(id) ?? kind} id={id}>
        <Small>{content.length > 0 ? counted(content.length, "page") : "nothing was found"}</Small>
        {content.map((hit, i) => (
          <Hit key={i} hit={fieldsOf(hit)} />
        ))}
      </Box>
    );
  }
  const given = fieldsOf(content);
  const sort = textOf(given["type"]);
  const failed = sort.endsWith("_error");
  const Given = failed ? Failure : Object.hasOwn(KINDS, sort) ? KINDS[sort] : undefined;
  return (
    <Box kind="return" title={view.callName(id) ?? kind} id={id} failed={failed && "error"}>
      {Given ? <Given view={view} given={given} /> : <JsonText value={content ?? null} />}
    </Box>
  );
}

function Failure({ given }: GivenProps) {
  return (
    <>
      <Data text={named(given["error_code"]) || "no error code"} />
      {given["error_message"] != null && <Data text={textOf(given["error_message"])} />}
    </>
  );
}

function Hit({ hit }: { hit: JsonObject }) {
  if (hit["type"] !== "web_search_result") return <JsonText value={hit} />;
  const sealed = hit["encrypted_content"];
  return (
    <div class="nbk-hit">
      <Link url={textOf(hit["url"])} text={named(hit["title"])} />
      <Small>
        {hit["page_age"] != null && `${named(hit["page_age"])} · `}
        {typeof sealed === "string" && `its text is encrypted, ${sized(sealed.length)}`}
      </Small>
    </div>
  );
}

function Page({ view, given }: GivenProps) {
  return (
    <>
      <Link url={textOf(given["url"])} />
      {given["retrieved_at"] != null && <Small>retrieved {named(given["retrieved_at"])}</Small>}
      <Document view={view} wire={fieldsOf(given["content"])} />
    </>
  );
}

function Ran({ given }: GivenProps) {
  const { return_code, abort_reason, stdout, stderr, encrypted_stdout } = given;
  return (
    <>
      <Small>
        return code {named(return_code)}
        {abort_reason != null && ` · ${named(abort_reason)}`}
      </Small>
      {textOf(stdout) && <Data text={textOf(stdout)} />}
      {textOf(stderr) && <Small>stderr</Small>}
      {textOf(stderr) && <Data text={textOf(stderr)} />}
      {typeof encrypted_stdout === "string" && <Small>its output is encrypted, {sized(encrypted_stdout.length)}</Small>}
      {rowsOf(given["content"]).map((file, i) => (
        <Small key={i}>left the file {named(file["file_id"])}</Small>
      ))}
    </>
  );
}

function Viewed({ given }: GivenProps) {
  const [kind, start, lines, total] = ["file_type", "start_line", "num_lines", "total_lines"].map((key) =>
    named(given[key]),
  );
  return (
    <>
      <Small>
        {kind === "text" ? `text · ${lines || "all"} of ${total || "?"} lines from line ${start || 1}` : kind}
      </Small>
      <Data text={textOf(given["content"])} />
    </>
  );
}

const Created = ({ given }: GivenProps) => (
  <Small>{given["is_file_update"] ? "the file was changed" : "the file was made"}</Small>
);

function Edited({ given }: GivenProps) {
  const where = ["old_start", "old_lines", "new_start", "new_lines"].map((key) => named(given[key]));
  const { lines } = given;
  return (
    <>
      <Small>
        {where.every(Boolean) ? `@@ -${where[0]},${where[1]} +${where[2]},${where[3]} @@` : "the text was replaced"}
      </Small>
      {Array.isArray(lines) && lines.length > 0 && <Data text={lines.map(textOf).join("\n")} />}
    </>
  );
}

function ToolsFound({ given }: GivenProps) {
  const found = rowsOf(given["tool_references"]).map((each) => named(each["tool_name"]));
  return <Small>{found.length > 0 ? `loads ${found.join(", ")}` : "no tool was found"}</Small>;
}

function Advice({ given }: GivenProps) {
  return (
    <>
      <div class="nbk-result-text">{textOf(given["text"])}</div>
      {given["stop_reason"] != null && <Small>stop reason: {named(given["stop_reason"])}</Small>}
    </>
  );
}

const SealedAdvice = ({ given }: GivenProps) => (
  <Small>encrypted advice, {sized(textOf(given["encrypted_content"]).length)}</Small>
);

const KINDS: Record<string, (props: GivenProps) => JSX.Element> = {
  web_fetch_result: Page,
  code_execution_result: Ran,
  encrypted_code_execution_result: Ran,
  bash_code_execution_result: Ran,
  text_editor_code_execution_view_result: Viewed,
  text_editor_code_execution_create_result: Created,
  text_editor_code_execution_str_replace_result: Edited,
  tool_search_tool_search_result: ToolsFound,
  advisor_result: Advice,
  advisor_redacted_result: SealedAdvice,
};

export const SERVED = [
  "web_search_tool_result",
  "web_fetch_tool_result",
  "code_execution_tool_result",
  "bash_code_execution_tool_result",
  "text_editor_code_execution_tool_result",
  "tool_search_tool_result",
  "advisor_tool_result",
];
