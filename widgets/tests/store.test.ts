import { effect } from "@preact/signals";
import { describe, expect, it, vi } from "vitest";
import type { BlockView, KernelMessage, MessageView, Op, ProblemView } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { arriving, block, card, message, snapshot, text } from "./fake";

interface Log {
  name: string;
  messages: Exclude<KernelMessage, { kind: "reply" | "call" }>[];
  expect: { messages: unknown[]; state: string; cards: Record<string, string>; lost: string[] };
}

const files = import.meta.glob<Log>("../../tests/data/protocol/*.json", { eager: true, import: "default" });
const logs = Object.values(files);

function makeStore() {
  const lost: string[] = [];
  const store = new Store(async () => ({ ok: true, why: null }), { known: () => {}, lost: (view) => lost.push(view) });
  return { store, lost };
}

function wires(view: ViewStore) {
  return view.messages.value.map((each) => ({
    role: each.head.value.role,
    content: each.blocks.value.map((one) => one.wire()),
  }));
}

function viewIn(store: Store): ViewStore {
  const [view] = store.views.values();
  if (!view) throw new Error("no view");
  return view;
}

describe("patch logs", () => {
  it("are there", () => expect(logs.length).toBeGreaterThan(2));

  it.each(logs.map((log) => [log.name, log] as const))("%s", (_, log) => {
    const { store, lost } = makeStore();
    for (const said of log.messages) store.receive(said);
    const view = viewIn(store);
    expect(wires(view)).toEqual(log.expect.messages);
    expect(view.head.value.state).toBe(log.expect.state);
    expect(Object.fromEntries(view.cards.value.map((each) => [each.id, each.state]))).toEqual(log.expect.cards);
    expect(lost).toEqual(log.expect.lost);
  });
});

describe("a view's signals", () => {
  it("grow one text and touch nothing else", () => {
    const { store } = makeStore();
    const reply = text("", { streaming: true });
    store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [arriving(reply)]) });
    const view = viewIn(store);
    const others = vi.fn();
    effect(() => {
      others(view.head.value, view.messages.value, view.messages.value[0]?.blocks.value, view.cards.value);
    });
    for (let seq = 2; seq < 50; seq++) {
      store.receive({
        kind: "patch",
        view: "v",
        seq,
        ops: [{ op: "grow", block: reply.id, field: "text", value: "ab" }],
      });
    }
    expect(view.messages.value[0]?.blocks.value[0]?.text.value).toBe("ab".repeat(48));
    expect(others).toHaveBeenCalledTimes(1);
  });

  it("do not fire for an equal snapshot", () => {
    const { store } = makeStore();
    const whole = snapshot("v", [message("user", text("hi"))], { cards: [card("b1")] });
    store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
    const view = viewIn(store);
    const seen = vi.fn();
    effect(() => seen(view.head.value, view.cards.value, view.messages.value, view.messages.value[0]?.head.value));
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: structuredClone(whole) });
    expect(seen).toHaveBeenCalledTimes(1);
  });

  it("keep the place on the screen when a reply gets its ids", () => {
    const { store } = makeStore();
    const streaming = {
      ...message("assistant", text("so f", { id: "partial-0" })),
      id: "partial",
      partial: true,
    };
    store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [streaming]) });
    const [before] = viewIn(store).messages.value;
    const blockBefore = before?.blocks.value[0];
    const done = { ...streaming, partial: false, id: "m9", blocks: [text("so far", { id: "b9" })] };
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: snapshot("v", [done]) });
    const [after] = viewIn(store).messages.value;
    expect(after).toBe(before);
    expect(after?.id).toBe("m9");
    expect(after?.blocks.value[0]).toBe(blockBefore);
    expect(after?.blocks.value[0]?.text.value).toBe("so far");
  });
});

