"""What a person writes after a word: texts with variables in them, whole variables, JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nbkit.errors import UsageError
from nbkit.notebook.fill import fill

WHOLE = re.compile(r"\{([^\W\d]\w*)\}")


def content(text: str, variables: Mapping[str, Any]) -> Any:
    """Return what was written: the value of a variable for `{name}` alone, else text with its variables in.

    Quotes around the whole are taken off, so that an empty text can be written.
    """
    if match := WHOLE.fullmatch(text):
        return variable(match[1], variables)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    return fill(text, variables)[0]


def variable(name: str, variables: Mapping[str, Any]) -> Any:
    if name not in variables:
        raise UsageError(f"{{{name}}}: there is no variable of that name")
    return variables[name]


def read_json(text: str, variables: Mapping[str, Any], example: str) -> Any:
    """Return a value written as JSON, or that of the variable in `{name}`."""
    if match := WHOLE.fullmatch(text):
        return variable(match[1], variables)
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"this is no JSON ({error}): write it like {example}, or {{name}}") from None
    except RecursionError:
        raise UsageError("this JSON is nested too deep to be read") from None
