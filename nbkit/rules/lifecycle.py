"""R76: the model exists. What isn't in the table is newer, misspelt, or has left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as replaced

from nbkit.facts import facts, switches
from nbkit.rules.problem import Fix, Level, Problem, replace
from nbkit.rules.request import Request

GONE = 404
ELSEWHERE = "The clouds have dates of their own."


def known_model(request: Request) -> Iterator[Problem]:
    """R76: the model exists; one that is deprecated has a last day.

    No clock is asked: a model is retired when our table says so, and the words carry the date.
    """
    name, model = request.param("model"), request.model
    if not isinstance(name, str):
        return
    if model is not None:
        yield from _ending(request, name, model)
        return
    left = facts.retired(name)
    if left is not None:
        yield _retired(request, name, left.retired, left.replacement)
    else:
        yield _unknown(request, name)


def _ending(request: Request, name: str, model: facts.Model) -> Iterator[Problem]:
    if model.lifecycle == "retired":
        level: Level | None = "warning" if switches.RETIRED_MODELS_ARE_JUDGED else None
        yield _retired(request, name, model.retires, model.replacement, level)
    elif model.lifecycle == "deprecated":
        message = f"this model is deprecated and retires on {model.retires}"
        why = f"From then on the API itself answers 404{_instead(model.replacement)}. {ELSEWHERE}"
        fix = _to(model.replacement, request)
        yield Problem("R76", "model", message, level="warning", status=200, type="", why=why, fix=fix)


def _retired(
    request: Request, name: str, day: str | None, replacement: str | None, level: Level | None = None
) -> Problem:
    level = level or ("error" if request.platform == "anthropic" else "unknown")
    why = f"This model was retired on {day}{_instead(replacement)}. {ELSEWHERE}"
    return _missing(name, level, why, _to(replacement, request) if level == "error" else None)


def _unknown(request: Request, name: str) -> Problem:
    if name != name.strip():
        alive = name.strip() if facts.model(name.strip()) else None
        why = "White space before or behind the name is taken for a part of it."
        return _missing(name, "error", why, _to(alive, request))
    meant = facts.model_like(name)
    why = "No model of this name is known here; it is misspelt, or newer than this table."
    return _missing(name, "unknown", f"{why} Much like it: {meant}." if meant else why, _to(meant, request))


def _missing(name: str, level: Level, why: str, fix: Fix | None) -> Problem:
    return Problem("R76", "model", f"model: {name}", level, GONE, "not_found_error", why=why, fix=fix)


def _instead(replacement: str | None) -> str:
    return f"; use {replacement} instead" if replacement else ""


def roomier(request: Request, tokens: int = 0) -> Fix | None:
    """Return a fix for what is too much for the model: the next one of its line that has a longer context.

    None where there is none, or where `tokens` are more than that holds as well.
    """
    now = request.model
    known = [] if now is None else [each for each in facts.models() if each.line == now.line]
    enough = max(tokens, (request.context or 0) + 1)
    more = [each for each in known if each.lifecycle == "active" and each.context >= enough]
    if not more:
        return None
    found = _to(more[-1].id, request)  # the nearest: newest come first
    return found and replaced(found, label=f"{found.label}, with a context of {more[-1].context:,} tokens")


def _to(model: str | None, request: Request) -> Fix | None:
    """A cloud has ids of its own for models, and may keep them out of the body."""
    if model is None or request.served_by.cloud:
        return None
    return Fix(f"use {model}", (replace("model", model),))
