"""Compaction while a request runs: where it may be asked for, and what its blocks want (contract, 2.2)."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.shapes.findings import enabled
from nbkit.rules.turns import Place

STRATEGY = "compact_20260112"


def _kinds(request: Request) -> list[str]:
    management = request.param("context_management")
    edits = management.get("edits") if isinstance(management, dict) else None
    return [edit["type"] for edit in edits or ()]


def strategy_supported(request: Request) -> Iterator[Problem]:
    """Models before 4.6 don't compact."""
    kinds, model = _kinds(request), request.model
    # The models that still take a prefill are those before 4.6.
    if STRATEGY in kinds and model is not None and model.prefill:
        path = f"context_management.edits.{kinds.index(STRATEGY)}"
        message = f"'{model.id}' does not support the '{STRATEGY}' context management strategy."
        fix = Fix("remove the edit", (remove(path),))
        yield Problem("context_management", path, message, why="Only newer models can compact.", fix=fix)


def block_wanted(request: Request, place: Place) -> Iterator[Problem]:
    """R96, in part: a compaction goes back only where the request compacts, or may ask for it on demand."""
    if STRATEGY in _kinds(request) or enabled(request, "compaction"):
        return
    if not enabled(request, "compaction_block"):
        return  # then the block is none, and another rule says so
    yield Problem(
        "R96",
        place.path,
        f"{place.path}: `compaction` blocks require a `{STRATEGY}` strategy in `context_management.edits`.",
        why="What stands before the block is left out only by a request that manages its context.",
        fix=Fix("remove the block", without(request, place)),
    )
