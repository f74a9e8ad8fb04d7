// The message array, as it is: one entry per message, one element per block. A long one is drawn where one looks.
import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Block } from "../blocks/block";
import { Footnotes } from "../blocks/footnotes";
import { LongList } from "./long-list";
import { AskFirst } from "../editing/ask-first";
import { listEvents } from "../editing/events";
import { MessageTools } from "../editing/message-tools";
import { Problems } from "../problem";
import { Role } from "./role";
import type { MessageStore } from "../array";
import type { ViewStore } from "../store";
import { WirePanel } from "../wire/wire-panel";

/** More blocks than this are drawn where one looks only. */
const FEW = 80;

export function MessageList({ view }: { view: ViewStore }) {
  const long = useMemo(() => computed(() => blocksOf(view.messages.value) > FEW), [view]);
  return long.value ? <LongList view={view} /> : <ShortList view={view} />;
}

const blocksOf = (messages: MessageStore[]) => messages.reduce((all, each) => all + each.blocks.value.length, 0);

function ShortList({ view }: { view: ViewStore }) {
  const start = view.start.value;
  const messages = view.messages.value;
  return (
    <ol class="nbk-list" {...listEvents(view)}>
      {messages.map((message, i) => (
        <Message key={message.key} view={view} message={message} index={start + i} />
      ))}
    </ol>
  );
}

function Message({ view, message, index }: { view: ViewStore; message: MessageStore; index: number }) {
  const { id, role } = message.head.value;
  const path = message.path(index);
  return (
    <li class={`nbk-message nbk-role-${role}`}>
      <Role view={view} message={message} index={index} />
      <div class="nbk-blocks">
        <MessageTools view={view} message={message} path={path} />
        {message.blocks.value.map((block, i, all) => (
          <Block
            key={block.key}
            view={view}
            block={block}
            role={role}
            message={message}
            path={message.path(index, i)}
            before={all[i - 1]}
          />
        ))}
        <Footnotes view={view} message={message} />
        <AskFirst view={view} at={id} />
        <Problems view={view} problems={view.problemsAt(id)} />
        <WirePanel view={view} message={message} path={path} />
      </div>
    </li>
  );
}
