import { render } from "preact";
import { describe, expect, it, vi } from "vitest";
import type { OfferedTool, PromptView } from "../src/protocol";
import { hints, sample } from "../src/pause/script";
import { View } from "../src/view";
import { message, snapshot, text, settled } from "./fake";
import { asks, refuse, root, show as shown, store } from "./shown";

const WEATHER: OfferedTool = {
  name: "get_weather",
  description: "Current weather in a city.",
  schema: {
    type: "object",
    properties: {
      city: { type: "string", description: "Its name" },
      unit: { enum: ["C", "F"] },
      days: { type: "integer" },
    },
    required: ["city", "unit"],
  },
  strict: true,
};
const CLOCK: OfferedTool = { name: "get_time", description: "", schema: { type: "object" }, strict: false };

function prompt(more: Partial<PromptView> = {}): PromptView {
  return { id: "req_1", thinks: true, choice: "auto", parallel: true, json: false, tools: [WEATHER, CLOCK], ...more };
}

function waiting(...prompts: PromptView[]) {
  return snapshot("v", [message("user", text("Weather in Paris?"))], { state: "streaming", prompts });
}

const show = (...prompts: PromptView[]) => shown(waiting(...prompts));

function button(name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].find(
    (each) => each.textContent === name || each.getAttribute("aria-label") === name,
  );
  if (!found) throw new Error(`no button ${name} in: ${root.textContent}`);
  return found;
}

async function press(name: string): Promise<void> {
  button(name).click();
  await settled();
}

function field(label: string): HTMLTextAreaElement {
  const found = root.querySelector<HTMLTextAreaElement>(`textarea[aria-label="${label}"]`);
  if (!found) throw new Error(`no field ${label} in: ${root.innerHTML}`);
  return found;
}

async function type(label: string, value: string): Promise<void> {
  field(label).value = value;
  field(label).dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
}

async function choose(label: string, value: string): Promise<void> {
  const select = [...root.querySelectorAll("select")].find(
    (each) => (each.getAttribute("aria-label") ?? each.parentElement?.textContent ?? "").startsWith(label),
  ) as HTMLSelectElement;
  select.value = value;
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
}

