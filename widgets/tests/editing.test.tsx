import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ask, MessageView } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, message, settled, snapshot, text } from "./fake";

let root: HTMLElement;
let asks: Ask[];
let view: ViewStore;
let refuse: string | null;
/** What the kernel's answer waits for. */
let busy: Promise<void>;

beforeEach(() => {
  document.body.append((root = document.createElement("div")));
  asks = [];
  refuse = null;
  busy = Promise.resolve();
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function show(...messages: MessageView[]): void {
  const store = new Store(
    async (_, ask) => {
      asks.push(ask);
      await busy;
      return { ok: refuse === null, why: refuse };
    },
    { known: () => {}, lost: () => {} },
  );
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages, { whole: true }) });
  view = [...store.views.values()][0] as ViewStore;
  render(<View view={view} />, root);
}

const a = () => text("alpha", { id: "a" });
const b = () => text("beta", { id: "b" });
const c = () => block({ type: "tool_use", id: "toolu_01", name: "f", input: {} }, { id: "c" });
const two = () => show({ ...message("user", a(), b()), id: "m1" }, { ...message("assistant", c()), id: "m2" });

const at = (id: string) => root.querySelector<HTMLElement>(`[data-id="${id}"]`) as HTMLElement;

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  (document.activeElement as HTMLElement).dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }),
  );
  await Promise.resolve();
  await new Promise((done) => requestAnimationFrame(done));
}

