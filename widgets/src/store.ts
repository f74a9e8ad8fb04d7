// All that the page knows of one kernel's conversations, as signals, without a DOM. Snapshots replace, patches add.
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { kept, MessageStore, put, same, type BlockStore } from "./array";
import { BreakForm, CardForm, LimitsForm, RemarkForm } from "./pause/forms";
import { drop, keep, type Home, type Kept } from "./kept";
import { choicesIn, Question } from "./editing/question";
import { Editor } from "./editing/editor";
import type { Target } from "./search/reveal";
import { Search } from "./search/search";
import { Script } from "./pause/script";
import { WhatIfForm } from "./what-if/what-if-form";
import { WireStore } from "./wire/wire";
import { isGone, KERNEL_WORDS, type KernelState } from "./page/kernel";
import type { Answer } from "./page/link";
import type {
  Ask,
  CardView,
  Head,
  JsonObject,
  KernelMessage,
  MessageView,
  Op,
  ProblemView,
  PromptView,
  Snapshot,
} from "./protocol";

/** What may send the results, and with them what is written in the field of the remark. */
const SENDING = new Set<Ask["kind"]>(["decide", "decide_all", "resume", "send", "step", "run_to_end"]);

const UNSAID = "the kernel refused this, and did not say why";

export class ViewStore {
  readonly id: string;
  readonly head: Signal<Head>;
  /** The messages of the array, or of this view's part of it. */
  readonly array: Signal<MessageStore[]>;
  /** What stands behind it: the reply that arrives, or what is no part of the array. */
  readonly loose: Signal<MessageStore[]>;
  readonly messages: ReadonlySignal<MessageStore[]>;
  /** The index of its first message in the array. */
  readonly start: ReadonlySignal<number>;
  readonly cards: Signal<CardView[]>;
  readonly problems: Signal<ProblemView[]>;
  /** The kernel's last "refused, because", shown in the status line until the next request. */
  readonly refusal = signal<string | null>(null);
  /** What a person wants to see, wherever it stands: a long list looks for it. */
  readonly wanted = signal<Target | null>(null);
  /** How many of this view's requests have no answer yet. */
  readonly waiting = signal(0);
  readonly cardOf: ReadonlySignal<Map<string, CardView>>;
  readonly broken: ReadonlySignal<boolean>;
  readonly kernel: Signal<KernelState>;
  /** Why nothing can be asked for; "": it can. */
  readonly gone = computed(() => (isGone(this.kernel.value) ? KERNEL_WORDS[this.kernel.value] : ""));
  readonly editor = new Editor(this);
  readonly question = new Question();
  readonly search: Search;
  #problemsAt: ReadonlySignal<Map<string | null, ProblemView[]>>;
  readonly limits = new LimitsForm();
  readonly breaks = new BreakForm();
  readonly whatIf = new WhatIfForm();
  /** Another view of the same kernel, once it is known. */
  readonly other: (id: string) => ViewStore | undefined;
  readonly remark = new RemarkForm();
  #forms = new Map<string, CardForm>();
  #scripts = new Map<string, Script>();
  #wires = new Map<string | null, WireStore>();
  #send: (ask: Ask) => Promise<Answer>;
  /** Whose drafts its are; without a session, none are kept. */
  readonly home: Home;

  constructor(
    snapshot: Snapshot,
    send: (ask: Ask) => Promise<Answer>,
    other: (id: string) => ViewStore | undefined = () => undefined,
    home: Home = { session: "", path: null },
    kernel: Signal<KernelState> = signal("here"),
  ) {
    const { messages, cards, problems, ...head } = snapshot;
    const [placed, behind] = parted(messages);
    this.id = snapshot.view;
    this.#send = send;
    this.kernel = kernel;
    this.other = other;
    this.head = signal(head);
    this.array = signal(placed.map(newMessage));
    this.search = new Search(this.array);
    this.loose = signal(behind.map(newMessage));
    this.messages = computed(() => [...this.array.value, ...this.loose.value]);
    this.start = computed(() => this.head.value.start);
    this.cards = signal(cards);
    this.problems = signal(problems);
    this.cardOf = computed(() => new Map(this.cards.value.map((card) => [card.block, card])));
    this.broken = computed(() => this.problems.value.some((problem) => problem.level === "error"));
    const error = computed(() => this.head.value.error);
    this.#problemsAt = computed(() => byPlace(answered(this.problems.value, error.value)));
    this.home = home;
    this.limits.start(head.limits);
    this.#keep("remark", [this.remark.shown, this.remark.text]);
    this.#keep("blocks", [this.editor.written]);
    this.#tidy();
  }

  set(snapshot: Snapshot): void {
    const { messages, cards, problems, ...head } = snapshot;
    const [placed, behind] = parted(messages);
    batch(() => {
      this.#put(head);
      this.#splice(0, this.array.peek().length, placed);
      this.#behind(behind);
      this.#deal(cards);
      put(this.problems, problems);
    });
    this.editor.settle();
  }

