// What is written in the forms of blocks, as it is kept through a reload of the page.
import type { Json } from "../protocol";
import type { BlockForm } from "./value-form";

/** Where a block stood when its form was opened: the role of its message, and its path. */
export interface Origin {
  role: string;
  path: string;
}

export interface Draft {
  /** The id of a block, or `new-` and the id of the block it is to stand behind. */
  key: string;
  text: string;
  asText: boolean;
  /** The role of the message that a new one makes; null: it becomes a block. */
  role: string | null;
  /** The block as it was before. */
  from: Json;
  origin: Origin | null;
}

const NEW = "new-";

export const newKey = (behind: string | null) => `${NEW}${behind ?? "end"}`;

export const isNew = (key: string) => key.startsWith(NEW);

/** The block that a form stands at. */
export const anchor = (key: string) => (isNew(key) ? key.slice(NEW.length) : key);

export function draftOf([key, form]: [string, BlockForm]): Draft {
  const { text, asText, role, from, origin } = form;
  return { key, text: text.value, asText: asText.value, role: role.value, from, origin };
}

/** Write in a form what a draft holds. */
export function fill(form: BlockForm, { text, asText, role }: Draft): BlockForm {
  form.opened = false;
  form.role.value = role;
  form.show(asText);
  form.text.value = text;
  return form;
}
