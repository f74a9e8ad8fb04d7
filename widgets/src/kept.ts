// What is written and not sent yet stays through a reload of the page: it is kept in the browser's tab, beside the
// session it belongs to, and nowhere else. Where a page may keep nothing, it is lost as any unsaved form is.
import { effect } from "@preact/signals";

const PREFIX = "nbkit ";

/** A signal, or what reads and writes several. */
export interface Kept {
  value: unknown;
}

/** Begin with what these signals were before the reload, and keep what they become. Returns how to end that. */
export function keep(name: string, signals: Kept[]): () => void {
  const key = PREFIX + name;
  const values = () => JSON.stringify(signals.map((each) => each.value));
  const untouched = values();
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "[]") as unknown[];
    kept.forEach((value, i) => signals[i] && (signals[i].value = value));
  } catch {
    return () => {};
  }
  return effect(() => {
    const now = values();
    try {
      if (now === untouched) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, now);
    } catch {
      // too much for the browser
    }
  });
}

/** Drop what was kept under names that begin so, but for some. */
export function drop(begin: string, but: string[] = []): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      const name = key.slice(PREFIX.length);
      if (key.startsWith(PREFIX + begin) && !but.includes(name)) sessionStorage.removeItem(key);
    }
  } catch {
    // nothing is kept here
  }
}
