// Which rows of a long list are in sight, and where each row stands, when their heights are known only once drawn.
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

/** Pixels that a row is taken for while none was seen, and how many rows are drawn beyond the edges. */
const GUESS = 64;
const AROUND = 8;
/** Rows that may come into sight before others are drawn. */
const STEP = 3;
/** Whoever is this near to the end follows what arrives there, in pixels. */
const NEAR = 24;

/** The heights of rows by their keys, and the tops that follow from them. */
export class Heights {
  /** Grows with every height that is taken in. */
  version = 0;
  #known = new Map<number, number>();
  #sum = 0;

  /** Take in how high a row is; says by how much it is higher than it was taken for. */
  set(key: number, height: number): number {
    const before = this.of(key);
    this.#sum += height - (this.#known.get(key) ?? 0);
    this.#known.set(key, height);
    this.version += 1;
    return height - before;
  }

  /** How high a row is, or is likely to be: as high as those that are known, on average. */
  of(key: number): number {
    return this.#known.get(key) ?? (this.#known.size ? this.#sum / this.#known.size : GUESS);
  }

  /** Where each row begins, and last where all of them end. */
  tops(keys: number[]): Float64Array {
    const tops = new Float64Array(keys.length + 1);
    keys.forEach((key, at) => (tops[at + 1] = (tops[at] ?? 0) + this.of(key)));
    return tops;
  }
}

interface State {
  keys: number[];
  tops: Float64Array;
  /** One looks at the end, and at what arrives there. */
  atEnd: boolean;
  /** What was drawn last. */
  first: number;
  last: number;
}

/** The index of the row at this height; the last one beyond the end. */
export function rowAt(tops: Float64Array, y: number): number {
  let low = 0;
  let high = Math.max(tops.length - 2, 0);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface Windowed {
  /** The rows to draw, in order. */
  rows: number[];
  tops: Float64Array;
  /** To be given each row's element. */
  measure: (element: Element | null) => void;
}

/**
 * The window of a frame that scrolls onto rows, which are known by their keys. A row's element tells its index in
 * `data-index`. `kept` is drawn wherever it is; -1: none. With `follows` one begins at the end.
 */
export function useWindow(
  frame: { current: HTMLElement | null },
  keys: number[],
  kept: { current: number },
  follows = true,
): Windowed {
  const [, redraw] = useState(0);
  const state = useRef<State>({ keys, tops: new Float64Array(1), atEnd: follows, first: 0, last: -1 }).current;
  const heights = useMemo(() => new Heights(), []);
  state.keys = keys;
  state.tops = useMemo(() => heights.tops(keys), [keys, heights.version]);
  const observer = useMemo(() => {
    if (typeof ResizeObserver === "undefined") return undefined;
    return new ResizeObserver((entries) => {
      const element = frame.current;
      if (!element?.isConnected) return;
      const top = element.scrollTop;
      let above = 0;
      let changed = false;
      for (const { target } of entries) {
        if (target === element) changed = true;
        const at = indexOf(target);
        const key = state.keys[at];
        const height = target.getBoundingClientRect().height;
        if (key === undefined || target === element || !target.isConnected || height === 0) continue;
        const more = heights.set(key, height);
        if (more === 0) continue;
        changed = true;
        if ((state.tops[at] ?? 0) < top) above += more; // what one looks at stays where it is
      }
      if (!changed) return;
      if (above !== 0 && !state.atEnd) scroll(element, top + above);
      redraw((n) => n + 1);
    });
  }, []);
  const measure = useMemo(() => (element: Element | null) => void (element && observer?.observe(element)), []);
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const scrolled = () => {
      state.atEnd = follows && element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
      if (isFar(state, range(element, state.tops, state.keys.length))) redraw((n) => n + 1);
    };
    element.addEventListener("scroll", scrolled, { passive: true });
    observer?.observe(element);
    redraw((n) => n + 1);
    return () => {
      element.removeEventListener("scroll", scrolled);
      observer?.disconnect();
    };
  }, []);
  const end = state.tops[keys.length] ?? 0;
  useLayoutEffect(() => {
    if (state.atEnd && frame.current) scroll(frame.current, frame.current.scrollHeight);
  }, [end]);
  [state.first, state.last] = range(frame.current, state.tops, keys.length);
  return { rows: inSight(state.first, state.last, keys.length, kept.current), tops: state.tops, measure };
}

/** Scroll, and let everybody know at once: the page tells it later, and the output may be drawn anew before. */
export function scroll(element: HTMLElement, top: number): void {
  element.scrollTop = top;
  element.dispatchEvent(new Event("scroll"));
}

/** Whether other rows have to be drawn: some are beyond the edges, so not every step needs new ones. */
function isFar({ first, last, keys }: State, [top, bottom]: [number, number]): boolean {
  if (Math.abs(top - first) >= STEP || Math.abs(bottom - last) >= STEP) return true;
  return (top === 0 && first > 0) || (bottom === keys.length - 1 && last < bottom);
}

/** The first and the last row to draw. */
function range(element: HTMLElement | null, tops: Float64Array, count: number): [number, number] {
  const top = element?.scrollTop ?? 0;
  const first = Math.max(rowAt(tops, top) - AROUND, 0);
  return [first, Math.min(rowAt(tops, top + (element?.clientHeight ?? 0)) + AROUND, count - 1)];
}

function inSight(first: number, last: number, count: number, kept: number): number[] {
  const rows = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  if (kept >= 0 && kept < first) rows.unshift(kept);
  if (kept > last && kept < count) rows.push(kept);
  return rows;
}

export function indexOf(element: Element): number {
  return Number(element.closest<HTMLElement>("[data-index]")?.dataset["index"] ?? -1);
}
