// Every digit of a number is shown, copied and sent as it was written, though JavaScript would round it.
import { render } from "preact";
import { beforeEach, afterEach, describe, expect, it, vi } from "vitest";
import { readNumber } from "../src/editing/inputs";
import { fromJson, toJson } from "../src/exact";
import type { Ask, BlockView, JsonObject, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, card, message, snapshot } from "./fake";

const LONG = "12345678901234567890";
/** As the kernel sends a number that a double can't hold. */
const marked = (number: string) => `\ufdd0${number}`;

describe("JSON", () => {
  it.each([
    `{"id":${LONG},"list":[-9007199254740993,1.50,1e400],"small":-1}`,
    `{"${LONG}":"say \\"${LONG}\\" \\\\","end":"${LONG}\\\\","n":0.1}`,
    "[]",
    '"1.0"',
    "1.0",
  ])("is read and written with every digit: %s", (text) => {
    expect(toJson(fromJson(text))).toBe(text);
  });

  it("has numbers that JavaScript can hold as numbers", () => {
    expect(fromJson('{"a": [1, -2.5, 9007199254740991], "b": true}')).toEqual({ a: [1, -2.5, 9007199254740991], b: true });
  });

  it.each([`"\ufdd012"`, '"\\ufdd012"', '"\\uFDD012"', '["\ufdd012"]', '{"\ufdd012":1}'])("never takes a text for a number: %s", (text) => {
    expect(toJson(fromJson(text))).toContain('"\ufffd12"');
  });

  it("keeps a backslash that stands before such letters", () => {
    expect(fromJson('"\\\\ufdd012"')).toBe("\\ufdd012");
  });

  it.each(["{", "{'a': 1}", "[01]", "1.", ""])("that is none is refused: %s", (text) => {
    expect(() => fromJson(text)).toThrow(SyntaxError);
  });

  it("reads a text of many megabytes", () => {
    const text = `{"text":"${'\\"x'.repeat(1_000_000)}","id":${LONG}}`;
    expect(toJson(fromJson(text))).toBe(text);
  });
});

it("a field for a number takes what JSON has", () => {
  const read = (text: string, type = "integer") => readNumber(text, { type });
  expect(read(LONG)).toEqual({ value: marked(LONG) });
  expect(read("-007")).toEqual({ value: -7 });
  expect(read("1.5", "number")).toEqual({ value: 1.5 });
  expect(read("1.5")).toEqual({ wrong: "write a whole number" });
  expect(read("1e400", "number")).toEqual({ wrong: "1e400 is larger than any number that can be kept" });
});

describe("a call with a long number", () => {
  let root: HTMLElement;
  let asks: Ask[];
  let view: ViewStore;

  beforeEach(() => {
    document.body.append((root = document.createElement("div")));
    asks = [];
  });
  afterEach(() => {
    render(null, root);
    root.remove();
  });

  function show(blocks: BlockView[], more: Partial<Snapshot> = {}): void {
    const send = (_: string, ask: Ask) => (asks.push(ask), Promise.resolve({ ok: true, why: null }));
    const store = new Store(send, { known: () => {}, lost: () => {} });
    const shown = snapshot("v", [{ ...message("assistant", ...blocks), id: "m" }], { whole: true, ...more });
    store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: shown });
    view = [...store.views.values()][0] as ViewStore;
    render(<View view={view} />, root);
  }

  const input = { id: marked(LONG), city: "Paris" };
  const call = () => block({ type: "tool_use", id: "toolu_01", name: "f", input }, { id: "c" });
  const button = (name: string) =>
    [...root.querySelectorAll("button")].find((each) => each.textContent === name) as HTMLButtonElement;

  it("is shown and copied with every digit", () => {
    show([call()]);
    expect(root.querySelector(".nbk-json")?.textContent).toBe(`{ "id": ${LONG}, "city": "Paris" }`);
    expect(view.editor.copied("c")).toContain(`"id": ${LONG},`);
    expect(view.editor.messageJson(view.array.peek()[0]!)).toContain(`"id": ${LONG},`);
  });

  it("shows the JSON of a result as it came", () => {
    const content = `{"id": ${LONG}, "most": 1e400, "price": 1.50}`;
    show([block({ type: "tool_result", tool_use_id: "toolu_01", content })]);
    expect(root.querySelector(".nbk-json")?.textContent).toBe(`{ "id": ${LONG}, "most": 1e400, "price": 1.50 }`);
  });

  it("is edited and run with every digit, in a form or as JSON", async () => {
    const properties = { id: { type: "integer" }, city: { type: "string" } };
    const schema: JsonObject = { type: "object", properties };
    show([call()], { state: "paused", cards: [card("c", { name: "f", input, schema })] });
    button("Edit input").click();
    await vi.waitFor(() => expect(root.querySelector(".nbk-inputs")).not.toBeNull());
    const field = root.querySelector<HTMLTextAreaElement>(".nbk-input textarea.nbk-code") as HTMLTextAreaElement;
    expect(field.value).toBe(LONG);
    field.value = `${LONG}1`;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    button("Run with it").click();
    await vi.waitFor(() => expect(asks).toHaveLength(1));
    expect(asks[0]).toMatchObject({ decision: { type: "edit_input", input: { id: marked(`${LONG}1`), city: "Paris" } } });
  });
});
