"""Where a text stops being JSON, and what the API's parser says of that place (its words are orjson's).

Slower than any parser, and run only on what a parser has refused.
"""

from __future__ import annotations

import math
import re
from typing import Literal

SPACE = re.compile(r"[ \t\n\r]*")
LITERAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null", re.ASCII)
PLAIN = re.compile(r'[^"\\\x00-\x1f]*')
ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u([0-9a-fA-F]{4}))')
CLOSING = {"[": "]", "{": "}"}
State = Literal["value", "member", "behind"]


class Fault(Exception):
    """What is wrong, and at which character."""

    def __init__(self, words: str, at: int) -> None:
        super().__init__(words)
        self.words = words
        self.at = at


def fault(text: str) -> Fault | None:
    """Return the first fault, or None when the text is JSON."""
    try:
        _walk(text)
    except Fault as found:
        return found
    return None


def _walk(text: str) -> None:
    if not text:
        raise Fault("Input is a zero-length, empty document", 0)
    opened: list[str] = []
    at, state = 0, "value"
    while True:
        at = _skip(text, at)
        sign = text[at : at + 1]
        if state == "behind" and not opened:
            if sign:
                raise Fault("unexpected content after document", at)
            return
        if state == "behind":
            at, state = _behind(text, at, opened)
        elif state == "member" and opened[-1] == "{":
            at, state = _key(text, at), "value"
        elif sign in CLOSING:
            opened.append(sign)
            at = _skip(text, at + 1)
            is_empty = text[at : at + 1] == CLOSING[sign]
            state = "behind" if is_empty else "member"
        else:
            at, state = _scalar(text, at), "behind"


def _behind(text: str, at: int, opened: list[str]) -> tuple[int, State]:
    """Go on behind a member: to the next one, or out of what holds it."""
    sign, closing = text[at : at + 1], CLOSING[opened[-1]]
    if sign == closing:
        opened.pop()
        return at + 1, "behind"
    if sign != ",":
        raise _unexpected(text, at)
    after = _skip(text, at + 1)
    if text[after : after + 1] == closing:
        raise Fault("trailing comma is not allowed", at)
    return after, "member"


def _key(text: str, at: int) -> int:
    if text[at : at + 1] != '"':
        raise _unexpected(text, at)
    at = _skip(text, _string(text, at))
    if text[at : at + 1] != ":":
        raise _unexpected(text, at)
    return at + 1


def _scalar(text: str, at: int) -> int:
    if text[at : at + 1] == '"':
        return _string(text, at)
    literal = LITERAL.match(text, at)
    if literal is None:
        raise _unexpected(text, at)
    if literal[0][-1] not in "el" and math.isinf(float(literal[0])):  # no true, false or null
        raise Fault("number is infinity when parsed as double", at)
    return literal.end()


def _string(text: str, at: int) -> int:
    at += 1
    while True:
        plain = PLAIN.match(text, at)
        at = plain.end() if plain else at
        sign = text[at : at + 1]
        if sign == '"':
            return at + 1
        if sign != "\\":
            raise Fault("unexpected control character in string" if sign else "unclosed string", at)
        at = _escape(text, at)


def _escape(text: str, at: int) -> int:
    escape = ESCAPE.match(text, at)
    if escape is None:
        raise Fault("invalid escaped character in string", at)
    half = int(escape[1] or "0", 16)
    if 0xDC00 <= half <= 0xDFFF:
        raise Fault("invalid high surrogate in string", at)
    if not 0xD800 <= half <= 0xDBFF:
        return escape.end()
    other = ESCAPE.match(text, escape.end())
    if other is None or other[1] is None:
        raise Fault("no low surrogate in string", at)
    if not 0xDC00 <= int(other[1], 16) <= 0xDFFF:
        raise Fault("invalid low surrogate in string", escape.end())
    return other.end()


def _skip(text: str, at: int) -> int:
    space = SPACE.match(text, at)
    return space.end() if space else at


def _unexpected(text: str, at: int) -> Fault:
    return Fault("unexpected character" if at < len(text) else "unexpected end of data", at)
