// The page's side of the conversation with the kernel: requests with ids, their replies, and the first `ready`.
// It knows no view and no DOM. The kernel answers every request; the page assumes nothing until it has.
import type { Ask, PageMessage, Reply } from "../protocol";

export type Send = (message: PageMessage) => void;
export interface Answer {
  ok: boolean;
  why: string | null;
  /** What was asked to know. */
  value?: unknown;
}

const FIRST_RETRY = 400;
const LAST_RETRY = 15_000;

// Jupyter's server closes a connection over one message of more than 10 MiB: a long one goes out in parts. A piece
// may be three times as many bytes as characters, and is written as JSON once more.
const PIECE = 2_000_000;
const MOST = 24;

let count = 0;

function cut(text: string): string[] {
  const pieces = [];
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + PIECE, text.length);
    if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? "")) end--; // no character is cut in two
    pieces.push(text.slice(at, end));
    at = end;
  }
  return pieces;
}

export class Link {
  #send: Send;
  #waiting = new Map<string, (answer: Answer) => void>();
  #mark = "";
  #retry: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Say `ready` again and again, more and more rarely, until the kernel has answered once: the first can be lost. */
  ready(then: () => void, tries = Infinity): void {
    // Requests begin with a mark: a new one tells the kernel that the outputs are in another page now, or in a
    // notebook that was closed and opened again.
    this.#mark = Math.random().toString(36).slice(2, 8);
    clearTimeout(this.#retry);
    let delay = FIRST_RETRY;
    let answered = false;
    const say = () => {
      if (answered || this.#closed || tries-- <= 0) return;
      void this.#ask({ kind: "ready" }).then((answer) => {
        if (answered || !answer.ok) return;
        answered = true;
        clearTimeout(this.#retry);
        then();
      });
      this.#retry = setTimeout(say, delay);
      delay = Math.min(delay * 2, LAST_RETRY);
    };
    say();
  }

  open(views: string[]): Promise<Answer> {
    return this.#ask({ kind: "open", views });
  }

  ask(view: string, ask: Ask): Promise<Answer> {
    return this.#ask({ ...ask, view });
  }

  receive(reply: Reply): void {
    const resolve = this.#waiting.get(reply.request);
    this.#waiting.delete(reply.request);
    resolve?.({ ok: reply.ok, why: reply.why, value: reply.value });
  }

  /** Nobody will answer any more; whoever waits is told so. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.forsake();
  }

  /** Who waits is told that no answer comes. */
  forsake(): void {
    for (const resolve of this.#waiting.values()) resolve({ ok: false, why: "the kernel has gone" });
    this.#waiting.clear();
  }

  #ask(body: DistributiveOmit<PageMessage, "request">): Promise<Answer> {
    const request = `${this.#mark}-${++count}`;
    return new Promise((resolve) => {
      this.#waiting.set(request, resolve);
      try {
        const message = { ...body, request } as PageMessage;
        const texts = cut(JSON.stringify(message));
        if (texts.length > MOST) {
          this.#waiting.delete(request);
          resolve({ ok: false, why: "this is larger than a request may be (32 MB)" });
        } else if (texts.length === 1) {
          this.#send(message);
        } else {
          texts.forEach((text, part) => this.#send({ kind: "part", part, of: texts.length, text, request }));
        }
      } catch {
        this.#waiting.delete(request);
        resolve({ ok: false, why: "the kernel cannot be reached" });
      }
    });
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
