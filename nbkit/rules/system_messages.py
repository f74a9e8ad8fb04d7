"""Messages of the role `system` in the array: where they may stand, what they may hold (R1, R86 to R92)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nbkit.facts import switches
from nbkit.rules.problem import Fix, Found, Open, Problem, add, remove, replace
from nbkit.rules.removal import NOTHING, without
from nbkit.rules.request import Request
from nbkit.rules.shapes.findings import enabled
from nbkit.rules.turns import Entry, Place, Turn

SYSTEM_ALLOWS = frozenset({"text", "tool_addition", "tool_removal"})


EVERYWHERE = "the directive-only form (content: [] with output_config) is accepted at any position"


def not_system_first(request: Request, entry: Entry) -> Iterator[Problem]:
    """R1: the first message is never `system`."""
    if entry.i or entry.role != "system" or entry.is_directive or _is_unheard_of(request):
        return
    yield Problem(
        "R1",
        entry.path,
        f"{entry.path}: use the top-level 'system' parameter for the initial system prompt; {EVERYWHERE}",
        why="What holds from the beginning stands in `system`; a system message adds something later.",
        fix=_to_system(request, entry),
    )


def _to_system(request: Request, entry: Entry) -> Fix:
    """Say the first message in `system`, unless that says something already."""
    if len(request.raw["messages"]) == 1:
        words = () if entry.places else (add("messages.0.content", NOTHING),)
        return Fix("say it as the user", (replace("messages.0.role", "user"), *words))
    is_text = bool(entry.places) and all(place.type == "text" for place in entry.places)
    if request.raw.get("system") or not is_text:
        return Fix("remove the message", (remove("messages.0"),))
    return Fix("move it to system", (add("system", entry.raw["content"]), remove("messages.0")))


def system_says_something(request: Request, entry: Entry) -> Iterator[Problem]:
    """R92: a system message has a block, unless it carries output_config instead."""
    if entry.role != "system" or entry.is_directive or entry.raw.get("content", False) not in ("", []):
        return
    message = f"{entry.path}: system content must contain at least one block"
    why = "A system message without words says nothing, unless it carries output_config instead."
    fix = Fix("remove the empty message", (remove(entry.path),))
    yield Problem("R92", entry.path, message, why=why, fix=fix)


def system_blocks(request: Request, place: Place) -> Iterator[Problem]:
    """R90: a system message holds text, and tool changes where the beta allows them."""
    kind = place.type
    if place.role != "system" or kind in SYSTEM_ALLOWS or place.broken:
        return
    yield Problem(
        "R90",
        place.path,
        f"messages.{place.i}: role 'system' supports text, tool_addition, and tool_removal blocks only",
        why="A system message is words to the model; calls, results and pictures stand elsewhere.",
        fix=Fix(f"remove the {kind}", without(request, place)),
    )


def system_supported(request: Request, entry: Entry) -> Iterator[Found]:
    """R86: the model knows `system` messages; to the oldest the role itself is unheard of."""
    if entry.role != "system" or request.model is None or request.model.system_role:
        return
    message = "role 'system' is not supported on this model"
    if _is_unheard_of(request):
        message = (
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, '
            'not "system" as an input message role.'
        )
    elif entry.i == 0:
        return
    unsure = not _refused(request)
    why = f"{request.model.id} takes instructions in the top-level `system` only; newer models take both."
    problem = Problem(
        "R86",
        f"{entry.path}.role",
        message,
        level="warning" if unsure else "error",
        why=f"The docs say that {request.model.id} refuses it; it was seen to answer." if unsure else why,
        fix=_as_user(request, entry) if entry.i else _to_system(request, entry),
    )
    is_open = entry.i and _next_speaker(request, entry) is None
    yield Open(problem, partial(_as_user, request, entry)) if is_open else problem


def _next_speaker(request: Request, entry: Entry) -> Entry | None:
    """Return the next message that is no system message, if it is there already."""
    later = ((i, request.messages[i]) for i in range(entry.i + 1, len(request.messages)))
    entries = (Entry(i, raw) for i, raw in later if isinstance(raw, dict))
    return next((each for each in entries if each.role != "system"), None)


def _as_user(request: Request, entry: Entry) -> Fix:
    """Let the user say it; but nothing comes between calls and their results."""
    after = _next_speaker(request, entry)
    answers = after is not None and any(place.is_result for place in after.places)
    if answers or any(place.type != "text" for place in entry.places):
        return Fix("remove the system message", (remove(entry.path),))
    return Fix("say it as the user", (replace(f"{entry.path}.role", "user"),))


def _is_unheard_of(request: Request) -> bool:
    # The models that still take a prefill are the oldest ones.
    return request.model is not None and request.model.prefill and not request.model.system_role


def system_position(request: Request, turn: Turn) -> Iterator[Problem]:
    """R87, R88, R89: a system message follows a user or a server tool's result, and precedes an assistant."""
    if turn.role != "system" or turn.before is None or _refused(request):
        return
    entry = turn.entries[0]
    before, after = turn.before, turn.after
    ends_in_result = bool(before.places) and before.places[-1].type.endswith("_tool_result")
    if before.role == "assistant" and not ends_in_result:
        yield _misplaced(
            "R87",
            request,
            entry,
            "must follow a 'user' message or an 'assistant' message ending in a server tool result",
        )
    if after is not None and after.role != "assistant":
        yield _misplaced("R88", request, turn.last, "must precede an 'assistant' message or end the array")


