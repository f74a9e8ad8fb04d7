// The message array, as it is: one entry per message, one element per block.
import { Block } from "./blocks/block";
import { Problems } from "./problem";
import type { MessageStore } from "./array";
import type { ViewStore } from "./store";

export function MessageList({ view }: { view: ViewStore }) {
  return (
    <ol class="nbk-list">
      {view.messages.value.map((message) => (
        <Message key={message.key} view={view} message={message} />
      ))}
    </ol>
  );
}

function Message({ view, message }: { view: ViewStore; message: MessageStore }) {
  const { role, path, problems } = message.head.value;
  return (
    <li class={`nbk-message nbk-role-${role}`}>
      <div class="nbk-role" title={path}>
        {role}
      </div>
      <div class="nbk-blocks">
        {message.blocks.value.map((block, i, all) => (
          <Block key={block.key} view={view} block={block} role={role} before={all[i - 1]} />
        ))}
        <Problems view={view} problems={problems} />
      </div>
    </li>
  );
}
