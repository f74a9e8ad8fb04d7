"""Numbers that a Python request can hold and JSON can't: NaN, and the infinite ones."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from nbkit.rules.body.body import NOT_JSON
from nbkit.rules.body.json_why import NOT_FINITE
from nbkit.rules.problem import Fix, Problem, remove
from nbkit.wire.blocks import Json


def not_finite(body: Json) -> Iterator[Problem]:
    """Yield a problem for each: sent as Python writes it, the body would be no JSON."""
    rest: list[tuple[str, Any]] = [("", body)]
    while rest:
        path, value = rest.pop()
        if isinstance(value, dict | list):
            members = value.items() if isinstance(value, dict) else enumerate(value)
            rest += reversed([(f"{path}.{key}".lstrip("."), inner) for key, inner in members])
        elif type(value) is float and not math.isfinite(value):
            fix = None if "." in path else Fix(f"remove {path}", (remove(path),))
            message = f"{NOT_JSON}: unexpected character"
            yield Problem("body", path, message, why=NOT_FINITE, fix=fix)
