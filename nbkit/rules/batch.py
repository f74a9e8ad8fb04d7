"""What a batch asks of its entries beside what it asks of every request (contract, section 1).

The contract says what is refused, not in which words; these follow the API's pattern.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Any

from nbkit.errors import a_kind
from nbkit.rules.problem import Fix, Problem, pointer_to, remove

MOST = 100_000
LONGEST_ID = 64
LONG_OUTPUT, MOST_OUTPUT = "output-300k-2026-03-24", 300_000
CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def shape(body: dict[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with the body around the entries: it is a list of them, and nothing else."""
    requests = body.get("requests")
    if "requests" not in body:
        yield Problem("batch", "requests", "requests: Field required", why="A batch is a list of requests.")
    elif not isinstance(requests, list):
        message = "requests: Input should be a valid list"
        yield Problem("batch", "requests", message, why="A batch is a list of requests.")
    elif not requests:
        message = "requests: List should have at least 1 item after validation, not 0"
        yield Problem("batch", "requests", message, why="A batch without requests has no results.")
    keys: list[Any] = [*body]
    for key in keys:
        if not isinstance(key, str):
            message = f"{a_kind(key)} can't be a key in JSON"
            yield Problem("body", "", message, why="The keys of an object in JSON are strings.")
        elif key != "requests":
            message = f"{key}: Extra inputs are not permitted"
            fix = Fix(f"remove {key}", ({"op": "remove", "path": pointer_to([key])},))
            yield Problem("R10", key, message, why="A batch has `requests` only.", fix=fix)


def entries(requests: Sequence[Any]) -> Iterator[list[Problem]]:
    """Yield what is wrong with each entry of `requests`, its `params` as a request left aside.

    Paths and fixes are those of the batch: `requests.0.custom_id`.
    """
    first: dict[str, int] = {}
    for at, entry in enumerate(requests):
        found = list(_too_many(requests)) if at == 0 else []
        if isinstance(entry, dict):
            found += _custom_id(entry, at, first)
            found += _params_of(entry, at)
        else:
            found.append(_problem(at, "", "Input should be a valid dictionary", "An entry is an object."))
        yield found


def _problem(at: int, path: str, says: str, why: str, fix: Fix | None = None) -> Problem:
    place = f"requests.{at}.{path}".rstrip(".")
    return Problem("batch", place, f"{place}: {says}", why=why, fix=fix)


def _too_many(requests: Sequence[Any]) -> Iterator[Problem]:
    if len(requests) > MOST:
        message = f"requests: List should have at most {MOST} items after validation, not {len(requests)}"
        yield Problem("batch", "requests", message, why="Send the rest as another batch.")


def _custom_id(entry: dict[str, Any], at: int, first: dict[str, int]) -> Iterator[Problem]:
    if "custom_id" not in entry:
        yield _problem(
            at, "custom_id", "Field required", "Results come in any order; this is how they are told apart."
        )
        return
    id = entry["custom_id"]
    if not isinstance(id, str):
        yield _problem(at, "custom_id", "Input should be a valid string", "An id is text.")
    elif not CUSTOM_ID.fullmatch(id):
        says = f"String should match pattern '^{CUSTOM_ID.pattern}$'"
        if len(id) > LONGEST_ID:
            says = f"String should have at most {LONGEST_ID} characters"
        yield _problem(at, "custom_id", says, "It has 1 to 64 letters, digits, _ or -.")
    elif first.setdefault(id, at) != at:
        says = f"requests: custom_id's must be unique within a batch. Duplicate custom_id found: {id}"
        why = f"requests.{first[id]} has the same: the results of the two could not be told apart."
        yield Problem("batch", f"requests.{at}.custom_id", says, why=why)


def _params_of(entry: dict[str, Any], at: int) -> Iterator[Problem]:
    if "params" not in entry:
        yield _problem(at, "params", "Field required", "The request itself stands in `params`.")
    elif isinstance(entry["params"], dict):
        for problem in params(entry["params"]):
            yield problem.moved(f"requests.{at}.params")


def is_lifted(problem: Problem, request: dict[str, Any], betas: Container[str]) -> bool:
    """Whether a problem is none in a batch: there a beta lets a reply have 300 000 tokens (R68)."""
    asked = request.get("max_tokens")
    return problem.rule == "R68" and LONG_OUTPUT in betas and isinstance(asked, int) and asked <= MOST_OUTPUT


def params(request: dict[str, Any]) -> Iterator[Problem]:
    """Yield what a request may not ask for in a batch, though it may elsewhere.

    The API creates the batch all the same: like all that is wrong in `params`, it is the request's result.
    """
    if request.get("stream") is True:
        says = 'stream: "stream=True" is not supported in the Message Batches API'
        fix = Fix("remove stream", (remove("stream"),))
        yield Problem("batch", "stream", says, why="A batch has no stream to write to.", fix=fix)
    if type(request.get("max_tokens")) is int and request["max_tokens"] == 0:
        says = "max_tokens: must be greater than or equal to 1"
        why = "Filling the cache ahead is for requests that go out at once."
        yield Problem("batch", "max_tokens", says, why=why)
    if request.get("speed") == "fast":
        says = "speed: not supported in a batch"
        fix = Fix("remove speed", (remove("speed"),))
        yield Problem("batch", "speed", says, why="A batch has its own pace.", fix=fix)
