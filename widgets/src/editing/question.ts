// A change that the kernel did not make yet, because it would break something: which ways there are to make it. It waits
// for a person, and who asked for the change waits with it.
import { signal } from "@preact/signals";
import type { Answer } from "../page/link";
import type { Ask, Choices } from "../protocol";

export type Choice = Choices["choices"][number];

interface Asked {
  /** The id of the block or message that the change begins at; null: none of the array. */
  at: string | null;
  words: string;
  choices: Choice[];
  choose: (anyway: string | null) => void;
}

export class Question {
  readonly asked = signal<Asked | null>(null);

  /** Wait for the choice; null: nothing is to be changed. A second question takes the place of the first. */
  put(ask: Ask, words: string, choices: Choice[]): Promise<string | null> {
    this.asked.peek()?.choose(null);
    return new Promise((resolve) => {
      const choose = (anyway: string | null) => {
        this.asked.value = null;
        resolve(anyway);
      };
      this.asked.value = { at: placeOf(ask), words, choices, choose };
    });
  }
}

export function choicesIn({ value }: Answer): Choice[] {
  const { choices } = (value ?? {}) as Partial<Choices>;
  return Array.isArray(choices) ? choices : [];
}

function placeOf(ask: Ask): string | null {
  const { id, ids, before, into } = ask as { id?: string; ids?: string[]; before?: string; into?: string };
  return id ?? ids?.[0] ?? before ?? into ?? null;
}
