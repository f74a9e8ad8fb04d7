// Finds the outputs that show a view, and keeps a live editor inside each. The static children stay in the element,
// hidden by a class; unmounting takes the class away and the saved output is back.
import { render } from "preact";
import { isOnDark } from "../dark";
import type { ViewStore } from "../store";
import { View } from "../view";
import { keepPresses } from "./presses";

const HOST = "nbkit";
const PREFIX = "nbkit-";
/** Scrolling takes cells out of the page for a while; after this long an editor out of sight is let go. */
const FORGET_AFTER = 60_000;
/** With this attribute Jupyter's shortcuts leave an element alone. */
const SUPPRESS = "data-lm-suppress-shortcuts";
/** What Jupyter draws an output in, again and again: this stays, its contents are made anew. */
const AROUND = ".jp-OutputArea-output";
const KEPT = "nbk-around";
const KEYS = ["keydown", "keyup", "keypress", "copy", "cut", "paste"];

/** The view that an output element shows: its class list is `nbkit` and `nbkit-<view>`. */
export function viewOf(host: Element): string | null {
  if (!host.classList.contains(HOST)) return null;
  const name = [...host.classList].find((name) => name.startsWith(PREFIX));
  return name?.slice(PREFIX.length) || null;
}

/** Every output element in a subtree, the root of the subtree included. */
export function hostsIn(node: Node): Element[] {
  if (!(node instanceof Element)) return [];
  const found = [...node.getElementsByClassName(HOST)];
  if (node.classList.contains(HOST)) found.unshift(node);
  return found.filter((host) => viewOf(host) !== null && !host.closest(".nbk"));
}

/** Let an output that has no editor show what is saved, also where there was one. */
export function showSaved(host: Element): void {
  host.parentElement?.classList.remove(KEPT);
}

/** Report elements of ours that enter the page, in the microtask after they did. */
export function watch(found: (host: Element) => void): () => void {
  const observer = new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) hostsIn(node).forEach(found);
      }
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
  return () => observer.disconnect();
}

export class Mount {
  readonly root = document.createElement("div");
  host: Element;
  #focused: HTMLElement | null = null;
  #scrolled = new Map<Element, [number, number]>();
  #listening = new AbortController();
  #around: HTMLElement | null = null;
  #sized = typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(() => this.#hold());

  constructor(host: Element, view: ViewStore) {
    this.host = host;
    this.root.className = "nbk mathjax_ignore tex2jax_ignore"; // text with two dollar signs is no formula
    this.root.setAttribute(SUPPRESS, "true");
    this.#listen();
    render(<View view={view} />, this.root);
    this.#enter(host);
    this.#sized?.observe(this.root);
  }

  /** The output was drawn anew: take the editor along, with focus, caret and scroll positions. */
  move(host: Element): void {
    this.host.classList.remove("nbk-host");
    this.#enter(host);
    for (const [element, [top, left]] of this.#scrolled) {
      if (element.isConnected) element.scrollTo?.({ top, left, behavior: "instant" });
      else this.#scrolled.delete(element);
    }
    this.#refocus();
  }

  remove(): void {
    this.#listening.abort();
    this.#sized?.disconnect();
    this.#around?.classList.remove(KEPT);
    render(null, this.root);
    this.root.remove();
    this.host.classList.remove("nbk-host");
  }

  #enter(host: Element): void {
    this.host = host;
    this.root.classList.toggle("nbk-on-dark", isOnDark(host));
    host.classList.add("nbk-host");
    host.append(this.root);
    const around = host.closest<HTMLElement>(AROUND);
    if (this.#around !== around) this.#around?.classList.remove(KEPT);
    this.#around = around;
    around?.classList.add(KEPT);
  }

