// One view of a conversation: head, what was filled in, the list of messages, what is wrong, and the controls.
import { Announcer } from "./announce";
import { Branches } from "./branches/branches";
import { Diff } from "./branches/diff";
import { SearchField } from "./search/search-field";
import { Controls } from "./pause/controls";
import { AskFirst } from "./editing/ask-first";
import { AddMessage } from "./editing/add-message";
import { LostWords } from "./editing/lost";
import { standIn } from "./editing/events";
import { loose, RequestPart } from "./editing/request";
import { useHeldFocus } from "./focus";
import { Head } from "./head";
import { MessageList } from "./list/list";
import { Problems } from "./problem";
import { Gone } from "./button";
import "./spelling";
import type { ViewStore } from "./store";
import { Understudies } from "./pause/understudy";
import { WhatIf } from "./what-if/what-if";
import { LastWire } from "./wire/wire-panel";

export function View({ view }: { view: ViewStore }) {
  const { conversation, state, filled, error, whole } = view.head.value;
  const part = useHeldFocus<HTMLElement>((around, part) => standIn(view.editor, around, part));
  return (
    <Gone.Provider value={view.gone.value}>
      <section ref={part} class={`nbk-view nbk-is-${state}`} aria-label={`conversation ${conversation}`}>
        <Head view={view} />
        {state === "stale" && <p class="nbk-stale">stale: not on the current branch any more</p>}
        {filled.length > 0 && (
          <div class="nbk-filled" role="group" aria-label="filled in">
            {filled.map(({ name, value }) => (
              <span key={name}>
                <code>{`{${name}}`}</code>
                {value === null ? " stays as written: no variable has that name" : <> = <b>{value}</b></>}
              </span>
            ))}
          </div>
        )}
        {whole && <Around view={view} />}
        <RequestPart view={view} />
        <AskFirst view={view} at={null} />
        <MessageList view={view} />
        <AddMessage view={view} />
        <LostWords view={view} />
        <Understudies view={view} />
        <Problems view={view} problems={loose(view)} />
        {error && (
          <div class="nbk-panel nbk-error" role="group" aria-label="error">
            <b>{error.title}</b>
            <p>{error.message}</p>
            {error.path && <code>{error.path}</code>}
            {error.sent && <LastWire key={error.message} view={view} />}
          </div>
        )}
        <WhatIf view={view} />
        <Controls view={view}>{!whole && <Around view={view} />}</Controls>
        <Announcer view={view} />
      </section>
    </Gone.Provider>
  );
}

/** A cell's own turn has them where its `⋯` is. */
function Around({ view }: { view: ViewStore }) {
  return (
    <>
      <Branches view={view} />
      <SearchField view={view} />
      <Diff view={view} />
    </>
  );
}
