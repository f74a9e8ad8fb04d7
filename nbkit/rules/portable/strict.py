"""The reading of 2023, which servers built on the API's old rules still enforce: roles strictly alternate.

It is a platform of its own, `strict`. The words are the API's own of that time (contract, R1, R4, R86).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules.problem import Fix, Problem, add, remove, replace
from nbkit.rules.request import Request
from nbkit.rules.turns import Entry
from nbkit.wire.blocks import Json


def roles(request: Request) -> Iterator[Problem]:
    """R1, R4, R86 as they were: the user first, no role twice, no system message."""
    if not request.served_by.alternates:
        return
    before, speaker = -1, ""
    for i, raw in enumerate(request.messages):
        role = str(raw.get("role")) if isinstance(raw, dict) else ""
        if role == "system":
            yield _no_system_role(request, Entry(i, raw))
        elif role:
            if not i and role == "assistant":
                yield _user_first(Entry(i, raw))
            if role == speaker:
                yield _second(Entry(before, request.messages[before]), Entry(i, raw))
            before, speaker = i, role


def _user_first(first: Entry) -> Problem:
    return Problem(
        "R1",
        first.path,
        'messages: first message must use the "user" role',
        why="The API itself takes an assistant message first; servers built on its old rules don't.",
        fix=Fix("put a user message before it", (add("messages.0", {"role": "user", "content": "Hello"}),)),
    )


def _no_system_role(request: Request, entry: Entry) -> Problem:
    return Problem(
        "R86",
        entry.path,
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` '
        'parameter, not "system" as an input message role.',
        why="System messages in mid-conversation are new; older servers know the parameter only.",
        fix=_lifted(request, entry),
    )


def _lifted(request: Request, entry: Entry) -> Fix | None:
    content, system = entry.raw.get("content", []), request.raw.get("system")
    if any(place.type != "text" for place in entry.places) or not isinstance(system, str | list | None):
        return None
    operations = [add("system", _joined(system, content))] if content else []
    return Fix("move it to system" if content else "remove it", (*operations, remove(entry.path)))


def _second(before: Entry, entry: Entry) -> Problem:
    """R4: what the API merges today, the old reading refused."""
    return Problem(
        "R4",
        entry.path,
        'messages: roles must alternate between "user" and "assistant", but found multiple '
        f'"{entry.role}" roles in a row',
        why="The API merges messages of one role; servers built on its old rules want them merged.",
        fix=_merged(before, entry),
    )


def _merged(before: Entry, entry: Entry) -> Fix | None:
    one, two = before.raw.get("content"), entry.raw.get("content")
    if entry.i != before.i + 1 or not isinstance(one, str | list) or not isinstance(two, str | list):
        return None
    merged = replace(f"{before.path}.content", _joined(one, two))
    return Fix("merge it with the message before", (merged, remove(entry.path)))


def _joined(one: str | list[Json] | None, two: Any) -> Any:
    """Return two contents as one: strings stay a string."""
    if not one:
        return two
    if isinstance(one, str) and isinstance(two, str):
        return f"{one}\n\n{two}"
    return [*_blocks(one), *_blocks(two)]


def _blocks(content: str | list[Json]) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)
