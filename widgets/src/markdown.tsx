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
