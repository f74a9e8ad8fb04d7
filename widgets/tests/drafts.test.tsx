import { render } from "preact";
import { beforeEach, describe, expect, it } from "vitest";
import type { BlockView, MessageView, Snapshot } from "../src/protocol";
import { Store, type ViewStore } from "../src/store";
import { View } from "../src/view";
import { message, settled, snapshot, text } from "./fake";

let root: HTMLElement;
let view: ViewStore;

beforeEach(() => {
  sessionStorage.clear();
  document.body.replaceChildren((root = document.createElement("div")));
});

/** Open the page: again, or with another kernel. Its answers never come. */
async function open(session: string, messages: MessageView[], more: Partial<Snapshot> = {}): Promise<void> {
  render(null, root);
  const home = { session, path: "a.ipynb" };
  const store = new Store(() => new Promise(() => {}), { known: () => {}, lost: () => {} }, home);
  store.receive({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", messages, { whole: true, ...more }) });
  view = [...store.views.values()][0] as ViewStore;
  render(<View view={view} />, root);
  await settled();
}

async function become(...messages: MessageView[]): Promise<void> {
  view.set(snapshot("v", messages, { whole: true }));
  await settled();
}

async function write(key: string, words: string): Promise<void> {
  const form = view.editor.forms.value.get(key);
  if (form) form.text.value = words;
  await settled();
}

const user = (...blocks: BlockView[]): MessageView => ({ ...message("user", ...blocks), id: "m1" });
const say = (id: string, words: string) => text(words, { id });
const forms = () => [...root.querySelectorAll<HTMLTextAreaElement>(".nbk-edit-block textarea")].map((each) => each.value);
const at = () => root.querySelector(".nbk-edit-block")?.closest("[data-id]")?.getAttribute("data-id");
const lost = () => [...root.querySelectorAll<HTMLTextAreaElement>(".nbk-lost textarea")].map((each) => each.value);

describe("what was on its way when the page was reloaded", () => {
  it("is no draft any more once the block holds it, be it before or after", async () => {
    await open("k", [user(say("b1", "one"), say("b2", "two"))]);
    view.editor.edit("b1");
    await write("b1", "one, changed");
    void view.editor.save("b1");
    await open("k", [user(say("b1", "one"), say("b2", "two"))]);
    expect(forms()).toEqual(["one, changed"]);
    await become(user(say("b1", "one, changed"), say("b2", "two")));
    expect(forms()).toEqual([]);
    await open("k", [user(say("b1", "one, changed"), say("b2", "two"))]);
    expect([forms(), lost(), sessionStorage.length]).toEqual([[], [], 0]);
  });

  it("is not added once more where it was new", async () => {
    await open("k", [user(say("b1", "one"))]);
    view.editor.add("b1");
    await write("new-b1", "more");
    void view.editor.save("new-b1");
    view.editor.add(null, "user");
    await write("new-end", "a message");
    void view.editor.save("new-end");
    await open("k", [user(say("b1", "one"), say("b2", "more")), message("user", text("a message"))]);
    expect(forms()).toEqual([]);
  });

  it("stays a draft where it was never sent, or is not what the array holds", async () => {
    await open("k", [user(say("b1", "one"), say("b2", "two"))]);
    view.editor.add("b1");
    await write("new-b1", "two");
    view.editor.edit("b2");
    await write("b2", "two, changed");
    await open("k", [user(say("b1", "one"), say("b2", "two"))]);
    expect(forms()).toEqual(["two", "two, changed"]);
  });
});

describe("what was written when the kernel ended", () => {
  const before = () => [user(say("b1", "one"), say("b2", "two"))];

  it("is in the form of its block, whatever its id is now, once the conversation is made again", async () => {
    await open("k", before());
    view.editor.edit("b2");
    await write("b2", "two, changed");
    await open("k2", [user(say("b1", "one"))], { state: "streaming" });
    expect([forms(), lost()]).toEqual([[], []]);
    await become(user(say("b2", "one"), say("b7", "two")));
    expect([forms(), lost(), at()]).toEqual([["two, changed"], [], "b7"]);
    await open("k2", [user(say("b2", "one"), say("b7", "two"))]);
    expect([forms(), at()]).toEqual([["two, changed"], "b7"]);
  });

  it("stands below where its block is another one, and in no block that is alike in two places", async () => {
    await open("k", before());
    view.editor.edit("b2");
    await write("b2", "two, changed");
    view.editor.add("b1");
    await write("new-b1", "between");
    await open("k2", [user(say("b1", "three"), say("b2", "four"), say("b3", "two"), say("b4", "two"))]);
    expect([forms(), lost()]).toEqual([[], ["two, changed", "between"]]);
    await open("k2", [user(say("b1", "three"), say("b2", "four"))]);
    expect(lost()).toEqual(["two, changed", "between"]);
  });

  it("is in its place where a cell makes the same again in one kernel", async () => {
    await open("k", before());
    view.editor.edit("b2");
    await write("b2", "two, changed");
    await become({ ...user(say("b11", "one"), say("b12", "two")), id: "m9" });
    expect([forms(), lost(), at()]).toEqual([["two, changed"], [], "b12"]);
  });
});
