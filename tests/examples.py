"""The form of the rules' examples: a request that breaks one rule, or a legal one beside it.

The modules `examples_…` hold them, in the order of the numbers; `test_rule_table` walks them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbkit.rules.problem import Level

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """What breaks `rule`: the first problem is that rule's, at `path`, and its message begins with `says`."""

    rule: str
    title: str
    request: Any
    path: str
    says: str
    headers: Mapping[str, str | None] | None = None
    level: Level = "error"
    platform: str = "anthropic"

    def __str__(self) -> str:
        return f"{self.rule} {self.title}"


@dataclass(frozen=True, slots=True)
class Legal:
    """What stands beside a refusal of `rule` and is accepted."""

    rule: str
    title: str
    request: Any
    headers: Mapping[str, str | None] | None = None
    platform: str = "anthropic"

    def __str__(self) -> str:
        return f"{self.rule} {self.title}"
