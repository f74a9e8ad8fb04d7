// What is written and not sent yet stays through a reload of the page: it is kept in the browser's tab, beside the
// session it belongs to, and nowhere else. A kernel that is started again has another session: what was kept for the
// same part of the same notebook is its own then. Where a page may keep nothing, it is lost as any unsaved form is.
import { effect } from "@preact/signals";

const PREFIX = "nbkit ";

/** A signal, or what reads and writes several. */
export interface Kept {
  value: unknown;
}

/** Whose drafts they are: a kernel's session, and the path of its notebook. */
export interface Home {
  session: string;
  path: string | null;
}

/** Begin with what these signals were before the reload, and keep what they become. Returns how to end that. */
export function keep({ session, path }: Home, name: string, signals: Kept[]): () => void {
  const key = `${PREFIX}${session} ${name}`;
  const values = () => signals.map((each) => each.value);
  const untouched = JSON.stringify(values());
  try {
    const item = sessionStorage.getItem(key) ?? inherited(path, name);
    const kept = item === null ? [] : (JSON.parse(item) as { values: unknown[] }).values;
    kept.forEach((value, i) => signals[i] && (signals[i].value = value));
  } catch {
    return () => {};
  }
  return effect(() => {
    const now = values();
    try {
      if (JSON.stringify(now) === untouched) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, JSON.stringify({ path, values: now }));
    } catch {
      // too much for the browser
    }
  });
}

/** Take what an earlier kernel of this notebook left under that name. */
function inherited(path: string | null, name: string): string | null {
  for (const key of Object.keys(sessionStorage)) {
    const item = key.startsWith(PREFIX) && key.endsWith(` ${name}`) ? sessionStorage.getItem(key) : null;
    if (item === null || (JSON.parse(item) as { path?: unknown }).path !== path) continue;
    sessionStorage.removeItem(key);
    return item;
  }
  return null;
}

/** Drop what was kept under names that begin so, but for some. */
export function drop({ session }: Home, begin: string, but: string[]): void {
  try {
    for (const key of Object.keys(sessionStorage)) {
      const name = key.slice(`${PREFIX}${session} `.length);
      if (key.startsWith(`${PREFIX}${session} ${begin}`) && !but.includes(name)) sessionStorage.removeItem(key);
    }
  } catch {
    // nothing is kept here
  }
}
