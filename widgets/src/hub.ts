// The module that the kernel's hub widget carries. It is never shown: it listens to one kernel, finds the outputs that
// belong to it, and keeps the live editors in them for as long as the kernel answers.
import css from "./theme.css";
import editing from "./editing/editing.css";
import faces from "./blocks/faces.css";
import whatIf from "./what-if/what-if.css";
import branches from "./branches/branches.css";
import wire from "./wire/wire.css";
import narrow from "./narrow.css";
import forcedColors from "./forced-colors.css";
import { Link } from "./page/link";
import { writeOutput } from "./page/outputs";
import { isGone, watchKernel, type Standing } from "./page/kernel";
import { hostsIn, Mounts, showSaved, viewOf, watch } from "./page/mounts";
import { Openings } from "./page/openings";
import { claim, hasRivals, ownerOf, release, retire, type Owner } from "./page/page";
import type { KernelMessage } from "./protocol";
import { Store, type ViewStore } from "./store";

export interface AnyModel {
  get(name: string): unknown;
  send(content: unknown): void;
  on(name: string, callback: (message: never) => void): void;
  off(name: string, callback: (message: never) => void): void;
  widget_manager?: unknown;
}

const REVIVALS = 6;

class Hub implements Owner<AnyModel> {
  readonly session: string;
  readonly path: string | null;
  readonly store: Store;
  #models: AnyModel[] = [];
  #mounts = new Mounts((host) => release(host, this));
  #openings = new Openings((views) => this.#link.open(views));
  #link: Link;
  #unwatch: () => void;
  #unheed = () => {};
  /** The kernel that the widget belongs to, as Jupyter names it; null: not known. */
  #kernel: string | null = null;

  constructor(session: string, model: AnyModel) {
    this.session = session;
    this.path = notebookPath(model);
    this.#models.push(model);
    const events = {
      known: (view: ViewStore) => this.#everywhere(view.id),
      lost: (view: string) => this.#openings.lost(view),
    };
    this.store = new Store((view, ask) => this.#link.ask(view, ask), events, { session, path: this.path });
    this.#link = this.#connect();
    this.#unwatch = watch((host) => this.consider(host));
    this.#look();
    this.#heed(model);
  }

  /** A second model of the same kernel: the notebook was closed and opened again, or has another view. */
  attach(model: AnyModel): void {
    if (this.#models.includes(model)) return;
    this.#models.push(model);
    this.#heed(model);
    this.#link.ready(() => this.#openings.start());
  }

  detach(model: AnyModel): boolean {
    this.#models = this.#models.filter((other) => other !== model);
    return this.#models.length > 0;
  }

  receive(message: KernelMessage): void {
    if (message.kind === "output") {
      this.#models.toReversed().some((model) => writeOutput(model.widget_manager, message.view, message.bundle));
      return;
    }
    if (message.kind === "call") return void this.#link.open([]);
    if (message.kind === "reply") return this.#link.receive(message);
    if (message.kind === "snapshot") this.#openings.came(message.view);
    this.store.receive(message);
  }

  /** Mount an output whose view is known; ask the kernel for one that is not. */
  consider(host: Element): void {
    const id = viewOf(host);
    if (id === null || !this.#mine(host)) return;
    const view = this.store.views.get(id);
    if (!view) {
      showSaved(host);
      this.#openings.want(id);
    } else if (claim(host, this)) this.#mounts.mount(host, view);
  }

  /** The comm may be dead: show what is saved, and see whether somebody still answers. */
  interrupted(): void {
    this.#down();
    this.#link = this.#connect(REVIVALS);
    this.#look();
  }

  close(): void {
    this.#down();
    this.#unwatch();
    this.#unheed();
    retire(this);
  }

  #connect(tries?: number): Link {
    const link = new Link((message) => this.#models.at(-1)?.send(message));
    link.ready(() => this.#openings.start(), tries);
    return link;
  }

  #heed(model: AnyModel): void {
    this.#unheed();
    this.#unheed = watchKernel(model.widget_manager, (standing) => this.#stands(standing));
  }

  /** A kernel that has gone takes its answers along; where another one came, the editors here belong to none. */
  #stands({ state, id }: Standing): void {
    this.#kernel ??= id;
    const before = this.store.kernel.peek();
    if (id !== null && id !== this.#kernel) {
      if (this.store.views.size > 0) this.interrupted();
    } else if (state !== before) {
      this.store.kernel.value = state;
      if (isGone(state)) this.#link.forsake();
    }
  }

  #down(): void {
    this.#link.close();
    this.#openings.stop();
    this.#mounts.clear();
    this.store.clear();
  }

  #look(): void {
    hostsIn(document.body).forEach((host) => this.consider(host));
  }

  #everywhere(view: string): void {
    for (const host of [...document.getElementsByClassName(`nbkit-${view}`)]) {
      if (!host.closest(".nbk")) this.consider(host);
    }
  }

  /** With two notebooks in one page, copies of one notebook may name the same view: then the tab's title decides. */
  #mine(host: Element): boolean {
    if (this.path === null || !hasRivals(this)) return true;
    const panel = host.closest(".jp-NotebookPanel");
    const tabs = [...document.querySelectorAll<HTMLElement>(".lm-TabBar-tab")];
    const title = panel && tabs.find((tab) => tab.dataset["id"] === panel.id)?.title;
    return !title || title.includes(this.path);
  }
}

function notebookPath(model: AnyModel): string | null {
  const manager = model.widget_manager as { context?: { path?: unknown } } | undefined;
  const path = manager?.context?.path;
  return typeof path === "string" ? (path.split(":").pop() ?? null) : null;
}

function addStyle(): void {
  const style = document.getElementById("nbk-style") ?? document.createElement("style");
  style.id = "nbk-style";
  const all = css + faces + whatIf + editing + wire + branches + narrow + forcedColors;
  style.textContent = all.replaceAll("?", ".nbk-").replaceAll("`", ".nbk "); // as build.mjs made them short
  document.head.append(style);
}

/** Synchronous on purpose: a message that comes right after the comm opened must find its listener. */
function initialize({ model, signal }: { model: AnyModel; signal?: AbortSignal }): () => void {
  addStyle();
  const hub = ownerOf<AnyModel>(String(model.get("session")), () => new Hub(String(model.get("session")), model));
  hub.attach(model);
  const listeners: [string, (message: never) => void][] = [
    ["msg:custom", (message) => hub.receive(message)],
    ["comm_live_update", () => hub.interrupted()],
    ["comm:close", () => end()],
    ["destroy", () => end()],
  ];
  const end = () => {
    for (const [name, callback] of listeners) model.off(name, callback);
    if (!hub.detach(model)) hub.close();
  };
  for (const [name, callback] of listeners) model.on(name, callback);
  signal?.addEventListener("abort", end, { once: true });
  return end;
}

/** The hub has no face of its own: it is shown only where nothing else makes the page wake its model. */
function render({ el }: { el: HTMLElement }): void {
  el.style.display = "none";
}

// The only export: anywidget takes a module with an exported `render` for one of its old kind.
export default { initialize, render };
