import { render } from "preact";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Ask, Head } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, message, snapshot, text } from "./fake";

let root: HTMLElement;
let asks: Ask[];
let view: ViewStore;

beforeEach(() => document.body.append((root = document.createElement("div"))));
afterEach(() => {
  render(null, root);
  root.remove();
});

const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const button = (name: string) =>
  [...root.querySelectorAll("button")].find(
    (each) => (each.getAttribute("aria-label") ?? each.textContent?.trim()) === name,
  ) as HTMLButtonElement;

function show(head: Partial<Head>, blocks = 2): void {
  asks = [];
  const store = new Store(
    async (_, ask) => {
      asks.push(ask);
      return { ok: true, why: null };
    },
    { known: () => {}, lost: () => {} },
  );
  const messages = Array.from({ length: blocks }, (_, i) => ({
    ...message(i % 2 ? "assistant" : "user", text(`Umbrella ${i}, umbrella`, { id: `b${i}` })),
    id: `m${i}`,
  }));
  messages[1]?.blocks.push(
    block({ type: "tool_use", id: "toolu_1", name: "find", input: { what: "an umbrella" } }, { id: "use" }),
  );
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages, { whole: true, ...head }) });
  view = [...store.views.values()][0] as ViewStore;
  render(<View view={view} />, root);
}

const BRANCHES = [
  { name: "main", messages: 2, parts: 2 },
  { name: "branch-1", messages: 5, parts: 1 },
];

const ARRAYS = [
  { key: "", words: "here" },
  { key: "branch branch-1", words: "branch branch-1" },
  { key: "request 1", words: "request 1, 3 messages" },
];

describe("branches", () => {
  it("are listed with their length and where they part, and can be switched to, compared and forgotten", async () => {
    show({ branches: BRANCHES });
    button("2 branches ▾").click();
    await drawn();
    expect(root.querySelector(".nbk-branches")?.textContent).toContain("5 messages, parts at messages.1");
    expect(button("switch to main")).toBeUndefined();
    for (const name of ["switch to branch-1", "compare with branch-1", "forget branch-1"]) button(name).click();
    expect(asks).toEqual([
      { kind: "switch", branch: "branch-1" },
      { kind: "compare", first: "", second: "branch branch-1" },
      { kind: "drop_branch", branch: "branch-1" },
    ]);
  });

  it("get another name by the keyboard", async () => {
    show({ branches: BRANCHES });
    button("2 branches ▾").click();
    await drawn();
    button("rename branch-1").click();
    await drawn();
    const field = document.activeElement as HTMLInputElement;
    field.value = "warm";
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await drawn();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    await drawn();
    expect(asks).toEqual([{ kind: "rename_branch", branch: "branch-1", name: "warm" }]);
  });

  it("stand beside the array with the words that differ, and a block is taken", () => {
    const side = (id: string, words: string) => ({
      id,
      path: "messages.0.content.0",
      role: "user",
      type: "text",
      words: [
        { text: "It is ", differs: false },
        { text: words, differs: true },
      ],
    });
    const rows = [
      { state: "same" as const, count: 3 },
      { state: "changed" as const, first: side("a", "warm"), second: side("b", "<i>cold</i>") },
      { state: "removed" as const, first: side("c", "gone"), second: null },
    ];
    show({ branches: BRANCHES, arrays: ARRAYS, diff: { first: "", second: "branch branch-1", rows, more: 0 } });
    const table = root.querySelector(".nbk-diff") as HTMLElement;
    expect(table.textContent).toContain("3 blocks the same");
    expect([...table.querySelectorAll("del")].map((each) => each.textContent)).toEqual(["warm", "gone"]);
    expect(table.querySelector("ins")?.textContent).toBe("<i>cold</i>");
    button("Take this: messages.0.content.0").click();
    button("Remove here: messages.0.content.0").click();
    expect(asks).toEqual([
      { kind: "take", first: "a", second: "b" },
      { kind: "take", first: "c", second: null },
    ]);
  });
});

describe("any two arrays", () => {
  const rows = [{ state: "added" as const, first: null, second: { id: "b", path: "messages.0.content.0", role: "user", type: "text", words: [] } }];

  it("are chosen beside each other, and nothing is taken into one that is not here", async () => {
    show({ branches: BRANCHES, arrays: ARRAYS, diff: { first: "request 1", second: "branch branch-1", rows, more: 0 } });
    const [first, second] = [...root.querySelectorAll<HTMLSelectElement>(".nbk-diff select")] as [HTMLSelectElement, HTMLSelectElement];
    expect([first.value, second.value]).toEqual(["request 1", "branch branch-1"]);
    expect(button("Take this: messages.0.content.0")).toBeUndefined();
    first.value = "";
    first.dispatchEvent(new Event("change", { bubbles: true }));
    button("close the comparison").click();
    expect(asks).toEqual([
      { kind: "compare", first: "", second: "branch branch-1" },
      { kind: "compare", first: "request 1", second: null },
    ]);
  });

  it("are in reach from a cell's own turn, with what else there is around it", async () => {
    show({ whole: false });
    expect(button("Search")).toBeUndefined();
    button("all of the conversation").click();
    expect(asks).toEqual([{ kind: "unfold", on: true }]);
    show({ whole: false, unfolded: true, branches: BRANCHES, sent: true, state: "paused" });
    for (const name of ["Since the last request", "Share clean", "Send as it is", "all of the conversation"]) button(name).click();
    expect(asks).toEqual([
      { kind: "compare", first: "", second: "request" },
      { kind: "share" },
      { kind: "resume", check: false },
      { kind: "unfold", on: false },
    ]);
  });
});

describe("search", () => {
  const field = () => root.querySelector('[role="search"] input') as HTMLInputElement;
  const status = () => root.querySelector('[role="search"] [role="status"]')?.textContent;

  async function key(name: string, target: Element = document.activeElement as Element): Promise<void> {
    target.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    await drawn();
  }

  async function look(words: string): Promise<void> {
    field().value = words;
    field().dispatchEvent(new InputEvent("input", { bubbles: true }));
    await drawn();
  }

  it("counts, goes from block to block, says the count, and gives the focus to what was found", async () => {
    show({});
    root.querySelector<HTMLElement>('[data-id="b0"]')?.focus();
    await key("/");
    expect(document.activeElement).toBe(field());
    await look("UMBRELLA");
    expect(status()).toBe("1 of 3: 5 matches in 3 blocks");
    await key("Enter");
    await key("Enter");
    expect(status()).toBe("3 of 3: 5 matches in 3 blocks");
    expect(root.querySelector(".nbk-found-at")?.getAttribute("data-id")).toBe("use");
    await key("Escape");
    expect(field()).toBeNull();
    expect((document.activeElement as HTMLElement).dataset["id"]).toBe("use");
  });

  it("says that there is no match, and Escape goes back to where one was", async () => {
    show({});
    const first = root.querySelector<HTMLElement>('[data-id="b0"]');
    first?.focus();
    await key("/");
    await look("nothing like it");
    expect(status()).toBe("no match");
    await key("Escape");
    expect(document.activeElement).toBe(first);
  });

  it("finds what a long array does not draw", async () => {
    show({}, 200);
    button("Search").click();
    await drawn();
    await look("umbrella 150,");
    expect(root.querySelector('[data-id="b150"]')).toBeNull();
    expect(status()).toBe("1 of 1: 1 match in 1 block");
  });
});
