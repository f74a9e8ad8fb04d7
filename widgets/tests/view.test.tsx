import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Answer } from "../src/page/link";
import type { Ask, CardView, Decision, JsonObject, ProblemView, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { arriving, block, card, controls, message, snapshot, text, settled } from "./fake";

let root: HTMLElement;
let asks: Ask[];
let answer: Answer;
let store: Store;

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  asks = [];
  answer = { ok: true, why: null };
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function show(whole: Snapshot): ViewStore {
  const send = (_: string, ask: Ask) => {
    asks.push(ask);
    return Promise.resolve(answer);
  };
  store = new Store(send, { known: () => {}, lost: () => {} });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  const view = store.views.get("v") as ViewStore;
  render(<View view={view} />, root);
  return view;
}

const call = (name = "get_weather", id = "toolu_01") => block({ type: "tool_use", id, name, input: { city: "Paris" } });

function paused(more: Partial<CardView> = {}): Snapshot {
  const use = call();
  return snapshot("v", [message("assistant", use)], { state: "paused", cards: [card(use.id, more)] });
}

function button(name: string, index = 0): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].filter((each) => each.textContent === name)[index];
  if (!found) throw new Error(`no button ${name} in: ${root.textContent}`);
  return found;
}

const has = (name: string) => [...root.querySelectorAll("button")].some((each) => each.textContent === name);

async function press(name: string, index = 0): Promise<void> {
  button(name, index).click();
  await settled();
}

async function type(value: string): Promise<HTMLTextAreaElement> {
  const field = root.querySelector("textarea") as HTMLTextAreaElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  return field;
}

const decided = (): Decision[] => asks.flatMap((ask) => (ask.kind === "decide" ? [ask.decision] : []));

describe("a call of one of the API's own tools", () => {
  const shown = (name: string, input: JsonObject, more: JsonObject = {}) => {
    show(snapshot("v", [message("assistant", block({ type: "tool_use", id: "toolu_01", name, input, ...more }))]));
    return root.querySelector(".nbk-box") as HTMLElement;
  };

  it("shows a command as a command, and an edit as lines taken away and added", () => {
    expect(shown("bash", { command: "ls -l" }).querySelector(".nbk-typed")?.textContent).toBe("$ ls -l\n");
    const edit = shown("str_replace_based_edit_tool", {
      command: "str_replace",
      path: "<b>.py",
      old_str: "one",
      new_str: "two\nthree",
    });
    expect(edit.querySelector(".nbk-deed")?.textContent).toBe("replace in <b>.py");
    expect([...edit.querySelectorAll(".nbk-gone, .nbk-added")].map((each) => each.textContent)).toEqual([
      "taken away: - one\n",
      "added: + two\n",
      "added: + three\n",
    ]);
  });

  it("shows the input as it is where it has another shape, and whose member it is", () => {
    expect(shown("memory", { command: "create", path: 3 }).textContent).toContain('"path": 3');
    expect(shown("left_click", { coordinate: [1, 2] }, { toolset_name: "computer" }).textContent).toContain(
      "of the toolset computer",
    );
  });
});

describe("a result from a variable", () => {
  const variables = [
    { name: "df", what: "DataFrame, 3 × 2" },
    { name: "note", what: "str, 4 characters" },
  ];

  async function pick(name: string): Promise<void> {
    const field = root.querySelector("input[list]") as HTMLInputElement;
    field.focus();
    field.value = name;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    await settled();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await settled();
  }

  it("is offered by name, and put into the field to be changed", async () => {
    const view = show(paused({ variables }));
    await press("Fake");
    await pick("df");
    expect(asks).toEqual([
      { kind: "look_up", id: "toolu_01", name: null },
      { kind: "look_up", id: "toolu_01", name: "df" },
    ]);
    expect([...root.querySelectorAll("datalist option")].map((each) => each.getAttribute("value"))).toEqual([
      "df",
      "note",
    ]);
    expect(root.textContent).toContain("DataFrame, 3 × 2");
    const taken = { name: "df", number: 1, content: "a b", too_much: "the result is large" };
    view.cards.value = [{ ...(view.cards.value[0] as CardView), taken }];
    await settled();
    expect((root.querySelector("textarea") as HTMLTextAreaElement).value).toBe("a b");
    await type("a b c");
    await press("Use as result");
    await press("Fake");
    expect((root.querySelector("textarea") as HTMLTextAreaElement).value).toBe(""); // taken once, not again
    await press("Use all of df");
    expect(decided()).toEqual([
      { type: "fake", content: "a b c", is_error: false },
      { type: "fake", variable: "df", is_error: false },
    ]);
  });

  it("is shown as a picture where it is one", async () => {
    const view = show(paused({ variables }));
    await press("Fake");
    await pick("figure");
    const source = { type: "base64", media_type: "image/png", data: "iVBORw0KGgo=" };
    const taken = { name: "figure", number: 1, content: [{ type: "image", source }] };
    view.cards.value = [{ ...(view.cards.value[0] as CardView), taken }];
    await settled();
    expect(root.querySelector(".nbk-card img")?.getAttribute("src")).toBe("data:image/png;base64,iVBORw0KGgo=");
    await press("Use as result");
    expect(decided()).toEqual([{ type: "fake", variable: "figure", is_error: false }]);
  });
});