describe("being the model", () => {
  it("sends a text that was written", async () => {
    show(prompt());
    expect(root.textContent).toContain("You are the model.");
    expect(root.textContent).toContain("waits for you");
    await type("text", "Take an umbrella.");
    await press("Send");
    const content = [{ type: "text", text: "Take an umbrella." }];
    expect(asks).toEqual([{ kind: "say", id: "req_1", content, stop_reason: null }]);
  });

  it("sends thinking first, then what was said, then calls", async () => {
    show(prompt());
    await type("text", "I look.");
    await press("+ tool call");
    await type("input of get_weather", '{"city": "Paris", "unit": "C"}');
    await press("+ thinking");
    expect(document.activeElement).toBe(field("thinking"));
    await type("thinking", "The tool knows.");
    await press("Send");
    expect(asks[0]).toMatchObject({
      content: [
        { type: "thinking", thinking: "The tool knows." },
        { type: "text", text: "I look." },
        { type: "tool_use", name: "get_weather", input: { city: "Paris", unit: "C" } },
      ],
    });
  });

  it("leaves out a text that nobody used", async () => {
    show(prompt());
    await press("+ tool call");
    await press("Send");
    expect(asks[0]).toMatchObject({
      content: [{ type: "tool_use", name: "get_weather", input: { city: "", unit: "C" } }],
    });
  });

  it("begins an input from the schema, and says what the keys are", async () => {
    show(prompt());
    await press("+ tool call");
    expect(JSON.parse(field("input of get_weather").value)).toEqual({ city: "", unit: "C" });
    expect(root.textContent).toContain("city: string, required. Its name");
    expect(root.textContent).toContain("strict: the input must fit");
    await choose("tool", "get_time");
    expect(field("input of get_time").value).toBe("{}");
    expect(root.textContent).toContain("not strict");
  });

  it("keeps an input that somebody wrote when the tool changes", async () => {
    show(prompt());
    await press("+ tool call");
    await type("input of get_weather", '{"mine": 1}');
    await choose("tool", "get_time");
    expect(field("input of get_time").value).toBe('{"mine": 1}');
  });

  it("says what is no JSON at its field, and sends nothing", async () => {
    show(prompt());
    await press("+ tool call");
    await type("input of get_weather", "{city}");
    await press("Send");
    expect(asks).toEqual([]);
    expect(root.querySelector('[role="alert"].nbk-refused')?.textContent).toContain("not JSON yet");
    expect(field("input of get_weather").getAttribute("aria-invalid")).toBe("true");
  });

  it("shows the contract's refusal in the card and keeps what was written", async () => {
    show(prompt());
    refuse("not sent, no model says this: content: the turn is empty");
    await press("Send");
    expect(asks[0]).toMatchObject({ content: [] });
    const card = root.querySelector(".nbk-understudy") as HTMLElement;
    expect(card.querySelector('[role="alert"]')?.textContent).toContain("the turn is empty");
    await type("text", "Now then.");
    expect(card.querySelector('[role="alert"]')).toBeNull();
  });

  it("sends with Ctrl-Enter, and another ending when it was chosen", async () => {
    show(prompt());
    await type("text", "I was");
    await choose("stop_reason", "max_tokens");
    field("text").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }));
    await settled();
    expect(asks[0]).toMatchObject({ stop_reason: "max_tokens" });
  });

  it("fails as the API does", async () => {
    show(prompt());
    await press("Fail: overloaded");
    expect(asks).toEqual([{ kind: "fail", id: "req_1", status: 529 }]);
  });

  it("begins with the call that the request forces", () => {
    show(prompt({ choice: "tool get_time" }));
    expect(field("input of get_time")).toBeTruthy();
    expect(root.textContent).toContain("It must call get_time.");
  });

  it("offers no thinking and no calls where the request has none", () => {
    show(prompt({ thinks: false, tools: [] }));
    const names = [...root.querySelectorAll("button")].map((each) => each.textContent);
    expect(names).not.toContain("+ thinking");
    expect(names).not.toContain("+ tool call");
  });

  it("keeps a draft through snapshots, and forgets it when the request is answered", async () => {
    const view = show(prompt());
    await type("text", "half");
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: waiting(prompt(), prompt({ id: "req_2" })) });
    await settled();
    expect(field("text").value).toBe("half");
    expect(root.querySelectorAll(".nbk-understudy")).toHaveLength(2);
    store.receive({ kind: "snapshot", view: "v", seq: 3, snapshot: waiting() });
    await settled();
    expect(root.querySelector(".nbk-understudy")).toBeNull();
    expect(view.script(prompt()).lines.peek().map((line) => line.text.peek())).toEqual([""]);
  });

  it("removes a block again, and never the last one", async () => {
    show(prompt());
    expect(root.querySelector('[aria-label="remove this text"]')).toBeNull();
    await press("+ thinking");
    await press("remove this thinking");
    expect(root.querySelectorAll(".nbk-understudy textarea")).toHaveLength(1);
  });

  it("at a desk shows the request and nothing to edit", () => {
    const view = show(prompt());
    const messages = [{ ...message("user", text("Weather in Paris?")), loose: true }];
    const desk = snapshot("v", messages, { state: "desk", prompts: [prompt()], notice: "1 more request waits." });
    store.receive({ kind: "snapshot", view: "v", seq: 2, snapshot: desk });
    render(<View view={view} />, root);
    const names = [...root.querySelectorAll("button")].map((each) => each.textContent);
    expect(names).toEqual(["+ text", "+ tool call", "+ thinking", "Send", "Fail: overloaded"]);
    expect(root.querySelector('input[type="checkbox"]')).toBeNull();
    expect(root.textContent).toContain("1 more request waits.");
    expect(root.textContent).toContain("Weather in Paris?");
  });

  it("tells a screen reader at once that a turn is wanted", async () => {
    show(prompt());
    const alert = root.querySelector('[aria-live="assertive"]');
    await vi.waitFor(() => expect(alert?.textContent).toBe("You are the model: a request waits for your turn."));
  });
});

describe("a schema", () => {
  it("of any shape gives a beginning", () => {
    expect(sample(null)).toEqual({});
    expect(sample({ type: "object", properties: { a: true }, required: ["a", "b", 3] })).toEqual({ a: "", b: "" });
    expect(sample({ type: ["integer", "null"] })).toBe(0);
    expect(sample({ default: [1] })).toEqual([1]);
    const nested = { type: "object", properties: { in: { type: "object", properties: {}, required: ["x"] } } };
    expect(sample({ ...nested, required: ["in"] })).toEqual({ in: { x: "" } });
  });

  it("of any shape gives its hints", () => {
    expect(hints(null)).toEqual([]);
    expect(hints({ properties: { a: { type: ["string", "null"] }, b: true, c: { enum: [1, "x"] } } })).toEqual([
      "a: string | null",
      "b: any",
      'c: 1 | "x"',
    ]);
  });
});
