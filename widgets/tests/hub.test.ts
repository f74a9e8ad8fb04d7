import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import hub from "../src/hub";
import type { PageMessage, Snapshot } from "../src/protocol";
import { block, card, FakeModel, message, snapshot, text, settled } from "./fake";

const cleanups: (() => void)[] = [];
let sessions = 0;

function start(model = new FakeModel(`session-${++sessions}`)): FakeModel {
  cleanups.push(hub.initialize({ model }));
  return model;
}

function output(view: string): HTMLElement {
  const host = document.createElement("div");
  host.className = `nbkit nbkit-${view}`;
  host.innerHTML = "<p>static</p>";
  return host;
}

/** A kernel that knows these views. */
function knows(model: FakeModel, views: Record<string, Snapshot>): void {
  model.answer = (asked: PageMessage) => {
    if (asked.kind !== "open") return null;
    for (const view of asked.views) {
      const known = views[view];
      if (known) model.say({ kind: "snapshot", view, seq: 1, snapshot: known });
    }
    return null;
  };
}

const live = (host: Element) => host.querySelector(":scope > .nbk") !== null && host.classList.contains("nbk-host");
const said = (host: Element) => host.querySelector(".nbk")?.textContent ?? "";

beforeEach(() => {
  document.body.innerHTML = "";
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  vi.useRealTimers();
});

describe("ready", () => {
  it("is said until it is heard", async () => {
    vi.useFakeTimers();
    const model = new FakeModel(`session-${++sessions}`);
    model.answer = undefined;
    start(model);
    vi.advanceTimersByTime(5000);
    const asked = model.asked("ready").length;
    expect(asked).toBeGreaterThan(2);
    model.say({ kind: "reply", request: model.sent.at(-1)?.request ?? "", ok: true, why: null });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(model.asked("ready").length).toBe(asked);
  });
});

describe("a call", () => {
  it("is answered, so that a kernel that waits in a cell knows that it hears", () => {
    const model = new FakeModel(`session-${++sessions}`);
    start(model);
    model.say({ kind: "call" });
    expect(model.asked("open")).toEqual([{ kind: "open", views: [], request: expect.any(String) }]);
  });
});

describe("outputs", () => {
  it("in the page are asked for together, and enlivened when the kernel knows them", async () => {
    const [a, b, other] = [output("a"), output("b"), output("unknown")];
    document.body.append(a, b, other);
    const model = new FakeModel(`session-${++sessions}`);
    knows(model, { a: snapshot("a", [message("user", text("in a"))]), b: snapshot("b", []) });
    start(model);
    await vi.waitFor(() => expect(live(b)).toBe(true));
    expect(model.asked("open")).toEqual([{ kind: "open", views: ["a", "b", "unknown"], request: expect.any(String) }]);
    expect([a, b, other].map(live)).toEqual([true, true, false]);
    expect(said(a)).toContain("in a");
    expect(a.firstElementChild?.textContent).toBe("static");
    expect(a.querySelector(".nbk")?.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
  });

  it("that come later are found, whether the snapshot comes before or after", async () => {
    const model = start();
    await settled();
    const early = output("early");
    document.body.append(early);
    await settled();
    model.say({ kind: "snapshot", view: "early", seq: 1, snapshot: snapshot("early", []) });
    model.say({ kind: "snapshot", view: "late", seq: 1, snapshot: snapshot("late", []) });
    const wrapper = document.createElement("div");
    const late = output("late");
    wrapper.append(late);
    document.body.append(wrapper);
    await Promise.resolve();
    expect([early, late].map(live)).toEqual([true, true]);
  });

  it("of one view show one state twice", async () => {
    const model = start();
    const [one, two] = [output("v"), output("v")];
    document.body.append(one, two);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
    model.say({ kind: "patch", view: "v", seq: 2, ops: [{ op: "head", head: { state: "streaming" } }] });
    await settled();
    for (const host of [one, two]) expect(said(host)).toContain("streaming");
  });

  it("inside of an editor are not outputs", async () => {
    const model = start();
    const host = output("v");
    document.body.append(host);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
    const inner = output("v");
    host.querySelector(".nbk")?.append(inner);
    await settled();
    expect(live(inner)).toBe(false);
  });
});

describe("an output that is drawn anew", () => {
  function paused(): Snapshot {
    const use = block({ type: "tool_use", id: "toolu_01", name: "get_weather", input: {} });
    return snapshot("v", [message("assistant", use)], { state: "paused", cards: [card(use.id)] });
  }

  it("takes the editor along, with its form, focus and caret", async () => {
    const model = start();
    const old = output("v");
    document.body.append(old);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: paused() });
    const root = old.querySelector(".nbk") as HTMLElement;
    [...root.querySelectorAll("button")].find((each) => each.textContent === "Fake")?.click();
    await settled();
    const field = root.querySelector("textarea") as HTMLTextAreaElement;
    field.value = "half a text";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.setSelectionRange(2, 4);
    const next = output("v");
    old.replaceWith(next);
    await Promise.resolve();
    expect(next.querySelector(".nbk")).toBe(root);
    expect(document.activeElement).toBe(field);
    expect([field.value, field.selectionStart, field.selectionEnd]).toEqual(["half a text", 2, 4]);
    expect(live(old)).toBe(false);
  });

  it("does not take the focus from where it went since", async () => {
    const model = start();
    const old = output("v");
    const elsewhere = document.createElement("input");
    document.body.append(old, elsewhere);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: paused() });
    old.querySelector<HTMLButtonElement>(".nbk button")?.focus();
    elsewhere.focus();
    await settled();
    old.replaceWith(output("v"));
    await settled();
    expect(document.activeElement).toBe(elsewhere);
  });

  it("has the editor's place before anybody hears of it, and keeps it for no other view", async () => {
    const model = start();
    const area = document.createElement("div");
    area.className = "jp-OutputArea-output";
    area.append(output("v"));
    document.body.append(area);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: paused() });
    expect(area.classList.contains("nbk-around")).toBe(true);
    area.replaceChildren(output("unknown"));
    await Promise.resolve();
    expect(area.classList.contains("nbk-around")).toBe(false);
    area.replaceChildren(output("v"));
    await Promise.resolve();
    expect(area.classList.contains("nbk-around")).toBe(true);
    model.dead = true;
    model.trigger("comm:close");
    expect(area.classList.contains("nbk-around")).toBe(false);
    expect(area.innerHTML).toContain("<p>static</p>");
  });

  it("comes back live when it was scrolled out of the page for a while", async () => {
    const model = start();
    const host = output("v");
    document.body.append(host);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: paused() });
    const root = host.querySelector(".nbk");
    host.remove();
    await settled();
    document.body.append(host);
    await settled();
    expect(host.querySelector(".nbk")).toBe(root);
    expect(live(host)).toBe(true);
  });
});