describe("the card of a call", () => {
  it("offers a shorter result, or all of it, where the tool gave too much", async () => {
    const result = { content: "row 0\n[… 9 characters left out …]\nrow 9", is_error: false };
    show(paused({ state: "look", result, too_much: "the result is large: 250,000 characters" }));
    expect(root.querySelector('[role="status"]')?.textContent).toContain("250,000 characters");
    await press("Use the shorter one");
    await press("Use all of it");
    await type("few rows");
    await press("Use my version");
    expect(decided()).toEqual([
      { type: "edit_result", content: result.content, is_error: null },
      { type: "approve", look: false, is_error: null },
      { type: "edit_result", content: "few rows", is_error: null },
    ]);
  });

  it("says nothing but what was pressed", async () => {
    show(paused());
    await press("Run");
    await press("Run, then look");
    expect(asks).toEqual([
      { kind: "decide", id: "toolu_01", decision: { type: "approve", look: false, is_error: null } },
      { kind: "decide", id: "toolu_01", decision: { type: "approve", look: true, is_error: null } },
    ]);
  });

  it("fakes a result, as an error if so marked, with Ctrl-Enter", async () => {
    show(paused());
    await press("Fake");
    const field = await type("22 °C");
    expect(document.activeElement).toBe(field);
    root.querySelector<HTMLInputElement>(".nbk-is-error input")?.click();
    await settled();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    await settled();
    expect(decided()).toEqual([{ type: "fake", content: "22 °C", is_error: true }]);
    expect(root.querySelector("textarea")).toBeNull();
  });

  it("refuses with a reason, as an error unless unmarked", async () => {
    show(paused());
    await press("Refuse");
    expect(root.querySelector<HTMLInputElement>(".nbk-is-error input")?.checked).toBe(true);
    await type(" not today ");
    await press("Refuse");
    expect(decided()).toEqual([{ type: "refuse", reason: "not today", is_error: true }]);
  });

  it("edits the input: what is not an object stays, with a sentence", async () => {
    show(paused());
    await press("Edit input");
    await type('["Lyon"]');
    await press("Run with it");
    expect(asks).toEqual([]);
    expect(root.querySelector("[role=alert].nbk-refused")?.textContent).toContain("JSON object");
    await type('{"city": "Lyon"}');
    root.querySelectorAll<HTMLInputElement>("input[type=radio]")[1]?.click();
    await press("Run, then look");
    expect(decided()).toEqual([
      { type: "edit_input", input: { city: "Lyon" }, rewrite: false, look: true, is_error: null },
    ]);
  });

  it("closes a form with Escape and keeps the keyboard on the card", async () => {
    show(paused());
    await press("Fake");
    const field = await type("x");
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    await settled();
    expect(root.querySelector("textarea")).toBeNull();
    expect(document.activeElement?.className).toBe("nbk-card");
    expect(asks).toEqual([]);
  });

  it("shows the kernel's refusal and keeps what was written", async () => {
    show(paused());
    answer = { ok: false, why: "refused, because toolu_01 has its result" };
    await press("Fake");
    await type("22 °C");
    await press("Use as result");
    expect(root.querySelector(".nbk-card .nbk-refused")?.textContent).toBe("refused, because toolu_01 has its result");
    expect(root.querySelector("textarea")?.value).toBe("22 °C");
  });

  it("says that a call whose end nobody knows may have run", () => {
    show(paused({ may_have_run: true }));
    expect(root.querySelector(".nbk-card")?.textContent).toContain("it may have run");
  });

  it("cannot run what has no function, and says why", async () => {
    show(paused({ can_run: false, why_not: "no function is bound to get_weather" }));
    expect(button("Run").getAttribute("aria-disabled")).toBe("true");
    await press("Run");
    expect(asks).toEqual([]);
    expect(root.textContent).toContain("no function is bound to get_weather");
    await press("Fake");
    expect(root.querySelector("textarea")).not.toBeNull();
  });

  it("uses a result that was looked at, or the person's version of it", async () => {
    show(paused({ state: "look", result: { content: "-2 °C", is_error: false } }));
    expect(root.querySelector("textarea")?.value).toBe("-2 °C");
    await press("Use it");
    await type("31 °C");
    await press("Use my version");
    expect(decided()).toEqual([
      { type: "approve", look: false, is_error: null },
      { type: "edit_result", content: "31 °C", is_error: null },
    ]);
  });

  it("takes back that a result was to be looked at, or decides otherwise", async () => {
    show(paused({ state: "look", result: { content: "-2 °C", is_error: false } }));
    await press("Fake");
    await press("Cancel");
    expect(root.querySelector("textarea")?.value).toBe("-2 °C");
    await press("Cancel");
    expect(asks).toEqual([{ kind: "reopen", id: "toolu_01" }]);
  });

  it("keeps the shape of a result made of one text block", async () => {
    show(paused({ state: "look", result: { content: [{ type: "text", text: "a" }], is_error: false } }));
    await type("b");
    await press("Use my version");
    expect(decided()).toEqual([{ type: "edit_result", content: [{ type: "text", text: "b" }], is_error: null }]);
  });

  it("shows a decision with its result, and opens it again", async () => {
    const decision: Decision = { type: "fake", content: "31 °C", is_error: false };
    show(paused({ state: "decided", decision, result: { content: "31 °C", is_error: false } }));
    expect(root.querySelector(".nbk-decided")?.textContent).toContain("faked");
    expect(root.querySelector(".nbk-outcome")?.textContent).toBe("31 °C");
    expect(has("Continue")).toBe(true);
    await press("Change");
    await press("Run");
    expect(decided()).toEqual([{ type: "approve", look: false, is_error: null }]);
  });

  it("shows a running tool with a way to stop it", async () => {
    show({ ...paused({ state: "running" }), state: "running" });
    expect(has("Run")).toBe(false);
    await press("Stop");
    expect(asks).toEqual([{ kind: "stop" }]);
  });
});

