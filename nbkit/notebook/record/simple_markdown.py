"""Markdown that is read without a parser, as it can't be read in two ways: most paragraphs, and their inside.

Most lines of Markdown are words with a `code`, a *word* or a **word** among them, and a full parser looks at
each line and each such mark with a dozen rules. What is read here is read just as CommonMark says; everything
else is left to the parser.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock

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

# What a line begins with that is neither a mark nor the number of a list.
WORD = re.compile(r"[^\W\d_]|\d+[^\d.)]")


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


def simple_paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Take lines up to an empty one as a paragraph if each begins with a word: nothing else begins so.

    A rule of the parser's, before all others. The line below a heading or a table's head begins with a mark.
    """
    from markdown_it.common.utils import mdTrim

    line, last = start, state.lineMax
    while line < last and not state.isEmpty(line):
        at = state.bMarks[line] + state.tShift[line]
        if not 0 <= state.sCount[line] - state.blkIndent <= 3 or not WORD.match(state.src, at):
            return False
        line += 1
    state.line = line
    text = mdTrim(state.getLines(start, line, state.blkIndent, False))
    simple = simple_inline(text) if state.level == 0 else None  # in a list it may be no paragraph in the end
    if simple is not None:
        state.push("html_block", "", 0).content = f"<p>{simple}</p>\n"
        return True
    state.push("paragraph_open", "p", 1).map = [start, line]
    inside = state.push("inline", "", 0)
    inside.map, inside.content, inside.children = [start, line], text, []
    state.push("paragraph_close", "p", -1)
    return True
