import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Answer } from "../src/page/link";
import type { Ask } from "../src/protocol";
import { Store } from "../src/store";
import { View } from "../src/view";
import { added, deltaInBlock, span, times, words, type Wire, type WireEvent } from "../src/wire/wire";
import { block, message, snapshot, settled } from "./fake";

const delta = (index: number, text: string) =>
  JSON.stringify({ type: "content_block_delta", index, delta: { type: "text_delta", text } });
const EVENTS: WireEvent[] = [
  [100, "message_start", '{"type":"message_start","message":{}}'],
  [110, "content_block_start", '{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}'],
  [120, "content_block_delta", delta(0, "Hel")],
  [900, "content_block_delta", delta(0, "lo <b>")],
  [905, "content_block_delta", delta(1, "other")],
  [910, "content_block_delta", delta(0, "!")],
  [920, "message_delta", '{"type":"message_delta","delta":{"stop_reason":"end_turn"}}'],
];
const WIRE: Wire = {
  first: 99,
  last: 920,
  size: 1234,
  pieces: 7,
  headers: { "request-id": "req_01" },
  note: null,
  fault: null,
  message: { role: "assistant" },
  events: EVENTS,
};

let root: HTMLElement;
let asks: Ask[];
let answers: Record<string, Answer>;
let store: Store;

beforeEach(async () => {
  root = document.createElement("div");
  document.body.append(root);
  asks = [];
  answers = {
    wire: { ok: true, why: null, value: WIRE },
    wire_bytes: { ok: true, why: null, value: { pieces: [[99, "event: message_start\\n\n<script>"]] } },
    export: { ok: true, why: null, value: { text: "curl …" } },
  };
  store = new Store(
    (_, ask) => {
      asks.push(ask);
      return Promise.resolve(answers[ask.kind] ?? { ok: true, why: null });
    },
    { known: () => {}, lost: () => {} },
  );
  const hi = { ...message("user", block({ type: "text", text: "Hi" }, { by: "person" })), id: "m1" };
  const hello = { ...message("assistant", block({ type: "text", text: "Hello <b>!" }, { by: "model" })), id: "m2" };
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [hi, hello]) });
  render(<View view={store.views.get("v")!} />, root);
  await settled();
});
afterEach(() => {
  render(null, root);
  root.remove();
});

async function press(label: string): Promise<void> {
  const buttons = [...root.querySelectorAll<HTMLElement>("button")];
  const found = buttons.find((each) => (each.getAttribute("aria-label") ?? each.textContent) === label);
  if (!found) throw new Error(`no button ${label}`);
  found.click();
  await settled();
}

const panel = () => root.querySelector<HTMLElement>('[role="group"][aria-label="wire of messages.1"]');

