import { signal } from "@preact/signals";
import { render } from "preact";
import { describe, expect, it, vi } from "vitest";
import { Markdown } from "../src/markdown/markdown";
import { toNodes } from "../src/markdown/markdown-nodes";

function html(markdown: string): HTMLElement {
  const div = document.createElement("div");
  div.append(toNodes(markdown));
  return div;
}

const HOSTILE = [
  '<img src=x onerror="window.hacked=1">',
  "![pixel](https://evil.example/pixel.png)",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt&colon;alert(1))",
  "[click](data:text/html,<script>alert(1)</script>)",
  "[click](vbscript:x)",
  "<style>body{display:none}</style>",
  '<div data-jupyter-action="run" class="nbkit nbkit-chat" id="x" style="position:fixed">over</div>',
  "<script>window.hacked=1</script>",
  '<svg onload="window.hacked=1"><a xlink:href="javascript:1">x</a></svg>',
  "<iframe src=https://evil.example></iframe>",
  '<form action="https://evil.example"><button>go</button></form>',
  "<math><mtext><table><mglyph><style><img src=x onerror=window.hacked=1>",
  '<a href="https://ok.example" onclick="window.hacked=1" data-x="1">x</a>',
  "[x]: javascript:alert(1)\n\n[x]",
  '<https://ok.example/?"onmouseover=alert(1)>',
  "`</code><img src=x onerror=window.hacked=1>`",
  "```\n</code></pre><script>window.hacked=1</script>\n```",
  '[a](https://ok.example "title\\" onclick=\\"alert(1)")',
];
const ALLOWED_TAGS = new Set(
  "P BR HR STRONG EM DEL CODE PRE BLOCKQUOTE UL OL LI H1 H2 H3 H4 H5 H6 A TABLE THEAD TBODY TR TH TD".split(" "),
);
const ALLOWED_ATTRIBUTES = new Set(["href", "start", "target", "rel", "title"]);

describe("hostile Markdown", () => {
  it.each(HOSTILE)("is inert: %s", (markdown) => {
    const div = html(markdown);
    document.body.append(div);
    for (const element of div.querySelectorAll(":not(.nbk-where)")) {
      expect(ALLOWED_TAGS).toContain(element.tagName);
      for (const attribute of element.attributes) expect(ALLOWED_ATTRIBUTES).toContain(attribute.name);
      const href = element.getAttribute("href");
      if (href !== null) expect(href).toMatch(/^(https?:\/\/|mailto:)/);
    }
    expect((window as unknown as { hacked?: number }).hacked).toBeUndefined();
    div.remove();
  });

  it("is shown as the text it is", () => {
    expect(html("before <b>bold?</b> after").textContent).toBe("before <b>bold?</b> after");
  });
});

it("opens links elsewhere, and shows where they lead", () => {
  const link = html("[docs](https://ok.example/a)").querySelector("a");
  expect(link?.target).toBe("_blank");
  expect(link?.rel).toBe("noopener noreferrer");
  expect(link?.title).toBe("https://ok.example/a");
});

it("renders what models write", () => {
  const div = html("## Head\n\n- [x] done\n- *b*\n\n| a | b |\n|---|--:|\n| 1 | `2` |\n\n3. three");
  expect(div.querySelector("h2")?.textContent).toBe("Head");
  expect(div.querySelector("li")?.textContent).toContain("☑ done");
  expect(div.querySelectorAll("td")).toHaveLength(2);
  expect(div.querySelector("ol")?.getAttribute("start")).toBe("3");
});

it("reads entities as the characters that they stand for, and only those", () => {
  expect(html("a &amp; b &lt;img src=x onerror=alert(1)&gt; &copy;").textContent).toBe("a & b <img src=x onerror=alert(1)> ©");
  expect(html("`&amp;` \\<b>").textContent).toBe("&amp; <b>");
  expect(html("&lt;/textarea&gt;<img src=x>").querySelector("img, textarea")).toBeNull();
  expect(html("[x](https://ok.example/?a=1&amp;b=ü)").querySelector("a")?.href).toBe("https://ok.example/?a=1&b=%C3%BC");
});

it("makes paragraphs of a loose list, and none of a tight one", () => {
  expect(html("- a\n\n- b").querySelectorAll("li > p")).toHaveLength(2);
  expect(html("- a\n- b\n  - c").querySelectorAll("p")).toHaveLength(0);
});

describe("a text that streams", () => {
  it("keeps finished pieces as they are, once a frame", async () => {
    const text = signal("First piece.\n\nSecond\n");
    const root = document.createElement("div");
    render(<Markdown text={text} live />, root);
    await vi.waitFor(() => expect(root.textContent).toContain("Second"));
    const first = root.querySelector("p");
    const chosen = first?.firstChild;
    for (let i = 0; i < 30; i++) text.value += " word";
    text.value += "\n\nThird **piece";
    await vi.waitFor(() => expect(root.textContent).toContain("Third"));
    expect(root.querySelector("p")).toBe(first);
    expect(first?.firstChild).toBe(chosen);
    render(null, root);
  });

  it("shows an open fence as code, and ends like the whole text", async () => {
    const whole = "Look:\n```py\nx = 1\n\ny = 2\n```\nDone.";
    const text = signal("");
    const root = document.createElement("div");
    render(<Markdown text={text} live />, root);
    text.value = whole.slice(0, 19);
    await vi.waitFor(() => expect(root.querySelector("pre code")?.textContent).toBe("x = 1\n\n"));
    text.value = whole;
    render(<Markdown text={text} live={false} />, root);
    expect(root.querySelectorAll("p")).toHaveLength(2);
    expect(root.querySelector("pre")?.textContent).toBe("x = 1\n\ny = 2\n");
    render(null, root);
  });
});

it("draws much that came at once in parts, to its end", async () => {
  const root = document.createElement("div");
  document.body.append(root);
  const text = signal("");
  render(<Markdown text={text} live />, root);
  text.value = "one paragraph of some words\n\n".repeat(1000);
  await vi.waitFor(() => expect(root.querySelector("p")).not.toBeNull(), { interval: 1 });
  expect(root.querySelectorAll("p").length).toBeLessThan(1000);
  render(<Markdown text={text} live={false} />, root);
  await vi.waitFor(() => expect(root.querySelectorAll("p")).toHaveLength(1000), { timeout: 5000 });
  render(null, root);
  root.remove();
});
