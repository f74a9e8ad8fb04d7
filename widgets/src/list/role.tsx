// Who says a message; and the ways back to it: the conversation as it was then, here or as another one.
import { Button } from "../button";
import { RoleLabel } from "../editing/message-tools";
import type { MessageStore } from "../array";
import type { ViewStore } from "../store";
import { WireOpener } from "../wire/wire-panel";

export function Role({ view, message, index }: { view: ViewStore; message: MessageStore; index: number }) {
  const { id } = message.head.value;
  const path = message.path(index);
  return (
    <div class="nbk-role" title={path}>
      <RoleLabel view={view} message={message} path={path} />
      {path && view.editor.still && (
        <span class="nbk-ways">
          <Button
            kind="quiet"
            inTabOrder={view.editor.isAt(message)}
            label={`rewind to ${path}`}
            title="rewind to here: what comes after is left, and stays as a branch"
            onPress={() => view.ask({ kind: "rewind", id })}
          >
            <Icon d="M8 3 3 8l5 5M3 8h7a3 3 0 0 1 3 3v2" />
          </Button>
          <Button
            kind="quiet"
            inTabOrder={view.editor.isAt(message)}
            label={`fork from ${path}`}
            title="fork from here: another conversation, up to this message"
            onPress={() => view.ask({ kind: "fork", id })}
          >
            <Icon d="M4 2v12M4 9c6 0 8-2 8-7M9.500 4.500 12 2l2.500 2.500" />
          </Button>
        </span>
      )}
      {path && <WireOpener view={view} message={message} path={path} />}
    </div>
  );
}

function Icon({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="11" height="11" aria-hidden="true">
      <path d={d} fill="none" stroke="currentColor" stroke-width="1.600" />
    </svg>
  );
}
