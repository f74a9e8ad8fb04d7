// A kernel's side of the comm, held in the test's hand, and builders for what it says.
import type { AnyModel } from "../src/hub";
import type { BlockView, CardView, ControlsView, KernelMessage, MessageView, PageMessage, Snapshot } from "../src/protocol";

export class FakeModel implements AnyModel {
  readonly sent: PageMessage[] = [];
  /** Set to answer at once, as a kernel that is free does. */
  answer: ((message: PageMessage) => string | null) | undefined = () => null;
  dead = false;
  #session: string;
  #listeners = new Map<string, Set<(message: never) => void>>();

  constructor(session: string) {
    this.#session = session;
  }

  get(name: string): unknown {
    return name === "session" ? this.#session : undefined;
  }

  send(content: unknown): void {
    if (this.dead) throw new Error("Cannot send");
    const message = content as PageMessage;
    this.sent.push(message);
    const { answer } = this;
    if (!answer) return;
    const why = answer(message);
    queueMicrotask(() => this.say({ kind: "reply", request: message.request, ok: why === null, why }));
  }

  on(name: string, callback: (message: never) => void): void {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name)?.add(callback);
  }

  off(name: string, callback: (message: never) => void): void {
    this.#listeners.get(name)?.delete(callback);
  }

  say(message: KernelMessage): void {
    this.trigger("msg:custom", message);
  }

  trigger(name: string, message?: unknown): void {
    for (const callback of [...(this.#listeners.get(name) ?? [])]) callback(message as never);
  }

  asked(kind: PageMessage["kind"]): PageMessage[] {
    return this.sent.filter((message) => message.kind === kind);
  }
}

let count = 0;

export function block(wire: BlockView["wire"], more: Partial<BlockView> = {}): BlockView {
  const n = ++count;
  return {
    id: `b${n}`,
    type: String(wire["type"]),
    wire,
    by: "model",
    note: null,
    json: "",
    streaming: false,
    ...more,
  };
}

export const text = (value: string, more: Partial<BlockView> = {}) => block({ type: "text", text: value }, more);

export function message(role: string, ...blocks: BlockView[]): MessageView {
  const n = ++count;
  return { id: `m${n}`, role, blocks };
}

/** A reply that still streams. */
export const arriving = (...blocks: BlockView[]): MessageView => ({ ...message("assistant", ...blocks), partial: true });

export function card(blockId: string, more: Partial<CardView> = {}): CardView {
  return {
    id: "toolu_01",
    block: blockId,
    name: "get_weather",
    input: { city: "Paris" },
    schema: null,
    state: "open",
    can_run: true,
    why_not: null,
    decision: null,
    result: null,
    ...more,
  };
}

export const controls: ControlsView = { undo: true, redo: true, max_steps: 25 };

export function snapshot(view: string, messages: MessageView[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    view,
    conversation: "chat",
    start: 0,
    badge: { simulated: true, text: "simulated", model: "claude-sonnet-5" },
    state: "idle",
    stepping: false,
    filled: [],
    messages,
    cards: [],
    problems: [],
    error: null,
    notice: null,
    stop_reason: null,
    usage: null,
    ...more,
  };
}

const turn = () => new Promise<void>((done) => setTimeout(done));

/** Wait until what was begun has come to rest: a turn of the event loop passes in which nothing in the page changes. */
export async function settled(): Promise<void> {
  let before: string;
  do {
    before = document.body.innerHTML;
    await turn();
  } while (before !== document.body.innerHTML);
}
