"""From the bytes of a request to its JSON, or to what the API says of bytes that are none."""

from __future__ import annotations

import json
import re
from typing import Any

from nbkit.rules.problem import Problem

# A high half without its low half, or a low half alone; a backslash before it may itself be escaped.
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
WHY = "The body must be JSON in UTF-8; text that was cut in the middle of a character is a frequent cause."


def parse(data: bytes) -> Any | Problem:
    """Return the body, or the problem that it is no JSON."""
    try:
        text = data.decode()
        body = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        return _problem("recursion limit exceeded")
    except UnicodeDecodeError as error:
        return _problem(f"str is not valid UTF-8: {error.reason}: line 1 column 1 (char {error.start})")
    except ValueError as error:
        return _problem(str(error))
    at = _lone_surrogate(text) if "\\u" in text else None
    return body if at is None else _problem(f"no low surrogate in string: {_position(text, at)}")


def _problem(reason: str) -> Problem:
    return Problem("body", "", f"The request body is not valid JSON: {reason}", why=WHY)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _lone_surrogate(text: str) -> int | None:
    """Return where an escape stands for half a character, without its other half."""
    high: re.Match[str] | None = None
    for escape in ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else 0
        if high is not None:
            if 0xDC00 <= code <= 0xDFFF and escape.start() == high.end():
                high = None
                continue
            return high.start()
        if 0xDC00 <= code <= 0xDFFF:
            return escape.start()
        high = escape if 0xD800 <= code <= 0xDBFF else None
    return high.start() if high else None


def _position(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    return f"line {line} column {at - text.rfind(chr(10), 0, at)} (char {at})"
