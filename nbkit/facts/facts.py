"""Typed access to the tables: models, platforms, betas, tool types, and nbkit's own defaults.

The numbers are those of the contract's sections 9 and 10, as of the date in each file. Deciding anything with
them is left to the rooms that read them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal

DEFAULT_MODEL = "claude-sonnet-5"
DEFAULT_MAX_TOKENS = 4096
DEFAULT_THINKING: Mapping[str, str] = {"type": "adaptive", "display": "summarized"}
DEFAULT_VERSION = "2026-10-21"
VERSIONS = ("2026-10-21", "2023-06-01", "2023-01-01")
INFERENCE_PLACES = ("global", "us")

ThinkingType = Literal["adaptive", "enabled", "disabled", "between_tools"]


@dataclass(frozen=True, slots=True)
class Model:
    """What one model can do, and what it costs in dollars per million tokens (None: not known).

    `thinking_default` is what the model does when a request says nothing: a thinking type, or `off`.
    `sampling` says which of temperature, top_p and top_k it takes under the old version: `either` or `none`.
    `prefix_bound` is rule R36. `forced_tool_choice` is None where nobody has confirmed it. `retires` is the
    last day that the API itself has or had the model, `deprecated` the day when that was announced,
    `replacement` the one to use then. `price_fast` is what `speed: "fast"` costs in and out, where that is
    known; one that `ignores_fast` takes it and has it not. With `progress_as_thinking`, text between tool
    calls arrives as thinking blocks. `interleaves`: manual thinking may go on between calls.
    `called_by_code`: code may call its tools. `inference_geo`: it may be told where to run. `tools_gone` are
    types of tools that it doesn't take (Bedrock may), `up_to_high` types of thinking that it takes up to
    effort `high`.
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
    deprecated: str | None = None
    retires: str | None = None
    replacement: str | None = None
    tool_prompt_tokens: tuple[int, int] | None = None
    long_context: Mapping[str, float] | None = None
    price_fast: tuple[float, float] | None = None
    progress_as_thinking: bool = False
    interleaves: bool = True
    called_by_code: bool = True
    inference_geo: bool = True
    tools_gone: tuple[str, ...] = ()
    up_to_high: tuple[ThinkingType, ...] = ()
    ignores_fast: bool = False
    unconfirmed: tuple[str, ...] = ()

    @property
    def is_before_4_7(self) -> bool:
        """With 4.7 the tokenizer, the size of images and the default display changed together."""
        return self.display_default == "summarized"


@dataclass(frozen=True, slots=True)
class Retired:
    """A model of which nothing is known any more but its last day, and what the API's makers name instead."""

    ids: tuple[str, ...]
    retired: str
    replacement: str
    max_output: int | None = None


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a request can be sent, and what is different there from the first-party API.

    In `server_tools` (taken) and `no_server_tools` (refused) `*` is every one; what neither names nobody has
    confirmed. `classic_version` is what the contract 2023-06-01 is called there, `refused_before_4_7` what
    only the newer models take. `model_id` matches its own ids: the groups, joined, are the first-party one.
    `alternates` is the reading of 2023: roles strictly alternate. A `cloud` has ids and organizations of its
    own.
    """

    name: str
    title: str
    cloud: bool
    model_in: Literal["body", "URL"]
    version_in: Literal["header", "body"]
    betas_in: Literal["header", "body"]
    body_mb: int
    image_mb: int
    url_and_file_sources: bool
    server_tools: tuple[str, ...]
    count_tokens: bool
    no_server_tools: tuple[str, ...] = ()
    classic_version: str | None = None
    refused_before_4_7: tuple[str, ...] = ()
    model_id: str | None = None
    alternates: bool = False
    priced: bool = True


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
    return json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


@cache
def _models() -> Mapping[str, Model]:
    rows = [Model(**_tuples(row)) for row in _read("models.json")["models"]]
    return {name: row for row in rows for name in (row.id, *row.aliases)}


@cache
def _retired() -> Mapping[str, Retired]:
    rows = [Retired(**_tuples(row)) for row in _read("models.json")["retired"]]
    return {id: row for row in rows for id in row.ids}


@cache
def _tool_types() -> Mapping[str, ToolType]:
    return {row["type"]: ToolType(**_tuples(row)) for row in _read("tool_types.json")["tool_types"]}


@cache
def _platforms() -> Mapping[str, Platform]:
    return {row["name"]: Platform(**_tuples(row)) for row in _read("platforms.json")["platforms"]}


def platform(name: str) -> Platform | None:
    """Return the platform of that name, or None."""
    return _platforms().get(name)


def platforms() -> tuple[Platform, ...]:
    """Return every platform, the first-party API first."""
    return tuple(_platforms().values())


def model(id: str, platform: str = "anthropic") -> Model | None:
    """Return the model of that id or alias, on a cloud also of the cloud's own id, or None."""
    return _models().get(id) or _models().get(_first_party_id(id, _platforms().get(platform)))


def retired(id: str) -> Retired | None:
    """Return what is still known of a model that left before the table began, by anybody's id, or None."""
    return next(filter(None, (_retired().get(_first_party_id(id, each)) for each in platforms())), None)


def model_like(id: str) -> str | None:
    """Return the model that somebody may have meant by a name that isn't known, or None.

    With another number it isn't the same model: that may be one that came later.
    """
    id = id.rpartition("/")[2]  # a gateway puts the maker's name in front
    for each in platforms():
        if found := model(id, each.name):
            return found.id
    numbers = re.findall(r"\d+", id[:80])
    same = [each for each in _models() if re.findall(r"\d+", each) == numbers]
    near = get_close_matches(id[:80].lower(), same, 1, 0.8)
    return near[0] if near else None


def _first_party_id(id: str, platform: Platform | None) -> str:
    found = re.fullmatch(platform.model_id, id) if platform and platform.model_id else None
    return "-".join(found.groups()) if found else id


def models() -> tuple[Model, ...]:
    """Return every model once, newest lines first, as the table has them."""
    return tuple(row for name, row in _models().items() if name == row.id)


def tool_type(type: str) -> ToolType | None:
    """Return the API-defined tool of that `type`, or None."""
    return _tool_types().get(type)


def tool_types() -> tuple[ToolType, ...]:
    return tuple(_tool_types().values())


@cache
def client_inputs() -> Mapping[str, Any]:
    """Return what the API's own client tools are called with: by family, by command; `?` may be left out."""
    inputs: Mapping[str, Any] = _read("client_inputs.json")
    return inputs


@cache
def betas() -> Mapping[str, tuple[str, ...]]:
    """Return each beta name that is known, with the names of the features it switches on."""
    return {name: tuple(features) for name, features in _read("betas.json")["betas"].items()}


def is_beta(name: str) -> bool:
    """Say whether `name` is a beta that the table has."""
    return name in betas()
