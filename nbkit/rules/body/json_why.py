"""Why a text is no JSON, in plain words: what its writer most likely did."""

from __future__ import annotations

import re

from nbkit.rules.body.json_fault import Fault

NUMBER = re.compile(r"-?(?:NaN|nan|Infinity|inf)\b")
PYTHON = re.compile(r"None\b|True\b|False\b|'|\(|b['\"]")
UNDEFINED = re.compile(r"undefined\b")
BARE_KEY = re.compile(r"[A-Za-z_$][\w$]*\s*:")
EVENTS = re.compile(r"(event|data|id|retry):")
COMMENT = re.compile(r"//|/\*|#")

NOT_FINITE = "JSON has no number NaN or Infinity; Python's json.dumps writes them unless allow_nan is False."
TOO_DEEP = "It is nested far deeper than any request needs."
INFINITE = "It has a number larger than any that can be kept: a double ends at about 1.8e308."
OTHER_TEXT = "The body must be UTF-8, and these bytes are text in another encoding, or no text at all."
CUT_BYTES = "The body must be UTF-8, and it ends in the middle of a character: it was cut by bytes."
HALF = "An escape in a string stands for half a character: a text was cut in the middle of a character."
GENERAL = "The body must be JSON: an object in braces, its keys and strings in double quotes."
BY_WORDS = {
    "Input is a zero-length, empty document": "There is nothing in the body.",
    "unexpected end of data": "The body ends before what it opened is closed: its end was cut off.",
    "unclosed string": "The body ends in the middle of a string: its end was cut off, or a quote is missing.",
    "trailing comma is not allowed": "JSON has no comma behind the last member.",
    "unexpected content after document": "The body goes on behind its end: it is two, or it is JSON Lines.",
    "unexpected control character in string": "A line break or a tab in a string is written \\n or \\t.",
    "invalid escaped character in string": "A backslash begins an escape; a real one is written twice.",
}


def of_fault(text: str, fault: Fault) -> str:
    """Explain a fault by its words, and where these say little, by what stands there."""
    if "surrogate" in fault.words:
        return HALF
    if "infinity" in fault.words:
        return INFINITE
    if fault.words != "unexpected character":
        return BY_WORDS.get(fault.words, GENERAL)
    there = text[fault.at : fault.at + 80]
    if there.startswith("\ufeff"):
        return "The body begins with a byte order mark, which is no JSON: encode it as utf-8, not utf-8-sig."
    if NUMBER.match(there):
        return NOT_FINITE
    if COMMENT.match(there):
        return "JSON has no comments."
    before = text[: fault.at].rstrip()[-1:]
    if EVENTS.match(there) and not before:
        return "This is a stream of events, as the API answers it, and no request."
    if UNDEFINED.match(there) or (before and before in "{," and BARE_KEY.match(there)):
        return "This is JavaScript: in JSON keys stand in double quotes, and there is no undefined."
    if PYTHON.match(there):
        return "This is how Python shows its values: write the body with json.dumps."
    if there[0].isdecimal() and text[fault.at - 1 : fault.at] == "0":
        return "A number has no zero in front."
    if (there[0] in '{["' and before in '"}]') or (before.isalnum() and there[0] == '"'):
        return "A comma or a colon is missing before this place."
    return GENERAL


def of_bytes(error: UnicodeDecodeError) -> str:
    at_the_end = error.reason == "unexpected end of data" and len(error.object) - error.start < 4
    if at_the_end:
        return CUT_BYTES
    line = error.object.count(b"\n", 0, error.start) + 1
    return f"{OTHER_TEXT} The first is 0x{error.object[error.start]:02x} in line {line}, byte {error.start}."
