"""Markdown to html that can do nothing: no raw html, no images, links to http, https and mailto only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token

SAFE_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


def to_html(text: str) -> str:
    """Return the text as html; whatever html it held is shown as text."""
    return str(_parser().render(text))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    setattr(parser, "validateLink", _safe)  # noqa: B010 - the documented hook, which mypy takes for a method
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    return parser


def _safe(url: str) -> bool:
    return SAFE_LINK.match(url.strip()) is not None


def _image(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    """An image would tell its server who reads the notebook: its words stay, its address goes."""
    return f"[image: {escape(tokens[at].content)}]" if tokens[at].content else "[image]"


def _link(self: RendererHTML, tokens: Sequence[Token], at: int, options: Any, env: Any) -> str:
    tokens[at].attrSet("rel", "noopener noreferrer")
    tokens[at].attrSet("target", "_blank")
    return self.renderToken(tokens, at, options, env)