it("decides all open calls at once", async () => {
  const uses = [call("a", "toolu_01"), call("b", "toolu_02")];
  const cards = uses.map((use, i) => card(use.id, { id: `toolu_0${i + 1}`, name: "ab"[i] as string }));
  show(snapshot("v", [message("assistant", ...uses)], { state: "paused", cards }));
  expect(root.querySelector("[role=alert]")?.textContent).toBe("");
  await press("Run all");
  await press("Refuse all");
  expect(asks.map((ask) => ask.kind === "decide_all" && ask.decision.type)).toEqual(["approve", "refuse"]);
  await vi.waitFor(() =>
    expect(root.querySelector("[aria-live=assertive]")?.textContent).toBe("Paused: 2 calls wait for you: a, b."),
  );
});

const problem: ProblemView = {
  key: "R9@messages.0.content.0",
  at: null,
  rule: "R9",
  path: "messages.0.content.0",
  message: "`tool_use` ids were found without `tool_result` blocks",
  level: "error",
  why: "The call has no answer.",
  fix: { label: "add an error result" },
};

describe("a broken array", () => {
  it("says so at the block in the API's words, and offers the fix", async () => {
    const use = call();
    const problems = [{ ...problem, at: use.id }];
    show(snapshot("v", [message("assistant", use)], { state: "ready", problems }));
    const place = root.querySelector(".nbk-block .nbk-problem");
    expect(place?.textContent).toContain(problem.message);
    expect(place?.textContent).toContain(problem.why);
    await press("Fix: add an error result");
    expect(asks).toEqual([{ kind: "fix", key: problem.key }]);
  });

  it("can be sent on purpose, and only on purpose", async () => {
    show(snapshot("v", [message("user", text("hi"))], { state: "ready", problems: [problem] }));
    expect(has("Continue")).toBe(false);
    await press("Send anyway");
    expect(asks).toEqual([{ kind: "resume", check: false }]);
  });
});

