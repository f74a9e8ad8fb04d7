import { render } from "preact";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Answer } from "../src/page/link";
import type { Ask } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { message, snapshot, text } from "./fake";

let root: HTMLElement;
let asks: (Ask & { anyway?: string })[];
let view: ViewStore;

const QUESTION: Answer = {
  ok: false,
  why: "The thinking in messages.1.content.0 is signed",
  value: { choices: [{ anyway: "strip", label: "Remove the thinking", why: "<b>here</b>" }] },
};

beforeEach(() => {
  document.body.append((root = document.createElement("div")));
  asks = [];
  const send = async (_: string, ask: Ask): Promise<Answer> => {
    asks.push(ask);
    return "anyway" in ask ? { ok: true, why: null } : QUESTION;
  };
  const store = new Store(send, { known: () => {}, lost: () => {} });
  const messages = [
    { ...message("user", text("alpha", { id: "a" })), id: "m1" },
    { ...message("assistant", text("beta", { id: "b" })), id: "m2" },
  ];
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages, { whole: true }) });
  view = [...store.views.values()][0] as ViewStore;
  render(<View view={view} />, root);
});
afterEach(() => {
  render(null, root);
  root.remove();
});

const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
const at = (id: string) => root.querySelector<HTMLElement>(`[data-id="${id}"]`) as HTMLElement;
const panel = () => root.querySelector<HTMLElement>('[role="alertdialog"]');

it("stands at the block, has the focus, and sends the change again with what was chosen", async () => {
  at("a").focus();
  const done = view.ask({ kind: "delete", ids: ["a"] });
  await drawn();
  expect(at("a").contains(panel())).toBe(true);
  expect(panel()?.textContent).toContain("is signed");
  expect(panel()?.textContent).toContain("<b>here</b>");
  expect(document.activeElement?.textContent).toBe("Remove the thinking");
  expect(view.refusal.value).toBeNull();
  (document.activeElement as HTMLElement).click();
  expect(await done).toBe(true);
  expect(asks).toEqual([
    { kind: "delete", ids: ["a"] },
    { kind: "delete", ids: ["a"], anyway: "strip" },
  ]);
  await drawn();
  expect(panel()).toBeNull();
  expect(document.activeElement).toBe(at("a"));
});

it("is left by Escape, and nothing is sent", async () => {
  const done = view.ask({ kind: "delete", ids: ["a"] });
  await drawn();
  panel()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(await done).toBe(false);
  expect(asks).toHaveLength(1);
});

it("keeps the form open while it waits, and closes it when the change is made", async () => {
  view.editor.edit("a");
  const saved = view.editor.save("a");
  await drawn();
  expect(root.querySelector(".nbk-edit-block")).not.toBeNull();
  panel()?.querySelector("button")?.click();
  expect(await saved).toBe(true);
  await drawn();
  expect(root.querySelector(".nbk-edit-block")).toBeNull();
});

it("of a part of the request stands over the messages", async () => {
  void view.ask({ kind: "set", path: "system", value: "b" });
  await drawn();
  expect(panel()?.closest("[data-id]")).toBeNull();
});

it("a cache breakpoint says at its block what it costs", async () => {
  const caches = [
    { at: "b", path: "messages.1.content.0", words: "about 1,240 tokens up to here" },
    { at: null, path: "system.0", words: "about 300 tokens up to here" },
  ];
  view.head.value = { ...view.head.value, caches };
  await drawn();
  expect(at("b").textContent).toContain("cache breakpoint about 1,240 tokens");
  expect(at("a").textContent).not.toContain("cache breakpoint");
});
