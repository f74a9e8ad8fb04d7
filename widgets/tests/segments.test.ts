import { describe, expect, it } from "vitest";
import { Segments } from "../src/markdown/segments";

const TEXT = `# Title

A paragraph
of two lines.

1. one

2. two

   still two

After the list.
\`\`\`python
x = 1

y = 2
\`\`\`
~~~
open at the end

still open`;

function pieces(segments: Segments): string[] {
  return [...segments.frozen, segments.tail].map((piece) => piece.trim()).filter(Boolean);
}

function cut(text: string, size: number): Segments {
  const segments = new Segments();
  for (let end = size; end < text.length + size; end += size) segments.feed(text.slice(0, end));
  return segments;
}

describe("segments", () => {
  it("cut at blank lines and fences, and keep a list together", () => {
    expect(pieces(cut(TEXT, TEXT.length))).toEqual([
      "# Title",
      "A paragraph\nof two lines.",
      "1. one\n\n2. two\n\n   still two",
      "After the list.",
      "```python\nx = 1\n\ny = 2\n```",
      "~~~\nopen at the end\n\nstill open",
    ]);
  });

  it("are the same for any split of the text", () => {
    const want = pieces(cut(TEXT, TEXT.length));
    for (let size = 1; size < 40; size++) expect(pieces(cut(TEXT, size))).toEqual(want);
  });

  it("lose no character", () => {
    const segments = cut(TEXT, 7);
    expect([...segments.frozen, segments.tail].join("").replaceAll(/\s/g, "")).toBe(TEXT.replaceAll(/\s/g, ""));
  });

  it("know an open fence and what is in it", () => {
    const segments = cut(TEXT, 5);
    expect(segments.fence?.mark).toBe("~~~");
    expect(segments.code).toBe("open at the end\n\nstill open");
  });

  it("start over when the text is another one", () => {
    const segments = cut(TEXT, 9);
    segments.feed("short");
    expect(pieces(segments)).toEqual(["short"]);
  });

  it("stay quick on a long text that comes in small pieces", () => {
    const long = "A sentence of some length, as models write them.\n\n".repeat(1000);
    const start = performance.now();
    cut(long, 40);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
