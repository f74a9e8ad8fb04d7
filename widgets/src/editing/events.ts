// Keys, mouse and clipboard on the blocks of a list: which block is meant, and what is asked for it.
import type { Json } from "../protocol";
import { reveal } from "../search/reveal";
import type { ViewStore } from "../store";
import type { Editor } from "./editor";
import { keyOf } from "./keys";

/** Marks a drag as one of ours: a picture that is dragged in from elsewhere is none. */
const DRAG = "application/x-nbkit-block";

export function blockOf(target: EventTarget | null): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>("[data-id]") : null;
}

/**
 * What gets the focus when that which had it is gone: the block around it, or what stands in the place of its block, and
 * outside of the list the button that is nearest.
 */
export function standIn(editor: Editor, around: Element[], view: Element): HTMLElement | null {
  const inList = around.some((each) => each.matches(".nbk-list"));
  for (const each of around) {
    if (each.matches("[data-id]")) return each as HTMLElement;
    const button = inList ? null : each.querySelector<HTMLElement>("button:not([aria-disabled])");
    if (button) return button;
  }
  const blocks = [...view.querySelectorAll<HTMLElement>(".nbk-list [data-id]")];
  const block = blocks.find((each) => each.dataset["id"] === editor.here.peek());
  return block ?? view.querySelector<HTMLElement>(".nbk-add button, .nbk-foot button");
}

/** What the list element gets: events of its blocks, wherever they come from. */
export function listEvents(view: ViewStore) {
  const { editor } = view;

  return {
    onFocusIn(event: FocusEvent) {
      const id = blockOf(event.target)?.dataset["id"];
      if (id) editor.current.value = id;
    },

    onKeyDown(event: KeyboardEvent) {
      const block = blockOf(event.target);
      const id = block?.dataset["id"];
      if (!block || !id || event.target !== block || event.defaultPrevented) return;
      if (event.key === "Escape" && (editor.selected.peek().size > 0 || editor.keysAt.peek())) {
        event.preventDefault();
        editor.deselect();
        editor.keysAt.value = null;
        return;
      }
      const key = keyOf(event);
      if (!key) return;
      event.preventDefault();
      editor.said.value = null;
      void key.act(editor, id, {
        move: (by, extend = false) => step(block, by, extend ? id : null),
        go: (other) => reveal(view, block, { block: other }),
        goToFix() {
          const button = block.closest(".nbk-view")?.querySelector<HTMLElement>(".nbk-problem .nbk-button");
          button?.focus();
          return !!button;
        },
      });
    },

    onMouseDown(event: MouseEvent) {
      const id = blockOf(event.target)?.dataset["id"];
      if (!id || inControl(event.target)) return;
      if (event.shiftKey && editor.current.peek()) {
        event.preventDefault(); // no text is selected
        editor.extend(editor.current.peek() ?? id, id);
      } else if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        editor.toggle(id);
      } else if (editor.selected.peek().size > 0) {
        editor.deselect();
      }
    },

    onCopy(event: ClipboardEvent) {
      const block = blockOf(event.target);
      const id = block?.dataset["id"];
      if (!id || event.target !== block || !getSelection()?.isCollapsed) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", editor.copied(id));
    },

    onPaste(event: ClipboardEvent) {
      const block = blockOf(event.target);
      const id = block?.dataset["id"];
      if (!id || event.target !== block) return;
      event.preventDefault();
      void take(view, event.clipboardData, id, true);
    },

    onDragStart(event: DragEvent) {
      const id = blockOf(event.target)?.dataset["id"];
      if (!id || !event.dataTransfer) return;
      event.dataTransfer.setData(DRAG, id);
      event.dataTransfer.setData("text/plain", editor.copied(id));
      event.dataTransfer.effectAllowed = "copyMove";
      event.dataTransfer.setDragImage(blockOf(event.target) as Element, 0, 0);
    },

    onDragOver(event: DragEvent) {
      const block = blockOf(event.target);
      const types = event.dataTransfer?.types ?? [];
      if (!block || !editor.still || !(types.includes(DRAG) || types.includes("Files"))) return;
      event.preventDefault();
      editor.dropAt.value = { id: block.dataset["id"] ?? "", behind: lower(event, block) };
    },

    onDragLeave(event: DragEvent) {
      if (!blockOf(event.relatedTarget)) editor.dropAt.value = null;
    },

    onDrop(event: DragEvent) {
      const block = blockOf(event.target);
      editor.dropAt.value = null;
      if (!block || !event.dataTransfer) return;
      const target = block.dataset["id"] ?? "";
      const id = event.dataTransfer.getData(DRAG);
      event.preventDefault();
      if (id) void editor.drop(id, target, lower(event, block));
      else void take(view, event.dataTransfer, target, lower(event, block));
    },
  };

  function step(block: HTMLElement, by: number, extendFrom: string | null): void {
    const blocks = [...(block.closest(".nbk-list")?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
    const next = blocks[blocks.indexOf(block) + by];
    if (!next) return;
    next.focus();
    const id = next.dataset["id"];
    if (extendFrom && id) editor.extend(extendFrom, id);
    else if (editor.selected.peek().size > 0) editor.deselect();
  }
}

function inControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a, input, textarea, select, summary, label") !== null;
}

function lower(event: DragEvent, block: HTMLElement): boolean {
  const { top, height } = block.getBoundingClientRect();
  return event.clientY > top + height / 2;
}

/**
 * Take in what was pasted or dropped at a block, or (null) what becomes a message at the end. Pictures and PDFs become
 * blocks; text is for the kernel to read.
 */
export async function take(view: ViewStore, data: DataTransfer | null, id: string | null, behind: boolean): Promise<void> {
  const { editor } = view;
  const files = [...(data?.files ?? [])];
  if (files.length === 0) {
    const text = data?.getData("text/plain") ?? "";
    if (text) await editor.paste(text, id);
    return;
  }
  for (const file of files) {
    const value = await blockFrom(file);
    if (value === null) {
      view.refusal.value = `${file.name}: only pictures (PNG, JPEG, GIF, WebP), PDFs and texts can be dropped here`;
      return;
    }
    if (id === null) {
      await editor.ask({ kind: "insert", value: { role: "user", content: [value] } });
      continue;
    }
    const place = editor.place(id);
    if (!place) return;
    await editor.ask({ kind: "insert", value, ...(behind ? editor.behind(place) : { before: id }) });
  }
}

const PICTURES = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

export async function blockFrom(file: File): Promise<Json> {
  const { type, name } = file;
  if (PICTURES.has(type)) return { type: "image", source: { type: "base64", media_type: type, data: await base64(file) } };
  if (type === "application/pdf") {
    return { type: "document", title: name, source: { type: "base64", media_type: type, data: await base64(file) } };
  }
  if (type.startsWith("text/") || /\.(md|txt|csv|json|py)$/.test(name)) {
    return { type: "document", title: name, source: { type: "text", media_type: "text/plain", data: await file.text() } };
  }
  return null;
}

async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
