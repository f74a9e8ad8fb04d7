// What a person does to the array at the page: which blocks are meant, what is being written, and every change as one
// question to the kernel, which answers with the array as it is then.
import { batch, computed, signal } from "@preact/signals";
import type { BlockStore, MessageStore } from "../array";
import { toJson } from "../exact";
import type { Edit, Gap, Json, JsonObject, ProblemView } from "../protocol";
import type { ViewStore } from "../store";
import { anchor, draftOf, earlier, fill, isEarlier, isNew, isSame, keyAt, markOf, newKey } from "./drafts";
import type { Draft, Origin } from "./drafts";
import type { Ways } from "./keys";
import { BlockForm, isObject, ValueForm } from "./value-form";

/** A block where it stands. */
export interface Place {
  message: MessageStore;
  block: BlockStore;
  /** Its index among the blocks of its message. */
  i: number;
}

const EPHEMERAL: JsonObject = { type: "ephemeral" };
const STILL = new Set(["idle", "ready", "paused"]);

export class Editor {
  /** The block that was last meant, by its id. */
  readonly current = signal<string | null>(null);
  /** The block that Tab comes to: the one last meant, or what stands in its place now. */
  readonly here = computed(() => {
    const ids = this.#view.array.value.flatMap((message) => message.blocks.value.map((block) => block.id));
    const at = ids.indexOf(this.current.value ?? "");
    if (at >= 0) this.#at = at;
    return ids[Math.min(this.#at, ids.length - 1)] ?? null;
  });
  readonly selected = signal<ReadonlySet<string>>(new Set());
  /** Blocks whose further actions are shown, by id. */
  readonly unfolded = signal<string | null>(null);
  /** The block at which the list of keys is shown. */
  readonly keysAt = signal<string | null>(null);
  /** Where what is being dragged would go. */
  readonly dropAt = signal<{ id: string; behind: boolean } | null>(null);
  /** The forms that are open, by the id of a block, or `new-` and the id of the block they stand behind. */
  readonly forms = signal<ReadonlyMap<string, BlockForm>>(new Map());
  /** The same for what stands beside the array, by its path in the request. */
  readonly values = signal<ReadonlyMap<string, ValueForm>>(new Map());
  /** Those of them whose block has gone. */
  readonly lost = computed(() => {
    const forms = [...this.forms.value].filter(([, form]) => form.role.value === null);
    if (forms.length === 0) return forms;
    const blocks = this.#view.array.value.flatMap((message) => message.blocks.value);
    const ids = new Set(blocks.map((block) => block.view.value.id));
    return forms.filter(([key]) => !ids.has(anchor(key)));
  });
  /** What is written in the forms of blocks, to be kept through a reload of the page. */
  readonly written: { value: unknown };
  /** What a key has to say for itself, until the next one. */
  readonly said = signal<string | null>(null);
  #view: ViewStore;
  #anchor: string | null = null;
  #at = 0;

  constructor(view: ViewStore) {
    this.#view = view;
    const { forms } = this;
    const again = (each: Draft) => this.#again(each);
    this.written = {
      get value() {
        return [...forms.value].map((each) => draftOf(each, view.home.session));
      },
      set value(kept) {
        (kept as Draft[]).filter(({ key }) => key).forEach(again);
      },
    };
  }

  /** Whether the array can be changed now. */
  get still(): boolean {
    return STILL.has(this.#view.head.value.state);
  }

  /** Whether Tab comes to a message: to the one with the block that is meant, and to one without blocks. */
  isAt(message: MessageStore): boolean {
    const blocks = message.blocks.value;
    return blocks.length === 0 || blocks.some((block) => block.id === this.here.value);
  }

  /** Every block of the array in its order. */
  places(): Place[] {
    return this.#view.array
      .peek()
      .flatMap((message) => message.blocks.peek().map((block, i) => ({ message, block, i })));
  }

  place(id: string): Place | undefined {
    return this.places().find(({ block }) => block.id === id);
  }

  /** The blocks that an action on this one concerns: all that are selected, if it is one of them. */
  meant(id: string): string[] {
    const selected = this.selected.peek();
    if (!selected.has(id)) return [id];
    return this.places()
      .map(({ block }) => block.id)
      .filter((each) => selected.has(each));
  }

  toggle(id: string): void {
    const selected = new Set(this.selected.peek());
    if (!selected.delete(id)) selected.add(id);
    this.selected.value = selected;
    this.#anchor = id;
  }

  /** Select from where the selection began to this block. */
  extend(from: string, to: string): void {
    this.#anchor ??= from;
    const ids = this.places().map(({ block }) => block.id);
    const [one, other] = [ids.indexOf(this.#anchor), ids.indexOf(to)].sort((a, b) => a - b) as [number, number];
    this.selected.value = new Set(ids.slice(Math.max(one, 0), other + 1));
  }

  selectAll(): void {
    this.selected.value = new Set(this.places().map(({ block }) => block.id));
  }

  deselect(): void {
    this.selected.value = new Set();
    this.#anchor = null;
  }

  /** Give the focus to a block, once it is drawn, in the output where a person works. */
  refocus(output: Element | null | undefined, id: string | null): void {
    const wanted = id ?? this.current.peek();
    requestAnimationFrame(() => drawn(output, wanted)?.focus());
  }

  /** Give it back to the form in a block, if a person is still at that block. */
  reopened(output: Element | null | undefined, id: string): void {
    requestAnimationFrame(() => {
      const block = drawn(output, id);
      if (block === document.activeElement) block?.querySelector<HTMLElement>("textarea, select, input")?.focus();
    });
  }

  // forms

  edit(id: string): void {
    if (this.forms.peek().get(id)?.asked.peek()) return; // what was written last is on its way
    if (this.still) this.#edit(id);
  }

  /** Write a new block behind this one, or (with a role) a new message at the end of the array. */
  add(behind: string | null, role: string | null = null): void {
    const place = behind === null ? undefined : this.place(behind);
    const form = new BlockForm({ type: "text", text: "" }, null, place ? this.#originOf(place) : null);
    form.role.value = role;
    this.#open(newKey(behind), form);
  }

  #edit(id: string): void {
    const place = this.place(id);
    if (!place) return;
    this.#open(id, new BlockForm(place.block.wire(), this.#schemaOf(place.block), this.#originOf(place)));
  }

  #originOf({ message, block, i }: Place): Origin {
    const at = this.#view.start.peek() + this.#view.array.peek().indexOf(message);
    return { role: message.head.peek().role, path: message.path(at, i), mark: markOf(block) };
  }

  /** Open a form that a reload has closed, whatever goes on by now: only saving has to wait. */
  #again(draft: Draft): void {
    const { from, origin, role } = draft;
    const known = draft.session === this.#view.home.session || role !== null;
    const key = known ? draft.key : earlier(draft.key);
    const place = isNew(key) ? undefined : this.place(key);
    this.#open(key, fill(new BlockForm(from, place ? this.#schemaOf(place.block) : null, origin), draft));
    this.settle();
  }

  /**
   * The array has changed: forms that lost their block are put where it stands now, and a draft that the kernel took,
   * while the page was reloaded, is none any more.
   */
  settle(): void {
    if (this.still) {
      for (const [key, { origin, asked }] of this.lost.peek()) {
        const id = origin && !asked.peek() ? this.#found(key, origin) : undefined;
        if (id !== undefined) this.#rekey(key, keyAt(key, id));
      }
    }
    for (const [key, form] of this.forms.peek()) {
      if (form.restored === form.text.peek() && !form.asked.peek() && this.#holds(key, form)) this.close(key);
    }
  }

  /** The block that is what a lost one was: in its place, or for a draft from an earlier kernel the only one. */
  #found(key: string, { role, path, mark }: Origin): string | undefined {
    const alike = this.places().filter(({ message, block }) => message.head.peek().role === role && markOf(block) === mark);
    const there = alike.find((place) => this.#originOf(place).path === path);
    return (there ?? (isEarlier(key) && alike.length === 1 ? alike[0] : undefined))?.block.id;
  }

  #rekey(key: string, to: string): void {
    const forms = this.forms.peek();
    if (!forms.has(to)) this.forms.value = new Map([...forms].map(([each, form]) => [each === key ? to : each, form]));
  }

  /** Whether the array holds what is written. A new block that was never sent may be meant to be there twice. */
  #holds(key: string, form: BlockForm): boolean {
    const value = form.read();
    if (!("value" in value) || (isNew(key) && !form.wasAsked)) return false;
    if (!isNew(key)) return isSame(value.value, this.place(key)?.block.wire());
    const place = this.place(anchor(key));
    const last = this.#view.array.peek().at(-1);
    if (form.role.peek() === null) return isSame(value.value, place?.message.blocks.peek()[place.i + 1]?.wire());
    return last?.head.peek().role === form.role.peek() && isSame(value.value, last?.blocks.peek().at(-1)?.wire());
  }

  close(key: string): void {
    const forms = new Map(this.forms.peek());
    forms.delete(key);
    this.forms.value = forms;
  }

  /** Send what was written. It is shown at once; where the kernel refuses it, the form is there again, as it was. */
  async save(key: string): Promise<boolean> {
    const form = this.forms.peek().get(key);
    const value = form && this.#read(form);
    if (!form || value === undefined || form.asked.peek()) return false;
    const asked = this.#ask(key, form, this.#written(key, form, value));
    form.sent.value = (isObject(value) && this.place(key)?.block.with(value)) || null;
    return asked;
  }

  async #ask(key: string, form: BlockForm, edit: Edit): Promise<boolean> {
    const asked = this.#view.ask(edit, form.error);
    form.asked.value = true;
    const done = await asked;
    batch(() => {
      form.asked.value = false;
      form.sent.value = null;
      if (done) this.close(key);
    });
    return done;
  }

  /** The role of the message in which what lost its block would stand. */
  roleFor({ origin }: BlockForm): string {
    return origin?.role ?? "user";
  }

  /** The last message of that role. */
  lastOf(role: string): MessageStore | undefined {
    return this.#view.array.value.findLast(({ head }) => head.value.role === role && !head.value.odd);
  }

  /** Put what lost its block at the end of the last message of its role, or behind all of them. */
  async insertLost(key: string): Promise<void> {
    const form = this.forms.peek().get(key);
    const value = form && this.#read(form);
    if (!form || value === undefined || form.asked.peek()) return;
    const role = this.roleFor(form);
    const into = this.lastOf(role)?.id;
    const what = into === undefined ? { value: { role, content: [value] } } : { value, into };
    await this.#ask(key, form, { kind: "insert", ...what });
  }

  /** Cut the text that is being edited where the cursor stands. */
  async split(id: string, at: number): Promise<void> {
    if (await this.save(id)) await this.ask({ kind: "split", id, at: codePoints(this.place(id), at) });
  }

  openValue(key: string, value: Json, schema: JsonObject | null = null): void {
    this.values.value = new Map(this.values.peek()).set(key, new ValueForm(value, schema));
  }

  closeValue(key: string): void {
    const values = new Map(this.values.peek());
    values.delete(key);
    this.values.value = values;
  }

  /** Send what was written in place of a value of the request. */
  async saveValue(key: string, path: string, before: Json): Promise<boolean> {
    const form = this.values.peek().get(key);
    const value = form && this.#read(form);
    if (!form || value === undefined) return false;
    if (path !== "params") return this.#view.ask({ kind: "set", path, value: value === "" ? null : value }, form.error);
    if (!isObject(value) || !isObject(before)) {
      form.error.value = "parameters are a JSON object: write { … }";
      return false;
    }
    const fields = Object.fromEntries(
      [...new Set([...Object.keys(before), ...Object.keys(value)])]
        .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(value[name]))
        .map((name) => [name, value[name] ?? null]),
    );
    return this.#view.ask({ kind: "set", fields }, form.error);
  }

