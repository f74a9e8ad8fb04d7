// The rows of a what-if as a person is writing them. Like a card's form they live in the store, so that no update
// loses a draft.
import { signal } from "@preact/signals";
import { toJson } from "../exact";
import { parseObject, toText } from "../pause/forms";
import type { CardView, Case, Decision, Offers } from "../protocol";

/** What is done with one call: `keep` what was decided already, `leave` it open. */
export type Kind = "approve" | "fake" | "edit_input" | "refuse" | "keep" | "leave";
export type Prompt = "again" | "instead" | "next";

export class CallDraft {
  readonly kind = signal<Kind>("leave");
  readonly text = signal("");
  readonly isError = signal(false);
  readonly error = signal<string | null>(null);

  constructor(kind: Kind, text = "", isError = kind === "refuse") {
    this.kind.value = kind;
    this.text.value = text;
    this.isError.value = isError;
  }

  copy(): CallDraft {
    return new CallDraft(this.kind.peek(), this.text.peek(), this.isError.peek());
  }

  choose(kind: Kind, card: CardView): void {
    this.kind.value = kind;
    this.text.value = kind === "edit_input" ? toJson(card.input, 2) : "";
    this.isError.value = kind === "refuse";
    this.error.value = null;
  }

  write(text: string): void {
    this.text.value = text;
    this.error.value = null;
  }

  /** The decision; undefined where there is none, null where what is written can't be one. */
  decision(): Decision | undefined | null {
    const text = this.text.peek();
    switch (this.kind.peek()) {
      case "approve":
        return { type: "approve", look: false, is_error: null };
      case "fake":
        return { type: "fake", content: text, is_error: this.isError.peek() };
      case "refuse":
        return { type: "refuse", reason: text.trim(), is_error: this.isError.peek() };
      case "edit_input": {
        const input = parseObject(text);
        if (typeof input !== "string") return { type: "edit_input", input, rewrite: true, look: false, is_error: null };
        this.error.value = input;
        return null;
      }
      default:
        return undefined;
    }
  }
}

let count = 0;

export class RowDraft {
  readonly key = ++count;
  readonly prompt = signal<Prompt>("again");
  readonly text = signal("");
  /** "" and null: as the conversation has it. */
  readonly model = signal("");
  readonly system = signal<string | null>(null);
  readonly without = signal<string[]>([]);
  readonly more = signal(false);
  readonly error = signal<string | null>(null);
  #calls = new Map<string, CallDraft>();

  call(card: CardView): CallDraft {
    let draft = this.#calls.get(card.id);
    if (!draft) this.#calls.set(card.id, (draft = new CallDraft(usual(card))));
    return draft;
  }

  /** Another row like this one, to change one thing in. */
  copy(): RowDraft {
    const other = new RowDraft();
    for (const name of ["prompt", "text", "model", "system", "without", "more"] as const) {
      (other[name] as { value: unknown }).value = this[name].peek();
    }
    for (const [id, call] of this.#calls) other.#calls.set(id, call.copy());
    return other;
  }

  case(cards: CardView[], offers: Offers): Case | null {
    this.error.value = null;
    const decisions: { [call: string]: Decision } = {};
    let whole = true;
    for (const card of cards) {
      const decision = this.call(card).decision();
      if (decision === null) whole = false;
      else if (decision) decisions[card.id] = decision;
    }
    const asked = offers.prompts && this.prompt.peek() !== "again";
    if (asked && !this.text.peek().trim()) {
      this.error.value = "write what is asked";
      whole = false;
    }
    if (!whole) return null;
    const [model, system, without] = [this.model.peek(), this.system.peek(), this.without.peek()];
    return {
      ...(Object.keys(decisions).length ? { decisions } : {}),
      ...(asked ? { prompt: this.text.peek(), instead: this.prompt.peek() === "instead" } : {}),
      ...(model && model !== offers.model ? { model } : {}),
      ...(system !== null && system !== offers.system ? { system } : {}),
      ...(without.length ? { without } : {}),
    };
  }
}

export class WhatIfForm {
  readonly rows = signal<RowDraft[]>([]);
  /** The rows are folded away once they are tried. */
  readonly folded = signal(false);
  readonly refusal = signal<string | null>(null);
  /** A person has just asked for it: only then may it take the focus. */
  opened = false;

  /** Two rows to begin with: as it is, and something else. */
  begin(cards: CardView[], offers: Offers): void {
    const [first, second] = [new RowDraft(), new RowDraft()];
    for (const card of cards) if (card.state !== "decided") second.call(card).choose("fake", card);
    if (offers.prompts) {
      second.prompt.value = "instead";
      second.text.value = offers.last_prompt;
    }
    this.rows.value = [first, second];
  }

  add(): void {
    const rows = this.rows.peek();
    this.rows.value = [...rows, rows.at(-1)?.copy() ?? new RowDraft()];
  }

  remove(row: RowDraft): void {
    this.rows.value = this.rows.peek().filter((each) => each !== row);
  }

  /** null: a row says what is wrong with it. */
  cases(cards: CardView[], offers: Offers): Case[] | null {
    const cases = this.rows.peek().map((row) => row.case(cards, offers));
    return cases.includes(null) ? null : (cases as Case[]);
  }

  clear(): void {
    this.rows.value = [];
    this.folded.value = false;
    this.refusal.value = null;
  }
}

function usual(card: CardView): Kind {
  if (card.state === "decided") return "keep";
  return card.can_run ? "approve" : "fake";
}

export function sampleTexts(card: CardView): { label: string; text: string }[] {
  return (card.samples ?? []).map(({ label, content }) => ({ label, text: toText(content) }));
}
