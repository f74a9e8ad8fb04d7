"""Typed access to the tables: models, betas, tool types, and nbkit's own defaults.

The numbers are those of the contract's section 9, as of the date in each file. Deciding anything with them is
left to the rooms that read them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

DEFAULT_MODEL = "claude-sonnet-5"
DEFAULT_MAX_TOKENS = 4096
DEFAULT_THINKING: Mapping[str, str] = {"type": "adaptive", "display": "summarized"}
DEFAULT_VERSION = "2026-10-21"
VERSIONS = ("2026-10-21", "2023-06-01", "2023-01-01")

ThinkingType = Literal["adaptive", "enabled", "disabled", "between_tools"]


@dataclass(frozen=True, slots=True)
class Model:
    """What one model can do, and what it costs in dollars per million tokens (None: not known).

    `thinking_default` is what the model does when a request says nothing: a thinking type, or `off`.
    `sampling` says which of temperature, top_p and top_k it takes under the old version: `either` or `none`.
    `prefix_bound` is rule R36. `forced_tool_choice` is None where nobody has confirmed it.
    """

    id: str
    name: str
    line: str
    lifecycle: Literal["active", "deprecated", "retired"]
    created: str
    context: int
    max_output: int
    price_in: float | None
    price_out: float | None
    price_cache_read: float | None
    min_cacheable: int | None
    thinking: tuple[ThinkingType, ...]
    thinking_default: ThinkingType | Literal["off"]
    display_default: Literal["summarized", "omitted"]
    effort: tuple[str, ...]
    effort_default: str | None
    forced_tool_choice: bool | None
    prefill: bool
    prefix_bound: bool
    system_role: bool
    sampling: Literal["either", "none"]
    image_edge: int
    image_tokens: int
    aliases: tuple[str, ...] = ()
    retires: str | None = None
    tool_prompt_tokens: tuple[int, int] | None = None
    long_context: Mapping[str, float] | None = None
    unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolType:
    """A tool that the API defines: its fixed name (None for toolsets), who runs it, and the fields of its
    own.
    """

    type: str
    name: str | None
    runs: Literal["client", "server"]
    status: Literal["ga", "beta"]
    fields: tuple[str, ...]
    betas: tuple[str, ...] = ()


@cache
def _read(name: str) -> Any:
    return json.loads(files("nbkit.facts").joinpath(name).read_text(encoding="utf-8"))


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def _models() -> Mapping[str, Model]:
    rows = [Model(**_tuples(row)) for row in _read("models.json")["models"]]
    return {name: row for row in rows for name in (row.id, *row.aliases)}


@cache
def _tool_types() -> Mapping[str, ToolType]:
    return {row["type"]: ToolType(**_tuples(row)) for row in _read("tool_types.json")["tool_types"]}


def model(id: str) -> Model | None:
    """Return the model of that id or alias, or None when the table doesn't have it."""
    return _models().get(id)


def models() -> tuple[Model, ...]:
    """Return every model once, newest lines first, as the table has them."""
    return tuple(row for name, row in _models().items() if name == row.id)


def tool_type(type: str) -> ToolType | None:
    """Return the API-defined tool of that `type`, or None."""
    return _tool_types().get(type)


def tool_types() -> tuple[ToolType, ...]:
    return tuple(_tool_types().values())


@cache
def betas() -> Mapping[str, tuple[str, ...]]:
    """Return each beta name that is known, with the names of the features it switches on."""
    return {name: tuple(features) for name, features in _read("betas.json")["betas"].items()}


def is_beta(name: str) -> bool:
    """Say whether `name` is a beta that the table has."""
    return name in betas()
