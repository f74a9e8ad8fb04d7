"""From the bytes of a request to its JSON, or to what the API says of bytes that are none."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nbkit.rules.body import json_why
from nbkit.rules.body.json_fault import fault
from nbkit.rules.problem import Problem
from nbkit.wire.blocks import Json

# A high half without its low half, or a low half alone; a backslash before it may itself be escaped.
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
NOT_JSON = "The request body is not valid JSON"


@dataclass(frozen=True, slots=True)
class Body:
    """What the bytes of a request say: a value, or why there is none.

    `doubled` has the keys that an object names twice, by the identity of the object.
    """

    value: Any = None
    broken: Problem | None = None
    doubled: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    def twice(self, value: Any) -> Iterator[Problem]:
        """Yield a warning for each key that stands twice in `value`, which is a part of this body."""
        rest = [("", value)] if self.doubled else []
        while rest:
            path, inner = rest.pop()
            for key in self.doubled.get(id(inner), ()):
                yield _doubled(f"{path}.{key}".lstrip("."))
            if isinstance(inner, dict | list):
                members = inner.items() if isinstance(inner, dict) else enumerate(inner)
                below = [(f"{path}.{key}".lstrip("."), each) for key, each in members]
                rest += reversed(below)


def as_bytes(text: str | bytes | bytearray) -> bytes:
    """Return a body as it goes over the wire; half a character stays one, which no reader takes."""
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)


def parse(data: bytes) -> Any | Problem:
    """Return the body, or the problem that it is no JSON."""
    body = read(data)
    return body.broken or body.value


def read(data: bytes) -> Body:
    """Return what is in the body, and which keys it has twice: of these the last one counts."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        # The API's parser doesn't say where; the explanation does.
        reason = f"str is not valid UTF-8: {error.reason}: line 1 column 1 (char 0)"
        return _broken(reason, json_why.of_bytes(error))
    doubled: dict[int, tuple[str, ...]] = {}
    kept: list[Json] = []  # while an object lives, no other has its identity

    def collect(pairs: list[tuple[str, Any]]) -> Json:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [key for key, _ in pairs]
            doubled[id(made)] = tuple(key for key in made if names.count(key) > 1)
            kept.append(made)
        return made

    try:
        value = json.loads(text, parse_float=_finite, parse_constant=_no_constant, object_pairs_hook=collect)
    except RecursionError:
        return _broken("recursion limit exceeded", json_why.TOO_DEEP)
    except ValueError as error:
        return _faulty(text) or _broken(str(error), json_why.GENERAL)
    return (_faulty(text) if "\\u" in text and _has_half(text) else None) or Body(value, doubled=doubled)


def _faulty(text: str) -> Body | None:
    found = fault(text)
    if found is None:
        return None
    return _broken(f"{found.words}: {_at(text, found.at)}", json_why.of_fault(text, found))


def _at(text: str, at: int) -> str:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return f"line {line} column {column} (char {at})"


def _broken(reason: str, why: str) -> Body:
    return Body(broken=Problem("body", "", f"{NOT_JSON}: {reason}", why=why))


def _doubled(path: str) -> Problem:
    key = path.rpartition(".")[2]
    return Problem(
        "body",
        path,
        f"{path}: this key stands here more than once",
        level="warning",
        status=200,
        type="",
        why=f"The last `{key}` counts, and what the earlier ones say is lost.",
    )


def _finite(number: str) -> float:
    value = float(number)
    if math.isinf(value):
        raise ValueError("a number is larger than any that can be kept")
    return value


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
