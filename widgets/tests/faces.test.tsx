import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { imageTokens, pageCount } from "../src/blocks/media";
import { addressOf, named } from "../src/blocks/names";
import { kindOf, plainly, readNumber } from "../src/editing/inputs";
import type { Ask, BlockView, Json, JsonObject, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import hostile from "../../tests/data/hostile.json";
import { block, card, message, snapshot, text, settled } from "./fake";

const HOSTILE: string[] = hostile;

let root: HTMLElement;
let asks: Ask[];

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  asks = [];
});
afterEach(() => {
  render(null, root);
  root.remove();
});

function show(blocks: BlockView[], more: Partial<Snapshot> = {}, role = "assistant"): ViewStore {
  const heard = asks; // what the page of an earlier test still asks is not this one's
  const send = (_: string, ask: Ask) => {
    heard.push(ask);
    return Promise.resolve({ ok: true, why: null });
  };
  const store = new Store(send, { known: () => {}, lost: () => {} });
  const whole = snapshot("v", [message(role, ...blocks)], more);
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: whole });
  const view = store.views.get("v") as ViewStore;
  render(<View view={view} />, root);
  return view;
}

const words = () => root.querySelector(".nbk-list")?.textContent ?? "";

function button(name: string): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].find((each) => each.textContent?.trim() === name);
  if (!found) throw new Error(`no button ${name} in: ${root.textContent}`);
  return found;
}

async function press(name: string): Promise<void> {
  button(name).click();
  await settled();
}

describe("a text of the model's", () => {
  it("is rendered, or raw where one wants to see that", async () => {
    show([text("**bold**")]);
    expect(root.querySelector("strong")?.textContent).toBe("bold");
    await press("raw");
    expect(root.querySelector("strong")).toBeNull();
    expect(root.querySelector(".nbk-plain-text")?.textContent).toBe("**bold**");
    expect(button("raw").getAttribute("aria-pressed")).toBe("true");
  });

  it("is shown in part where it is very long, until all of it is asked for", async () => {
    show([text("line\n".repeat(100))], {}, "user");
    const frame = () => root.querySelector(".nbk-cut");
    expect(frame()?.textContent).toContain("line\nline");
    await press("Show all 500 characters");
    expect(frame()).toBeNull();
    expect(words()).toContain("line\nline");
    await press("Show less");
    expect(frame()).not.toBeNull();
    show([text("line\n".repeat(50))], {}, "user");
    expect(frame()).toBeNull();
  });

  it("tells the host of a link, in the letters that are looked up", () => {
    show([text("[https://good.example](https://gооd.example/x) <https://ok.example/>")]);
    const told = [...root.querySelectorAll(".nbk-where")].map((each) => each.textContent);
    expect(told).toEqual(["xn--gd-fmca.example"]);
  });
});

describe("reasoning", () => {
  it("that is hidden says how much it was", () => {
    show([block({ type: "thinking", thinking: "", signature: "s" }, { tokens: 1234 })]);
    expect(words()).toContain("hidden reasoning, 1,234 tokens");
    expect(words()).toContain("signed");
  });

  it.each([
    { type: "thinking", thinking: "hm", signature: "s" },
    { type: "redacted_thinking", data: "s" },
  ])("that was tampered with says that its signature no longer fits", (wire) => {
    show([block(wire, { by: "edit", unsealed: true })]);
    expect(words()).toContain("the signature no longer fits");
    expect(words()).not.toMatch(/signed|encrypted/);
  });
});

