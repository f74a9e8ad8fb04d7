// How a reply came over the wire: its events on a time line, the blocks they add up to, the raw bytes; and the request
// that it answers, to be copied. Everything here is text, whatever it looks like.
import { useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../button";
import { JsonText } from "../json";
import type { MessageStore } from "../array";
import type { ViewStore } from "../store";
import { useWindow } from "../list/windowed";
import {
  deltaInBlock,
  parsed,
  span,
  times,
  words,
  type Form,
  type Tab,
  type Wire,
  type WireEvent,
  type WirePiece,
  type WireStore,
} from "./wire";

const CAME = new Set(["model", "simulator"]);
const TABS: [Tab, string][] = [
  ["events", "Events"],
  ["blocks", "Blocks"],
  ["bytes", "Bytes"],
];
const FORMS: [Form, string][] = [
  ["curl", "curl"],
  ["python", "Python"],
  ["json", "JSON"],
];
/** Characters of a block that are shown around a delta. */
const AROUND = 160;

/** Replies have one; what a person wrote never was on the wire. */
export function hasWire(message: MessageStore): boolean {
  const { role, loose, partial } = message.head.value;
  return role === "assistant" && !loose && !partial && message.blocks.value.some((block) => CAME.has(block.view.value.by));
}

export function WireOpener({ view, message, path }: { view: ViewStore; message: MessageStore; path: string }) {
  if (!hasWire(message)) return null;
  const store = view.wire(message.head.value.id);
  return <Opener store={store} name={`wire of ${path}`} inTabOrder={view.editor.isAt(message)} />;
}

/** What there is of a request that brought no reply. */
export function LastWire({ view }: { view: ViewStore }) {
  const store = view.wire(null);
  const name = "wire of the last request";
  return (
    <>
      <Opener store={store} name={name} />
      {store.shown.value && <Panel store={store} name={name} />}
    </>
  );
}

function Opener({ store, name, inTabOrder = true }: { store: WireStore; name: string; inTabOrder?: boolean }) {
  const shown = store.shown.value;
  return (
    <span class="nbk-wire-opener">
      <Button
        kind="quiet"
        inTabOrder={inTabOrder}
        label={name}
        title="what came over the wire, and the request that it answers"
        expanded={shown}
        onPress={() => store.toggle()}
      >
        wire {shown ? "▴" : "▾"}
      </Button>
    </span>
  );
}

export function WirePanel({ view, message, path }: { view: ViewStore; message: MessageStore; path: string }) {
  const store = view.wire(message.head.value.id);
  if (!store.shown.value || !hasWire(message)) return null;
  return <Panel store={store} name={`wire of ${path}`} />;
}

function Panel({ store, name }: { store: WireStore; name: string }) {
  const wire = store.wire.value;
  return (
    <div class="nbk-wire" role="group" aria-label={name}>
      <div class="nbk-row">
        {wire &&
          TABS.map(([tab, word]) => (
            <Button key={tab} kind="small" pressed={store.tab.value === tab} onPress={() => store.show(tab)}>
              {word}
            </Button>
          ))}
        {wire && (
          <span class="nbk-row" role="group" aria-label="copy the request">
            <span class="nbk-hint">copy the request as</span>
            {FORMS.map(([form, word]) => (
              <Button key={form} kind="small" label={`copy the request as ${word}`} onPress={() => store.copy(form)}>
                {word}
              </Button>
            ))}
          </span>
        )}
        <span class="nbk-hint" role="status">
          {store.said.value || (!wire && !store.refusal.value && "…")}
        </span>
      </div>
      {store.refusal.value && (
        <p class="nbk-hint" role="alert">
          {store.refusal.value}
        </p>
      )}
      {store.text.value !== null && <ByHand text={store.text.value} />}
      {wire && <Summary wire={wire} />}
      {wire && wire.events.length > 0 && store.tab.value === "events" && <Events store={store} wire={wire} />}
      {wire && store.tab.value === "blocks" && <JsonText value={wire.message} />}
      {wire && store.tab.value === "bytes" && store.bytes.value && <Bytes pieces={store.bytes.value} />}
    </div>
  );
}

/** The page may not write to the clipboard: the text is selected, and Ctrl-C takes it. */
function ByHand({ text }: { text: string }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    ref.current?.focus({ preventScroll: true });
    ref.current?.select();
  }, [text]);
  return <textarea ref={ref} class="nbk-field" rows={6} readOnly aria-label="the request, to be copied" value={text} />;
}

function Summary({ wire }: { wire: Wire }) {
  const { token, gap, end } = times(wire);
  const { size, pieces, events, first, headers, note, fault } = wire;
  const parts = [
    first !== null && `first byte ${span(first)}`,
    token !== null && `first token ${span(token)}`,
    first !== null && `${span(end)} in all`,
    events.length > 0 && `${events.length.toLocaleString("en")} events`,
    gap > 0 && `longest gap ${span(gap)}`,
    size > 0 ? `${size.toLocaleString("en")} bytes in ${pieces.toLocaleString("en")} pieces` : "no events came",
    headers["request-id"],
  ];
  return (
    <>
      <p class="nbk-hint">{parts.filter(Boolean).join(" · ")}</p>
      {[note, fault].map((each) => each && <p class="nbk-hint nbk-refused">{each}</p>)}
    </>
  );
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };

