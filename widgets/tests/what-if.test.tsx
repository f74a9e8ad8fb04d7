import { describe, expect, it } from "vitest";
import type { CardView, Case, Offers, RowView, Snapshot, WhatIf } from "../src/protocol";
import { block, card, message, snapshot, text, settled } from "./fake";
import { asks, refuse, root, show, store } from "./shown";

const OFFERS: Offers = {
  models: ["claude-sonnet-5", "claude-haiku-4-5"],
  model: "claude-sonnet-5",
  system: "Be brief.",
  tools: ["get_weather", "get_time"],
  prompts: false,
  last_prompt: "Weather in Paris?",
};

function row(more: Partial<RowView> = {}): RowView {
  return {
    name: "snow",
    state: "done",
    answer: [{ text: "Snow.", differs: false }],
    same: false,
    notes: [],
    error: null,
    stop_reason: "end_turn",
    tokens_in: 12,
    tokens_out: 3,
    cost: 0.0012,
    variable: null,
    inside: null,
    ...more,
  };
}

function paused(what_if?: Partial<WhatIf>, ...cards: Partial<CardView>[]): Snapshot {
  const use = block({ type: "tool_use", id: "toolu_01", name: "get_weather", input: { city: "Paris" } });
  const open = (cards.length ? cards : [{}]).map((more, n) => card(n ? `other${n}` : use.id, more));
  const asked = what_if && { what_if: { offers: OFFERS, running: false, asks: null, rows: [], ...what_if } };
  return snapshot("v", [message("assistant", use)], { state: "paused", last: true, cards: open, ...asked });
}

const idle = (what_if: Partial<WhatIf>): Snapshot => ({
  ...snapshot("v", [message("assistant", text("Hello."))], { state: "idle", last: true }),
  what_if: { offers: { ...OFFERS, prompts: true }, running: false, asks: null, rows: [], ...what_if },
});

const tell = (whole: Snapshot, seq: number) => store.receive({ kind: "snapshot", view: whole.view, seq, snapshot: whole });

async function press(name: string): Promise<void> {
  const found = [...root.querySelectorAll("button")].find((each) => (each.ariaLabel ?? each.textContent) === name);
  if (!found) throw new Error(`no button ${name} in: ${root.textContent}`);
  found.click();
  await settled();
}

function labelled<T extends HTMLElement>(label: string): T {
  const found = [...root.querySelectorAll<T>("[aria-label]")].find((each) => each.ariaLabel === label);
  if (!found) throw new Error(`nothing is called ${label}`);
  return found;
}

