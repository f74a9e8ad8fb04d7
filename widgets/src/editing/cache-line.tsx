// The line of a cache breakpoint: where it stands, and what it costs.
import type { ViewStore } from "../store";

/** Those of a block, by its id, or of a part of the request, by its path. */
export function CacheLine({ view, id, path, marked }: { view: ViewStore; id?: string; path?: string; marked: boolean }) {
  const known = view.head.value.caches ?? [];
  const found = known.filter((each) => (id === undefined ? each.at === null && each.path === path : each.at === id));
  if (found.length === 0) return marked ? <p class="nbk-cache-line">cache breakpoint</p> : null;
  return (
    <>
      {found.map(({ words }, i) => (
        <p key={i} class="nbk-cache-line">
          cache breakpoint <span>{words}</span>
        </p>
      ))}
    </>
  );
}
