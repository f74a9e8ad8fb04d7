import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../src/page/link";
import type { Ask, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, card, controls, message, snapshot, settled } from "./fake";

let root: HTMLElement;
let asks: Ask[];
let written: Ask[]; // limits, which are told at each key
let answer: Answer;
let store: Store;
let seq = 0;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  [asks, written] = [[], []];
  answer = { ok: true, why: null };
  const send = (_: string, ask: Ask) => {
    (ask.kind === "limits" ? written : asks).push(ask);
    return Promise.resolve(answer);
  };
  store = new Store(send, { known: () => {}, lost: () => {} });
});
afterEach(() => {
  render(null, root);
  root.remove();
});

async function show(whole: Snapshot): Promise<ViewStore> {
  store.receive({ kind: "snapshot", view: "v", seq: ++seq, snapshot: whole });
  const view = store.views.get("v") as ViewStore;
  render(<View view={view} />, root);
  await settled();
  return view;
}

const call = block({ type: "tool_use", id: "toolu_01", name: "get_weather", input: { city: "Paris" } });

function paused(more: Partial<Snapshot> = {}): Snapshot {
  return snapshot("v", [message("assistant", call)], { state: "paused", cards: [card(call.id)], controls, ...more });
}

/** A control as a screen reader finds it: by its label, or what stands on it. */
function control<E extends HTMLElement = HTMLElement>(name: string): E {
  const named = (each: Element) => each.getAttribute("aria-label") ?? (each as HTMLInputElement).labels?.[0]?.textContent;
  const found = [...root.querySelectorAll<E>("button, input, textarea, select")].find((each) =>
    (named(each) ?? each.textContent)?.trim().startsWith(name),
  );
  if (!found) throw new Error(`no ${name} in: ${root.textContent}`);
  return found;
}

async function press(name: string): Promise<void> {
  control(name).click();
  await settled();
}

async function write(name: string, value: string): Promise<HTMLInputElement> {
  const field = control<HTMLInputElement>(name);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  return field;
}

async function type(name: string, key: string, more: KeyboardEventInit = {}): Promise<void> {
  control(name).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  await settled();
}

const status = () => root.querySelector(".nbk-status")?.textContent;

describe("the limits of Run to end", () => {
  it("show the kernel's own, and are remembered for the view", async () => {
    await show(paused({ controls: { ...controls, max_steps: 7 } }));
    await press("limits of Run to end: ≤ 7 requests");
    expect(control<HTMLInputElement>("requests").value).toBe("7");
    await write("tokens", "20,000");
    await write("dollars", "$0.10");
    await show(paused({ state: "running", controls: { ...controls, max_steps: 7 } }));
    await show(paused({ controls: { ...controls, max_steps: 7 } }));
    await press("limits of Run to end: ≤ 7 requests · 20,000 tokens · $0.1");
    await press("Run to end");
    expect(asks).toEqual([{ kind: "run_to_end", max_steps: 7, max_tokens: 20000, max_cost: 0.1 }]);
  });

  it("are told to the kernel, and are there again after a reload", async () => {
    await show(paused());
    await press("limits");
    await write("requests", "3");
    const limits = { requests: "3", tokens: null, dollars: null };
    expect(written).toEqual([{ kind: "limits", limits }]);
    store.clear();
    await show(paused({ limits: { ...limits, dollars: "0.10" } }));
    control("limits of Run to end: ≤ 3 requests · $0.1");
  });

  it.each([
    ["requests", "0", "0 is no number of requests: write a whole number, 1 or more"],
    ["requests", "2.5", "2.5 is no number of requests: write a whole number, 1 or more"],
    ["tokens", "many", "many is no number of tokens: write a whole number, 1 or more"],
    ["dollars", "-1", "-1 is no amount of dollars: write a number over 0, or nothing"],
  ])("ask nothing when %s is %s", async (name, value, words) => {
    await show(paused());
    await press("limits");
    const field = await write(name, value);
    expect(field.getAttribute("aria-invalid")).toBe("true");
    await type(name, "Enter");
    expect(asks).toEqual([]);
    expect(status()).toBe(words);
  });

  it("run with Enter and close with Escape", async () => {
    await show(paused());
    control("limits").focus();
    await press("limits");
    expect(document.activeElement).toBe(control("requests"));
    await write("requests", "3");
    await type("requests", "Enter");
    expect(asks).toEqual([{ kind: "run_to_end", max_steps: 3, max_tokens: null, max_cost: null }]);
    await type("requests", "Escape");
    expect(() => control("requests")).toThrow();
    expect(document.activeElement).toBe(control("limits"));
  });
});

