// A view as the page draws it, with a kernel's answers in the test's hand, and the hands of a person.
import { render } from "preact";
import { afterEach, beforeEach } from "vitest";
import type { Answer } from "../src/page/link";
import type { Ask, CardView, Decision, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { block, card, message, settled, snapshot } from "./fake";

/** Where the view is drawn. */
export let root: HTMLElement;
/** What the page has asked for. */
export let asks: Ask[];
export let store: Store;
let answer: Answer;

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

/** Let the kernel refuse what it is asked from now on. */
export function refuse(why: string): void {
  answer = { ok: false, why };
}

export function show(whole: Snapshot): ViewStore {
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

export const call = (name = "get_weather", id = "toolu_01") => block({ type: "tool_use", id, name, input: { city: "Paris" } });

/** A view that waits for a decision on one call. */
export function paused(more: Partial<CardView> = {}): Snapshot {
  const use = call();
  return snapshot("v", [message("assistant", use)], { state: "paused", cards: [card(use.id, more)] });
}

export function button(name: string, index = 0): HTMLButtonElement {
  const found = [...root.querySelectorAll("button")].filter((each) => each.textContent === name)[index];
  if (!found) throw new Error(`no button ${name} in: ${root.textContent}`);
  return found;
}

export const has = (name: string) => [...root.querySelectorAll("button")].some((each) => each.textContent === name);

export async function press(name: string, index = 0): Promise<void> {
  button(name, index).click();
  await settled();
}

export async function type(value: string): Promise<HTMLTextAreaElement> {
  const field = root.querySelector("textarea") as HTMLTextAreaElement;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await settled();
  return field;
}

/** The decisions that the page has sent. */
export const decided = (): Decision[] => asks.flatMap((ask) => (ask.kind === "decide" ? [ask.decision] : []));
