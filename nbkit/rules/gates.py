"""What a beta header or the version switches: fields, blocks, tools that don't exist without it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.rules.problem import Fix, Problem, add, move, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.shapes.findings import (
    BETA_BLOCKS,
    GA_BLOCKS,
    NO_SUCH_DISPLAY,
    SAMPLING,
    enabled,
    has_unknown_beta,
    unexpected_tag,
)
from nbkit.rules.turns import Entry, Place
from nbkit.wire.blocks import Json

EDITS = ("clear_thinking_20251015", "clear_tool_uses_20250919", "compact_20260112")
PARAMS = (
    ("output_format", ("output_format",)),
    ("mcp_servers", ("mcp_servers",)),
    ("context_management", ("context_management", "context_management.compact")),
    ("compaction", ("compaction",)),
    ("fallbacks", ("fallbacks", "fallbacks.list")),
    ("fallback_credit_token", ("fallback_credit_token", "fallback_credit_token.string")),
    ("thread", ("thread",)),
    ("billing_policy", ("billing_policy",)),
)
MOVED = "output_format"
MOVED_TO = (
    "This field is deprecated. Use 'output_config.format' instead. See "
    "https://platform.claude.com/docs/en/build-with-claude/structured-outputs for more information."
)
OF_AN_ANSWER = ("max_tokens", "metadata", "stop_sequences", "stream", "service_tier", *SAMPLING)


def beta_params(request: Request) -> Iterator[Problem]:
    """R79: a beta's field without its header is an extra input; one has moved since, and says where to."""
    for name, features in PARAMS:
        if name in request.raw and not any(enabled(request, feature) for feature in features):
            extra = _extra(request, name, features[0])
            yield extra if name != MOVED else _moved(request, extra)
    config = request.param("output_config")
    if isinstance(config, dict) and "task_budget" in config:
        name = "output_config.task_budget"
        if not enabled(request, name):
            yield _extra(request, name, name)


def _moved(request: Request, extra: Problem) -> Problem:
    """The format is asked for in `output_config` today: moved there, it means what it meant."""
    config = request.raw.get("output_config", {})
    fix = extra.fix
    if isinstance(config, dict) and "format" not in config:
        room = () if "output_config" in request.raw else (add("output_config", {}),)
        fix = Fix("move it to output_config.format", (*room, move(MOVED, "output_config.format")))
    return dataclasses.replace(extra, message=f"{MOVED}: {MOVED_TO}", fix=fix, beta="")


def beta_edits(request: Request) -> Iterator[Problem]:
    """R79, within `context_management`: compaction is one beta, clearing another."""
    management = request.param("context_management")
    edits = management.get("edits") if isinstance(management, dict) else None
    clears, compacts = (enabled(request, f"context_management{tail}") for tail in ("", ".compact"))
    offered = [kind for kind in EDITS if (compacts if kind.startswith("compact") else clears)]
    for n, edit in enumerate(edits or ()):
        if (clears or compacts) and edit["type"] not in offered:
            feature = "context_management" + (".compact" if edit["type"].startswith("compact") else "")
            path = f"context_management.edits.{n}"
            yield _unoffered(request, path, edit["type"], offered, _names(feature), (remove(path),))


def beta_thinking(request: Request) -> Iterator[Problem]:
    """R79, within `thinking`: its binding, and the display that shows updates."""
    thinking = request.param("thinking")
    if not isinstance(thinking, dict):
        return
    kind = thinking.get("type")
    if "block_binding" in thinking and not enabled(request, "thinking.block_binding"):
        yield _extra(
            request, f"thinking.{kind}.block_binding", "thinking.block_binding", "thinking.block_binding"
        )
    if thinking.get("display") == "updates" and not enabled(request, "thinking.display.updates"):
        path = f"thinking.{kind}.display"
        words = f"{path}: {NO_SUCH_DISPLAY}"
        fix = Fix("remove display", (remove("thinking.display"),))
        yield _gated(request, path, words, _names("thinking.display.updates"), fix)


def beta_fields(request: Request, entry: Entry) -> Iterator[Problem]:
    """R79, R91: a beta's field of a message without its header."""
    for name in ("clear_at", "output_config"):
        if name in entry.raw and not enabled(request, f"messages.{name}"):
            yield _extra(request, f"{entry.path}.{name}", f"messages.{name}")


