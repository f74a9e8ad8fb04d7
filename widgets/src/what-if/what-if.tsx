// What if: rows that go on with a fork each, side by side, and the table of what came of them. The rows are written
// here (`what-if-rows`); what is in the table the kernel says.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import type { ButtonProps } from "../button";
import { useKeptFocus } from "../focus";
import type { Offers, RowView, WhatIf as Asked } from "../protocol";
import type { ViewStore } from "../store";
import { View } from "../view";
import { Rows } from "./what-if-rows";

export function AskWhatIf({ view, kind = "plain" }: { view: ViewStore; kind?: NonNullable<ButtonProps["kind"]> }) {
  const { last, what_if } = view.head.value;
  if (!last || (what_if && !view.whatIf.folded.value) || view.messages.value.length === 0) return null;
  const open = async () => {
    view.whatIf.opened = true;
    if (await view.ask({ kind: "what_if", on: true })) view.whatIf.folded.value = false;
  };
  return (
    <Button kind={kind} title="try several ways on from here, side by side" onPress={open}>
      What if…
    </Button>
  );
}

export function WhatIf({ view }: { view: ViewStore }) {
  const asked = view.head.value.what_if;
  return asked ? <Panel view={view} asked={asked} /> : null;
}

function Panel({ view, asked }: { view: ViewStore; asked: Asked }) {
  const form = view.whatIf;
  const { offers, rows, running, asks } = asked;
  const ref = useKeptFocus(`${form.folded.value} ${running} ${asks}`);
  useReturnedFocus(ref);
  const close = () => view.ask({ kind: "what_if", on: false }, form.refusal);
  return (
    <div class="nbk-what-if" ref={ref} tabIndex={-1} role="group" aria-label="what if">
      {offers && !form.folded.value && !running && <Form view={view} offers={offers} close={close} />}
      {asks !== null && offers && <Question view={view} offers={offers} asks={asks} />}
      {form.refusal.value && (
        <p class="nbk-refused" role="alert">
          {form.refusal.value}
        </p>
      )}
      {rows.length > 0 && <Table view={view} rows={rows} />}
      <div class="nbk-row">
        <span class="nbk-hint" role="status">
          {progress(rows, running)}
        </span>
        {running && (
          <Button kind="small" onPress={() => view.ask({ kind: "try_stop" }, form.refusal)}>
            Stop
          </Button>
        )}
        {!running && form.folded.value && rows.length > 0 && view.head.value.state !== "table" && (
          <>
            {offers && (
              <Button kind="small" onPress={() => (form.folded.value = false)}>
                Change rows
              </Button>
            )}
            <Button kind="quiet" title="take the table away; what was opened stays in its variables" onPress={close}>
              Clear
            </Button>
          </>
        )}
      </div>
      <Inside view={view} rows={rows} />
    </div>
  );
}

function progress(rows: RowView[], running: boolean): string {
  const ended = rows.filter((row) => row.state !== "running").length;
  if (running) return `${ended} of ${rows.length} are here`;
  const failed = rows.filter((row) => row.state === "failed").length;
  const stopped = rows.filter((row) => row.state === "stopped").length;
  return [failed && `${failed} failed`, stopped && `${stopped} stopped`].filter(Boolean).join(", ");
}

async function send(view: ViewStore, offers: Offers, confirmed: boolean): Promise<void> {
  const form = view.whatIf;
  const cases = form.cases(view.cards.peek(), offers);
  if (cases && (await view.ask({ kind: "try", cases, confirmed }, form.refusal))) {
    form.folded.value = view.head.peek().what_if?.asks == null;
  }
}

