"""What was wrong with the requests of a journal: each by itself, and what got lost between them.

Bodies are somebody's data: whatever they hold, they are judged or left out, never trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from nbkit.errors import NbkitError
from nbkit.rules import endpoints
from nbkit.rules.between.succession import check_session
from nbkit.rules.body.body import read
from nbkit.rules.problem import Problem
from nbkit.rules.validator import check
from nbkit.sim.journal.recorder import Recorded
from nbkit.wire.assembly import Framing, assemble
from nbkit.wire.blocks import Json

MOST_PROBLEMS = 100  # of one request
OWNER = re.compile(r"requests\.(\d+)\.?")
OTHER = re.compile(r"\brequest (\d+)\b")


def within(entry: Recorded) -> list[Json]:
    """Return the problems of one request, in the API's order; found once, then remembered."""
    if entry.problems is None:
        entry.problems = _found(entry)[:MOST_PROBLEMS]
    return entry.problems


def _found(entry: Recorded) -> list[Json]:
    endpoint = endpoints.found(entry.path)
    if entry.method != "POST" or endpoint is None or entry.body is None:
        return []
    platform = endpoints.cloud("", entry.path) or "anthropic"
    try:
        # With a host they are the headers of a whole request: a key that is missing is missed.
        found: list[Problem] = check(entry.body, {"host": "", **entry.headers}, endpoint, platform)
    except RecursionError:
        found = [Problem("body", "", "The request body is not valid JSON: recursion limit exceeded")]
    return [each.to_json() for each in found]


def between(entries: Iterable[Recorded]) -> dict[int, list[Json]]:
    """Return what got lost between requests, by the number of the later one; paths are of that request."""
    turns = [(entry, body) for entry in entries if (body := _turn(entry)) is not None]
    numbers = [entry.number for entry, _ in turns]
    try:
        found = check_session([body for _, body in turns], [_reply(entry) for entry, _ in turns])
    except RecursionError:
        return {}
    lost: dict[int, list[Json]] = {}
    for problem in found:
        if owner := OWNER.match(problem.path):
            told = lost.setdefault(numbers[int(owner[1])], [])
            if len(told) < MOST_PROBLEMS:
                told.append(_numbered(problem, numbers))
    return lost


def _numbered(problem: Problem, numbers: list[int]) -> Json:
    """Call requests by their numbers in the journal."""

    def number(found: re.Match[str]) -> str:
        index = int(found[1])
        return f"request {numbers[index]}" if index < len(numbers) else found[0]

    path = OWNER.sub("", problem.path, count=1)
    message = OTHER.sub(number, OWNER.sub("", problem.message, count=1), count=1).removeprefix(": ")
    return {**problem.to_json(), "path": path, "message": message, "why": OTHER.sub(number, problem.why)}


def _turn(entry: Recorded) -> Json | None:
    """The body of a request that is a step of a conversation."""
    if entry.method != "POST" or entry.body is None or endpoints.found(entry.path) != endpoints.MESSAGES:
        return None
    body = read(entry.body).value
    return body if isinstance(body, dict) and isinstance(body.get("messages"), list) else None


def _reply(entry: Recorded) -> Any:
    """The message that came for a request, None where none did, `...` where that isn't known."""
    if entry.answer is None:
        return ...
    if entry.status != 200:
        return None
    try:
        if entry.content_type.startswith("application/json"):
            return json.loads(entry.answer)
        framing: Framing = "aws" if "amazon.eventstream" in entry.content_type else "sse"
        return assemble(entry.answer, framing)
    except (NbkitError, ValueError):  # cut off, on purpose or by a reader who left: no reply came
        return None


def error_of(entry: Recorded) -> Json | None:
    """What an answer said was wrong, in the API's words."""
    if entry.status is None or entry.status < 400 or entry.answer is None:
        return None
    try:
        error = json.loads(entry.answer)["error"]
        return {"type": error["type"], "message": error["message"]}
    except (ValueError, LookupError, TypeError):
        return None