describe("a gap in the numbers", () => {
  it("asks for the snapshot once", async () => {
    vi.useFakeTimers();
    const model = start();
    await vi.advanceTimersByTimeAsync(100);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
    for (const seq of [3, 4, 5]) model.say({ kind: "patch", view: "v", seq, ops: [{ op: "head", head: { state: "ready" } }] });
    await vi.advanceTimersByTimeAsync(100);
    expect(model.asked("open")).toEqual([{ kind: "open", views: ["v"], request: expect.any(String) }]);
  });
});

describe("when the kernel goes", () => {
  it.each(["comm_live_update", "comm:close", "destroy"])("(%s) the saved output is back", async (event) => {
    const model = start();
    const host = output("v");
    document.body.append(host);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
    expect(live(host)).toBe(true);
    model.dead = true;
    model.trigger(event);
    expect(live(host)).toBe(false);
    expect(host.innerHTML).toBe("<p>static</p>");
  });

  it("a new one takes over, and a comm that was only silent revives", async () => {
    const host = output("v");
    document.body.append(host);
    const old = start();
    old.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("old"))]) });
    old.dead = true;
    old.trigger("comm_live_update");
    const next = new FakeModel(`session-${++sessions}`);
    knows(next, { v: snapshot("v", [message("user", text("new"))]) });
    start(next);
    await vi.waitFor(() => expect(said(host)).toContain("new"));
    next.trigger("comm_live_update");
    expect(live(host)).toBe(false);
    await vi.waitFor(() => expect(said(host)).toContain("new"));
  });
});

