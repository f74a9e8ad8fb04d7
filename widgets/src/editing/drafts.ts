// What is written in the forms of blocks, as it is kept through a reload of the page and a restart of the kernel.
import type { BlockStore } from "../array";
import type { Json } from "../protocol";
import { isObject, type BlockForm } from "./value-form";

/** The block at which a form was opened: the role of its message, its path, and what tells it from others. */
export interface Origin {
  role: string;
  path: string;
  mark: string;
}

export interface Draft {
  /** The id of a block, or `new-` and the id of the block it is to stand behind. */
  key: string;
  text: string;
  asText: boolean;
  isError: boolean | null;
  /** The role of the message that a new one makes; null: it becomes a block. */
  role: string | null;
  /** The block as it was before, but for what its JSON says anyway. */
  from: Json;
  origin: Origin | null;
  /** It was sent, and no answer had come. */
  asked: boolean;
  /** The kernel's, whose ids mean nothing to another one. */
  session: string;
}

const NEW = "new-";
const EARLIER = "earlier-";

export const newKey = (behind: string | null) => `${NEW}${behind ?? "end"}`;

export const isNew = (key: string) => key.startsWith(NEW);

/** The block that a form stands at. */
export const anchor = (key: string) => (isNew(key) ? key.slice(NEW.length) : key);

/** The same form at another block. */
export const keyAt = (key: string, id: string) => (isNew(key) ? newKey(id) : id);

/** The key of a draft from an earlier kernel, until its block is found: it is nobody's id. */
export const earlier = (key: string) => keyAt(key, EARLIER + anchor(key));

export const isEarlier = (key: string) => anchor(key).startsWith(EARLIER);

export function draftOf([key, form]: [string, BlockForm], session: string): Draft {
  const { text, asText, isError, role, from, origin, asked } = form;
  const plain = asText.value;
  return {
    key,
    text: text.value,
    asText: plain,
    isError: isError.value,
    role: role.value,
    from: plain ? from : {},
    origin,
    asked: asked.value || form.wasAsked,
    session,
  };
}

/** Write in a form what a draft holds. */
export function fill(form: BlockForm, { text, asText, isError = null, role, asked }: Draft): BlockForm {
  form.opened = false;
  form.role.value = role;
  form.show(asText);
  form.text.value = form.restored = text;
  form.isError.value = isError;
  form.wasAsked = asked;
  return form;
}

/** What tells a block from others, in little room: pictures are long. */
export function markOf(block: BlockStore): string {
  const text = canonical(block.wire());
  let hash = 0;
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
  return `${text.length}-${hash}`;
}

export const isSame = (one: Json | undefined, other: Json | undefined) => canonical(one) === canonical(other);

/** JSON in one order of keys. */
function canonical(value: Json | undefined): string {
  return JSON.stringify(value, (_, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
