"""Where a stretch stops although it could go on. Who goes on from a breakpoint passes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from nbkit.errors import UsageError, a_kind
from nbkit.loop.tools.interrupts import is_interrupt
from nbkit.wire.blocks import Json, ToolUse

On = Literal["call", "request", "error"]


@dataclass(frozen=True, slots=True)
class Argument:
    """A condition that is data, not code: the argument `name` equals `value`, or contains it.

    What is no string is compared as JSON: the text `100` equals the number.
    """

    name: str
    value: str
    test: Literal["equals", "contains"] = "equals"

    def __post_init__(self) -> None:
        given: tuple[Any, ...] = (self.name, self.value)
        if not self.name or not all(isinstance(each, str) for each in given):
            raise UsageError("a condition has the name of an argument and a text to compare it with")
        if self.test not in ("equals", "contains"):
            raise UsageError(f"an argument equals or contains a text, it does not {self.test!r}")
        if self.test == "contains" and not self.value:
            raise UsageError(f"every text contains nothing: say what {self.name} shall contain")

    def __call__(self, call: ToolUse) -> bool:
        if self.name not in call.input:
            return False
        value = call.input[self.name]
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if self.test == "contains":
            return self.value in text
        return self.value == text or (not isinstance(value, str) and _json_of(self.value) == [text])

    def __str__(self) -> str:
        return f"{self.name} {self.test} {json.dumps(self.value, ensure_ascii=False)}"


@dataclass(frozen=True, slots=True)
class Break:
    """Stop at a call of `tool` (any, without a name) for which `when` holds; nobody's policy is asked then.

    With `on="request"` stop before each request, with `on="error"` before one that tells of a failed call
    (of `tool`, if one is named).
    """

    tool: str | None = None
    when: Callable[[ToolUse], Any] | None = None
    on: On = "call"

    def __post_init__(self) -> None:
        if self.on not in ("call", "request", "error"):
            raise UsageError(f"on= is 'call', 'request' or 'error', not {self.on!r}")
        if self.when is not None and not callable(self.when):
            raise UsageError(f"when= is a function of the call, not {a_kind(self.when)}")

    def at_call(self, call: ToolUse) -> bool:
        """Whether to stop at this call. What a condition raises stops there, too."""
        if self.on != "call" or self.tool not in (None, call.name):
            return False
        if self.when is None:
            return True
        try:
            return bool(self.when(call))
        except BaseException as error:  # a condition that can't be told is a person's to look at
            if is_interrupt(error):
                raise
            return True

    def at_error(self, names: Iterable[str]) -> bool:
        return self.on == "error" and any(self.tool in (None, name) for name in names)

    @property
    def where(self) -> str:
        """The condition in words, with a space before; empty without one."""
        if self.when is None:
            return ""
        return f" where {self.when}" if isinstance(self.when, Argument) else " where a condition holds"

    def __str__(self) -> str:
        if self.on == "request":
            return "before each request"
        if self.on == "error":
            return f"on an error of {self.tool}" if self.tool else "on an error"
        return f"at {self.tool or 'every call'}{self.where}"


def breaks_of(given: Any) -> list[Break]:
    """Return breakpoints as they were given: as such, or as the name of a tool. `UsageError` for others."""
    found = []
    for each in given if isinstance(given, list | tuple) else [given]:
        if isinstance(each, str):
            each = Break(each)
        if not isinstance(each, Break):
            raise UsageError(f"a breakpoint is the name of a tool or a Break(), not {a_kind(each)}")
        found.append(each)
    return found


def from_json(data: Any) -> Break:
    """Return a breakpoint that was made without code. Raises `UsageError` for any other shape."""
    data = data if isinstance(data, dict) else {}
    tool, on, argument = data.get("tool"), data.get("on"), data.get("argument")
    if not isinstance(tool, str | None) or not isinstance(argument, dict | None):
        raise UsageError("a breakpoint names a tool, or none, and has a condition on an argument, or none")
    when = None
    if argument is not None:
        test: Any = argument.get("test")
        when = Argument(argument.get("name", ""), argument.get("value", ""), test)
    return Break(tool, when, on or "call")


def to_json(given: Break) -> Json:
    """Return a breakpoint as data, with its words; a condition that is code is named as such only."""
    when = given.when
    argument = (
        {"name": when.name, "test": when.test, "value": when.value} if isinstance(when, Argument) else None
    )
    code = when is not None and argument is None
    return {"tool": given.tool, "on": given.on, "argument": argument, "code": code, "words": str(given)}


def _json_of(text: str) -> list[str]:
    """The text as JSON in its usual spelling; nothing where it is none."""
    try:
        return [json.dumps(json.loads(text), ensure_ascii=False)]
    except ValueError:
        return []