describe("the controls", () => {
  it.each([
    ["ready", false, ["Continue", "Step"], ["Stop", "Send anyway"]],
    ["ready", true, ["Continue", "Step"], ["Stop"]],
    ["paused", false, ["Step", "Run to end"], ["Send anyway"]],
    ["streaming", false, ["Stop"], ["Continue"]],
    ["idle", false, [], ["Continue", "Stop", "Send anyway"]],
    ["confirm", false, ["Send", "Don’t send"], ["Continue"]],
    ["stale", false, ["↶", "↷"], ["Continue", "Stop"]],
  ] as const)("in %s (stepping: %s)", (state, stepping, there, missing) => {
    show(snapshot("v", [message("user", text("hi"))], { state, stepping, notice: "costs money" }));
    for (const name of there) expect(has(name)).toBe(true);
    for (const name of missing) expect(has(name)).toBe(false);
  });

  it("ask once before money is spent", async () => {
    show(snapshot("v", [], { state: "confirm", notice: "about $0.02" }));
    expect(root.textContent).toContain("about $0.02");
    await press("Send");
    await press("Don’t send");
    expect(asks).toEqual([{ kind: "confirm" }, { kind: "decline" }]);
  });

  it("show a refusal in the status line", async () => {
    show(snapshot("v", []));
    answer = { ok: false, why: "there is nothing to undo" };
    await press("↶");
    expect(root.querySelector(".nbk-status")?.textContent).toBe("there is nothing to undo");
  });

  it("say which breakpoint or limit holds the turn, and how it goes on", () => {
    show(snapshot("v", [], { state: "ready", stopped: "before a request" }));
    expect(root.textContent).toContain("stopped before a request: Continue goes on from here");
  });

  it("offer no undo where there is nothing to take back, and keep the focus on its button", async () => {
    show(snapshot("v", [], { controls: { ...controls, undo: false } }));
    button("↶").focus();
    await press("↶");
    await press("↷");
    expect(asks).toEqual([{ kind: "redo" }]);
    expect(button("↶").title).toBe("there is nothing to undo");
    expect(document.activeElement).toBe(button("↶"));
  });

  it("step at a pause, and say what the step waits for", async () => {
    show(paused());
    expect(button("Step").title).toContain("it waits for a decision on get_weather");
    answer = { ok: false, why: "Step waits for a decision on get_weather (toolu_01)" };
    await press("Step");
    expect(asks).toEqual([{ kind: "step" }]);
    expect(root.querySelector(".nbk-status")?.textContent).toContain("waits for a decision on get_weather");
  });

  it("say once why a request failed: as the error of the view, not as a refusal too", async () => {
    const view = show(snapshot("v", [message("user", text("hi"))], { state: "ready" }));
    const error = { title: "400 invalid_request_error", message: "messages: too short", path: null };
    answer = { ok: false, why: "400 invalid_request_error: messages: too short" };
    const failing = press("Continue");
    const whole = snapshot("v", [message("user", text("hi"))], { state: "ready", error });
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: whole });
    await failing;
    expect(root.querySelector(".nbk-error")?.textContent).toContain("messages: too short");
    expect(view.refusal.value).toBeNull();
    const said = () => root.querySelector("[aria-live=polite]")?.textContent;
    await vi.waitFor(() => expect(said()).toContain("messages: too short"));
  });

  it("toggle stepping, and turn back when it is refused", async () => {
    show(snapshot("v", []));
    answer = { ok: false, why: "refused" };
    const box = root.querySelector(".nbk-tools input") as HTMLInputElement;
    box.click();
    await settled();
    expect(asks).toEqual([{ kind: "stepping", on: true }]);
    expect(box.checked).toBe(false);
  });
});

