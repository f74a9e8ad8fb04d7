// What Jupyter knows of the kernel behind an output: a request to one that has gone is never answered, so the page
// says so instead of waiting. Other pages (VS Code, Colab) do not tell; there the kernel counts as present.

/** `none`: it was shut down; `away`: it may go on, and hears what was asked once the connection is back. */
export type KernelState = "here" | "away" | "none" | "dead" | "restarting";

export interface Standing {
  state: KernelState;
  /** Which kernel it is; null: none. */
  id: string | null;
}

type Slot = (sender: unknown, args: unknown) => void;
interface Signal {
  connect(slot: Slot): void;
  disconnect(slot: Slot): void;
}
interface Session {
  session?: { kernel?: { id?: string; status?: string; connectionStatus?: string } | null } | null;
  statusChanged?: Signal;
  connectionStatusChanged?: Signal;
  kernelChanged?: Signal;
}

const RECORD = "What stands here is recorded";

export const KERNEL_WORDS: Record<KernelState, string> = {
  here: "",
  away: "not connected to the kernel: what you ask for waits until the connection is back",
  none: `no kernel: it was shut down. ${RECORD}: start one and run the cells again to go on`,
  dead: `the kernel has died. ${RECORD}: restart it and run the cells again to go on`,
  restarting: `the kernel restarts. ${RECORD}: run the cells again to go on`,
};

/** Whether nobody will answer any more. */
export const isGone = (state: KernelState) => state !== "here" && state !== "away";

/** Report how the kernel of this widget manager's notebook stands, now and whenever that changes. */
export function watchKernel(manager: unknown, changed: (standing: Standing) => void): () => void {
  const { context } = (manager ?? {}) as { context?: { sessionContext?: Session } };
  const session = context?.sessionContext;
  if (!session?.statusChanged) return () => {};
  const look = () => changed(standing(session));
  const signals = [session.statusChanged, session.connectionStatusChanged, session.kernelChanged];
  for (const each of signals) each?.connect(look);
  look();
  return () => signals.forEach((each) => each?.disconnect(look));
}

function standing({ session }: Session): Standing {
  const kernel = session?.kernel;
  if (!kernel) return { state: "none", id: null };
  const { id = null, status = "", connectionStatus = "connected" } = kernel;
  if (status === "dead") return { state: "dead", id };
  if (status.endsWith("restarting")) return { state: "restarting", id };
  return { state: connectionStatus === "connected" ? "here" : "away", id };
}