async function choose(label: string, value: string): Promise<void> {
  const select = labelled<HTMLSelectElement>(label);
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

async function write(label: string, value: string): Promise<HTMLTextAreaElement> {
  const field = labelled<HTMLTextAreaElement>(label);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  return field;
}

const tried = (): Case[][] => asks.flatMap((ask) => (ask.kind === "try" ? [ask.cases] : []));

describe("the rows of a what-if", () => {
  it("are asked for on the card, where the array ends", async () => {
    show(paused());
    await press("What if…");
    expect(asks).toEqual([{ kind: "what_if", on: true }]);
    tell({ ...paused(), last: false }, 2);
    await settled();
    expect(root.textContent).not.toContain("What if…");
  });

  it("go out as they were chosen: a run, a fake, another input, a refusal", async () => {
    show(paused({}));
    await write("row 2: made-up result of get_weather", "snow");
    await press("+ row");
    await choose("row 3: get_weather", "edit_input");
    await write("row 3: input of get_weather", '{"city": "Rome"}');
    await press("+ row");
    await choose("row 4: get_weather", "refuse");
    await write("row 4: why it is refused: get_weather", " no ");
    const [onFake, onRefusal] = root.querySelectorAll<HTMLInputElement>(".nbk-what-if .nbk-is-error input");
    onFake?.click();
    expect(onRefusal?.checked).toBe(true);
    await press("Try 4");
    const decisions = tried()[0]?.map((each) => each.decisions?.["toolu_01"]);
    expect(decisions).toEqual([
      { type: "approve", look: false, is_error: null },
      { type: "fake", content: "snow", is_error: true },
      { type: "edit_input", input: { city: "Rome" }, rewrite: true, look: false, is_error: null },
      { type: "refuse", reason: "no", is_error: true },
    ]);
  });

  it("change model, system prompt and tools, and only what is another", async () => {
    show(paused({}));
    await choose("row 1: model", "claude-haiku-4-5");
    await press("System, tools…");
    await write("row 1: system prompt", "");
    labelled<HTMLInputElement>("row 1: offer get_time").click();
    await settled();
    await press("Try 2");
    const [first, second] = tried()[0] ?? [];
    expect(first).toMatchObject({ model: "claude-haiku-4-5", system: "", without: ["get_time"] });
    expect(Object.keys(second ?? {})).toEqual(["decisions"]);
  });

  it("take a sample that is offered", async () => {
    show(paused({}, { samples: [{ label: "a sample of str", content: "text" }] }));
    await press("a sample of str");
    expect(labelled<HTMLTextAreaElement>("row 2: made-up result of get_weather").value).toBe("text");
  });

  it("decide each of several calls, and keep what was decided", async () => {
    const calls = [{ id: "a", name: "one" }, { id: "b", name: "two", state: "decided" as const }];
    show(paused({}, ...calls));
    await press("Try 2");
    expect(tried()[0]?.map((each) => Object.keys(each.decisions ?? {}))).toEqual([["a"], ["a"]]);
  });

  it("ask other things at an end", async () => {
    show(idle({}));
    expect(labelled<HTMLTextAreaElement>("row 2: message").value).toBe("Weather in Paris?");
    await press("+ row");
    await choose("row 3: what is asked", "next");
    await write("row 3: message", "And in Oslo?");
    await press("Try 3");
    expect(tried()[0]).toEqual([
      {},
      { prompt: "Weather in Paris?", instead: true },
      { prompt: "And in Oslo?", instead: false },
    ]);
  });

  it("say what is wrong, and send nothing", async () => {
    show(paused({}));
    await choose("row 2: get_weather", "edit_input");
    const field = await write("row 2: input of get_weather", "[1]");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    await settled();
    expect(tried()).toEqual([]);
    expect(root.textContent).toContain("JSON object");
    await write("row 2: input of get_weather", "{}");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    await settled();
    expect(tried()).toHaveLength(1);
  });

  it("outlive updates, and are folded away when they are tried", async () => {
    show(paused({}));
    await write("row 2: made-up result of get_weather", "sleet");
    tell({ ...paused({}), notice: "something happened" }, 2);
    await settled();
    expect(labelled<HTMLTextAreaElement>("row 2: made-up result of get_weather").value).toBe("sleet");
    await press("Try 2");
    tell(paused({ rows: [row()] }), 3);
    await settled();
    expect(root.querySelector("textarea")).toBeNull();
    await press("Change rows");
    expect(labelled<HTMLTextAreaElement>("row 2: made-up result of get_weather").value).toBe("sleet");
  });

  it("stay while a question is asked, and go out with a yes", async () => {
    show(paused({}));
    await press("Try 2");
    tell(paused({ asks: "Send 2 requests?" }), 2);
    await settled();
    expect(root.querySelector('[role="alertdialog"]')?.textContent).toContain("Send 2 requests?");
    await press("Send");
    expect(asks.at(-1)).toMatchObject({ kind: "try", confirmed: true });
    await press("Don’t send");
    expect(asks.at(-1)).toEqual({ kind: "what_if", on: true });
  });

  it("keep a refusal where the person looks", async () => {
    show(paused({}));
    refuse("toolu_01 can't be run");
    await press("Try 2");
    expect(root.querySelector(".nbk-what-if [role=alert]")?.textContent).toBe("toolu_01 can't be run");
    expect(root.querySelector("textarea")).not.toBeNull();
  });
});

describe("the table of a what-if", () => {
  it("marks what differs, and shows everything as text", () => {
    const evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1))";
    const rows = [
      row(),
      row({ name: evil, answer: [{ text: "Snow, ", differs: false }, { text: evil, differs: true }] }),
      row({ state: "failed", answer: [], error: evil, cost: null, notes: [evil] }),
    ];
    show(paused({ rows }));
    expect(root.querySelectorAll("img, a")).toHaveLength(0);
    expect(root.querySelector("mark")?.textContent).toBe(evil);
    expect([...root.querySelectorAll("tbody td")].map((each) => each.textContent)).toContain("$0.0012");
  });

  it("has buttons for what is done, and says how far it is", async () => {
    show(paused({ running: true, rows: [row(), row({ name: "sun", state: "running", answer: [] })] }));
    expect(root.querySelector(".nbk-what-if [role=status]")?.textContent).toBe("1 of 2 are here");
    await press("open snow");
    await press("take snow");
    await press("Stop");
    expect(asks).toEqual([
      { kind: "row_open", row: 0, on: true },
      { kind: "row_take", row: 0 },
      { kind: "try_stop" },
    ]);
    expect([...root.querySelectorAll("button")].some((each) => each.ariaLabel === "open sun")).toBe(false);
  });

  it("shows an opened row live below, as soon as it is known", async () => {
    show(paused({ rows: [row({ variable: "chat_1", inside: "inside" })] }));
    expect(root.querySelectorAll(".nbk-view")).toHaveLength(1);
    tell(snapshot("inside", [message("assistant", text("From the fork."))], { conversation: "chat_1" }), 1);
    await settled();
    expect(root.querySelector(".nbk-view .nbk-view")?.textContent).toContain("From the fork.");
    expect(root.textContent).toContain("%%claude --chat chat_1");
    await press("close snow");
    expect(asks).toEqual([{ kind: "row_open", row: 0, on: false }]);
  });
});
