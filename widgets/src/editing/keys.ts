// What the keys do on a block that has the focus, and the list that shows them.
import type { Editor } from "./editor";

/** How the focus gets elsewhere. */
export interface Ways {
  /** So many blocks on, which may be selected on the way. */
  move(by: number, extend?: boolean): void;
  /** To a block, wherever it stands. */
  go(id: string): void;
  /** To the first button that mends something; false: none is drawn. */
  goToFix(): boolean;
}

interface Key {
  /** As `event.key`, with modifiers in front; Ctrl is ⌘ on a Mac. */
  keys: string[];
  does: string;
  act: (editor: Editor, id: string, to: Ways) => unknown;
}

export const KEYS: Key[] = [
  { keys: ["ArrowUp", "k"], does: "the block above", act: (_, __, { move }) => move(-1) },
  { keys: ["ArrowDown", "j"], does: "the block below", act: (_, __, { move }) => move(1) },
  { keys: ["Shift+ArrowUp"], does: "select upwards", act: (_, __, { move }) => move(-1, true) },
  { keys: ["Shift+ArrowDown"], does: "select downwards", act: (_, __, { move }) => move(1, true) },
  { keys: [" "], does: "select this one, or not", act: (editor, id) => editor.toggle(id) },
  { keys: ["Ctrl+a"], does: "select all", act: (editor) => editor.selectAll() },
  { keys: ["Enter", "e"], does: "edit", act: (editor, id) => editor.edit(id) },
  { keys: ["o"], does: "write a new block below", act: (editor, id) => editor.add(id) },
  { keys: ["d"], does: "duplicate", act: (editor, id) => editor.duplicate(id) },
  { keys: ["Delete", "Backspace"], does: "delete", act: (editor, id) => editor.delete(id) },
  { keys: ["Alt+ArrowUp"], does: "move up", act: (editor, id) => editor.shift(id, false) },
  { keys: ["Alt+ArrowDown"], does: "move down", act: (editor, id) => editor.shift(id, true) },
  { keys: ["r"], does: "the raw text of a block, or rendered", act: (editor, id) => editor.toggleRaw(id) },
  { keys: ["m"], does: "join with the block below", act: (editor, id) => editor.merge(id) },
  { keys: ["b"], does: "cache breakpoint: set or clear", act: (editor, id) => editor.toggleCache(id) },
  { keys: ["f"], does: "the first fix that is offered here, or the way to the next", act: (editor, id, to) => editor.fix(id, to) },
  { keys: ["Ctrl+z"], does: "undo", act: (editor) => editor.undo() },
  { keys: ["Ctrl+Shift+z", "Ctrl+y"], does: "redo", act: (editor) => editor.redo() },
  { keys: ["/", "Ctrl+f"], does: "search in the messages", act: (editor) => editor.find() },
  { keys: ["?"], does: "show these keys, or not", act: (editor, id) => editor.toggleKeys(id) },
];

export const ELSEWHERE = [
  ["Ctrl+C, Ctrl+V", "copy as JSON, paste below: blocks, messages, text or a picture"],
  ["Ctrl+Enter", "save what is being written"],
  ["Ctrl+Shift+Enter", "cut the text where the cursor stands"],
  ["Escape", "leave the form, the selection, the editor"],
] as const;

export function named(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && (event.key.length > 1 || event.ctrlKey || event.metaKey)) parts.push("Shift");
  const key = parts.includes("Ctrl") ? event.key.toLowerCase() : event.key;
  parts.push(key.startsWith("arrow") ? event.key : key);
  return parts.join("+");
}

const BY_KEY = new Map(KEYS.flatMap((each) => each.keys.map((key) => [key, each])));

export function keyOf(event: KeyboardEvent): Key | undefined {
  return BY_KEY.get(named(event));
}

const SHOWN: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", " ": "Space" };

export function shown(key: string): string {
  return key
    .split("+")
    .map((part) => SHOWN[part] ?? part)
    .join("+");
}