describe("the wire of a reply", () => {
  it("is offered for what came over it only", () => {
    const labels = [...root.querySelectorAll("button")].map((each) => each.getAttribute("aria-label") ?? "");
    expect(labels.filter((label) => label.startsWith("wire of"))).toEqual(["wire of messages.1"]);
  });

  it("is asked for once, when somebody looks", async () => {
    expect(asks).toEqual([]);
    await press("wire of messages.1");
    expect(asks).toEqual([{ kind: "wire", id: "m2" }]);
    expect(panel()?.textContent).toContain("first byte 99 ms · first token 120 ms · 920 ms in all · 7 events");
    expect(panel()?.textContent).toContain("longest gap 780 ms");
    await press("wire of messages.1");
    expect(panel()).toBeNull();
    await press("wire of messages.1");
    expect(asks).toHaveLength(1);
  });

  it("shows an event’s delta where it stands in its block, chosen by keys", async () => {
    await press("wire of messages.1");
    const list = panel()!.querySelector<HTMLElement>('[role="listbox"]')!;
    const key = async (name: string) => {
      list.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
      await settled();
    };
    await key("Home");
    for (let i = 0; i < 3; i++) await key("ArrowDown");
    const chosen = panel()!.querySelector('[aria-selected="true"]')!;
    expect(list.getAttribute("aria-activedescendant")).toBe(chosen.id);
    expect(chosen.textContent).toContain('0 text_delta "lo <b>"');
    expect(panel()!.querySelector("mark")?.textContent).toBe("lo <b>");
    expect(panel()!.querySelector(".nbk-wire-block")?.textContent).toBe("in block 0: Hello <b>!");
    expect(panel()!.querySelector("mark b")).toBeNull();
  });

  it("shows bytes as text", async () => {
    await press("wire of messages.1");
    await press("Bytes");
    expect(asks.at(-1)).toEqual({ kind: "wire_bytes", id: "m2" });
    expect(panel()!.querySelector("pre")?.textContent).toContain("<script>");
    expect(panel()!.querySelector("script")).toBeNull();
  });

  it("shows the request to copy by hand where the clipboard is closed", async () => {
    await press("wire of messages.1");
    await press("copy the request as curl");
    expect(asks.at(-1)).toEqual({ kind: "export", id: "m2", form: "curl" });
    const field = panel()!.querySelector("textarea")!;
    expect(field.value).toBe("curl …");
    expect(document.activeElement).toBe(field);
  });

  it("says why there is none", async () => {
    answers["wire"] = { ok: false, why: "it isn't kept" };
    await press("wire of messages.1");
    expect(panel()?.querySelector('[role="alert"]')?.textContent).toBe("it isn't kept");
  });
});

describe("a request that brought no reply", () => {
  it("has its wire at the error, and another error begins anew", async () => {
    const failed = (message: string, seq: number) =>
      store.receive({
        kind: "snapshot",
        view: "v",
        seq,
        snapshot: snapshot("v", [], { error: { title: "400", message, path: null, sent: true } }),
      });
    failed("first", 2);
    await settled();
    answers["wire"] = { ok: true, why: null, value: { ...WIRE, first: null, last: null, size: 0, events: [], message: null } };
    await press("wire of the last request");
    expect(asks.at(-1)).toEqual({ kind: "wire", id: null });
    expect(root.querySelector(".nbk-error")?.textContent).toContain("no events came");
    await press("copy the request as curl");
    expect(asks.at(-1)).toEqual({ kind: "export", id: null, form: "curl" });
    failed("second", 3);
    await settled();
    expect(root.querySelector(".nbk-error .nbk-wire")).toBeNull();
  });
});

describe("events", () => {
  it("are told in a few words", () => {
    expect(EVENTS.map(words)).toEqual([
      "",
      "0 text",
      '0 text_delta "Hel"',
      '0 text_delta "lo <b>"',
      '1 text_delta "other"',
      '0 text_delta "!"',
      "end_turn",
    ]);
  });

  it("add to their own block only", () => {
    expect(deltaInBlock(EVENTS, 3)).toEqual({ index: 0, kind: "text_delta", text: "lo <b>", before: "Hel", after: "!" });
    expect(deltaInBlock(EVENTS, 0)).toBeNull();
  });

  it("of odd shapes are no reason to fail", () => {
    const odd: WireEvent[] = [
      [0, "content_block_delta", "[]"],
      [0, "content_block_delta", '{"index":0,"delta":null}'],
      [0, "content_block_delta", '{"index":0,"delta":{"type":"__proto__"}}'],
      [0, "x", "no JSON"],
    ];
    expect(odd.map(added)).toEqual([null, null, null, null]);
    expect(odd.map(words)).toEqual(["", "0", "0 __proto__", ""]);
    expect(times({ ...WIRE, events: [], last: null })).toEqual({ token: null, gap: 0, gapAt: -1, end: 0 });
    expect([span(0.04), span(12.34), span(1234)]).toEqual(["0 ms", "12.3 ms", "1.23 s"]);
  });
});