describe("the notebook's kernel", () => {
  async function standing(kernel: { id: string; status: string; connectionStatus: string }) {
    const slots: (() => void)[] = [];
    const heard = { connect: (slot: () => void) => slots.push(slot), disconnect: () => {} };
    const sessionContext = {
      session: { kernel: kernel as typeof kernel | null },
      statusChanged: heard,
      connectionStatusChanged: heard,
      kernelChanged: heard,
    };
    const model = Object.assign(new FakeModel(`session-${++sessions}`), { widget_manager: { context: { sessionContext } } });
    const host = output("v");
    document.body.append(host);
    start(model);
    model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("hello"))]) });
    await settled();
    const become = async (next: Partial<typeof kernel> | null) => {
      sessionContext.session.kernel = next && { ...kernel, ...next };
      slots.forEach((slot) => slot());
      await settled();
    };
    const foot = () => host.querySelector(".nbk-status")?.textContent ?? "";
    const on = () => [...host.querySelectorAll("button")].some((each) => each.title === "delete messages.0.content.0" && !each.ariaDisabled);
    return { model, host, become, foot, on };
  }
  const here = { id: "k1", status: "idle", connectionStatus: "connected" };

  it.each([
    ["shut down", null, "no kernel: it was shut down"],
    ["dead", { status: "dead" }, "the kernel has died"],
    ["restarting", { status: "autorestarting" }, "the kernel restarts"],
  ])("that is %s is called so, and is not asked", async (_, kernel, words) => {
    const { model, become, foot, on, host } = await standing(here);
    model.answer = undefined;
    host.querySelector<HTMLElement>('[aria-label="undo"]')?.click();
    expect(on()).toBe(true);
    await become(kernel);
    expect(foot()).toContain(words);
    expect(on()).toBe(false);
    const sent = model.sent.length;
    host.querySelector<HTMLElement>("[data-id]")?.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
    await settled();
    expect(model.sent.length).toBe(sent);
    await become({});
    expect(on()).toBe(true);
    expect(foot()).not.toContain(words);
  });

  it("that can't be reached hears later what is asked now", async () => {
    const { become, foot, on } = await standing(here);
    await become({ connectionStatus: "connecting" });
    expect(foot()).toContain("not connected to the kernel");
    expect(on()).toBe(true);
    await become({});
    expect(foot()).toBe("");
  });

  it("is another one: the record is back", async () => {
    const { become, host } = await standing(here);
    expect(live(host)).toBe(true);
    await become(null);
    expect(live(host)).toBe(true);
    await become({ id: "k2" });
    expect(live(host)).toBe(false);
  });
});

describe("several hubs in one page", () => {
  it("never share an output", async () => {
    const host = output("v");
    document.body.append(host);
    const [one, two] = [start(), start()];
    one.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("one"))]) });
    two.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("two"))]) });
    expect(host.querySelectorAll(".nbk")).toHaveLength(1);
    expect(said(host)).toContain("one");
  });

  it("of one kernel, in two copies of this module, are one", async () => {
    const host = output("v");
    document.body.append(host);
    const session = `session-${++sessions}`;
    const first = start(new FakeModel(session));
    vi.resetModules();
    const copy = (await import("../src/hub")).default;
    expect(copy).not.toBe(hub);
    const second = new FakeModel(session);
    cleanups.push(copy.initialize({ model: second }));
    for (const model of [first, second]) {
      model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
      model.say({ kind: "patch", view: "v", seq: 2, ops: [{ op: "head", head: { state: "ready" } }] });
    }
    await settled();
    expect(host.querySelectorAll(".nbk")).toHaveLength(1);
    cleanups.splice(cleanups.length - 2, 1)[0]?.();
    expect(live(host)).toBe(true);
    const asked = second.sent.length;
    [...host.querySelectorAll("button")].find((each) => each.textContent === "Continue")?.click();
    expect(second.sent.length).toBe(asked + 1);
  });

  it("with the same view in two notebooks stay in their own", async () => {
    const models = ["one.ipynb", "two.ipynb"].map((path) => {
      const model = new FakeModel(`session-${++sessions}`);
      return Object.assign(model, { widget_manager: { context: { path } } });
    });
    const hosts = ["one.ipynb", "two.ipynb"].map((path, i) => {
      document.body.insertAdjacentHTML(
        "beforeend",
        `<li class="lm-TabBar-tab" data-id="p${i}" title="Name: ${path}&#10;Path: ${path}"></li><div id="p${i}" class="jp-NotebookPanel"></div>`,
      );
      const host = output("v");
      document.getElementById(`p${i}`)?.append(host);
      return host;
    });
    for (const model of models) start(model);
    models[1]?.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("two"))]) });
    models[0]?.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", [message("user", text("one"))]) });
    expect(hosts.map((host) => /one|two/.exec(said(host))?.[0])).toEqual(["one", "two"]);
  });
});

it("lets no key out to the notebook, and gives the keyboard back with Escape", async () => {
  const notebook = document.createElement("div");
  notebook.className = "jp-Notebook";
  notebook.tabIndex = -1;
  document.body.append(notebook);
  const host = output("v");
  notebook.append(host);
  const model = start();
  model.say({ kind: "snapshot", view: "v", seq: 1, snapshot: snapshot("v", []) });
  const keys = vi.fn();
  notebook.addEventListener("keydown", keys);
  const button = host.querySelector(".nbk button") as HTMLElement;
  button.focus();
  expect(button.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "d", bubbles: true }));
  button.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  expect(keys).not.toHaveBeenCalled();
  expect(document.activeElement).toBe(notebook);
});

it("puts its style into the page once", () => {
  start();
  start();
  expect(document.querySelectorAll("#nbk-style")).toHaveLength(1);
});

it("takes no room where it is shown to wake a page", () => {
  const el = document.createElement("div");
  hub.render({ el });
  expect(el.textContent).toBe("");
  expect(el.style.display).toBe("none");
});
