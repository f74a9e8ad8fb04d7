// What a person has begun on a card and not sent yet. It lives in the store, so that neither a snapshot nor a new
// output element loses a half-written text, and every view of one output shows the same draft.
import { signal } from "@preact/signals";
import { Drafts, readJson } from "../editing/inputs";
import { fromJson, toJson } from "../exact";
import type { CardView, Decision, Json, JsonObject, LimitWords } from "../protocol";

export type Mode = "buttons" | "edit" | "fake" | "refuse";

export class CardForm {
  readonly mode = signal<Mode>("buttons");
  readonly text = signal("");
  /** A person's version of a result that is being looked at; null: as the tool gave it. */
  readonly draft = signal<string | null>(null);
  /** The name of the variable that a result is taken from. */
  readonly variable = signal("");
  /** The number of the look-up that has been put into the field. */
  taken = 0;
  /** null: not touched, so the decision's own default holds. */
  readonly isError = signal<boolean | null>(null);
  readonly rewrite = signal(true);
  /** The decision is to hold for later calls of the tool, too. */
  readonly always = signal(false);
  /** Whether an input is shown as a form, where the tool's schema makes one. */
  readonly asFields = signal(true);
  readonly drafts = new Drafts();
  readonly error = signal<string | null>(null);
  readonly refusal = signal<string | null>(null);
  /** A decided card whose buttons were called back. */
  readonly reopened = signal(false);
  /** A person has just opened this: only then may the field take the focus. */
  opened = false;
  /** What stays through a reload of the page. */
  readonly kept = [this.mode, this.text, this.draft, this.isError, this.rewrite, this.always, this.asFields, this.reopened];
  /** Keep it no more. */
  release = () => {};

  open(mode: Mode, text: string): void {
    this.opened = true;
    this.mode.value = mode;
    this.text.value = text;
    this.drafts.clear();
    this.error.value = null;
  }

  /** Begin with a text that was offered; the field shows it, and it can be changed there. */
  start(text: string): void {
    this.text.value = text;
    this.error.value = null;
  }

  toggleFields(): void {
    this.asFields.value = !this.asFields.peek();
    this.drafts.clear();
  }

  close(): void {
    this.mode.value = "buttons";
    this.text.value = "";
    this.error.value = null;
  }

  /** The decision is recorded: the next time, the card starts from its own defaults. */
  done(): void {
    this.close();
    this.draft.value = null;
    this.isError.value = null;
    this.rewrite.value = true;
    this.always.value = false;
    this.reopened.value = false;
  }

  flagged(card: CardView): boolean {
    if (this.isError.value !== null) return this.isError.value;
    if (this.mode.value === "refuse") return true;
    return card.state === "look" && card.result?.is_error === true;
  }

  approve(look: boolean): Decision {
    return { type: "approve", look, is_error: this.#override() };
  }

  editInput(look: boolean): Decision | null {
    const wrong = this.asFields.peek() ? this.drafts.wrong : null;
    const input = wrong ?? parseObject(this.text.peek());
    if (typeof input === "string") {
      this.error.value = input;
      return null;
    }
    return { type: "edit_input", input, rewrite: this.rewrite.peek(), look, is_error: this.#override() };
  }

  editResult(card: CardView): Decision {
    const original = card.result?.content ?? "";
    const draft = this.draft.peek();
    const content = draft === null ? original : fromText(draft, original);
    return { type: "edit_result", content, is_error: this.isError.peek() };
  }

  useResult(): Decision {
    return { type: "approve", look: false, is_error: this.isError.peek() };
  }

  fake(): Decision {
    return { type: "fake", content: this.text.peek(), is_error: this.isError.peek() ?? false };
  }

  fakeFrom(variable: string): Decision {
    return { type: "fake", variable, is_error: this.isError.peek() ?? false };
  }

  refuse(): Decision {
    return { type: "refuse", reason: this.text.peek().trim(), is_error: this.isError.peek() ?? true };
  }

  /** A tool that runs says itself whether it failed; the box can only turn its result into an error. */
  #override(): true | null {
    return this.isError.peek() ? true : null;
  }
}

/** A tool's input must be a JSON object; otherwise the sentence that says so. */
export function parseObject(text: string): JsonObject | string {
  const read = readJson(text);
  if ("wrong" in read) return read.wrong;
  const { value } = read;
  if (value !== null && typeof value === "object" && !Array.isArray(value)) return value;
  return "a tool's input is a JSON object: write { … }";
}

export function isText(content: Json): boolean {
  return typeof content === "string" || onlyText(content) !== null;
}

/** A result as text to edit; blocks other than one text are shown as their JSON. */
export function toText(content: Json): string {
  if (typeof content === "string") return content;
  const only = onlyText(content);
  return only ?? toJson(content, 2);
}

/** The way back: an edited list of blocks stays a list, one edited text block stays a block. */
function fromText(text: string, original: Json): Json {
  if (typeof original === "string") return text;
  if (onlyText(original) !== null) return [{ ...((original as JsonObject[])[0] as JsonObject), text }];
  try {
    return fromJson(text);
  } catch {
    return text;
  }
}

function onlyText(content: Json): string | null {
  if (!Array.isArray(content) || content.length !== 1) return null;
  const block = content[0] as JsonObject;
  return block["type"] === "text" && typeof block["text"] === "string" ? block["text"] : null;
}

/** Something that is hidden until a person opens it. */
export class Fold {
  readonly shown = signal(false);
  /** A person has just opened it: only then may it take the focus. */
  opened = false;

