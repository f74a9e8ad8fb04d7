// The message array, as it is: one entry per message, one element per block.
import { Block } from "./blocks/block";
import { Problems } from "./problem";
import type { MessageStore } from "./array";
import type { ViewStore } from "./store";

export function MessageList({ view }: { view: ViewStore }) {
  const start = view.start.value;
  return (
    <ol class="nbk-list">
      {view.messages.value.map((message, i) => (
        <Message key={message.key} view={view} message={message} index={start + i} />
      ))}
    </ol>
  );
}

function Message({ view, message, index }: { view: ViewStore; message: MessageStore; index: number }) {
  const { id, role } = message.head.value;
  return (
    <li class={`nbk-message nbk-role-${role}`}>
      <div class="nbk-role" title={message.path(index)}>
        {role}
      </div>
      <div class="nbk-blocks">
        {message.blocks.value.map((block, i, all) => (
          <Block
            key={block.key}
            view={view}
            block={block}
            role={role}
            path={message.path(index, i)}
            before={all[i - 1]}
          />
        ))}
        <Problems view={view} problems={view.problemsAt(id)} />
      </div>
    </li>
  );
}