describe("breakpoints", () => {
  const tools = [
    { name: "get_weather", arguments: ["city", "unit"] },
    { name: "delete_file", arguments: ["path"] },
  ];
  const request = { tool: null, on: "request", argument: null, code: false, words: "before each request" } as const;
  const coded = { tool: "x", on: "call", argument: null, code: true, words: "at x where a condition holds" } as const;
  const shown = (...breakpoints: NonNullable<Snapshot["controls"]>["breakpoints"] & {}) =>
    paused({ controls: { ...controls, breakpoints, tools } });

  it("are ticked for tools, requests and errors, and unticked", async () => {
    await show(shown(coded, request));
    await press("Breakpoints (2)");
    expect(control<HTMLInputElement>("before each request").checked).toBe(true);
    await press("before each request");
    await press("on an error");
    await press("at delete_file");
    expect(asks).toEqual([
      { kind: "unbreak", number: 1 },
      { kind: "break", breakpoint: { tool: null, on: "error", argument: null } },
      { kind: "break", breakpoint: { tool: "delete_file", on: "call", argument: null } },
    ]);
  });

  it("turn back when the kernel refuses", async () => {
    await show(shown());
    await press("Breakpoints");
    answer = { ok: false, why: "no" };
    await press("on an error");
    expect(control<HTMLInputElement>("on an error").checked).toBe(false);
    expect(status()).toBe("no");
  });

  it("have a condition on an argument, which is a text and stays when it is refused", async () => {
    await show(shown());
    await press("Breakpoints");
    await pick("tool", "delete_file");
    expect(control<HTMLSelectElement>("argument").value).toBe("path");
    await pick("condition", "contains");
    await write("value", "/etc");
    answer = { ok: false, why: "no" };
    await type("value", "Enter");
    expect(control<HTMLInputElement>("value").value).toBe("/etc");
    answer = { ok: true, why: null };
    await press("Add");
    const argument = { name: "path", test: "contains", value: "/etc" };
    expect(asks[1]).toEqual({ kind: "break", breakpoint: { tool: "delete_file", on: "call", argument } });
    expect(control<HTMLInputElement>("value").value).toBe("");
  });

  it("that were set in code are named, and can be taken away", async () => {
    await show(shown(request, coded));
    await press("Breakpoints");
    expect(root.querySelector(".nbk-chip")?.textContent).toContain("at x where a condition holds");
    await press("remove the breakpoint at x");
    expect(asks).toEqual([{ kind: "unbreak", number: 1 }]);
  });
});

describe("what is decided always", () => {
  it("stands at the foot, and can be taken back", async () => {
    const always = [{ tool: "get_weather", words: "run get_weather" }];
    await show(paused({ controls: { ...controls, always } }));
    expect(root.querySelector("[aria-label='decided always']")?.textContent).toContain("run get_weather");
    await press("ask about get_weather again");
    expect(asks).toEqual([{ kind: "ask_again", tool: "get_weather" }]);
    await show(paused({ controls }));
    expect(root.querySelector("[aria-label='decided always']")).toBeNull();
  });
});

describe("a remark after the results", () => {
  const open = (remark = "", more: Partial<Snapshot> = {}) => paused({ controls: { ...controls, remark }, ...more });

  it("is added, with what it does to the model said beside it", async () => {
    await show(open());
    await press("Add a remark");
    expect(document.activeElement).toBe(control("remark after the results"));
    expect(root.textContent).toContain("teaches the model to stop early");
    await write("remark after the results", "In Celsius.");
    await type("remark after the results", "Enter", { ctrlKey: true });
    expect(asks).toEqual([{ kind: "remark", text: "In Celsius." }]);
    await show(open("In Celsius."));
    expect(root.textContent).toContain("after the results goes: In Celsius.");
    await press("remove the remark");
    expect(asks[1]).toEqual({ kind: "remark", text: "" });
  });

  it("that is still being written survives an update, and goes along with the decision", async () => {
    await show(open());
    await press("Add a remark");
    const field = await write("remark after the results", "In Cel");
    await show(open("", { usage: { output_tokens: 3 } }));
    expect(control("remark after the results")).toBe(field);
    expect(field.value).toBe("In Cel");
    await press("Run");
    expect(asks.map(({ kind }) => kind)).toEqual(["remark", "decide"]);
    expect(asks[0]).toEqual({ kind: "remark", text: "In Cel" });
    expect(() => control("remark after the results")).toThrow();
  });

  it("goes along with Continue, and not where it was cancelled", async () => {
    await show(open("In Celsius.", { state: "ready", cards: [card(call.id, { state: "decided" })] }));
    await press("change the remark");
    await write("remark after the results", "In Kelvin.");
    await type("remark after the results", "Escape");
    await press("Continue");
    await press("change the remark");
    expect(control<HTMLTextAreaElement>("remark after the results").value).toBe("In Celsius.");
    await write("remark after the results", "In Rankine.");
    await press("Continue");
    expect(asks.map((ask) => (ask.kind === "remark" ? ask.text : ask.kind))).toEqual(["resume", "In Rankine.", "resume"]);
  });

  it("is not offered where no call waits", async () => {
    await show(snapshot("v", [], { state: "ready", controls: { ...controls, breakpoints: [], tools: [] } }));
    expect(() => control("Add a remark")).toThrow();
  });
});