  /** False when the ops name something that is not here: then only a snapshot helps. */
  apply(ops: Op[]): boolean {
    const applied = batch(() => ops.every((op) => this.#apply(op)));
    this.editor.settle();
    return applied;
  }

  /** What is wrong at a block or a message, by its id; null: with the whole. */
  problemsAt(id: string | null): ProblemView[] {
    return this.#problemsAt.value.get(id) ?? [];
  }

  /** The name in the call that a result answers; looked for backwards, where it nearly always is. */
  callName(id: string): string | undefined {
    for (const message of this.messages.peek().toReversed()) {
      for (const block of message.blocks.peek()) {
        if (block.view.peek().wire["id"] === id) return nameIn(block.view.value.wire);
      }
    }
    return undefined;
  }

  form(card: string): CardForm {
    let form = this.#forms.get(card);
    if (!form) {
      this.#forms.set(card, (form = new CardForm()));
      form.release = this.#keep(`card ${card}`, form.kept);
    }
    return form;
  }

  #keep(what: string, signals: Kept[]): () => void {
    return this.home.session ? keep(this.home, `${this.id} ${what}`, signals) : () => {};
  }

  /** Drop the drafts of cards that are gone. */
  #tidy(): void {
    const cards = this.cards.peek().map(({ id }) => `${this.id} card ${id}`);
    if (this.home.session) drop(this.home, `${this.id} card `, cards);
  }

  /** How the reply that became this message came over the wire; null: what there is of the last request. */
  wire(message: string | null): WireStore {
    let wire = this.#wires.get(message);
    if (!wire) this.#wires.set(message, (wire = new WireStore(this, message)));
    return wire;
  }

  /** What a person has written so far in answer to a request. */
  script(prompt: PromptView): Script {
    let script = this.#scripts.get(prompt.id);
    if (!script) this.#scripts.set(prompt.id, (script = new Script(prompt)));
    return script;
  }

  /** Let the remark that was written go along with the results. */
  async note(): Promise<void> {
    const text = this.remark.text.peek();
    if (text !== null && (await this.ask({ kind: "remark", text }))) this.remark.close();
  }

  /** Ask the kernel, and keep its refusal where the person looks: on the card, else in the status line. */
  async ask(ask: Ask, refusal: Signal<string | null> = this.refusal): Promise<boolean> {
    const answer = await this.answered(ask, refusal);
    const choices = choicesIn(answer);
    if (choices.length === 0) return answer.ok;
    refusal.value = null;
    const anyway = await this.question.put(ask, answer.why ?? "", choices);
    if (anyway === null) return false;
    const again: Ask & { anyway: string } = { ...ask, anyway };
    return this.ask(again, refusal);
  }

  /** The same with all of the answer, for what is asked to know. */
  async answered(ask: Ask, refusal: Signal<string | null>): Promise<Answer> {
    if (SENDING.has(ask.kind) && this.remark.text.peek() !== null) void this.note();
    if (this.gone.peek()) return this.#refused(this.gone.peek(), refusal);
    refusal.value = null;
    this.editor.said.value = null;
    this.waiting.value += 1;
    const answer = await this.#send(ask);
    batch(() => {
      this.waiting.value -= 1;
      refusal.value = answer.ok || this.#told(answer) ? null : (answer.why ?? UNSAID);
    });
    return answer;
  }

