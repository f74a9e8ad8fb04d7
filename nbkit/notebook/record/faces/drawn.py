"""Parts as html that can do nothing: plain inline styles only, and nothing that could be fetched."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import assert_never

from nbkit.notebook.record.faces.face_parts import (
    Aside,
    Data,
    Folded,
    Link,
    Part,
    Picture,
    Prose,
    Small,
    Title,
)
from nbkit.notebook.record.faces.names import address, host, name, spelled
from nbkit.notebook.record.markdown import to_html

LINE = "1px solid rgba(127, 127, 127, 0.35)"
BOX = f"border: {LINE}; border-radius: 6px; padding: 8px 12px; margin: 4px 0; max-width: 64em"
SMALL = "font-size: 85%; opacity: 0.75"
LABEL = "font-size: 85%; font-weight: 600; opacity: 0.75; margin: 8px 0 2px 0"
ASIDE = "border-left: 3px solid rgba(127, 127, 127, 0.35); padding: 2px 0 2px 10px; margin: 6px 0"
PRE = (
    "font-family: monospace; font-size: 90%; white-space: pre-wrap; overflow-wrap: break-word; "
    "margin: 2px 0; padding: 4px 8px; border-radius: 4px; max-height: 24em; overflow: auto; "
    "background-color: rgba(127, 127, 127, 0.12)"
)
WORDS = "white-space: pre-wrap; overflow-wrap: break-word"
BADGE = f"border: {LINE}; border-radius: 10px; padding: 1px 8px; font-size: 85%; font-weight: 600"
NOTE = "font-size: 85%; margin: 2px 0"
QUOTE = (
    "white-space: pre-wrap; overflow-wrap: break-word; padding-left: 1.8em; opacity: 0.75; font-style: italic"
)
FOLDED = "margin: 2px 0"
TROUBLE = {
    "error": "border-left: 3px solid rgba(214, 62, 62, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
    "warning": "border-left: 3px solid rgba(201, 134, 0, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
    "unknown": "border-left: 3px solid rgba(127, 127, 127, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
}
WAITING = "border-left: 3px solid rgba(64, 128, 220, 0.9); padding: 2px 0 2px 10px; margin: 8px 0 2px 0"

# MathJax leaves these alone: between two prices in dollars it would see a formula, and where it isn't told to
# be careful a formula can hold a link that runs script.
AS_WRITTEN = "mathjax_ignore tex2jax_ignore"


def drawn(parts: Iterable[Part]) -> str:
    """Return the parts as html, one below the other."""
    return "".join(map(_one, parts))


def _one(part: Part) -> str:
    match part:
        case Title(text, flag):
            return tag(LABEL, f"{text} · {flag}" if flag else text)
        case Prose(text, rich=True):
            return f'<div style="overflow-wrap: break-word">{to_html(text)}</div>'
        case Prose(text):
            return said(WORDS, text)
        case Data(text):
            return said(PRE, text, "pre")
        case Small(text):
            return tag(SMALL, text)
        case Link(url, text):
            return _link(url, text)
        case Picture(media_type, data):
            return f'<img src="data:{media_type};base64,{data}" alt="{media_type}" style="max-width: 100%">'
        case Folded(title, inside):
            summary = f'<summary style="{SMALL}">{escape(spelled(title))}</summary>'
            return f'<details style="{FOLDED}">{summary}{drawn(inside)}</details>'
        case Aside(inside):
            return div(ASIDE, drawn(inside))
        case _:
            assert_never(part)


def _link(url: str, text: str) -> str:
    """An address that may be followed, with the host that it leads to; any other is only shown."""
    safe = address(url)
    if safe is None:
        return tag(WORDS, " · ".join(filter(None, [text, name(url)])))
    href, elsewhere = escape(safe), 'rel="noopener noreferrer" target="_blank"'
    link = f'<a href="{href}" title="{href}" {elsewhere}><bdi>{escape(text or safe)}</bdi></a>'
    return div(WORDS, link, tag(SMALL, f" {host(safe)}", "span") if text else "")


def tag(style: str, text: str, kind: str = "div") -> str:
    """Return an element with our words and the names in them; nothing where there are none."""
    return said(style, spelled(text), kind)


def said(style: str, text: str, kind: str = "div") -> str:
    """Return an element with a text as somebody wrote it: a block keeps inside what turns its direction."""
    return f'<{kind} style="{style}">{escape(text)}</{kind}>' if text else ""


def div(style: str, *inner: str) -> str:
    """Return a `div` around what is html already."""
    return f'<div style="{style}">{"".join(inner)}</div>'