describe("the ways back to a message", () => {
  it("rewind and fork by its id, where nothing is under way", async () => {
    const said = message("user", block({ type: "text", text: "hi" }));
    await show(snapshot("v", [said], { start: 4, told: "chat_fork is a fork" }));
    expect(status()).toBe("chat_fork is a fork");
    await press("rewind to messages.4");
    await press("fork from messages.4");
    expect(asks).toEqual([
      { kind: "rewind", id: said.id },
      { kind: "fork", id: said.id },
    ]);
    await show(snapshot("v", [said], { start: 4, state: "streaming" }));
    expect(() => control("rewind to")).toThrow();
  });
});

async function pick(name: string, value: string): Promise<void> {
  const list = control<HTMLSelectElement>(name);
  list.value = value;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

describe("what is written on a card", () => {
  const reload = (session: string, path = "a.ipynb") => {
    render(null, root);
    const send = (_: string, ask: Ask) => (asks.push(ask), Promise.resolve(answer));
    store = new Store(send, { known: () => {}, lost: () => {} }, { session, path });
    seq = 0;
  };

  beforeEach(() => sessionStorage.clear());

  it("is there again after a reload, in its notebook only, and is gone when it was used", async () => {
    reload("kernel-1");
    await show(paused());
    await press("Fake");
    await write("made-up result of get_weather", "hail");
    control<HTMLInputElement>("is_error").click();
    reload("kernel-1");
    await show(paused());
    expect(control<HTMLTextAreaElement>("made-up result of get_weather").value).toBe("hail");
    expect(control<HTMLInputElement>("is_error").checked).toBe(true);
    expect(document.activeElement).toBe(document.body);
    reload("kernel-2", "b.ipynb");
    await show(paused());
    expect(control("Run").textContent).toBe("Run");
    reload("kernel-1");
    await show(paused());
    expect(control<HTMLTextAreaElement>("made-up result of get_weather").value).toBe("hail");
    reload("kernel-3");
    await show(paused({ state: "streaming", cards: [] })); // the cell is run again in another kernel
    await show(paused());
    await press("Use as result");
    expect(asks).toMatchObject([{ kind: "decide", decision: { type: "fake", content: "hail", is_error: true } }]);
    expect(sessionStorage.length).toBe(0);
  });

  it("is dropped when its card is gone", async () => {
    reload("kernel-1");
    await show(paused());
    await press("Refuse");
    await write("why get_weather is refused", "not now");
    expect(sessionStorage.length).toBe(1);
    reload("kernel-1");
    await show(snapshot("v", [message("assistant", call)]));
    expect(sessionStorage.length).toBe(0);
  });

  it("in a block, is there again when the page was reloaded while a reply streams", async () => {
    reload("kernel-1");
    const view = await show(paused());
    view.editor.edit(call.id);
    await settled();
    view.editor.forms.value.get(call.id)?.show(false);
    await write("block", '{"type": "tool_use", "id": "toolu_01", "name": "f", "input": {}}');
    reload("kernel-1");
    await show(paused({ state: "streaming", cards: [] }));
    expect(control<HTMLTextAreaElement>("block").value).toContain('"name": "f"');
    expect(document.activeElement).toBe(document.body);
  });

  it("is nothing to a page that may keep nothing", async () => {
    const refuse = () => {
      throw new Error("denied");
    };
    vi.spyOn(Storage.prototype, "getItem").mockImplementation(refuse);
    reload("kernel-1");
    await show(paused());
    await press("Fake");
    await write("made-up result of get_weather", "hail");
    expect(control<HTMLTextAreaElement>("made-up result of get_weather").value).toBe("hail");
    vi.restoreAllMocks();
  });
});

describe("an array that ends with a reply", () => {
  const reply = block({ type: "text", text: "9.9 is larger." });
  const idle = (more: Partial<Snapshot>) => snapshot("v", [message("assistant", reply)], { state: "idle", controls, ...more });
  const request = { fields: { model: "claude-sonnet-4-5" }, headers: { version: "2026-10-21", betas: [] } };

  const offered = () => [...root.querySelectorAll(".nbk-foot button")].map((each) => each.textContent);

  it("is sent as it is, which is offered last: most models refuse it", async () => {
    await show(idle({ whole: true, request }));
    expect(offered().at(-1)).toBe("Send as it is");
    await press("Send as it is");
    expect(asks).toEqual([{ kind: "send" }]);
  });

  it("and with a question behind it, is sent first of all", async () => {
    const question = message("user", block({ type: "text", text: "Why?" }));
    await show(snapshot("v", [message("assistant", reply), question], { controls, whole: true, request }));
    expect(offered()[0]).toBe("Send as it is");
    expect(offered().filter((each) => each === "Send as it is")).toHaveLength(1);
  });

  it("tells at the parameters what is wrong with a header, or missing", async () => {
    const wrong = { at: null, level: "error" as const, why: "Another one.", fix: null };
    const problems = ["headers", "container"].map((path) => ({ ...wrong, key: path, rule: "R75", path, message: `no ${path}` }));
    await show(idle({ whole: true, request, problems }));
    const part = root.querySelector(".nbk-request");
    expect(part?.textContent).toContain("no headers");
    expect(part?.textContent).toContain("no container");
  });
});