describe("ops", () => {
  const three = () => ["a", "b", "c"].map((words) => message("user", text(words)));

  function shown(ops: Op[], messages = three()) {
    const { store, lost } = makeStore();
    store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages) });
    const before = [...viewIn(store).messages.value];
    store.receive({ kind: "patch", view: "v", seq: 2, ops });
    const view = viewIn(store);
    const words = view.messages.value.map((each) => each.blocks.value[0]?.text.value);
    return { view, before, words, lost };
  }

  it("put other messages in place of some, and leave the rest as it stands", () => {
    const put = message("user", text("x"));
    const { view, before, words } = shown([{ op: "splice", at: 1, remove: 1, messages: [put] }]);
    expect(words).toEqual(["a", "x", "c"]);
    expect([view.messages.value[0], view.messages.value[2]]).toEqual([before[0], before[2]]);
  });

  it("move a message without drawing it anew", () => {
    const [a, b, c] = three() as [MessageView, MessageView, MessageView];
    const { view, before } = shown([{ op: "splice", at: 0, remove: 3, messages: [c, a, b] }], [a, b, c]);
    expect(view.messages.value).toEqual([before[2], before[0], before[1]]);
  });

  it("put other blocks in place of some of a message, and leave the rest of it as it stands", () => {
    const [a, b, c] = ["a", "b", "c"].map((words) => text(words)) as [BlockView, BlockView, BlockView];
    const changed = { ...b, wire: { type: "text", text: "x" } };
    const { view, before } = shown(
      [{ op: "blocks", at: 0, first: 1, remove: 2, blocks: [changed, text("y"), text("z")] }],
      [message("user", a, b, c)],
    );
    const [first] = view.messages.value;
    expect(first).toBe(before[0]);
    expect(first?.blocks.value.map((each) => each.text.value)).toEqual(["a", "x", "y", "z"]);
    expect(first?.blocks.value.slice(0, 2).map((each) => each.id)).toEqual([a.id, b.id]);
  });

  it("ask for the whole where there is less than they speak of", () => {
    expect(shown([{ op: "blocks", at: 3, first: 0, remove: 0, blocks: [] }]).lost).toEqual(["v"]);
    expect(shown([{ op: "blocks", at: 2, first: 0, remove: 2, blocks: [] }]).lost).toEqual(["v"]);
    expect(shown([{ op: "splice", at: 2, remove: 2, messages: [] }]).lost).toEqual(["v"]);
  });

  it("let a reply that has arrived stay where it was drawn", () => {
    const reply = { ...arriving(text("so far", { id: "partial-0" })), id: "partial" };
    const done = message("assistant", text("so far, so good"));
    const ops: Op[] = [
      { op: "splice", at: 3, remove: 0, messages: [done] },
      { op: "loose", messages: [] },
    ];
    const { view, before, words } = shown(ops, [...three(), reply]);
    expect(words).toEqual(["a", "b", "c", "so far, so good"]);
    expect(view.messages.value[3]).toBe(before[3]);
  });

  it("take away what is not said any more", () => {
    const { view } = shown([{ op: "head", head: { notice: "x" } }]);
    view.apply([{ op: "head", head: { prompts: [] } }]);
    view.apply([{ op: "head", head: { state: "ready" }, gone: ["prompts"] }]);
    expect("prompts" in view.head.value).toBe(false);
    expect([view.head.value.notice, view.head.value.state]).toEqual(["x", "ready"]);
  });

  it("say where a problem stands, and when it is gone", () => {
    const [a] = three() as [MessageView];
    const problem = { key: "R9@x", at: a.id, rule: "R9", path: "x", message: "m", level: "error", why: "", fix: null };
    const { view } = shown([{ op: "problems", problems: [problem as ProblemView] }], [a]);
    expect(view.problemsAt(a.id).map((each) => each.rule)).toEqual(["R9"]);
    expect(view.broken.value).toBe(true);
    view.apply([{ op: "problems", problems: [] }]);
    expect(view.broken.value).toBe(false);
  });
});

it("keeps a half-written form while its call is there, and drops it with the call", () => {
  const { store } = makeStore();
  const call = block({ type: "tool_use", id: "toolu_01", name: "get_weather", input: {} });
  const whole = snapshot("v", [message("assistant", call)], { state: "paused", cards: [card(call.id)] });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  const view = viewIn(store);
  view.form("toolu_01").open("fake", "half a");
  store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: { ...whole, stepping: true } });
  expect(view.form("toolu_01").text.value).toBe("half a");
  store.receive({ kind: "snapshot", view: "v", seq: 3, snapshot: { ...whole, cards: [] } });
  expect(view.form("toolu_01").text.value).toBe("");
});

it("keeps a refusal where it was asked for, until the next question", async () => {
  const answers = [
    { ok: false, why: "refused, because the loop went on" },
    { ok: true, why: null },
  ];
  const store = new Store(async () => answers.shift() ?? { ok: true, why: null }, { known: () => {}, lost: () => {} });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
  const view = viewIn(store);
  expect(await view.ask({ kind: "undo" })).toBe(false);
  expect(view.refusal.value).toBe("refused, because the loop went on");
  expect(await view.ask({ kind: "undo" })).toBe(true);
  expect(view.refusal.value).toBeNull();
  expect(view.waiting.value).toBe(0);
});

it("forgets a refusal when the conversation has gone on to another state", async () => {
  const store = new Store(async () => ({ ok: false, why: "no" }), { known: () => {}, lost: () => {} });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
  const view = viewIn(store);
  await view.ask({ kind: "undo" });
  store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: snapshot("v", []) });
  expect(view.refusal.value).toBe("no");
  store.receive({ kind: "snapshot", view: "v", seq: 3, snapshot: snapshot("v", [], { state: "streaming" }) });
  expect(view.refusal.value).toBeNull();
});

it("knows that the array is broken wherever the problem sits", () => {
  const { store } = makeStore();
  const problem = { key: "R9@x", at: "b9", rule: "R9", path: "x", message: "m", level: "error", why: "", fix: null } as const;
  const bad = message("user", text("hi", { id: "b9" }));
  const whole = snapshot("v", [bad], { problems: [problem] });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  expect(viewIn(store).broken.value).toBe(true);
});
