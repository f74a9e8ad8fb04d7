"""Check a request: every broken rule, in the order in which the API would find it.

The first problem of level `error` is what the API would answer. The rules stand in the other modules, their
order in `registry`: headers, shape, model, parameters, then what the messages say, message by message.
"""

from __future__ import annotations

from typing import Any

from nbkit.errors import UsageError
from nbkit.rules import platforms
from nbkit.rules.checker import Checker
from nbkit.rules.envelope import Headers
from nbkit.rules.problem import Fix, Level, Problem
from nbkit.wire.blocks import Json

__all__ = ["Fix", "Level", "Problem", "check", "check_history"]


def check(
    request: Json,
    headers: Headers | None = None,
    endpoint: str = "/v1/messages",
    platform: str = "anthropic",
) -> list[Problem]:
    """Return every problem of a request body, in the API's order.

    Without headers: the newest version and a valid key. Level `unknown` is what may be newer than our
    facts: a client sends it, the simulator refuses it. `platform` is `anthropic`, `bedrock`, `vertex`, or
    `strict`: the reading of 2023. `UsageError` for headers that are none and a platform that isn't known.
    """
    for name, value in (("endpoint", endpoint), ("platform", platform)):
        if not isinstance(value, str):
            raise UsageError(f"{name}= takes a string, not {value!r}")
    return _problems(request, headers, endpoint, platform)


def check_history(
    request: Json,
    headers: Headers | None = None,
    endpoint: str = "/v1/messages",
    platform: str = "anthropic",
) -> list[Problem]:
    """Return the problems of a conversation that isn't being sent now: its end may still be open."""
    return _problems(request, headers, endpoint, platform, judges_end=False)


def _problems(
    body: Any,
    headers: Headers | None,
    endpoint: str,
    platform: str,
    judges_end: bool = True,
) -> list[Problem]:
    if not isinstance(body, dict):
        platforms.headers(headers, platform, body)
        why = "A request body is a JSON object."
        return [Problem("shape", "", "Input should be a valid dictionary", why=why)]
    return Checker(body, headers, endpoint, platform).problems(judges_end)
