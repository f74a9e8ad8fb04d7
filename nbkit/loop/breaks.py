"""Where a stretch stops although it could go on. Who goes on from a breakpoint passes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from nbkit.errors import UsageError, a_kind
from nbkit.wire.blocks import ToolUse

On = Literal["call", "request", "error"]


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
        except Exception:  # noqa: BLE001  # a condition that can't be told is a person's to look at
            return True

    def at_error(self, names: Iterable[str]) -> bool:
        return self.on == "error" and any(self.tool in (None, name) for name in names)


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
