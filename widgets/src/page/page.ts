// What all copies of this module in one page share. Every hub widget evaluates its own copy (from a blob URL), so the
// registry hangs on a global symbol: one hub per kernel session, and never two hubs in one output.

/** Whoever keeps editors in outputs. `models` are the widget models through which its kernel speaks. */
export interface Owner<M = unknown> {
  readonly session: string;
  readonly path: string | null;
  attach(model: M): void;
  /** False when no model is left. */
  detach(model: M): boolean;
  receive(message: never): void;
  interrupted(): void;
  close(): void;
}

interface Page {
  owners: Map<string, Owner>;
  hosts: WeakMap<Element, Owner>;
}

const KEY = Symbol.for("nbkit.page/1");
const shared = globalThis as unknown as Record<symbol, Page | undefined>;
const page: Page = (shared[KEY] ??= { owners: new Map(), hosts: new WeakMap() });

export function ownerOf<M>(session: string, make: () => Owner<M>): Owner<M> {
  const known = page.owners.get(session) as Owner<M> | undefined;
  if (known) return known;
  const owner = make();
  page.owners.set(session, owner as Owner);
  return owner;
}

export function retire(owner: Owner<never>): void {
  if (page.owners.get(owner.session) === (owner as Owner)) page.owners.delete(owner.session);
}

/** Take an output, unless another living hub has it. */
export function claim(host: Element, owner: Owner<never>): boolean {
  const holder = page.hosts.get(host);
  if (holder && holder !== (owner as Owner) && page.owners.get(holder.session) === holder) return false;
  page.hosts.set(host, owner as Owner);
  return true;
}

export function release(host: Element, owner: Owner<never>): void {
  if (page.hosts.get(host) === (owner as Owner)) page.hosts.delete(host);
}

export function hasRivals(owner: Owner<never>): boolean {
  return [...page.owners.keys()].some((session) => session !== owner.session);
}
