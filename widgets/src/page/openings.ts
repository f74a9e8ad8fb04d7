// Which views to ask the kernel for. Outputs come in bursts (a notebook opens, a page scrolls), so they are asked for
// together, and a view that this kernel did not know is not asked for again.

const GATHER = 30;
const CALM = 400;

export class Openings {
  #open: (views: string[]) => Promise<unknown>;
  #wanted = new Set<string>();
  #asked = new Set<string>();
  #unknown = new Set<string>();
  #lost = new Map<string, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #started = false;

  constructor(open: (views: string[]) => Promise<unknown>) {
    this.#open = open;
  }

  /** Questions wait until the kernel has said that it listens. */
  start(): void {
    this.#started = true;
    this.#gather();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#started = false;
    for (const set of [this.#wanted, this.#asked, this.#unknown]) set.clear();
  }

  want(view: string): void {
    if (this.#asked.has(view) || this.#unknown.has(view)) return;
    this.#wanted.add(view);
    this.#gather();
  }

  /** The kernel itself spoke of the view, so it knows it. While it streams, it speaks often. */
  lost(view: string): void {
    const now = Date.now();
    if (now - (this.#lost.get(view) ?? 0) < CALM) return;
    this.#lost.set(view, now);
    this.#unknown.delete(view);
    this.want(view);
  }

  came(view: string): void {
    for (const set of [this.#wanted, this.#asked, this.#unknown]) set.delete(view);
  }

  #gather(): void {
    if (!this.#started || this.#wanted.size === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#ask([...this.#wanted]);
    }, GATHER);
  }

  async #ask(views: string[]): Promise<void> {
    if (views.length === 0) return;
    this.#wanted.clear();
    for (const view of views) this.#asked.add(view);
    await this.#open(views);
    for (const view of views) if (this.#asked.delete(view)) this.#unknown.add(view);
  }
}
