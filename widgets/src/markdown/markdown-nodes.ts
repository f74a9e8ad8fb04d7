// Markdown from a model as nodes of the page. The parser gives tokens, and each becomes an element of this short list or
// a text: no HTML is written or parsed, so whatever HTML the text held is the text that it is.
import { Lexer, type Token, type Tokens } from "marked";
import { addressOf, spelled } from "../blocks/names";

export function toNodes(markdown: string): DocumentFragment {
  const nodes = document.createDocumentFragment();
  nodes.append(...all(Lexer.lex(markdown)));
  return nodes;
}

type Made = Node | string;

const all = (tokens: Token[] | undefined): Made[] => (tokens ?? []).flatMap(nodesOf);

function nodesOf(token: Token): Made[] {
  switch (token.type) {
    case "paragraph":
      return [made("p", all(token.tokens))];
    case "heading":
      return [made(`h${(token as Tokens.Heading).depth}`, all(token.tokens))];
    case "code":
      return [made("pre", [made("code", [`${(token as Tokens.Code).text}\n`])])];
    case "blockquote":
    case "strong":
    case "em":
    case "del":
      return [made(token.type, all(token.tokens))];
    case "hr":
    case "br":
      return [made(token.type, [])];
    case "list":
      return [list(token as Tokens.List)];
    case "table":
      return [table(token as Tokens.Table)];
    case "codespan":
      return [made("code", [(token as Tokens.Codespan).text])];
    case "link":
      return link((token as Tokens.Link).href, all(token.tokens));
    case "image": {
      const { href, text } = token as Tokens.Image;
      return link(href, [`image: ${decoded(text) || href}`]); // an image would tell its server who looks at it
    }
    case "checkbox":
      return [(token as Tokens.Checkbox).checked ? "☑ " : "☐ "];
    case "text":
      return "tokens" in token && token.tokens ? all(token.tokens) : [decoded((token as Tokens.Text).text)];
    case "escape":
      return [(token as Tokens.Escape).text];
    case "space":
    case "def":
      return [];
    default:
      return ["raw" in token ? String(token.raw) : ""]; // HTML, and what a later parser may know
  }
}

function made(name: string, inside: Made[]): HTMLElement {
  const element = document.createElement(name);
  element.append(...inside);
  return element;
}

function list({ ordered, start, items }: Tokens.List): HTMLElement {
  const element = made(ordered ? "ol" : "ul", items.map(item));
  if (ordered && typeof start === "number" && start !== 1) element.setAttribute("start", String(start));
  return element;
}

/** In a loose list the texts of an item are paragraphs. */
function item({ tokens, loose }: Tokens.ListItem): HTMLElement {
  return made(
    "li",
    tokens.flatMap((token) => (loose && token.type === "text" ? [made("p", nodesOf(token))] : nodesOf(token))),
  );
}

function table({ header, rows }: Tokens.Table): HTMLElement {
  const row = (cells: Tokens.TableCell[], kind: string) => made("tr", cells.map((cell) => made(kind, all(cell.tokens))));
  return made("table", [
    made("thead", [row(header, "th")]),
    made("tbody", rows.map((cells) => row(cells, "td"))),
  ]);
}

/** A link opens elsewhere, and tells its host behind it, unless its text is just its address; what is no address that
 * may be followed is only its words. */
function link(href: string, words: Made[]): Made[] {
  const to = addressOf(encoded(decoded(href)));
  if (!to) return words;
  const element = made("a", words);
  for (const [name, value] of Object.entries({ href: to.href, title: to.href, target: "_blank", rel: "noopener noreferrer" })) {
    element.setAttribute(name, value);
  }
  const said = element.textContent ?? "";
  if (said === to.href || (said === href && said.includes(to.host) && spelled(said) === said)) return [element];
  const where = made("span", [to.host]);
  where.className = "nbk-where";
  return [element, where];
}

function encoded(href: string): string {
  try {
    return encodeURI(href).replaceAll("%25", "%");
  } catch {
    return ""; // half of a character
  }
}

/** A text with its entities as the characters that they stand for; nothing else in it is read. */
function decoded(text: string): string {
  if (!text.includes("&")) return text;
  const reader = document.createElement("textarea");
  reader.innerHTML = text.replaceAll("<", "&lt;");
  return reader.value;
}
