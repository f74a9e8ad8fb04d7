import { render } from "preact";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MessageList } from "../src/list/list";
import { Store, type ViewStore } from "../src/store";
import { Heights, rowAt } from "../src/list/windowed";
import { message, snapshot, text, settled } from "./fake";

let root: HTMLElement;
beforeEach(() => document.body.append((root = document.createElement("div"))));
afterEach(() => {
  render(null, root);
  root.remove();
});

function long(count: number): ViewStore {
  const store = new Store(async () => ({ ok: true, why: null }), { known: () => {}, lost: () => {} });
  const messages = Array.from({ length: count }, (_, i) => message("user", text(`words ${i}`)));
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages) });
  return [...store.views.values()][0] as ViewStore;
}

it("rows that were not seen are taken to be as high as the others", () => {
  const heights = new Heights();
  heights.set(1, 100);
  heights.set(2, 50);
  expect([...heights.tops([1, 2, 3])]).toEqual([0, 100, 150, 225]);
  expect(heights.set(2, 70)).toBe(20);
});

it("finds the row at a height", () => {
  const tops = new Float64Array([0, 100, 150, 225]);
  expect([0, 99, 100, 149, 200, 225, 9999].map((y) => rowAt(tops, y))).toEqual([0, 0, 1, 1, 2, 2, 2]);
  expect(rowAt(new Float64Array([0]), 5)).toBe(0);
});

it("draws a short array whole, and of a long one what is in sight", () => {
  render(<MessageList view={long(80)} />, root);
  expect(root.querySelectorAll(".nbk-block")).toHaveLength(80);
  render(<MessageList view={long(5000)} />, root);
  expect(root.querySelectorAll(".nbk-block").length).toBeLessThan(40);
  expect(root.querySelector("li")?.getAttribute("aria-setsize")).toBe("5000");
});

it("keeps the block that has the focus in the page, wherever one scrolls", async () => {
  const view = long(1000);
  render(<MessageList view={view} />, root);
  await settled();
  const frame = root.querySelector<HTMLElement>(".nbk-frame") as HTMLElement;
  root.querySelector<HTMLElement>('[data-index="2"] button')?.focus();
  Object.defineProperty(frame, "scrollTop", { value: 30_000, writable: true });
  frame.dispatchEvent(new Event("scroll"));
  const shown = () => [...root.querySelectorAll<HTMLElement>("li")].map((each) => Number(each.dataset["index"]));
  await vi.waitFor(() => expect(shown()[1]).toBeGreaterThan(400));
  expect(shown()[0]).toBe(2);
  expect(root.contains(document.activeElement)).toBe(true);
});
