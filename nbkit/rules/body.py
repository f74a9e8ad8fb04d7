"""From the bytes of a request to its JSON, or to what the API says of bytes that are none."""

from __future__ import annotations

import json
import re
from typing import Any

from nbkit.rules.json_fault import fault
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
        return _problem(_reason(text) or str(error))
    reason = _reason(text) if "\\u" in text and _has_half(text) else None
    return body if reason is None else _problem(reason)


def _reason(text: str) -> str | None:
    found = fault(text)
    if found is None:
        return None
    line = text.count("\n", 0, found.at) + 1
    column = found.at - text.rfind("\n", 0, found.at)
    return f"{found.words}: line {line} column {column} (char {found.at})"


def _problem(reason: str) -> Problem:
    return Problem("body", "", f"The request body is not valid JSON: {reason}", why=WHY)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _has_half(text: str) -> bool:
    """Say whether an escape stands for half a character, without its other half."""
    high: re.Match[str] | None = None
    for escape in ESCAPE.finditer(text):
        code = int(escape[1], 16) if escape[1] else 0
        is_low = 0xDC00 <= code <= 0xDFFF
        if is_low != (high is not None and escape.start() == high.end()):
            return True
        if high is not None and not is_low:
            return True
        high = escape if 0xD800 <= code <= 0xDBFF else None
    return high is not None
