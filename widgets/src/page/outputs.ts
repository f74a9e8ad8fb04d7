// Jupyter updates an output by its display id only until its page is reloaded. After that the kernel sends the
// outputs here, and they are written into the notebook's own model, so that what is saved is what is shown.
interface Outputs {
  readonly length: number;
  get(index: number): { toJSON(): { data?: Record<string, unknown> } };
  set(index: number, output: unknown): void;
}
interface Manager {
  context?: { isDisposed?: boolean; model?: { cells?: Cells } };
}
interface Cells extends Iterable<{ outputs?: Outputs }> {}

export function writeOutput(manager: unknown, view: string, bundle: Record<string, unknown>): boolean {
  const { context } = (manager ?? {}) as Manager;
  const cells = context?.isDisposed ? undefined : context?.model?.cells; // a closed notebook can't be written any more
  const mark = `class="nbkit nbkit-${view}"`;
  for (const { outputs } of cells ?? []) {
    for (let index = 0; index < (outputs?.length ?? 0); index++) {
      const output = outputs!.get(index).toJSON();
      const html = output.data?.["text/html"];
      const text = Array.isArray(html) ? html.join("") : html;
      if (typeof text !== "string" || !text.startsWith(`<div ${mark}`)) continue;
      if (!same(output.data ?? {}, bundle)) outputs!.set(index, { ...output, data: bundle });
      return true;
    }
  }
  return false;
}

/** An output that is written again as it is would be drawn again, and the notebook would want to be saved. */
function same(before: Record<string, unknown>, after: Record<string, unknown>): boolean {
  const types = Object.keys(after);
  if (types.length !== Object.keys(before).length) return false;
  return types.every((type) => canonical(before[type]) === canonical(after[type]));
}

/** Jupyter sorts keys and cuts text into lines when it saves. */
function canonical(value: unknown): string {
  if (Array.isArray(value) && value.every((line) => typeof line === "string")) return JSON.stringify(value.join(""));
  return JSON.stringify(value, (_, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