  toggle(): void {
    this.opened = !this.shown.peek();
    this.shown.value = this.opened;
  }
}

export interface Limits {
  max_steps: number;
  max_tokens: number | null;
  max_cost: number | null;
}

const LIMITS = ["requests", "tokens", "dollars"] as const;

/** What Run to end may use up, as a person wrote it; null and empty: the kernel's own, or no limit. */
export class LimitsForm extends Fold {
  readonly requests = signal<string | null>(null);
  readonly tokens = signal<string | null>(null);
  readonly dollars = signal<string | null>(null);

  /** Take over what the kernel remembers. */
  start(words: LimitWords | undefined): void {
    for (const name of LIMITS) this[name].value = words?.[name] ?? null;
  }

  /** As they were written. */
  get written(): LimitWords {
    return { requests: this.requests.peek(), tokens: this.tokens.peek(), dollars: this.dollars.peek() };
  }

  /** The limits as they go out, or the sentence that says which of them is none. */
  read(requests: number): Limits | string {
    const given = [this.requests, this.tokens, this.dollars].map((each) => each.value);
    const at = given.findIndex((text, i) => this.wrong(text, i === 2));
    if (at === 2) return `${given[2]} is no amount of dollars: write a number over 0, or nothing`;
    if (at >= 0) return `${given[at]} is no number of ${at ? "tokens" : "requests"}: write a whole number, 1 or more`;
    const [max_steps = null, max_tokens = null, max_cost = null] = given.map(number);
    return { max_steps: max_steps ?? requests, max_tokens, max_cost };
  }

  wrong(text: string | null, fraction: boolean): boolean {
    const value = number(text);
    return value !== null && !(value > 0 && value < Infinity && (fraction || Number.isInteger(value)));
  }

  words(requests: number): string {
    const limits = this.read(requests);
    if (typeof limits === "string") return "limits";
    const { max_steps, max_tokens, max_cost } = limits;
    const parts = [`≤ ${max_steps} ${max_steps === 1 ? "request" : "requests"}`];
    if (max_tokens !== null) parts.push(`${max_tokens.toLocaleString("en")} tokens`);
    if (max_cost !== null) parts.push(`$${max_cost}`);
    return parts.join(" · ");
  }
}

/** People write 20,000 and $0.10. */
function number(text: string | null): number | null {
  const plain = (text ?? "").replace(/[,_\s$]/g, "");
  return plain === "" ? null : Number(plain);
}

/** A breakpoint with a condition, as far as a person has written it. */
export class BreakForm extends Fold {
  readonly tool = signal<string | null>(null);
  readonly argument = signal<string | null>(null);
  readonly test = signal<"equals" | "contains">("equals");
  readonly value = signal("");
}

/** A remark that is being written; null: as the kernel has it. */
export class RemarkForm extends Fold {
  readonly text = signal<string | null>(null);

  close(): void {
    this.shown.value = false;
    this.text.value = null;
  }
}