  /** Say that nobody is there to be asked, for as long as that is so. */
  #refused(why: string, refusal: Signal<string | null>): Answer {
    refusal.value = why;
    const end = this.gone.subscribe((gone) => {
      if (gone) return;
      if (refusal.peek() === why) refusal.value = null;
      end();
    });
    return { ok: false, why };
  }

  /** How a request ended may stand in the view already, as its error: once is enough. */
  #told({ why }: Answer): boolean {
    const { error } = this.head.peek();
    return error !== null && why !== null && why.includes(error.message);
  }

  #apply(op: Op): boolean {
    switch (op.op) {
      case "head":
        this.#put(changed(this.head.peek(), op));
        return true;
      case "cards":
        this.#deal(op.cards);
        return true;
      case "problems":
        this.problems.value = op.problems;
        return true;
      case "splice":
        if (op.at + op.remove > this.array.peek().length) return false;
        this.#splice(op.at, op.remove, op.messages);
        return true;
      case "blocks":
        return this.array.peek()[op.at]?.splice(op.first, op.remove, op.blocks) ?? false;
      case "loose":
        this.#behind(op.messages);
        return true;
      case "message": {
        const known = this.#message(op.message.id);
        if (known) known.set(op.message);
        else this.loose.value = [...this.loose.peek(), new MessageStore(op.message)];
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

  #put(head: Head): void {
    // What was refused in another state says nothing of this one.
    if (head.state !== this.head.peek().state) this.refusal.value = null;
    if (head.error?.message !== this.head.peek().error?.message) this.#wires.delete(null);
    put(this.head, head);
    if (!head.what_if) this.whatIf.clear();
    const prompts = new Set((head.prompts ?? []).map((prompt) => prompt.id));
    for (const id of this.#scripts.keys()) if (!prompts.has(id)) this.#scripts.delete(id);
  }

  #deal(cards: CardView[]): void {
    if (cards.length === 0 && this.cards.peek().length > 0) this.remark.close();
    put(this.cards, cards);
    const open = new Set(cards.map((card) => card.id));
    for (const [id, form] of this.#forms) {
      if (open.has(id)) continue;
      form.release();
      this.#forms.delete(id);
    }
    this.#tidy();
  }

  #splice(at: number, remove: number, messages: MessageView[]): void {
    const before = this.array.peek();
    const loose = at + remove === before.length ? this.loose.peek() : [];
    const gone = before.slice(at, at + remove);
    const next = kept([...gone, ...loose], messages, newMessage);
    this.loose.value = without(this.loose.peek(), next);
    if (!same(gone, next)) this.array.value = before.toSpliced(at, remove, ...next);
  }

  #behind(messages: MessageView[]): void {
    const before = this.loose.peek();
    const next = kept(before, messages, newMessage);
    if (!same(before, next)) this.loose.value = next;
  }

  #message(id: string): MessageStore | undefined {
    return this.loose.peek().findLast((message) => message.id === id);
  }

  /** The growing block is nearly always the last one, so look from the end. */
  #block(id: string): BlockStore | undefined {
    for (const message of this.loose.peek().toReversed()) {
      const block = message.blocks.peek().findLast((block) => block.id === id);
      if (block) return block;
    }
    return undefined;
  }
}

const newMessage = (view: MessageView) => new MessageStore(view);

/** The messages of the array, and those behind it. */
function parted(messages: MessageView[]): [MessageView[], MessageView[]] {
  const count = messages.findIndex((message) => message.loose || message.partial);
  return count < 0 ? [messages, []] : [messages.slice(0, count), messages.slice(count)];
}

/** These problems with what the API has answered, where it is about a part of the array: what was known says that it did. */
function answered(problems: ProblemView[], error: Head["error"]): ProblemView[] {
  const { at, title, message = "", path } = error ?? {};
  if (!at || !title) return problems;
  const rule = `API ${title.slice(0, 3)}`;
  const known = problems.findIndex((each) => each.at === at && message.includes(each.message));
  const same = problems[known];
  if (same) return problems.with(known, { ...same, rule: `${same.rule} · ${rule}`, level: "answer" });
  return [...problems, { key: "answer", at, rule, path: path ?? "", message, level: "answer", why: "", fix: null }];
}

function byPlace(problems: ProblemView[]): Map<string | null, ProblemView[]> {
  const places = new Map<string | null, ProblemView[]>();
  for (const problem of problems) places.set(problem.at, [...(places.get(problem.at) ?? []), problem]);
  return places;
}

function changed(head: Head, op: { head: Partial<Head>; gone?: (keyof Head)[] }): Head {
  const next = { ...head, ...op.head };
  for (const key of op.gone ?? []) delete next[key as keyof typeof next];
  return next;
}

function without<S>(some: S[], taken: S[]): S[] {
  const left = some.filter((each) => !taken.includes(each));
  return left.length === some.length ? some : left;
}

function nameIn(wire: JsonObject): string | undefined {
  const { name } = wire;
  return typeof name === "string" ? name : undefined;
}

export interface StoreEvents {
  /** A view became known: it can be mounted now. */
  known(view: ViewStore): void;
  /** Only a snapshot helps this view: ask for it. */
  lost(view: string): void;
}

export class Store {
  readonly views = new Map<string, ViewStore>();
  /** How the kernel stands, as far as the page can tell. */
  readonly kernel = signal<KernelState>("here");
  /** Grows with every view that becomes known, so that who waits for one looks again. */
  readonly #count = signal(0);
  #seq = new Map<string, number>();
  #events: StoreEvents;
  #send: (view: string, ask: Ask) => Promise<Answer>;
  #home: Home;

  /** `home`: beside what drafts are kept. */
  constructor(send: (view: string, ask: Ask) => Promise<Answer>, events: StoreEvents, home?: Home) {
    this.#send = send;
    this.#home = home ?? { session: "", path: null };
    this.#events = events;
  }

  receive(message: Exclude<KernelMessage, { kind: "reply" | "call" }>): void {
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
      const view = new ViewStore(snapshot, (ask) => this.#send(id, ask), (other) => this.#other(other), this.#home, this.kernel);
      this.views.set(id, view);
      this.#count.value += 1;
      this.#events.known(view);
    }
  }

  #other(id: string): ViewStore | undefined {
    void this.#count.value;
    return this.views.get(id);
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