function Events({ store, wire }: { store: WireStore; wire: Wire }) {
  const { events } = wire;
  const frame = useRef<HTMLDivElement>(null);
  const at = store.at.value;
  const kept = useRef(at);
  kept.current = at;
  const keys = useKeys(events.length);
  const { rows, tops, measure } = useWindow(frame, keys, kept, false);
  const { end, gapAt } = times(wire);
  const name = useRef(`nbk-wire-${Math.random().toString(36).slice(2)}`).current;
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || events.length === 0) return;
    event.preventDefault();
    const next = Math.min(Math.max(at + step, 0), events.length - 1);
    store.at.value = next;
    reveal(frame.current, tops[next] ?? 0, tops[next + 1] ?? 0);
  };
  return (
    <>
      <div
        class="nbk-wire-frame"
        ref={frame}
        tabIndex={0}
        role="listbox"
        aria-label={`${events.length} events; arrow keys choose one`}
        aria-activedescendant={at >= 0 ? `${name}-${at}` : undefined}
        onKeyDown={onKeyDown}
      >
        <div style={{ height: `${tops[events.length] ?? 0}px` }} role="presentation">
          {rows.map((i) => {
            const event = events[i];
            if (!event) return null;
            const [time, type, data] = event;
            const text = words(event);
            return (
              <div
                key={i}
                id={`${name}-${i}`}
                data-index={i}
                ref={measure}
                role="option"
                aria-selected={i === at}
                aria-posinset={i + 1}
                aria-setsize={events.length}
                class={`nbk-wire-row nbk-wire-${type}${i === at ? " nbk-chosen" : ""}${i === gapAt ? " nbk-gap" : ""}`}
                style={{ transform: `translateY(${tops[i] ?? 0}px)` }}
                title={data.slice(0, 400)}
                onClick={() => (store.at.value = i)}
              >
                <span class="nbk-number">{span(time)}</span>{" "}
                <span class="nbk-lane">
                  <i style={{ left: `${end > 0 ? (time / end) * 100 : 0}%`, width: `${Math.min(2 + data.length / 40, 30)}px` }} />
                </span>
                <span class="nbk-wire-words">
                  {type} <b>{text}</b>
                </span>
              </div>
            );
          })}
        </div>
      </div>
      {events[at] && <Detail events={events} at={at} />}
    </>
  );
}

function reveal(frame: HTMLElement | null, top: number, bottom: number): void {
  if (!frame) return;
  if (top < frame.scrollTop) frame.scrollTop = top;
  else if (bottom > frame.scrollTop + frame.clientHeight) frame.scrollTop = bottom - frame.clientHeight;
}

function Detail({ events, at }: { events: WireEvent[]; at: number }) {
  const [time, , data] = events[at] as WireEvent;
  const since = time - (events[at - 1]?.[0] ?? time);
  const found = deltaInBlock(events, at);
  return (
    <div class="nbk-wire-detail">
      <p class="nbk-hint">
        event {at + 1} of {events.length}, {span(time)} after the request, {span(since)} after the one before it,{" "}
        {data.length.toLocaleString("en")} characters
      </p>
      <JsonText value={parsed(data)} />
      {found && (
        <p class="nbk-wire-block">
          <span class="nbk-hint">in block {found.index}: </span>
          {found.before.length > AROUND && "…"}
          {found.before.slice(-AROUND)}
          <mark>{found.text}</mark>
          {found.after.slice(0, AROUND)}
          {found.after.length > AROUND && "…"}
        </p>
      )}
    </div>
  );
}

function Bytes({ pieces }: { pieces: WirePiece[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const none = useRef(-1);
  const { rows, tops, measure } = useWindow(frame, useKeys(pieces.length), none, false);
  return (
    <div class="nbk-wire-frame" ref={frame} tabIndex={0} role="group" aria-label={`${pieces.length} pieces of bytes`}>
      <div style={{ height: `${tops[pieces.length] ?? 0}px` }}>
        {rows.map((i) => (
          <div
            key={i}
            data-index={i}
            ref={measure}
            class="nbk-wire-row nbk-wire-piece"
            style={{ transform: `translateY(${tops[i] ?? 0}px)` }}
          >
            <span class="nbk-number">{span(pieces[i]?.[0] ?? 0)}</span>
            <pre>{pieces[i]?.[1]}</pre>
          </div>
        ))}
      </div>
    </div>
  );
}

function useKeys(count: number): number[] {
  const keys = useRef<number[]>([]);
  if (keys.current.length !== count) keys.current = Array.from({ length: count }, (_, i) => i);
  return keys.current;
}
