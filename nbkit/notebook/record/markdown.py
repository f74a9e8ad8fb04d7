"""Markdown to html that can do nothing: no raw html, no images, links to http, https and mailto only."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from nbkit.notebook.record.faces.names import address, host
from nbkit.notebook.record.simple_markdown import simple_inline, simple_paragraph

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token


@lru_cache(maxsize=256)  # outputs are written again and again while a turn goes on
def to_html(text: str) -> str:
    """Return the text as html; whatever html it held is shown as text."""
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    return new_parser()


def new_parser() -> MarkdownIt:
    """Return a parser that makes nothing of hostile text but text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _inline)
    parser.block.ruler.before("table", "simple_paragraph", simple_paragraph)
    setattr(parser, "validateLink", _safe)  # noqa: B010 - the documented hook, which mypy takes for a method
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    parser.add_render_rule("link_close", _told)
    return parser


def _inline(state: StateCore) -> None:
    """Read the inside of each paragraph, heading and table cell; most need no parser."""
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type == "inline":
            simple = simple_inline(token.content)
            token.children = [] if simple is None else [Token("html_inline", "", 0, content=simple)]
            if simple is None:
                state.md.inline.parse(token.content, state.md, state.env, token.children)


def _safe(url: str) -> bool:
    return address(url) is not None


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """An image would tell its server who reads the notebook: its words stay, its address goes."""
    return f"[image: {escape(tokens[at].content)}]" if tokens[at].content else "[image]"


def _link(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """No link without a look at its target: its address is the title, and its host is told behind it."""
    tokens[at].attrSet("rel", "noopener noreferrer")
    tokens[at].attrSet("target", "_blank")
    tokens[at].attrSet("title", str(tokens[at].attrGet("href")))
    return f"{self.renderToken(tokens, at, options, env)}<bdi>"


def _told(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """Say where the link that ends here leads, unless its text is just that."""
    start = next(index for index in range(at, -1, -1) if tokens[index].type == "link_open")
    href = str(tokens[start].attrGet("href"))
    words = "".join(token.content for token in tokens[start + 1 : at])
    where = (
        "" if words == href else f'<span style="font-size: 85%; opacity: 0.75"> ({escape(host(href))})</span>'
    )
    return f"</bdi></a>{where}"
