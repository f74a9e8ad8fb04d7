// What can be done to a block, in reach of the mouse: three buttons beside it, and the rest in a row that unfolds.
import { Button } from "../button";
import type { ViewStore } from "../store";

export function BlockTools({ view, id, path }: { view: ViewStore; id: string; path: string }) {
  const { editor } = view;
  const open = editor.unfolded.value === id;
  const inTabOrder = editor.here.value === id; // arrows go from block to block, Tab to what can be done to one
  return (
    <>
      <Button kind="quiet" inTabOrder={inTabOrder} label={`edit ${path}`} title="edit (Enter)" onPress={() => editor.edit(id)}>
        ✎
      </Button>
      <Button
        kind="quiet"
        local
        inTabOrder={inTabOrder}
        label={`more for ${path}`}
        title="more"
        expanded={open}
        onPress={() => (editor.unfolded.value = open ? null : id)}
      >
        ⋯
      </Button>
      <Button
        kind="quiet"
        inTabOrder={inTabOrder}
        label={`delete ${path}`}
        title={`delete ${path}`}
        onPress={() => editor.delete(id)}
      >
        ×
      </Button>
    </>
  );
}

/** The row that unfolds under a block. */
export function MoreTools({ view, id, path }: { view: ViewStore; id: string; path: string }) {
  const { editor } = view;
  const wire = editor.place(id)?.block.view.value.wire ?? {};
  const messages = view.array.value;
  const first = messages[0]?.blocks.value[0]?.id === id;
  const last = messages.at(-1)?.blocks.value.at(-1)?.id === id;
  const many = editor.meant(id).length;
  return (
    <div class="nbk-row nbk-more" role="toolbar" aria-label={`actions on ${path}`}>
      {many > 1 && <span class="nbk-hint">{many} blocks:</span>}
      <Button kind="small" title="o" onPress={() => editor.add(id)}>
        Add below
      </Button>
      <Button kind="small" title="d" onPress={() => editor.duplicate(id)}>
        Duplicate
      </Button>
      <Button kind="small" title="Alt+↑" off={first} onPress={() => editor.shift(id, false)}>
        Move up
      </Button>
      <Button kind="small" title="Alt+↓" off={last} onPress={() => editor.shift(id, true)}>
        Move down
      </Button>
      {wire["type"] === "text" && (
        <Button kind="small" title="m: one text with the block below" onPress={() => editor.merge(id)}>
          Join
        </Button>
      )}
      {(editor.place(id)?.i ?? 0) > 0 && (
        <Button kind="small" title="a message of its own, from this block on" onPress={() => editor.cutMessage(id)}>
          Cut message here
        </Button>
      )}
      <Button
        kind="small"
        title="b: a cache breakpoint at the end of this block"
        pressed={wire["cache_control"] != null}
        onPress={() => editor.toggleCache(id)}
      >
        Cache breakpoint
      </Button>
      <Button kind="small" local title="Ctrl+C: as JSON" onPress={() => copy(editor.copied(id))}>
        Copy
      </Button>
      <Button kind="small" local onPress={() => editor.toggleKeys(id)}>
        Keys
      </Button>
    </div>
  );
}

/** Put a text on the clipboard; where the page may not, as by a selection. */
export function copy(text: string): void {
  if (navigator.clipboard && window.isSecureContext) {
    void navigator.clipboard.writeText(text).catch(() => copyOldWay(text));
  } else {
    copyOldWay(text);
  }
}

function copyOldWay(text: string): void {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
