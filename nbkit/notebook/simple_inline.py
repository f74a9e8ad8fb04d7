"""The inside of a paragraph to html without a parser, where it holds nothing that can be read in two ways.

Most lines of Markdown are words with a `code`, a *word* or a **word** among them, and a full parser looks at
each such mark with a dozen rules. What is read here is read just as CommonMark says; for everything else the
answer is None, and the parser reads it.
"""

from __future__ import annotations

import re
from html import escape

# Whatever may begin something, or end it: of these only what a piece below names is read here.
MARKS = r"\\`*_~\[\]<&\n"
# A run of asterisks before a letter opens, one after a letter closes, whatever stands around it; one after a
# stop, as in `**Note:** this`, closes before a space.
INSIDE = rf"[^\W_](?:[^{MARKS}]*(?:[^\W_]|[^{MARKS}\s](?=\*+(?:[ \n]|\Z))))?"
PIECE = re.compile(
    rf"(?P<words>[^{MARKS}]+"
    r"|(?<=[^\W_])_+(?=[^\W_])"  # inside a_word
    r"|(?<![ \t])\n(?![ \t])"  # no hard break, no indent
    r"|(?<=[ \n])\*(?=[ \n])|&(?=[ \n])|<(?=[ =])"
    r")"
    r"|`(?P<code>[^`\s](?:[^`\n]*[^`\s])?)`(?!`)"
    rf"|\*\*(?P<strong>{INSIDE})\*\*(?!\*)"
    rf"|\*(?P<em>{INSIDE})\*(?!\*)"
)


def simple_inline(text: str) -> str | None:
    """Return the html of inline Markdown, or None for what takes a parser."""
    pieces, at = [], 0
    while at < len(text):
        match = PIECE.match(text, at)
        if match is None:
            return None
        kind, at = match.lastgroup, match.end()
        inside = escape(match[kind], quote=False).replace('"', "&quot;") if kind else ""
        pieces.append(inside if kind == "words" else f"<{kind}>{inside}</{kind}>")
    return "".join(pieces)