  /**
   * Jupyter lays out a new output at once, before anybody hears of it: of a long record that takes most of a second.
   * So what is around it keeps the editor's place for it, and has none for the record.
   */
  #hold(): void {
    const { height } = this.root.getBoundingClientRect();
    if (this.root.isConnected && height > 0) this.#around?.style.setProperty("--nbk-height", `${height}px`);
  }

  #refocus(): void {
    const element = this.#focused;
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (!element?.isConnected || !lost) return;
    const caret = element instanceof HTMLTextAreaElement ? [element.selectionStart, element.selectionEnd] : null;
    element.focus({ preventScroll: true });
    if (caret) (element as HTMLTextAreaElement).setSelectionRange(caret[0] ?? 0, caret[1] ?? 0);
  }

  #listen(): void {
    const { signal } = this.#listening;
    keepPresses(this.root, signal);
    const entered = (event: FocusEvent) => {
      this.#focused = event.target as HTMLElement;
      // Notebook 7 looks at keys before we do, and tries the focused element before its ancestors: mark that one.
      this.#focused.setAttribute(SUPPRESS, "true");
    };
    this.root.addEventListener("focusin", entered, { signal });
    // Leaving the page is not leaving the field: only a connected root that lost the focus forgets it.
    const left = () =>
      setTimeout(() => {
        if (this.root.isConnected && !this.root.contains(document.activeElement)) this.#focused = null;
      });
    this.root.addEventListener("focusout", left, { signal });
    const scrolled = (event: Event) => {
      const { scrollTop, scrollLeft } = event.target as Element;
      if (this.root.isConnected) this.#scrolled.set(event.target as Element, [scrollTop, scrollLeft]);
    };
    this.root.addEventListener("scroll", scrolled, { signal, capture: true, passive: true });
    this.root.addEventListener("keydown", (event) => this.#leave(event), { signal });
    this.root.addEventListener("keydown", (event) => this.#save(event), { signal });
    const recoloured = () => this.root.classList.toggle("nbk-on-dark", isOnDark(this.host));
    window.matchMedia?.("(prefers-color-scheme: dark)").addEventListener("change", recoloured, { signal });
    for (const name of KEYS) this.root.addEventListener(name, (event) => event.stopPropagation(), { signal });
  }

  /** Ctrl+S saves the notebook from here, too: all other keys end at the root. */
  #save(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    const notebook = this.root.closest(".jp-Notebook") ?? this.host.parentElement;
    notebook?.dispatchEvent(new KeyboardEvent("keydown", event));
  }

  /** Escape outside of a form gives the keyboard back to the notebook. */
  #leave(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    (document.activeElement as HTMLElement | null)?.blur();
    this.root.closest<HTMLElement>(".jp-Notebook")?.focus();
  }
}

/** The editors of one kernel. Several elements of one view are several editors on one store. */
export class Mounts {
  #mounts = new Map<Element, Mount>();
  #sweeping: ReturnType<typeof setTimeout> | undefined;
  #released: (host: Element) => void;

  constructor(released: (host: Element) => void) {
    this.#released = released;
  }

  mount(host: Element, view: ViewStore): void {
    if (this.#mounts.get(host)?.root.parentElement === host) return;
    const orphan = [...this.#mounts.values()].find(
      (mount) => !mount.host.isConnected && viewOf(mount.host) === view.id,
    );
    if (orphan) {
      this.#drop(orphan.host);
      orphan.move(host);
      this.#mounts.set(host, orphan);
    } else {
      this.#mounts.get(host)?.remove();
      this.#mounts.set(host, new Mount(host, view));
    }
    clearTimeout(this.#sweeping);
    this.#sweeping = setTimeout(() => this.#sweep(), FORGET_AFTER);
  }

  clear(): void {
    clearTimeout(this.#sweeping);
    for (const [host, mount] of this.#mounts) {
      mount.remove();
      this.#drop(host);
    }
  }

  #sweep(): void {
    for (const [host, mount] of this.#mounts) {
      if (host.isConnected) continue;
      mount.remove();
      this.#drop(host);
    }
  }

  #drop(host: Element): void {
    this.#mounts.delete(host);
    this.#released(host);
  }
}
