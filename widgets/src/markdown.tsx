// Markdown from a model, made inert. Raw HTML is shown as the text it is; what the parser makes goes through DOMPurify
// with a short list of what may stay, and into the page as nodes, so nothing is parsed twice.
import { effect, type ReadonlySignal } from "@preact/signals";
import createDOMPurify, { type Config } from "dompurify";
import { Marked, type Tokens } from "marked";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { memo } from "preact/compat";
import { Segments } from "./segments";

const ALLOWED: Config = {
  ALLOWED_TAGS:
    "p br hr strong em del code pre blockquote ul ol li h1 h2 h3 h4 h5 h6 a table thead tbody tr th td".split(" "),
  ALLOWED_ATTR: ["href", "start"],
  ADD_URI_SAFE_ATTR: ["start"],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
};

const ESCAPES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);

const marked = new Marked({
  gfm: true,
  async: false,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escape(text),
    image: ({ href, text }: Tokens.Image) => `<a href="${escape(href)}">image: ${escape(text || href)}</a>`,
    checkbox: ({ checked }: Tokens.Checkbox) => (checked ? "☑ " : "☐ "),
  },
});

const purify = createDOMPurify(window);
purify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A" || !node.hasAttribute("href")) return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
  node.setAttribute("title", node.getAttribute("href") ?? ""); // no link without a look at its target
});

export function toNodes(markdown: string): DocumentFragment {
  return purify.sanitize(marked.parse(markdown) as string, ALLOWED) as unknown as DocumentFragment;
}

const Piece = memo(function Piece({ source }: { source: string }) {
  const ref = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => ref.current?.replaceChildren(toNodes(source)), [source]);
  return <div ref={ref} class="nbk-piece" />;
});

/** A signal's value, taken at most once per animation frame. */
function useFrames(text: ReadonlySignal<string>, live: boolean): string {
  const [shown, show] = useState(text.peek());
  useEffect(() => {
    if (!live) return;
    let frame = 0;
    const stop = effect(() => {
      void text.value;
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        show(text.peek());
      });
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [text, live]);
  return live ? shown : text.value;
}

export function Markdown({ text, live }: { text: ReadonlySignal<string>; live: boolean }) {
  const segments = useRef<Segments>(undefined);
  segments.current ??= new Segments();
  const { current } = segments;
  current.feed(useFrames(text, live));
  const last = current.tail.trim() !== "";
  return (
    <div class={live ? "nbk-md nbk-live" : "nbk-md"}>
      {current.frozen.map((source, i) => (
        <Piece key={i} source={source} />
      ))}
      {last &&
        (current.fence ? (
          <OpenFence key="fence" code={current.code} />
        ) : (
          <Piece key={current.frozen.length} source={current.tail} />
        ))}
    </div>
  );
}

/** Code that is still being written needs no parser: one text node that grows. */
function OpenFence({ code }: { code: string }) {
  return (
    <div class="nbk-piece">
      <pre>
        <code>{code}</code>
      </pre>
    </div>
  );
}
