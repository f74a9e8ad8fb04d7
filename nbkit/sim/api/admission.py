"""What stands between a request and its answer: headers, then body, by the rules of the client side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hmac import compare_digest

from nbkit.facts import facts
from nbkit.rules import batch, validator
from nbkit.rules.envelope import betas_of
from nbkit.rules.problem import Problem
from nbkit.sim.api.checkers import digest, problems
from nbkit.sim.asked import Asked
from nbkit.sim.refusal import Refused, invalid, of_problem
from nbkit.wire.blocks import Json

NEWEST = "2026-10-21"
MOST_HEADERS = 256  # whose problems are remembered


def check_named_key(key: str, headers: Mapping[str, str]) -> None:
    """Refuse every key but `key`; that there is one at all is the rules' to judge."""
    given = headers.get("x-api-key", "").strip()
    login = headers.get("authorization", "")
    signer = login.partition("Credential=")[2].partition("/")[0] if login.startswith("AWS4-") else ""
    shown = given or signer or login.removeprefix("Bearer").strip()
    if shown and not compare_digest(shown.encode(), key.encode()):
        raise Refused(401, "authentication_error", "invalid x-api-key" if given else "Invalid bearer token")


def check_headers(headers: Mapping[str, str], endpoint: str = "/v1/messages") -> None:
    """Refuse what is wrong with the headers before the body is looked at."""
    for problem in _wrong_with(headers):
        if problem.level != "warning":
            raise of_problem(problem)


def check_login(asked: Asked) -> None:
    """Refuse a request of the API without a valid key, and nothing else."""
    if not asked.path.startswith("/v1/"):
        return
    for problem in _wrong_with(asked.headers):
        if problem.status == 401:
            raise of_problem(problem)


def _wrong_with(headers: Mapping[str, str]) -> list[Problem]:
    """What the rules find in the headers; a client sends the same ones again and again."""
    name = digest(headers)
    found = _judged.get(name)
    if found is None:
        if len(_judged) >= MOST_HEADERS:
            _judged.clear()
        found = _judged[name] = validator.check_headers({"host": "", **headers})
    return found


_judged: dict[bytes, list[Problem]] = {}


def check_body(
    request: Json,
    headers: Mapping[str, str],
    endpoint: str,
    platform: str = "anthropic",
    *,
    in_batch: bool = False,
) -> None:
    """Refuse the first thing that the contract forbids, and what is newer than the facts."""
    if "thread" in request:
        details = {"error_code": "thread_unsupported_request", "unsupported": ["thread"]}
        message = "thread: this request can't use a message thread. Send the full list of messages instead."
        raise invalid(message, details)
    refused = (
        problem
        for problem in problems(request, headers, endpoint, platform)
        if problem.level in ("error", "unknown")
    )
    betas = betas_of(headers) if in_batch else ()
    for problem in refused:
        if not (in_batch and batch.is_lifted(problem, request, betas)):
            raise of_problem(problem, [problem, *refused])


def check_version_inside(body: Json, platform: str) -> None:
    """Refuse a body whose version is none of those that a cloud takes: its own of old, and the newest."""
    if "anthropic_version" not in body:
        raise invalid("anthropic_version: Field required")
    said, served = body["anthropic_version"], facts.platform(platform)
    if served is None or said not in (served.classic_version, NEWEST):
        raise invalid(f"anthropic_version: {json.dumps(said)[:80]} is not a valid version")


def betas_inside(body: Json) -> list[str]:
    """Return the betas that a cloud's body names; refuses what is no list of names."""
    betas = body.get("anthropic_beta")
    if not isinstance(betas, list | None):
        raise invalid("anthropic_beta: Input should be a valid list")
    for n, name in enumerate(betas or ()):
        if not isinstance(name, str):
            raise invalid(f"anthropic_beta.{n}: Input should be a valid string")
    return betas or []
