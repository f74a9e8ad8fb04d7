import { describe, expect, it, vi } from "vitest";
import type { CardView, Decision } from "../src/protocol";
import { card, message, settled, snapshot } from "./fake";
import { asks, button, call, decided, has, paused, press, refuse, root, show, type } from "./shown";

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
    refuse("refused, because toolu_01 has its result");
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
