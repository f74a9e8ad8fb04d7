// What can be done to a whole message: its role is a button that unfolds the rest.
import type { MessageStore } from "../array";
import { Button } from "../button";
import type { ViewStore } from "../store";
import { copy } from "./tools";

interface MessageProps {
  view: ViewStore;
  message: MessageStore;
  /** Where it stands in the array; "" where it has no place. */
  path: string;
}

export function RoleLabel({ view, message, path }: MessageProps) {
  const { editor } = view;
  const { id, role } = message.head.value;
  if (!path || !editor.still) return <>{role}</>;
  const open = editor.unfolded.value === id;
  return (
    <Button
      kind="quiet"
      local
      inTabOrder={editor.isAt(message)}
      label={`${role}: more for ${path}`}
      title={path}
      expanded={open}
      onPress={() => (editor.unfolded.value = open ? null : id)}
    >
      {role}
    </Button>
  );
}

const ROLES = ["user", "assistant", "system"];

/** The row that unfolds over a message's blocks. */
export function MessageTools({ view, message, path }: MessageProps) {
  const { editor } = view;
  const { id, role, as_string } = message.head.value;
  if (!path || !editor.still || editor.unfolded.value !== id) return null;
  const messages = view.array.value;
  const at = messages.indexOf(message);
  const [only] = message.blocks.value;
  const plain = message.blocks.value.length === 1 && only && isPlain(only.view.value.wire);
  return (
    <div class="nbk-row nbk-more" role="toolbar" aria-label={`actions on ${path}`}>
      <select
        class="nbk-select"
        aria-label={`role of ${path}`}
        value={role}
        onChange={(event) => view.ask({ kind: "edit", id, field: "role", value: event.currentTarget.value })}
      >
        {[...new Set([...ROLES, role])].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      <Button kind="small" onPress={() => view.ask({ kind: "duplicate", ids: [id] })}>
        Duplicate
      </Button>
      <Button kind="small" off={at === 0} onPress={() => editor.shiftMessage(at, false)}>
        Move up
      </Button>
      <Button kind="small" off={at === messages.length - 1} onPress={() => editor.shiftMessage(at, true)}>
        Move down
      </Button>
      <Button
        kind="small"
        off={at === messages.length - 1}
        title="one message with the one below"
        onPress={() => view.ask({ kind: "merge", id })}
      >
        Join
      </Button>
      {plain && (
        <Button
          kind="small"
          title="the content as a list of blocks, or as a string"
          onPress={() => view.ask({ kind: "wrap", id })}
        >
          {as_string ? "As blocks" : "As a string"}
        </Button>
      )}
      <Button kind="small" local title="as JSON" onPress={() => copy(editor.messageJson(message))}>
        Copy
      </Button>
      <Button kind="small" onPress={() => view.ask({ kind: "delete", ids: [id] })}>
        Delete
      </Button>
    </div>
  );
}

function isPlain(wire: object): boolean {
  return Object.keys(wire).sort().join() === "text,type";
}
