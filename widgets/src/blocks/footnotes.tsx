// Citations as footnotes: numbers behind the text that is cited, and below the message what each quotes, with the way
// to the block that it is from.
import { useComputed } from "@preact/signals";
import type { BlockStore, MessageStore } from "../array";
import { reveal } from "../search/reveal";
import type { ViewStore } from "../store";
import { citationsOf, firstNumber, notesOf, sourcesOf, type Note } from "./citations";
import { joined } from "./names";
import { Link } from "./pieces";

interface MarksProps {
  view: ViewStore;
  block: BlockStore;
  message: MessageStore;
}

export function Marks({ view, block, message }: MarksProps) {
  const count = citationsOf(block).length;
  if (count === 0) return null;
  const first = firstNumber(message, block);
  return (
    <sup class="nbk-cites">
      {Array.from({ length: count }, (_, i) => {
        const number = first + i;
        return (
          <button
            key={number}
            type="button"
            class="nbk-cite"
            title={`footnote ${number}`}
            aria-label={`footnote ${number}`}
            onClick={({ currentTarget }) => reveal(view, currentTarget, { message: message.id, note: number })}
          >
            {number}
          </button>
        );
      })}
    </sup>
  );
}

export function Footnotes({ view, message }: { view: ViewStore; message: MessageStore }) {
  const notes = useComputed(() => notesOf(message)).value;
  if (notes.length === 0) return null;
  const sources = sourcesOf(view);
  return (
    <ol class="nbk-footnotes" aria-label="footnotes">
      {notes.map((note) => (
        <Footnote key={note.number} view={view} message={message} note={note} source={sources.get(note.source)} />
      ))}
    </ol>
  );
}

interface FootnoteProps {
  view: ViewStore;
  message: MessageStore;
  note: Note;
  source: string | undefined;
}

function Footnote({ view, message, note, source }: FootnoteProps) {
  return (
    <li class="nbk-footnote" data-note={`${message.id} ${note.number}`} tabIndex={-1}>
      <span class="nbk-note-number">{note.number}</span>
      <div>
        {note.url === null && <span>{joined(note.title, note.place)}</span>}
        {note.url !== null && <Link url={note.url} text={note.title || note.place} />}
        {note.url !== null && <span class="nbk-where">{note.place}</span>}
        {source !== undefined && (
          <button
            type="button"
            class="nbk-button nbk-quiet"
            onClick={({ currentTarget }) => reveal(view, currentTarget, { block: source })}
          >
            to the source
          </button>
        )}
        {note.quote && <q class="nbk-quote">{note.quote}</q>}
      </div>
    </li>
  );
}