def beta_blocks(request: Request, entry: Entry) -> Iterator[Problem]:
    """R79: a beta's block without its header."""
    for place in entry.places:
        feature = BETA_BLOCKS.get(place.type)
        if feature and not enabled(request, feature):
            yield _unoffered(
                request, place.path, place.type, GA_BLOCKS, _names(feature), without(request, place)
            )
        elif place.type == "tool_addition":
            yield from _inline_tool(request, place)


def _inline_tool(request: Request, place: Place) -> Iterator[Problem]:
    """R79: a tool defined in mid-conversation needs one header more than one that is named, and its own."""
    tool = place.block.get("tool")
    kind = tool.get("type") if isinstance(tool, dict) else None
    if kind == "tool_definition" and not enabled(request, kind):
        path = f"{place.path}.tool_addition.tool"
        expected = ("tool_reference", "mcp_tool_reference", "mcp_toolset_reference")
        yield _unoffered(request, path, kind, expected, _names(kind), without(request, place))
    elif isinstance(tool, dict) and kind == "tool_definition":
        path = f"{place.path}.tool_addition.tool.tool_definition.definition"
        yield from _beta_tool(request, path, tool.get("definition"), without(request, place))


def beta_tools(request: Request) -> Iterator[Problem]:
    """R79: a beta's tool without its header."""
    for k, tool in request.tools:
        yield from _beta_tool(request, f"tools.{k}", tool, (remove(f"tools.{k}"),))


def _beta_tool(request: Request, path: str, tool: Any, removal: tuple[Json, ...]) -> Iterator[Problem]:
    row = facts.tool_type(str(tool.get("type"))) if isinstance(tool, dict) else None
    if row and row.status == "beta" and not request.betas.intersection(row.betas):
        offered = ["custom", *(each.type for each in facts.tool_types() if each.status == "ga")]
        yield _unoffered(request, path, row.type, offered, row.betas, removal)


def counting_takes_the_prompt(request: Request) -> Iterator[Problem]:
    """R10 at `count_tokens`: what is about the answer doesn't belong there, not even `max_tokens`."""
    for name in OF_AN_ANSWER if request.endpoint.endswith("/count_tokens") else ():
        if name in request.raw:
            yield Problem(
                "R10",
                name,
                f"{name}: Extra inputs are not permitted",
                why="Counting looks at the prompt only; nothing is asked of an answer.",
                fix=Fix(f"remove {name}", (remove(name),)),
            )


def sampling_removed(request: Request) -> Iterator[Problem]:
    """R14: version 2026-10-21 has no temperature, top_p and top_k, not even with their default values."""
    counts = request.endpoint.endswith("/count_tokens")
    for name in SAMPLING:
        if name in request.raw and request.is_dated_2026 and not counts:
            yield Problem(
                "R14",
                name,
                f"{name}: Extra inputs are not permitted",
                why="Sampling parameters left the API with this version; ask for what you want in words.",
                fix=Fix(f"remove {name}", (remove(name),)),
            )


def _names(feature: str) -> list[str]:
    return [name for name, features in facts.betas().items() if feature in features]


def _extra(request: Request, path: str, feature: str, way: str | None = None) -> Problem:
    fix = Fix(f"remove {path.rpartition('.')[2]}", (remove(way or path),))
    return _gated(request, path, f"{path}: Extra inputs are not permitted", _names(feature), fix)


def _unoffered(
    request: Request,
    path: str,
    tag: str,
    expected: Iterable[str],
    names: Iterable[str],
    removal: tuple[Json, ...],
) -> Problem:
    words = f"{path}: {unexpected_tag(tag, expected)}"
    return _gated(request, path, words, names, Fix(f"remove the {tag}", removal))


def _gated(request: Request, path: str, words: str, names: Iterable[str], fix: Fix) -> Problem:
    """A beta that isn't known here may switch it on as well, so with one of those nothing is sure."""
    names = list(names)
    betas = " or ".join(f"`{name}`" for name in names)
    newest = max(names, key=lambda name: name[-len("2026-10-21") :], default="")
    return Problem(
        "R79",
        path,
        words,
        level="unknown" if has_unknown_beta(request) else "error",
        why=f"This is a beta's: it exists only where the `anthropic-beta` header names {betas}.",
        fix=fix,
        beta="" if request.served_by.cloud else newest,  # which of them a cloud takes isn't known
    )
