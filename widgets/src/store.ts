// All that the page knows of one kernel's conversations, as signals, without a DOM. Snapshots replace, patches add.
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { keep, MessageStore, put, type BlockStore } from "./array";
import { CardForm } from "./forms";
import { Script } from "./script";
import type { Answer } from "./link";
import type { Ask, CardView, KernelMessage, Op, ProblemView, PromptView, Snapshot } from "./protocol";

const UNSAID = "the kernel refused this, and did not say why";

type Head = Omit<Snapshot, "messages" | "cards">;

export class ViewStore {
  readonly id: string;
  readonly head: Signal<Head>;
  readonly messages: Signal<MessageStore[]>;
  readonly cards: Signal<CardView[]>;
  /** The kernel's last "refused, because", shown in the status line until the next request. */
  readonly refusal = signal<string | null>(null);
  /** How many of this view's requests have no answer yet. */
  readonly waiting = signal(0);
  readonly cardOf: ReadonlySignal<Map<string, CardView>>;
  /** Names of the calls, by the id that their results carry. */
  readonly callNames: ReadonlySignal<Map<string, string>>;
  readonly broken: ReadonlySignal<boolean>;
  #forms = new Map<string, CardForm>();
  #scripts = new Map<string, Script>();
  #send: (ask: Ask) => Promise<Answer>;

  constructor(snapshot: Snapshot, send: (ask: Ask) => Promise<Answer>) {
    const { messages, cards, ...head } = snapshot;
    this.id = snapshot.view;
    this.#send = send;
    this.head = signal(head);
    this.messages = signal(messages.map((message) => new MessageStore(message)));
    this.cards = signal(cards);
    this.cardOf = computed(() => new Map(this.cards.value.map((card) => [card.block, card])));
    this.callNames = computed(() => new Map(this.#calls()));
    this.broken = computed(() => problemsOf(this).some((problem) => problem.level === "error"));
  }

  set(snapshot: Snapshot): void {
    const { messages, cards, ...head } = snapshot;
    batch(() => {
      // What was refused in another state says nothing of this one.
      if (head.state !== this.head.peek().state) this.refusal.value = null;
      put(this.head, head);
      keep(this.messages, messages, (message) => new MessageStore(message));
      put(this.cards, cards);
    });
    const open = new Set(cards.map((card) => card.id));
    for (const id of this.#forms.keys()) if (!open.has(id)) this.#forms.delete(id);
    const prompts = new Set((snapshot.prompts ?? []).map((prompt) => prompt.id));
    for (const id of this.#scripts.keys()) if (!prompts.has(id)) this.#scripts.delete(id);
  }

  /** False when the ops name something that is not here: then only a snapshot helps. */
  apply(ops: Op[]): boolean {
    return batch(() => ops.every((op) => this.#apply(op)));
  }

  form(card: string): CardForm {
    let form = this.#forms.get(card);
    if (!form) this.#forms.set(card, (form = new CardForm()));
    return form;
  }

  /** What a person has written so far in answer to a request. */
  script(prompt: PromptView): Script {
    let script = this.#scripts.get(prompt.id);
    if (!script) this.#scripts.set(prompt.id, (script = new Script(prompt)));
    return script;
  }

  /** Ask the kernel, and keep its refusal where the person looks: on the card, else in the status line. */
  async ask(ask: Ask, refusal: Signal<string | null> = this.refusal): Promise<boolean> {
    refusal.value = null;
    this.waiting.value += 1;
    const answer = await this.#send(ask);
    batch(() => {
      this.waiting.value -= 1;
      refusal.value = answer.ok || this.#told(answer) ? null : (answer.why ?? UNSAID);
    });
    return answer.ok;
  }

  /** How a request ended may stand in the view already, as its error: once is enough. */
  #told({ why }: Answer): boolean {
    const { error } = this.head.peek();
    return error !== null && why !== null && why.includes(error.message);
  }

  #apply(op: Op): boolean {
    switch (op.op) {
      case "state":
        this.head.value = { ...this.head.peek(), state: op.state };
        return true;
      case "message": {
        const known = this.#message(op.message.id);
        if (known) known.set(op.message);
        else this.messages.value = [...this.messages.peek(), new MessageStore(op.message)];
        return true;
      }
      case "block": {
        const message = this.#message(op.message);
        message?.setBlock(op.block);
        return message !== undefined;
      }
      case "grow": {
        const block = this.#block(op.block);
        block?.grow(op.field, op.value);
        return block !== undefined;
      }
      default:
        return true; // a newer kernel's op; the next snapshot brings what it meant
    }
  }

  *#calls(): Iterable<[string, string]> {
    for (const message of this.messages.value) {
      for (const block of message.blocks.value) {
        const { id, name } = block.view.value.wire;
        if (typeof id === "string" && typeof name === "string") yield [id, name];
      }
    }
  }

  #message(id: string): MessageStore | undefined {
    return this.messages.peek().findLast((message) => message.id === id);
  }

  /** The growing block is nearly always the last one, so look from the end. */
  #block(id: string): BlockStore | undefined {
    for (const message of this.messages.peek().toReversed()) {
      const block = message.blocks.peek().findLast((block) => block.id === id);
      if (block) return block;
    }
    return undefined;
  }
}

function problemsOf(view: ViewStore): ProblemView[] {
  const messages = view.messages.value.flatMap((message) => [
    ...message.head.value.problems,
    ...message.blocks.value.flatMap((block) => block.view.value.problems),
  ]);
  return [...view.head.value.problems, ...messages];
}

export interface StoreEvents {
  /** A view became known: it can be mounted now. */
  known(view: ViewStore): void;
  /** Only a snapshot helps this view: ask for it. */
  lost(view: string): void;
}

export class Store {
  readonly views = new Map<string, ViewStore>();
  #seq = new Map<string, number>();
  #events: StoreEvents;
  #send: (view: string, ask: Ask) => Promise<Answer>;

  constructor(send: (view: string, ask: Ask) => Promise<Answer>, events: StoreEvents) {
    this.#send = send;
    this.#events = events;
  }

  receive(message: Exclude<KernelMessage, { kind: "reply" }>): void {
    if (message.kind === "snapshot") this.#snapshot(message.view, message.seq, message.snapshot);
    else if (message.kind === "patch") this.#patch(message.view, message.seq, message.ops);
  }

  clear(): void {
    this.views.clear();
    this.#seq.clear();
  }

  #snapshot(id: string, seq: number, snapshot: Snapshot): void {
    this.#seq.set(id, seq);
    const known = this.views.get(id);
    if (known) {
      known.set(snapshot);
    } else {
      const view = new ViewStore(snapshot, (ask) => this.#send(id, ask));
      this.views.set(id, view);
      this.#events.known(view);
    }
  }

  #patch(id: string, seq: number, ops: Op[]): void {
    const view = this.views.get(id);
    const last = this.#seq.get(id);
    if (!view || last === undefined) return this.#events.lost(id);
    if (seq <= last) return; // said twice: a second model of the same kernel, or older than the snapshot
    if (seq === last + 1 && view.apply(ops)) this.#seq.set(id, seq);
    else this.#events.lost(id);
  }
}
