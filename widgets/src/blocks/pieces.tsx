// What faces are made of: a box with a head, small print, an address, a text that is folded.
import type { ComponentChildren } from "preact";
import { addressOf, named } from "./names";

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