function write(value: string): void {
  const field = root.querySelector<HTMLTextAreaElement>(".nbk-edit-block textarea") as HTMLTextAreaElement;
  field.value = value;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

describe("by keyboard alone", () => {
  it("a block is found, edited and saved, and has the focus again", async () => {
    two();
    expect(root.querySelectorAll('[data-id][tabindex="0"]')).toHaveLength(1);
    at("a").focus();
    await press("ArrowDown");
    expect(document.activeElement).toBe(at("b"));
    await press("Enter");
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    write("beta, changed");
    await press("Enter", { ctrlKey: true });
    expect(asks).toEqual([{ kind: "edit", id: "b", value: { type: "text", text: "beta, changed" } }]);
    await vi.waitFor(() => expect(document.activeElement).toBe(at("b")));
  });

  it("what can't be read is said at the form, and stays there", async () => {
    two();
    at("c").focus();
    await press("e");
    write("{ no json");
    await press("Enter", { ctrlKey: true });
    expect(root.querySelector(".nbk-edit-block [role=alert]")?.textContent).toContain("not JSON yet");
    expect(asks).toEqual([]);
    await press("Escape");
    expect(root.querySelector(".nbk-edit-block")).toBeNull();
  });

  it("several are selected, and go at once", async () => {
    two();
    at("a").focus();
    await press("ArrowDown", { shiftKey: true });
    expect(at("a").getAttribute("aria-label")).toContain("selected");
    await press("Delete");
    expect(asks).toEqual([{ kind: "delete", ids: ["a", "b"] }]);
  });

  it("blocks move within a message and over its border", async () => {
    two();
    at("a").focus();
    await press("ArrowDown", { altKey: true });
    at("b").focus();
    await press("ArrowDown", { altKey: true });
    at("c").focus();
    await press("ArrowUp", { altKey: true });
    at("b").focus();
    await press("ArrowUp", { altKey: true });
    expect(asks).toEqual([
      { kind: "move", ids: ["a"], into: "m1" },
      { kind: "move", ids: ["b"], before: "c" },
      { kind: "move", ids: ["c"], into: "m1" },
      { kind: "move", ids: ["b"], before: "a" },
    ]);
  });

  it("a new block is written below, and cut, joined, doubled and cached", async () => {
    two();
    at("b").focus();
    await press("o");
    write("new");
    await press("Enter", { ctrlKey: true });
    at("a").focus();
    await press("m");
    await press("d");
    await press("b");
    expect(asks).toEqual([
      { kind: "insert", value: { type: "text", text: "new" }, into: "m1" },
      { kind: "merge", id: "a" },
      { kind: "duplicate", ids: ["a"] },
      { kind: "edit", id: "a", field: "cache_control", value: { type: "ephemeral" } },
    ]);
  });

  it("the keys are listed at the block where one asks, and give the focus back", async () => {
    two();
    for (const close of ["Escape", "?"]) {
      at("a").focus();
      await press("?");
      expect(at("a").querySelector(".nbk-keys")?.textContent).toContain("join with the block below");
      expect(document.activeElement).toBe(at("a").querySelector(".nbk-keys"));
      await press(close);
      expect(root.querySelector(".nbk-keys")).toBeNull();
      expect(document.activeElement).toBe(at("a"));
    }
  });
});

describe("by mouse alone", () => {
  const press = async (label: string) => {
    const buttons = [...root.querySelectorAll("button")];
    const found = buttons.find((each) => each.getAttribute("aria-label") === label || each.textContent === label);
    if (!found) throw new Error(`no button ${label}: ${buttons.map((each) => each.textContent).join(", ")}`);
    found.click();
    await settled();
  };

  it("a message gets another role, another place, another shape", async () => {
    two();
    await press("user: more for messages.0");
    const role = root.querySelector<HTMLSelectElement>("select[aria-label='role of messages.0']");
    if (!role) throw new Error("no choice of roles");
    role.value = "assistant";
    role.dispatchEvent(new Event("change", { bubbles: true }));
    await press("Move down");
    await press("Join");
    await press("more for messages.0.content.1");
    await press("Cut message here");
    expect(asks).toEqual([
      { kind: "edit", id: "m1", field: "role", value: "assistant" },
      { kind: "move", ids: ["m1"] },
      { kind: "merge", id: "m1" },
      { kind: "split", id: "m1", at: 1 },
    ]);
  });

  it("system prompt, tools and parameters are part of what is sent, and changed in place", async () => {
    const request = {
      fields: { model: "m", max_tokens: 10, system: "Be kind.", tools: [{ name: "f", description: "does f" }] },
      headers: { version: "2026-10-21", betas: [] },
    };
    show({ ...message("user", a()), id: "m1" });
    view.set({ ...snapshot("v", [{ ...message("user", a()), id: "m1" }], { whole: true }), request });
    await vi.waitFor(() => expect(root.querySelector(".nbk-request")).not.toBeNull());
    await press("edit system");
    writeIn("system", "Be brief.");
    await press("Save");
    await press("edit params");
    writeIn("params", '{"model": "m", "max_tokens": 20, "version": "2026-10-21", "betas": []}');
    await press("Save");
    await press("delete tools.0");
    expect(asks).toEqual([
      { kind: "set", path: "system", value: "Be brief." },
      { kind: "set", fields: { max_tokens: 20 } },
      { kind: "set", path: "tools.0" },
    ]);
  });

  function writeIn(label: string, value: string): void {
    const field = root.querySelector<HTMLTextAreaElement>(`textarea[aria-label="${label}"]`);
    if (!field) throw new Error(`no field ${label}`);
    field.value = value;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
});

describe("the clipboard", () => {
  function clipboard(type: "copy" | "paste", words = ""): ClipboardEvent {
    const data = { text: words, files: [], getData: () => data.text, setData: (_: string, t: string) => (data.text = t) };
    const event = new Event(type, { bubbles: true, cancelable: true }) as ClipboardEvent;
    Object.defineProperty(event, "clipboardData", { value: data });
    return event;
  }

  it("gets the JSON of what is selected, and gives back what it holds", async () => {
    two();
    at("a").focus();
    await press("ArrowDown", { shiftKey: true });
    const copied = clipboard("copy");
    at("b").dispatchEvent(copied);
    expect(JSON.parse(copied.clipboardData?.getData("text/plain") ?? "").map((each: { text: string }) => each.text)).toEqual(
      ["alpha", "beta"],
    );
    at("c").focus();
    at("c").dispatchEvent(clipboard("paste", '{"type": "text", "text": "x"}'));
    await vi.waitFor(() =>
      expect(asks).toEqual([{ kind: "paste", text: '{"type": "text", "text": "x"}', into: "m2" }]),
    );
  });
});

it("a refusal of the kernel is said where it was written, and nothing written is lost", async () => {
  two();
  at("a").focus();
  await press("Enter");
  write("changed");
  refuse = "chat is streaming: wait for its end";
  await press("Enter", { ctrlKey: true });
  await vi.waitFor(() => expect(root.querySelector(".nbk-edit-block [role=alert]")?.textContent).toBe(refuse));
  const field = root.querySelector<HTMLTextAreaElement>(".nbk-edit-block textarea");
  expect(field?.value).toBe("changed");
  await vi.waitFor(() => expect(document.activeElement).toBe(field));
});

it("what was written shows at once, and is on its way until the kernel has answered", async () => {
  two();
  at("a").focus();
  await press("Enter");
  write("changed");
  let answer = () => {};
  busy = new Promise((done) => (answer = done));
  await press("Enter", { ctrlKey: true });
  expect(at("a").textContent).toContain("changed");
  expect(at("a").querySelector("textarea")).toBeNull();
  expect(at("a").getAttribute("aria-busy")).toBe("true");
  expect(document.activeElement).toBe(at("a"));
  await press("Enter"); // no second form meanwhile, that would begin with the old text
  expect(at("a").querySelector("textarea")).toBeNull();
  answer();
  await vi.waitFor(() => expect(at("a").getAttribute("aria-busy")).toBeNull());
  expect(asks).toHaveLength(1);
});

describe("words whose block was taken away", () => {
  const panel = () => root.querySelector<HTMLElement>(".nbk-lost") as HTMLElement;
  const click = (label: string) => [...panel().querySelectorAll("button")].find((each) => each.textContent === label)?.click();
  const become = (...messages: MessageView[]) => view.set(snapshot("v", messages, { whole: true }));

  it("can be added as a message where there is none of their role, and be discarded", async () => {
    two();
    at("c").focus();
    await press("Enter");
    become({ ...message("user", a(), b()), id: "m1" });
    await vi.waitFor(() => expect(panel().textContent).toContain("The block in which this was written is gone"));
    refuse = "no";
    click("Add as a new assistant message");
    await vi.waitFor(() => expect(panel().textContent).toContain("no"));
    expect(asks.at(-1)).toEqual({
      kind: "insert",
      value: { role: "assistant", content: [{ type: "tool_use", id: "toolu_01", name: "f", input: {} }] },
    });
    click("Discard");
    await settled();
    expect(panel()).toBeNull();
  });
});

it("a new block that is on its way is not sent twice", async () => {
  two();
  at("a").focus();
  await press("o");
  write("new");
  let answer = () => {};
  busy = new Promise((done) => (answer = done));
  await press("Enter", { ctrlKey: true });
  await press("Enter", { ctrlKey: true });
  answer();
  await settled();
  expect(asks).toHaveLength(1);
});

it("a text can be written as its JSON, with what was written so far", async () => {
  two();
  at("a").focus();
  await press("Enter");
  write("changed");
  const json = [...root.querySelectorAll("button")].find((each) => each.textContent === "JSON");
  json?.click();
  await vi.waitFor(() =>
    expect(JSON.parse(root.querySelector<HTMLTextAreaElement>(".nbk-edit-block textarea")?.value ?? "")).toEqual({
      type: "text",
      text: "changed",
    }),
  );
});

it("nothing can be changed while a reply streams", () => {
  const store = new Store(async () => ({ ok: true, why: null }), { known: () => {}, lost: () => {} });
  const whole = snapshot("v", [message("user", a())], { state: "streaming" });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  render(<View view={[...store.views.values()][0] as ViewStore} />, root);
  expect(root.querySelector(".nbk-marks button")).toBeNull();
});

describe("the focus", () => {
  const now = (...messages: MessageView[]) => view.set(snapshot("v", messages, { whole: true }));
  const m1 = (...blocks: ReturnType<typeof a>[]) => ({ ...message("user", ...blocks), id: "m1" });
  const m2 = () => ({ ...message("assistant", c()), id: "m2" });

  it("goes to what stands in the place of a block that is taken away, whoever took it", async () => {
    two();
    at("a").focus();
    now(m1(b()), m2());
    await vi.waitFor(() => expect(document.activeElement).toBe(at("b")));
    now(m2());
    await vi.waitFor(() => expect(document.activeElement).toBe(at("c")));
    now();
    await vi.waitFor(() => expect(document.activeElement?.textContent).toBe("+ message"));
  });

  it("stays where a person has gone meanwhile", async () => {
    two();
    at("a").focus();
    at("a").blur();
    await Promise.resolve();
    now(m1(b()), m2());
    await new Promise((done) => requestAnimationFrame(done));
    expect(document.activeElement).toBe(document.body);
  });

  it("comes by Tab to one block and what can be done to it, and not to those of all others", () => {
    two();
    const stops = () =>
      [...root.querySelectorAll<HTMLElement>(".nbk-list [aria-label]")]
        .filter((each) => each.tabIndex === 0)
        .map((each) => each.getAttribute("aria-label"));
    const first = ["user: more for messages.0", "rewind to messages.0", "fork from messages.0"];
    expect(stops()).toEqual([
      ...first,
      "text block, messages.0.content.0",
      ...["edit", "more for", "delete"].map((does) => `${does} messages.0.content.0`),
    ]);
  });
});

it("f presses the first fix that is offered at a block, or at its message", async () => {
  two();
  const problem = { rule: "R6", path: "", message: "empty", level: "error", why: "", fix: { label: "remove it" } };
  view.problems.value = [{ ...problem, key: "p", at: "m1" }] as typeof view.problems.value;
  at("b").focus();
  await press("f");
  expect(asks).toEqual([{ kind: "fix", key: "p" }]);
});

describe("f at a block where no fix is offered", () => {
  const problem = { rule: "R6", path: "", message: "empty", level: "error", why: "", fix: { label: "remove it" } };
  const said = () => root.querySelector(".nbk-foot [role=status]")?.textContent;

  it("goes to the nearest block with one, and says what f does there", async () => {
    two();
    view.problems.value = [{ ...problem, key: "p", at: "c" }] as typeof view.problems.value;
    at("a").focus();
    await press("f");
    await vi.waitFor(() => expect(document.activeElement).toBe(at("c")));
    expect(said()).toContain("f presses “remove it”");
    expect(asks).toEqual([]);
    await press("f");
    expect(asks).toEqual([{ kind: "fix", key: "p" }]);
    expect(said()).toBe("");
  });

  it("goes to the button of one that belongs to no block", async () => {
    two();
    view.problems.value = [{ ...problem, key: "p", at: null }] as typeof view.problems.value;
    await settled();
    at("a").focus();
    await press("f");
    expect(document.activeElement?.textContent).toBe("Fix: remove it");
  });

  it("says so where there is none at all, until the next key", async () => {
    two();
    at("a").focus();
    await press("f");
    expect(said()).toBe("there is nothing to mend: no fix is offered");
    expect(document.activeElement).toBe(at("a"));
    await press("ArrowDown");
    expect(said()).toBe("");
  });
});

describe("a result", () => {
  const result = (more: object) => block({ type: "tool_result", tool_use_id: "toolu_01", ...more }, { id: "r" });
  const mark = () => root.querySelector<HTMLInputElement>(".nbk-edit-block input[type=checkbox]") as HTMLInputElement;
  const click = (label: string) =>
    [...root.querySelectorAll("button")].find((each) => each.textContent === label)?.click();
  const field = () => root.querySelector<HTMLTextAreaElement>(".nbk-edit-block textarea");
  const open = async (more: object) => {
    show({ ...message("user", result(more)), id: "m1" });
    at("r").focus();
    await press("Enter");
  };

  it("is written as its text, with its mark, and as the JSON of all of it", async () => {
    await open({ content: "rain" });
    expect(field()?.value).toBe("rain");
    write("");
    mark().click();
    click("JSON");
    await settled();
    const value = { type: "tool_result", tool_use_id: "toolu_01", content: "", is_error: true };
    expect(JSON.parse(field()?.value ?? "")).toEqual(value);
    expect(mark()).toBeNull();
    click("JSON");
    await settled();
    expect(mark().checked).toBe(true);
    write("snow");
    mark().click();
    click("Save");
    await settled();
    expect(asks.at(-1)).toEqual({
      kind: "edit",
      id: "r",
      value: { type: "tool_result", tool_use_id: "toolu_01", content: "snow" },
    });
  });

  it("of one text block stays one, and keeps what else it has", async () => {
    const part = { type: "text", text: "rain", cache_control: { type: "ephemeral" } };
    await open({ content: [part], is_error: false });
    write("snow");
    click("Save");
    await settled();
    expect((asks.at(-1) as { value: object }).value).toEqual({
      type: "tool_result",
      tool_use_id: "toolu_01",
      content: [{ ...part, text: "snow" }],
      is_error: false,
    });
  });

  it("of several blocks is written as JSON", async () => {
    await open({ content: [{ type: "text", text: "a" }, { type: "text", text: "b" }] });
    expect(field()?.value).toContain("tool_use_id");
    expect(mark()).toBeNull();
  });
});
