"""Text that a model or a tool wrote, made fit for a terminal: what would steer it is spelled out.

Escapes have the form that JSON has (`\\u001b`), so that JSON stays the same JSON.
"""

from __future__ import annotations

import re
import shutil
import textwrap

# Control characters but for tab and line feed; what reorders or hides text; other line ends; tags; halves of
# surrogate pairs, which no stream can write.
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)

WIDEST = 110


def printable(text: str) -> str:
    """Return the text with every character that a terminal would obey as its escape."""
    return STEERING.sub(escaped, text.replace("\r\n", "\n"))


def escaped(match: re.Match[str]) -> str:
    """Return the character that was found as JSON escapes it."""
    code = ord(match[0])
    if code > 0xFFFF:  # as JSON does: a pair
        code -= 0x10000
        return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
    return f"\\u{code:04x}"


def folded(text: str, begin: str = "", behind: str = "") -> list[str]:
    """Return a text as lines of the terminal's width, broken at its spaces only."""
    return textwrap.wrap(
        text,
        width(),
        initial_indent=begin,
        subsequent_indent=behind,
        break_long_words=False,
        break_on_hyphens=False,
    )


def width() -> int:
    """Return how many characters of words stand in a line: as many as the terminal has, within reason."""
    return min(shutil.get_terminal_size().columns, WIDEST)


def say(text: str) -> None:
    """Print lines in which a model's or a tool's words may stand."""
    if text:
        print(printable(text))