describe("blocks", () => {
  it("keep the focus and the text of an open form while others change", async () => {
    const whole = paused();
    show(whole);
    await press("Fake");
    const field = await type("half a ");
    field.setSelectionRange(4, 4);
    const reply = message("user", text("one more"));
    store.receive({
      kind: "patch",
      view: "v",
      seq: 2,
      ops: [
        { op: "message", message: reply },
        { op: "head", head: { state: "paused" } },
      ],
    });
    store.receive({ kind: "snapshot", view: "v", seq: 3, snapshot: { ...whole, stepping: true } });
    await settled();
    expect(root.querySelector("textarea")).toBe(field);
    expect(document.activeElement).toBe(field);
    expect([field.value, field.selectionStart]).toEqual(["half a ", 4]);
  });

  it("show raw input as it streams", async () => {
    const use = { ...call(), streaming: true, json: '{"ci', wire: { ...call().wire, input: {} } };
    show(snapshot("v", [arriving(use)], { state: "streaming" }));
    const pre = root.querySelector("pre");
    const node = pre?.firstChild;
    store.receive({
      kind: "patch",
      view: "v",
      seq: 2,
      ops: [{ op: "grow", block: use.id, field: "json", value: 'ty":' }],
    });
    await vi.waitFor(() => expect(pre?.textContent).toBe('{"city":'));
    expect(pre?.firstChild).toBe(node);
  });

  it("fold thinking, and name reasoning that was not sent", () => {
    show(
      snapshot("v", [
        message(
          "assistant",
          block({ type: "thinking", thinking: "hm", signature: "Eq" }),
          block({ type: "thinking", thinking: "", signature: "Eq" }),
        ),
      ]),
    );
    expect(root.querySelector("details")?.open).toBe(false);
    expect(root.textContent).toContain("hidden reasoning");
  });

  it("show only images that travel in the message", () => {
    const source = { type: "base64", media_type: "image/png", data: "aGk=" };
    const content = [
      { type: "image", source },
      { type: "image", source: { type: "url", url: "https://evil.example/x.png" } },
      { type: "image", source: { ...source, media_type: "image/svg+xml" } },
    ];
    show(
      snapshot("v", [
        message("user", block({ type: "tool_result", tool_use_id: "toolu_01", content, is_error: true })),
      ]),
    );
    expect([...root.querySelectorAll("img")].map((image) => image.src)).toEqual(["data:image/png;base64,aGk="]);
    expect(root.querySelector(".nbk-flag")?.textContent).toBe("is_error");
  });

  it("show a type without a face as it came", () => {
    show(snapshot("v", [message("assistant", block({ type: "constructor", depth: 3 }))]));
    expect(root.querySelector("pre")?.textContent).toBe('{ "type": "constructor", "depth": 3 }');
  });

  it("do not render what a person typed", () => {
    show(snapshot("v", [message("user", text("**bold** <b>x</b>", { by: "person" }))]));
    expect(root.querySelector(".nbk-plain-text")?.textContent).toBe("**bold** <b>x</b>");
  });
});

describe("more ways to decide", () => {
  it("offer results to fake with, which can be changed before they are used", async () => {
    show(paused({ samples: [{ label: "the last real result", content: "sunny" }] }));
    await press("Fake");
    await press("the last real result");
    const field = root.querySelector("textarea") as HTMLTextAreaElement;
    expect(field.value).toBe("sunny");
    await type("sunny, 20 °C");
    await press("Use as result");
    expect(asks).toEqual([
      { kind: "decide", id: "toolu_01", decision: { type: "fake", content: "sunny, 20 °C", is_error: false } },
    ]);
  });

  it("make a decision hold for later calls, only when asked to", async () => {
    show(paused());
    const box = [...root.querySelectorAll<HTMLInputElement>("label input")].find((each) =>
      each.closest("label")?.textContent?.includes("always"),
    ) as HTMLInputElement;
    box.click();
    await press("Run");
    await press("Run");
    expect(asks.map((ask) => "always" in ask)).toEqual([true, false]);
  });

  it("run to the end", async () => {
    show(paused());
    await press("Run to end");
    expect(asks).toEqual([{ kind: "run_to_end", max_steps: 25, max_tokens: null, max_cost: null }]);
  });

  it("give up a tool that runs, where the kernel can hear it", async () => {
    const view = paused({ state: "running" });
    show({ ...view, state: "running" });
    await press("Give up");
    expect(asks).toEqual([{ kind: "abandon", id: "toolu_01" }]);
    show({ ...view, state: "running", stoppable: false });
    expect(has("Give up")).toBe(false);
  });

  it("say what looks odd in a result", () => {
    const result = { content: "<b>22</b>", is_error: false };
    show(paused({ state: "decided", decision: { type: "fake", ...result }, result, doubts: ["<i>swapped?</i>"] }));
    expect(root.querySelector(".nbk-doubt")?.textContent).toContain("<i>swapped?</i>");
    expect(root.querySelector(".nbk-doubt i")).toBe(null);
  });

  it("show what the tool printed as text", () => {
    const result = { content: "22", is_error: false };
    show(
      paused({ state: "decided", decision: { type: "approve", look: false, is_error: null }, result, printed: "<b>hm" }),
    );
    expect(root.querySelector(".nbk-printed pre")?.textContent).toBe("<b>hm");
  });
});