  #read(form: ValueForm): Json | undefined {
    const written = form.read();
    if ("value" in written) return written.value;
    form.error.value = written.wrong;
    return undefined;
  }

  // changes

  ask(edit: Edit): Promise<boolean> {
    return this.#view.ask(edit);
  }

  async delete(id: string): Promise<void> {
    const ids = this.meant(id);
    const next = this.#beside(ids);
    if (!(await this.ask({ kind: "delete", ids }))) return;
    this.deselect();
    this.current.value = next;
  }

  duplicate(id: string): Promise<boolean> {
    return this.ask({ kind: "duplicate", ids: this.meant(id) });
  }

  /** Move what is meant one place up or down, across the borders of messages too. */
  shift(id: string, down: boolean): Promise<boolean> | undefined {
    const ids = this.meant(id);
    const places = this.places();
    const edge = places.findIndex(({ block }) => block.id === (down ? ids.at(-1) : ids[0]));
    const here = places[edge];
    const there = places[edge + (down ? 1 : -1)];
    if (!here || !there) return undefined;
    if (here.message !== there.message) {
      const gap: Gap = down ? { before: there.block.id } : { into: there.message.id };
      return this.ask({ kind: "move", ids, ...gap });
    }
    return this.ask({ kind: "move", ids, ...(down ? this.behind(there) : { before: there.block.id }) });
  }

  /** Move the message at this place of the view one place up or down. */
  shiftMessage(at: number, down: boolean): Promise<boolean> | undefined {
    const messages = this.#view.array.peek();
    const message = messages[at];
    const target = messages[down ? at + 2 : at - 1];
    if (!message || (!down && !target)) return undefined;
    return this.ask({ kind: "move", ids: [message.id], ...(target ? { before: target.id } : {}) });
  }

  /** Begin a message of its own with this block. */
  cutMessage(id: string): Promise<boolean> | undefined {
    const place = this.place(id);
    return place && this.ask({ kind: "split", id: place.message.id, at: place.i });
  }

  messageJson(message: MessageStore): string {
    const { role, as_string } = message.head.peek();
    const blocks = message.blocks.peek().map((block) => block.wire());
    return toJson({ role, content: as_string ? (blocks[0]?.["text"] ?? "") : blocks }, 2);
  }

  /** Put what is meant in front of a block, or behind it: what was dropped there. */
  drop(id: string, target: string, behind: boolean): Promise<boolean> | undefined {
    const place = this.place(target);
    const ids = this.meant(id);
    if (!place || ids.includes(target)) return undefined;
    return this.ask({ kind: "move", ids, ...(behind ? this.behind(place) : { before: target }) });
  }

  undo(): Promise<boolean> {
    return this.#view.ask({ kind: "undo" });
  }

  redo(): Promise<boolean> {
    return this.#view.ask({ kind: "redo" });
  }

  find(): void {
    this.#view.search.show();
  }

  toggleKeys(id: string): void {
    this.keysAt.value = this.keysAt.peek() === id ? null : id;
  }

  toggleRaw(id: string): void {
    const raw = this.place(id)?.block.raw;
    if (raw) raw.value = !raw.value;
  }

  merge(id: string): Promise<boolean> {
    return this.ask({ kind: "merge", id });
  }

  toggleCache(id: string): Promise<boolean> {
    const isSet = this.place(id)?.block.wire()["cache_control"] != null;
    if (isSet) return this.ask({ kind: "clear", id, field: "cache_control" });
    return this.ask({ kind: "edit", id, field: "cache_control", value: EPHEMERAL });
  }

  /** Mend what is wrong at a block, or else at its message, in the first way that is offered; or go where one is. */
  fix(id: string, to: Ways): Promise<boolean> | undefined {
    const places = this.places();
    const at = places.findIndex(({ block }) => block.id === id);
    const here = places[at] && this.#fixAt(places[at]);
    if (here) return this.#view.ask({ kind: "fix", key: here.key });
    const offered = places
      .map((place, i) => ({ place, far: Math.abs(i - at), problem: this.#fixAt(place) }))
      .filter(({ problem }) => problem)
      .sort((one, other) => one.far - other.far)[0];
    if (offered) {
      to.go(offered.place.block.id);
      this.said.value = `here a fix is offered: f presses “${offered.problem?.fix?.label}”`;
    } else if (!to.goToFix()) {
      this.said.value = "there is nothing to mend: no fix is offered";
    }
    return undefined;
  }

  #fixAt({ message, block }: Place): ProblemView | undefined {
    return [block.id, message.id].flatMap((each) => this.#view.problemsAt(each)).find(({ fix }) => fix);
  }

  /** The JSON of what is meant: one block, or a list of them. */
  copied(id: string): string {
    const wires = this.meant(id).map((each) => this.place(each)?.block.wire() as Json);
    return toJson(wires.length === 1 ? wires[0] : wires, 2);
  }

  /** Take in what was pasted, behind this block, or at the end. */
  paste(text: string, id: string | null): Promise<boolean> {
    const place = id === null ? undefined : this.place(id);
    return this.ask({ kind: "paste", text, ...(place ? this.behind(place) : {}) });
  }

  behind({ message, i }: Place): Gap {
    const next = message.blocks.peek()[i + 1];
    return next ? { before: next.id } : { into: message.id };
  }

  /** The schema of the tool that is called, where it is known. */
  #schemaOf(block: BlockStore): JsonObject | null {
    const { type, name } = block.view.peek().wire;
    const { schemas = {} } = this.#view.head.peek();
    return type === "tool_use" && typeof name === "string" && Object.hasOwn(schemas, name) ? (schemas[name] ?? null) : null;
  }

  #open(key: string, form: BlockForm): void {
    this.forms.value = new Map(this.forms.peek()).set(key, form);
  }

  #written(key: string, form: BlockForm, value: Json): Edit {
    if (!isNew(key)) return { kind: "edit", id: key, value };
    const role = form.role.peek();
    if (role !== null) return { kind: "insert", value: { role, content: [value] } };
    const place = this.place(anchor(key));
    return { kind: "insert", value, ...(place ? this.behind(place) : {}) };
  }

  #beside(ids: string[]): string | null {
    const places = this.places().map(({ block }) => block.id);
    const last = places.indexOf(ids.at(-1) ?? "");
    const first = places.indexOf(ids[0] ?? "");
    return places[last + 1] ?? places[first - 1] ?? null;
  }
}

function drawn(output: Element | null | undefined, id: string | null): HTMLElement | undefined {
  const blocks = [...(output?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
  return blocks.find((each) => each.dataset["id"] === id);
}

/** The kernel counts characters, the page's fields count UTF-16 units. */
function codePoints(place: Place | undefined, at: number): number {
  return [...(place?.block.text.peek() ?? "").slice(0, at)].length;
}
