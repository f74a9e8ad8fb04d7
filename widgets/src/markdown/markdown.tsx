// A text in Markdown as it is, and as it grows: finished pieces are drawn once, only the last one is parsed anew.
import { effect, type ReadonlySignal } from "@preact/signals";
import { Component, createRef } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { toNodes } from "./markdown-nodes";
import { Segments } from "./segments";

/** A finished piece is drawn once: only another source draws it anew. */
class Piece extends Component<{ source: string }> {
  #ref = createRef<HTMLDivElement>();

  override shouldComponentUpdate(next: { source: string }): boolean {
    return next.source !== this.props.source;
  }

  override componentDidMount(): void {
    this.#ref.current?.replaceChildren(toNodes(this.props.source));
  }

  override componentDidUpdate(): void {
    this.componentDidMount();
  }

  override render() {
    return <div ref={this.#ref} class="nbk-piece" />;
  }
}

/** Characters that are drawn in one frame: more of them would hold up the page. */
const MOST = 3000;

/** A signal's value, taken at most once per animation frame, and of much that came at once a part in each. */
function useFrames(text: ReadonlySignal<string>, live: boolean): string {
  const [shown, show] = useState(text.peek());
  const behind = useRef(live);
  const now = live ? text.peek() : text.value;
  const much = now.length > shown.length + MOST && now.startsWith(shown);
  behind.current = live || (behind.current && much);
  useEffect(() => {
    if (!behind.current) return;
    let frame = 0;
    const draw = () => {
      frame = 0;
      show((before) => {
        const now = text.peek();
        if (!now.startsWith(before)) return now;
        if (now.length > before.length + MOST) frame ||= requestAnimationFrame(draw);
        return now.slice(0, before.length + MOST);
      });
    };
    const stop = effect(() => {
      void text.value;
      frame ||= requestAnimationFrame(draw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [text, live]);
  return behind.current ? shown : text.value;
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
