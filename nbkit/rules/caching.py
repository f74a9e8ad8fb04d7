"""Cache markers: how many, in which order of lifetimes, and what automatic caching adds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.problem import Fix, Problem, remove, replace
from nbkit.rules.request import Marker, Request
from nbkit.rules.turns import Place, nested

MOST = 4


def note_markers(request: Request, place: Place) -> None:
    """Remember a block's markers. What is inside it comes before its end, where its own marker stands."""
    for path, way, block in nested(place):
        request.seen.markers += _marker(path, block, way)
    if "cache_control" in place.block:
        request.seen.markers += _marker(place.path, place.block)


def markers(request: Request) -> list[Marker]:
    """Return every explicit marker in the order of the prefix: tools, system, messages."""
    return [*request.marked_params, *request.seen.markers]


def _marker(path: str, block: Any, at: str | None = None) -> Iterator[Marker]:
    control = block.get("cache_control") if isinstance(block, dict) else None
    if isinstance(control, dict):
        yield path, at or path, control


def not_too_many(request: Request) -> Iterator[Problem]:
    """R49: at most 4 blocks with cache_control over tools, system, messages; automatic caching takes one.

    Unless it falls on a block that has one already.
    """
    found = markers(request)
    if len(found) < MOST:
        return
    last = request.last_place
    is_marked = last is not None and isinstance(last.block.get("cache_control"), dict)
    automatic = isinstance(request.param("cache_control"), dict) and not is_marked
    total = len(found) + automatic
    if total <= MOST:
        return
    path, _, _ = found[-1 if automatic else MOST]
    yield Problem(
        "R49",
        f"{path}.cache_control",
        f"A maximum of 4 blocks with cache_control may be provided. Found {total}.",
        why="A request can write the cache in four places; what was written before is read without a marker.",
        fix=_keep_last(found, MOST - automatic),
    )


def _keep_last(found: list[Marker], keep: int) -> Fix:
    extra = found[: len(found) - keep]
    return Fix("keep the last markers", tuple(remove(f"{at}.cache_control") for _, at, _ in extra))


def lifetimes_fall(request: Request) -> Iterator[Problem]:
    """R50: no 1h marker after a 5m one, in the order tools, system, messages."""
    short = False
    for path, at, control in markers(request):
        lifetime = control.get("ttl") or "5m"
        if lifetime == "1h" and short:
            yield Problem(
                "R50",
                f"{path}.cache_control.ttl",
                f"{path}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
                "cache_control block. Note that blocks are processed in the following order: "
                "`tools`, `system`, `messages`.",
                why="What comes first must live at least as long as what builds on it.",
                fix=Fix("use 5m here", (replace(f"{at}.cache_control.ttl", "5m"),)),
            )
        short = short or lifetime == "5m"


def system_text_not_empty(request: Request) -> Iterator[Problem]:
    """R6, R7, R51: every text in `system` says something, and an empty one carries no cache_control."""
    system = request.param("system")
    blocks = system if isinstance(system, list) else []
    texts = [(f"system.{k}", block) for k, block in enumerate(blocks)]
    if isinstance(system, str) and system:
        texts = [("system", {"text": system})]
    for path, block in texts:
        text = block["text"]
        if text.strip():
            continue
        rule, message = "R7", "system: text content blocks must contain non-whitespace text"
        if not text:
            rule, message = "R6", "system: text content blocks must be non-empty"
            if block.get("cache_control"):
                rule, message = "R51", f"{path}: cache_control cannot be set for empty text blocks"
        why = "There is nothing to read or to cache in an empty text."
        fix = Fix("remove the empty text", (remove(path if len(blocks) > 1 else "system"),))
        yield Problem(rule, path, message, why=why, fix=fix)


def automatic_agrees(request: Request) -> Iterator[Problem]:
    """R50: automatic caching marks the last block; a marker there must have the same lifetime."""
    control = request.param("cache_control")
    last = request.last_place if isinstance(control, dict) else None
    own = last.block.get("cache_control") if last else None
    if not isinstance(control, dict) or not isinstance(own, dict) or last is None:
        return
    if (control.get("ttl") or "5m") != (own.get("ttl") or "5m"):
        yield Problem(
            "R50",
            f"{last.path}.cache_control",
            f"{last.path}.cache_control.ttl: must match the ttl of the top-level cache_control",
            why="The top-level marker falls on this block too, and one block can't have two lifetimes.",
            fix=Fix("remove the block's marker", (remove(f"{last.path}.cache_control"),)),
        )