function Form({ view, offers, close }: { view: ViewStore; offers: Offers; close: () => unknown }) {
  const { badge } = view.head.value;
  const form = view.whatIf;
  const ref = useRef<HTMLDivElement>(null);
  if (form.rows.peek().length === 0) form.begin(view.cards.peek(), offers);
  useLayoutEffect(() => {
    if (form.opened) ref.current?.querySelector<HTMLElement>("select, textarea")?.focus({ preventScroll: true });
    form.opened = false;
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    void send(view, offers, false);
  };
  const number = form.rows.value.length;
  const requests = number === 1 ? "1 request" : `${number} requests`;
  return (
    <div class="nbk-form" ref={ref} onKeyDown={onKeyDown}>
      <p>
        <b>What if…</b> <span class="nbk-hint">each row goes on with a copy; the conversation stays as it is</span>
      </p>
      <Rows view={view} offers={offers} />
      <div class="nbk-row">
        <Button kind="small" title="another row like the last one" onPress={() => form.add()}>
          + row
        </Button>
      </div>
      <div class="nbk-row">
        <Button
          kind="primary"
          title="Ctrl-Enter"
          off={view.waiting.value > 0 || number === 0}
          onPress={() => send(view, offers, false)}
        >
          {`Try ${number}`}
        </Button>
        <Button kind="quiet" onPress={() => (view.head.peek().what_if?.rows.length ? (form.folded.value = true) : close())}>
          Cancel
        </Button>
        <span class="nbk-hint">
          {badge.simulated ? `${requests}, simulated` : `${requests} to ${badge.text}, for money`}
        </span>
      </div>
    </div>
  );
}

function Question({ view, offers, asks }: { view: ViewStore; offers: Offers; asks: string }) {
  return (
    <div class="nbk-panel nbk-confirm" role="alertdialog" aria-label="confirm">
      <p>{asks}</p>
      <div class="nbk-row">
        <Button kind="primary" onPress={() => send(view, offers, true)}>
          Send
        </Button>
        <Button onPress={() => view.ask({ kind: "what_if", on: true }, view.whatIf.refusal)}>Don’t send</Button>
      </div>
    </div>
  );
}

function Table({ view, rows }: { view: ViewStore; rows: RowView[] }) {
  const cost = view.head.value.badge.simulated ? "would cost" : "cost";
  return (
    <div class="nbk-table">
      <table>
        <thead>
          <tr>
            {["what if", "then", "stop reason", "in", "out", cost].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
            <th scope="col">
              <span class="nbk-unseen">go on</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <Outcome key={number} view={view} row={row} number={number} cost={cost} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outcome({ view, row, number, cost }: { view: ViewStore; row: RowView; number: number; cost: string }) {
  const { refusal } = view.whatIf;
  const takes = view.head.value.state !== "stale";
  return (
    <tr class={`nbk-row-${row.state}`}>
      <th scope="row">{row.name}</th>
      <td class="nbk-then">
        <Said row={row} />
      </td>
      <td>{row.stop_reason}</td>
      <td class="nbk-number" data-column="in">
        {row.tokens_in || ""}
      </td>
      <td class="nbk-number" data-column="out">
        {row.tokens_out || ""}
      </td>
      <td class="nbk-number" data-column={cost}>
        {row.cost === null ? "" : `$${row.cost.toFixed(4)}`}
      </td>
      <td class="nbk-go-on">
        {row.state !== "running" && (
          <>
            <Button
              kind="small"
              label={`${row.inside ? "close" : "open"} ${row.name}`}
              title={row.inside ? "show it here no longer" : "put this conversation into a variable and show it below"}
              onPress={() => view.ask({ kind: "row_open", row: number, on: !row.inside }, refusal)}
            >
              {row.inside ? "Close" : "Open"}
            </Button>
            {takes && (
              <Button
                kind="small"
                label={`take ${row.name}`}
                title="go on from here: the conversation becomes this row’s (undo takes it back)"
                onPress={() => view.ask({ kind: "row_take", row: number }, refusal)}
              >
                Take
              </Button>
            )}
            {row.variable && <code>{row.variable}</code>}
          </>
        )}
      </td>
    </tr>
  );
}

/** What a model said is text here, whatever it looks like: rows are compared word by word. */
function Said({ row }: { row: RowView }) {
  if (row.state === "running") {
    return (
      <>
        <span class="nbk-spinner" aria-hidden="true" /> <span class="nbk-unseen">{row.notes.join(", ")}</span>
      </>
    );
  }
  return (
    <>
      {row.error && <p class="nbk-refused">{row.error}</p>}
      {row.answer.length > 0 && (
        <p class="nbk-answer">
          {row.answer.map(({ text, differs }, i) => (differs ? <mark key={i}>{text}</mark> : text))}
        </p>
      )}
      {row.same && <p class="nbk-hint">the same as the first</p>}
      {row.notes.map((note) => (
        <p class="nbk-hint" key={note}>
          {note}
        </p>
      ))}
    </>
  );
}

/** The conversations of rows that were opened, live. */
function Inside({ view, rows }: { view: ViewStore; rows: RowView[] }) {
  return (
    <>
      {rows.map((row, number) => {
        const inside = row.inside ? view.other(row.inside) : undefined;
        return (
          inside && (
            <div class="nbk-inside" key={number}>
              <p class="nbk-hint">
                {row.name}: in <code>{row.variable}</code> now; <code>{`%%claude --chat ${row.variable}`}</code> goes on with
                it
              </p>
              <View view={inside} />
            </div>
          )
        );
      })}
    </>
  );
}

/** When the panel goes and had the focus, the button that opens it has it again, not the top of the page. */
function useReturnedFocus(ref: RefObject<HTMLDivElement | null>) {
  useLayoutEffect(() => {
    const section = ref.current?.closest(".nbk-view");
    return () => {
      if (!ref.current?.contains(document.activeElement)) return;
      setTimeout(() => {
        const button = [...(section?.querySelectorAll("button") ?? [])].find((each) => each.textContent === "What if…");
        button?.focus({ preventScroll: true });
      });
    };
  }, []);
}