describe("pictures and documents", () => {
  const weights = { image_edge: 1568, image_tokens: 1568, pdf_page: 1800, chars_per_token: 3.5 };

  it("weigh what the kernel says that they weigh", () => {
    expect(imageTokens(640, 480, weights)).toBe(414);
    expect(imageTokens(4000, 4000, weights)).toBe(1568);
  });

  it("are not loaded from an address", () => {
    const url = "https://evil.example/p.png";
    show([block({ type: "image", source: { type: "url", url } }), block({ type: "document", source: { type: "url", url } })]);
    expect(root.querySelector("img, iframe, object, embed")).toBeNull();
    expect([...root.querySelectorAll("a")].map((each) => each.title)).toEqual([url, url]);
    expect(words()).toContain("nothing is loaded here");
  });

  it("say how many pages a PDF has, where that can be seen", () => {
    expect(pageCount(btoa("%PDF-1.4 /Type /Page /Type/Page /Type/Pages"))).toBe(2);
    expect(pageCount(btoa("%PDF-1.4 <</Type/Pages /Kids[] /Count 12>>"))).toBe(12);
    expect(pageCount("no base64!")).toBe(0);
    const began = performance.now();
    expect(pageCount(btoa("/Count 1 ".repeat(100_000)))).toBe(0);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it("show the text of a text, folded", () => {
    const source = { type: "text", media_type: "text/plain", data: "inside" };
    show([block({ type: "document", title: "notes", source })], { weights });
    expect(root.querySelector("details")?.open).toBe(false);
    expect(root.querySelector("summary")?.textContent).toBe("text · 6 characters · about 2 tokens");
  });
});

describe("citations", () => {
  const place = { document_index: 0, document_title: "Terms", start_page_number: 2, end_page_number: 4 };
  const cite = { type: "page_location", cited_text: "it <b>rains</b>", ...place };

  it("are footnotes that lead to their source, and back", async () => {
    const paper = block({ type: "document", source: { type: "file", file_id: "f" } });
    show([paper, text("a"), block({ type: "text", text: "b", citations: [cite, cite] }), block({ type: "text", text: "c", citations: [cite] })]);
    const marks = [...root.querySelectorAll<HTMLElement>(".nbk-cite")];
    expect(marks.map((each) => each.textContent)).toEqual(["1", "2", "3"]);
    marks[2]?.click();
    await vi.waitFor(() => expect(document.activeElement).not.toBe(document.body));
    expect(document.activeElement?.textContent).toContain("Terms · document 0, pages 2 to 3");
    expect(document.activeElement?.querySelector("q")?.textContent).toBe("it <b>rains</b>");
    await press("to the source");
    await vi.waitFor(() => expect((document.activeElement as HTMLElement).dataset["id"]).toBe(paper.id));
  });

  it("of what stands in front of the view lead nowhere", () => {
    show([block({ type: "text", text: "b", citations: [cite] })], { start: 3, before: { documents: 1, search_results: 0 } });
    expect([...root.querySelectorAll("button")].some((each) => each.textContent === "to the source")).toBe(false);
  });
});

describe("the input of a call, as a form", () => {
  const schema: JsonObject = {
    type: "object",
    properties: {
      city: { type: "string" },
      days: { type: "integer" },
      units: { enum: ["metric", "imperial"] },
      windy: { type: "boolean" },
      place: { $ref: "#/$defs/Place" },
      tags: { type: "array" },
      note: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    required: ["city", "note"],
    $defs: { Place: { type: "object", properties: { lat: { type: "number" } } } },
  };
  const input = { city: "Paris", days: 3, units: "metric", windy: false, place: { lat: 48.5 }, tags: ["a"], more: 1 };
  const use = () => block({ type: "tool_use", id: "t", name: "forecast", input });

  function field(name: string): HTMLInputElement {
    const label = [...root.querySelectorAll("label")].find((each) => each.textContent === name);
    return root.querySelector(`[id="${label?.htmlFor}"]`) as HTMLInputElement;
  }

  async function write(name: string, value: string): Promise<void> {
    const control = field(name);
    control.value = value;
    control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
    await settled();
  }

  async function opened(): Promise<BlockView> {
    const call = use();
    const view = show([call], { schemas: { forecast: schema } });
    view.editor.edit(call.id);
    await settled();
    return call;
  }

  it("is written field by field, and saved as the block", async () => {
    const call = await opened();
    expect(document.activeElement).toBe(field("city"));
    await write("city", "Lyon");
    await write("days", "5");
    await write("units", '"imperial"');
    field("windy").click();
    await write("lat", "45.7");
    await write("tags", '["b", 2]');
    await press("+ note (required)");
    await press("Save");
    const want = { city: "Lyon", days: 5, units: "imperial", windy: true, place: { lat: 45.7 }, tags: ["b", 2], more: 1, note: "" };
    expect(asks).toEqual([{ kind: "edit", id: call.id, value: { ...call.wire, input: want } }]);
  });

  it("is not saved while a field can't be read, and says which", async () => {
    await opened();
    await write("days", "5.5");
    await write("tags", "[1,");
    await press("Save");
    expect(asks).toEqual([]);
    expect(root.querySelector(".nbk-written > .nbk-refused")?.textContent).toBe("days: write a whole number");
    expect(field("tags").value).toBe("[1,");
  });

  it("can be seen as JSON beside it, and taken along", async () => {
    await opened();
    await write("city", "Lyon");
    await press("JSON");
    const area = root.querySelector("textarea") as HTMLTextAreaElement;
    expect((JSON.parse(area.value) as JsonObject)["input"]).toEqual({ ...input, city: "Lyon" });
    await press("JSON");
    expect(field("city").value).toBe("Lyon");
  });

  it("is on the card of an open call, too", async () => {
    const call = use();
    show([call], { state: "paused", cards: [card(call.id, { schema, input, name: "forecast" })] });
    await press("Edit input");
    await write("city", "Nice");
    await press("Run with it");
    const [ask] = asks;
    expect(ask?.kind === "decide" && ask.decision).toMatchObject({ type: "edit_input", input: { ...input, city: "Nice" } });
  });

  it("keeps what is not as the schema says as JSON", () => {
    const cases: [JsonObject, Json, string][] = [
      [{ type: "string" }, 3, "json"],
      [{ type: ["integer", "null"] }, 3, "number"],
      [{ type: ["integer", "null"] }, null, "json"],
      [{ anyOf: [{ type: "string" }, { type: "integer" }] }, "x", "json"],
      [{ $ref: "#" }, {}, "json"],
    ];
    for (const [given, value, kind] of cases) expect(kindOf(plainly(given, given), value)).toBe(kind);
    expect(readNumber(" ", { type: "number" })).toEqual({ wrong: "write a number" });
  });
});

describe("what is hostile", () => {
  it.each(HOSTILE)("does nothing in any face: %s", (x) => {
    const types = "text thinking tool_use tool_result image document search_result web_search_tool_result compaction";
    const shared = { text: x, thinking: x, id: x, name: x, input: { [x]: x }, tool_use_id: x, title: x, context: x };
    const blocks = types.split(" ").map((type) =>
      block({
        ...shared,
        type,
        source: type === "search_result" ? x : { type: "url", url: x },
        content: type === "web_search_tool_result" ? [{ type: "web_search_result", url: x, title: x, page_age: x }] : x,
        citations: type === "text" ? [{ type: "web_search_result_location", url: x, title: x, cited_text: x }] : null,
      }),
    );
    show([...blocks, block({ type: x, [x]: x })]);
    for (const element of root.querySelectorAll(".nbk-block *, .nbk-footnotes *")) {
      expect(["SCRIPT", "IFRAME", "OBJECT", "EMBED", "SVG", "MATH", "STYLE", "LINK", "META", "FORM", "IMG"]).not.toContain(
        element.tagName.toUpperCase(),
      );
      for (const { name, value } of element.attributes) {
        expect(name).not.toMatch(/^on|^(?:src|srcset|action|formaction|xlink:href|ping|style)$/i);
        if (name === "href") expect(value).toMatch(/^(?:https?:\/\/|mailto:)/);
      }
    }
    for (const link of root.querySelectorAll("a")) {
      expect([link.target, link.rel, link.title]).toEqual(["_blank", "noopener noreferrer", link.getAttribute("href")]);
    }
  });

  it("is no address, and misleads in no name", () => {
    for (const url of ["javascript:alert(1)", "//x", "https://a.example/\u202e", "https://good.example\\@evil.example", "data:,x"]) {
      expect(addressOf(url)).toBeNull();
    }
    expect(addressOf("https://good.example@evil.example/")?.host).toBe("evil.example");
    expect(named("in\u202egnp.exe")).toBe("in\\u202egnp.exe");
  });
});
