// What faces are made of: a box with a head, small print, an address, a text that is folded.
import type { ReadonlySignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../button";
import { addressOf, counted, named } from "./names";

interface BoxProps {
  /** What it is; a call and a result have arrows. */
  kind?: "call" | "return" | "thing";
  title: string;
  about?: string | undefined;
  id?: string | undefined;
  failed?: string | false | undefined;
  shape?: string;
  children?: ComponentChildren;
}

export function Box({ kind = "thing", title, about, id, failed, shape = "", children }: BoxProps) {
  return (
    <div class={`nbk-box${failed ? " nbk-failed" : ""}${shape}`}>
      <div class="nbk-box-head">
        <span class={`nbk-${kind}`}>{title}</span>
        {about && <span class="nbk-hint">{about}</span>}
        {failed && <span class="nbk-flag">{failed}</span>}
        {id && <span class="nbk-id">{id}</span>}
      </div>
      {children}
    </div>
  );
}

export function Small({ children }: { children: ComponentChildren }) {
  return <p class="nbk-fine">{children}</p>;
}

/** What is longer stands in a frame that scrolls. */
const LONG = 6000;
const MANY_LINES = 60;

/** A text as it was typed. */
export function PlainText({ text, live = false }: { text: ReadonlySignal<string>; live?: boolean }) {
  const { value } = text;
  const long = value.length > LONG || value.split("\n", MANY_LINES + 1).length > MANY_LINES;
  return (
    <Frame letters={long && !live ? value.length : 0}>
      <div class="nbk-plain-text">{text}</div>
    </Frame>
  );
}

/** What is too long to be drawn in full scrolls in a frame, until all of it is asked for; 0 letters: it is not. */
export function Frame({ letters, children }: { letters: number; children: ComponentChildren }) {
  const [whole, show] = useState(false);
  if (letters === 0) return <>{children}</>;
  return (
    <>
      <div class={whole ? "" : "nbk-cut"} role="group" aria-label="long text" tabIndex={whole ? undefined : 0}>
        {children}
      </div>
      <p class="nbk-uncut">
        <Button kind="small" local expanded={whole} onPress={() => show(!whole)}>
          {whole ? "Show less" : `Show all ${counted(letters, "character")}`}
        </Button>
      </p>
    </>
  );
}

/** A text that is data, not prose. */
export function Data({ text }: { text: string }) {
  return text === "" ? <p class="nbk-empty">empty</p> : <div class="nbk-result-text">{text}</div>;
}

export function Folded({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <details class="nbk-folded">
      <summary>{title}</summary>
      {children}
    </details>
  );
}

/** An address: nothing is loaded from it, and where it leads is told before it is followed. */
export function Link({ url, text }: { url: string; text?: string }) {
  const to = addressOf(url);
  if (!to) return <span class="nbk-address">{[text, named(url)].filter(Boolean).join(" · ")}</span>;
  return (
    <span class="nbk-address">
      <a href={to.href} title={to.href} target="_blank" rel="noopener noreferrer">
        <bdi>{text || to.href}</bdi>
      </a>
      {text && <span class="nbk-where">{to.host}</span>}
    </span>
  );
}