def system_text(request: Request, turn: Turn) -> Iterator[Problem]:
    """R7: in a system message each text has more than white space."""
    for place in turn.places if turn.role == "system" else ():
        if place.type == "text" and not place.broken and not str(place.block.get("text")).strip():
            message = f"messages.{place.i}: system text blocks must contain non-whitespace text"
            fix = Fix("remove the empty text", without(request, place))
            yield Problem("R7", place.path, message, why="There is nothing in it to follow.", fix=fix)


def _refused(request: Request) -> bool:
    """Say whether the model is sure to refuse the role; of one that isn't, the places are judged as well."""
    model = request.model
    if model is None or model.system_role:
        return False
    return not (switches.DOUBTED_MODELS_PASS and "system_role" in model.unconfirmed)


def _misplaced(rule: str, request: Request, entry: Entry, must: str) -> Problem:
    return Problem(
        rule,
        entry.path,
        f"{entry.path}: role 'system' {must}; {EVERYWHERE}",
        why="A system message stands between what the user said and what the model answers to it.",
        fix=_as_user(request, entry),
    )


def cleared_turns(request: Request, entry: Entry) -> Iterator[Problem]:
    """R54, R91: what a system message with `clear_at` may hold, and that only system messages have one."""
    if "clear_at" not in entry.raw or not enabled(request, "messages.clear_at"):
        return
    path, scoped = entry.path, "(clear_at: 'next_user_message')"
    fix = Fix("remove clear_at", (remove(f"{path}.clear_at"),))
    why = (
        "A turn-scoped system message is forgotten at the next user message, so it may hold plain text only."
    )
    if entry.role != "system":
        message = f"{path}.clear_at: clear_at is only permitted on role 'system' messages"
        yield Problem("R91", f"{path}.clear_at", message, why=why, fix=fix)
        return
    if entry.raw["clear_at"] != "next_user_message":
        return
    if any(place.type != "text" for place in entry.places):
        message = f"{path}: a turn-scoped system message supports text blocks only {scoped}"
        yield Problem("R91", path, message, why=why, fix=fix)
    if entry.raw.get("output_config"):
        message = f"{path}: output_config is not permitted on a turn-scoped system message {scoped}"
        yield Problem("R91", path, message, why=why, fix=fix)
    for place in entry.places:
        if place.block.get("cache_control"):
            at = f"{place.path}.cache_control"
            message = f"{place.path}: cache_control is not permitted on a turn-scoped system message {scoped}"
            fix = Fix("remove cache_control", (remove(at),))
            yield Problem("R54", at, message, why=why, fix=fix)


def directives(request: Request, entry: Entry) -> Iterator[Problem]:
    """R91, of the other field that only system messages have: an effort for the turns behind it."""
    if entry.role == "system" or "output_config" not in entry.raw:
        return
    if enabled(request, "messages.output_config"):
        path = f"{entry.path}.output_config"
        message = f"{path}: output_config is only permitted on role 'system' messages"
        fix = Fix("remove output_config", (remove(path),))
        yield Problem("R91", path, message, why="It is the system that says how much to think.", fix=fix)
