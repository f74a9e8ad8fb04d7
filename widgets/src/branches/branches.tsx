// What there is around all of a conversation: its branches, what can be compared, search, a copy to share.
import { useState } from "preact/hooks";
import { Button } from "../button";
import type { Head } from "../protocol";
import { SendAsItIs } from "../pause/send-as-it-is";
import type { ViewStore } from "../store";

type Branch = NonNullable<Head["branches"]>[number];

export function Branches({ view }: { view: ViewStore }) {
  const { whole, unfolded = whole, branches = [], sent, diff, state } = view.head.value;
  const [open, setOpen] = useState(false);
  if (!unfolded) return null;
  const since = diff?.first === "" && diff.second === "request";
  return (
    <div class="nbk-bar">
      <div class="nbk-row">
        {branches.length > 1 && (
          <Button kind="quiet" local expanded={open} onPress={() => setOpen(!open)}>
            {branches.length} branches {open ? "▴" : "▾"}
          </Button>
        )}
        {sent && (
          <Button
            kind="quiet"
            pressed={since}
            onPress={() => view.ask({ kind: "compare", first: "", second: since ? null : "request" })}
          >
            Since the last request
          </Button>
        )}
        <Button kind="quiet" local title="/ or Ctrl+F on a block" onPress={() => view.search.show()}>
          Search
        </Button>
        {state !== "idle" && view.editor.still && !view.broken.value && <SendAsItIs view={view} kind="quiet" />}
        <Button
          kind="quiet"
          title="save a copy without results, thinking, files"
          onPress={() => view.ask({ kind: "share" })}
        >
          Share clean
        </Button>
      </div>
      {open && branches.length > 1 && (
        <ul class="nbk-branches" aria-label="branches">
          {branches.map((branch, i) => (
            <Line key={branch.name} view={view} branch={branch} present={i === 0} />
          ))}
        </ul>
      )}
    </div>
  );
}

function Line({ view, branch, present }: { view: ViewStore; branch: Branch; present: boolean }) {
  const { name, messages, parts } = branch;
  const [named, setNamed] = useState<string | null>(null);
  const key = `branch ${name}`;
  const compared = view.head.value.diff?.second === key;
  const { still } = view.editor;
  const rename = async () => {
    if (!named || named === name || (await view.ask({ kind: "rename_branch", branch: name, name: named }))) setNamed(null);
  };
  return (
    <li class="nbk-row">
      <b>{name}</b>
      <span class="nbk-hint">
        {messages} {messages === 1 ? "message" : "messages"}
        {present ? ", the present one" : `, parts at messages.${parts}`}
      </span>
      {!present && (
        <>
          <Button kind="small" off={!still} label={`switch to ${name}`} onPress={() => view.ask({ kind: "switch", branch: name })}>
            Switch
          </Button>
          <Button
            kind="small"
            pressed={compared}
            label={`compare with ${name}`}
            onPress={() => view.ask({ kind: "compare", first: "", second: compared ? null : key })}
          >
            Compare
          </Button>
        </>
      )}
      {named === null ? (
        <Button kind="quiet" label={`rename ${name}`} onPress={() => setNamed(name)}>
          Rename
        </Button>
      ) : (
        <input
          class="nbk-field nbk-one-line"
          aria-label={`new name of ${name}`}
          value={named}
          ref={(field) => field?.focus()}
          onInput={(event) => setNamed(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") void rename();
            if (event.key === "Escape") setNamed(null);
          }}
          onBlur={() => void rename()}
        />
      )}
      {!present && (
        <Button
          kind="quiet"
          off={!still}
          label={`forget ${name}`}
          title="undo brings it back"
          onPress={() => view.ask({ kind: "drop_branch", branch: name })}
        >
          Forget
        </Button>
      )}
    </li>
  );
}
