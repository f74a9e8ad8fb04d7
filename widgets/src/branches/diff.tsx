// Two arrays side by side, block by block: what differs, with its words, and a button to take it from there.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { DiffRow, DiffSide, Head } from "../protocol";
import type { ViewStore } from "../store";

type Different = Exclude<DiffRow, { state: "same" }>;

const TAKES = { changed: "Take this", added: "Take this", removed: "Remove here" };

export function Diff({ view }: { view: ViewStore }) {
  const { diff } = view.head.value;
  return diff ? <Compared view={view} diff={diff} /> : null;
}

function Compared({ view, diff }: { view: ViewStore; diff: NonNullable<Head["diff"]> }) {
  const { arrays = [] } = view.head.value;
  const part = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const asked = part.current?.closest(".nbk-view")?.contains(document.activeElement);
    if (asked) part.current?.scrollIntoView?.({ block: "nearest" });
  }, []);
  const { first, second } = diff;
  const words = (key: string) => arrays.find((each) => each.key === key)?.words ?? key;
  const same = diff.more === 0 && diff.rows.every((row) => row.state === "same");
  // Both are read where they stand: the kernel may not have answered the choice before this one.
  const compare = ({ currentTarget }: Event) => {
    const chosen = (currentTarget as Element).parentElement?.querySelectorAll("select");
    void view.ask({ kind: "compare", first: chosen?.[0]?.value ?? first, second: chosen?.[1]?.value ?? second });
  };
  const choose = (label: string, key: string) => (
    <select class="nbk-select" aria-label={label} value={key} onChange={compare}>
      {[...arrays, ...(arrays.some((each) => each.key === key) ? [] : [{ key, words: key }])].map((each) => (
        <option key={each.key} value={each.key}>
          {each.words}
        </option>
      ))}
    </select>
  );
  return (
    <section ref={part} class="nbk-panel nbk-diff" aria-label={`${first ? `${words(first)} ` : ""}compared with ${words(second)}`}>
      <div class="nbk-row">
        {choose("compare", first)}
        <b>compared with</b>
        {choose("compare with", second)}
        <Button
          kind="quiet"
          label="close the comparison"
          onPress={() => view.ask({ kind: "compare", first, second: null })}
        >
          Close
        </Button>
      </div>
      {same ? (
        <p class="nbk-hint">No difference in the messages.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{words(first)}</th>
              <th scope="col">{words(second)}</th>
            </tr>
          </thead>
          <tbody>
            {diff.rows.map((row, i) =>
              row.state === "same" ? (
                <tr key={i} class="nbk-diff-same">
                  <td colSpan={2}>
                    {row.count} {row.count === 1 ? "block" : "blocks"} the same
                  </td>
                </tr>
              ) : (
                <Row key={i} view={view} row={row} takes={first === ""} />
              ),
            )}
          </tbody>
        </table>
      )}
      {diff.more > 0 && <p class="nbk-hint">and {diff.more} more differences</p>}
    </section>
  );
}

/** What is another request's or branch's is looked at; taken is into the conversation's own array. */
function Row({ view, row, takes }: { view: ViewStore; row: Different; takes: boolean }) {
  const { state, first, second } = row;
  const where = (first ?? second)?.path ?? "";
  return (
    <tr class={`nbk-diff-${state}`}>
      <td>
        <Side side={first} state={state} tag="del" />
      </td>
      <td>
        <Side side={second} state={state} tag="ins" />
        {state === "removed" && <p class="nbk-hint">not there</p>}
        {takes && state !== "moved" && view.editor.still && (
          <Button
            kind="small"
            label={`${TAKES[state]}: ${where}`}
            onPress={() => view.ask({ kind: "take", first: first?.id ?? null, second: second?.id ?? null })}
          >
            {TAKES[state]}
          </Button>
        )}
      </td>
    </tr>
  );
}

function Side({ side, state, tag: Tag }: { side: DiffSide | null; state: Different["state"]; tag: "del" | "ins" }) {
  if (!side) return state === "added" ? <p class="nbk-hint">not here</p> : null;
  return (
    <>
      <p class="nbk-hint">
        {side.role}, {side.type} <code>{side.path}</code>
        {state === "moved" && " moved, the same"}
      </p>
      <div class="nbk-diff-words">
        {side.words.map(({ text, differs }, i) => (differs ? <Tag key={i}>{text}</Tag> : <span key={i}>{text}</span>))}
      </div>
    </>
  );
}
