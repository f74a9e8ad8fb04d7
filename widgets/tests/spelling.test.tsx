import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { named } from "../src/blocks/names";
import type { Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, card, controls, message, snapshot, text } from "./fake";

const X = "a\u202eb\u200dc\u00add\u{e0041}e\u2066f\ufeffg\u3164h\ufe0fi\u{e0100}j\u200ck\u2028l";
const HIDDEN = [...X].filter((letter) => letter > "~");

let root: HTMLElement;

beforeEach(() => document.body.append((root = document.createElement("div"))));
afterEach(() => {
  render(null, root);
  root.remove();
});

function show(whole: Snapshot): void {
  const store = new Store(async () => ({ ok: true, why: null }), { known: () => {}, lost: () => {} });
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  const view = store.views.get("v") as ViewStore;
  view.breaks.shown.value = true;
  render(<View view={view} />, root);
}

/** All that is shown or read aloud and is no text that somebody wrote. */
function ours(): string {
  const said = [...root.querySelectorAll("*")].flatMap((each) =>
    [...each.attributes].filter(({ name }) => /^(title|alt|placeholder|aria-\w+)$/.test(name)).map(({ value }) => value),
  );
  const copy = root.cloneNode(true) as HTMLElement;
  for (const each of copy.querySelectorAll(".nbk-plain-text, .nbk-result-text, .nbk-piece")) each.remove();
  return [copy.textContent, ...said].join("\n");
}

const use = block({ type: "tool_use", id: X, name: X, input: { [X]: X } }, { note: X });
const everywhere: Partial<Snapshot>[] = [
  {
    state: "paused",
    cards: [card(use.id, { name: X, can_run: false, why_not: X, doubts: [X], redefined: X })],
    controls: { ...controls, tools: [{ name: X, arguments: [X] }], always: [{ tool: X, words: X }], remark: X },
  },
  { state: "ready", stopped: X, released: X, notice: X, told: X, conversation: X, error: { title: X, message: X, path: X } },
  { whole: true, request: { fields: { model: X, tools: [{ name: X, description: X }], system: "s" }, headers: {} } },
  { problems: [{ key: "k", at: use.id, rule: X, path: X, message: X, level: "error", why: X, fix: { label: X } }] },
  { prompts: [{ id: "p", thinks: true, choice: `tool ${X}`, parallel: true, json: false, tools: [{ name: X, description: X, schema: null, strict: true }] }] },
];

it.each(everywhere)("is every letter that hides, or turns the others around", async (more) => {
  const command = block({ type: "tool_use", id: "b", name: "bash", input: { command: X } });
  const written = block({ type: "tool_use", id: "c", name: "f", input: {} }, { json: `{"${X}` });
  const result = block({ type: "tool_result", tool_use_id: X, content: `{"${X}": 1}`, is_error: true });
  const odd = block({ type: X, [X]: X });
  show(snapshot("v", [message("assistant", text(X), use, command, written, result, odd), message(X, text(X))], more));
  await vi.waitFor(() => expect(root.querySelector(".nbk-piece")?.textContent).toContain("\u202e")); // a text stays as it is
  const shown = ours();
  expect(shown).toContain("a\\u202eb\\u200dc\\u00add\\udb40\\udc41e\\u2066f\\ufeffg\\u3164h\\ufe0fi\\udb40\\udd00j\\u200ck");
  expect(HIDDEN.filter((letter) => shown.includes(letter))).toEqual([]);
});

it.each(["👩‍💻 ❤️ notes", "نامه‌ای", "葛󠄀城"])("leaves what makes letters and pictures: %s", (whole) => {
  expect(named(whole)).toBe(whole);
});

it("tells the host of a link whose words turn it around", async () => {
  show(snapshot("v", [message("assistant", text("<https://evil.example/\u202egpj> <https://gооd.example> <https://ok.example/é>"))]));
  await vi.waitFor(() => expect(root.querySelector("a")).not.toBeNull());
  expect([...root.querySelectorAll(".nbk-where")].map((each) => each.textContent)).toEqual(["evil.example", "xn--gd-fmca.example"]);
});
