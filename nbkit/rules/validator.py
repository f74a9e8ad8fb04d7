"""Check a request: every broken rule, in the order in which the API would find it.

The first problem of level `error` is what the API would answer. The rules stand in the other modules, their
order in `registry`: headers, shape, model, parameters, then what the messages say, message by message.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.rules import batch, endpoints, envelope
from nbkit.rules.body.body import as_bytes, read
from nbkit.rules.body.unsendable import with_written_keys
from nbkit.rules.checker import Checker
from nbkit.rules.envelope import Headers
from nbkit.rules.pointing import pointed
from nbkit.rules.portable import platforms
from nbkit.rules.problem import Fix, Level, Problem
from nbkit.rules.problems import Problems
from nbkit.rules.request import Request
from nbkit.wire.blocks import Json

BATCH_MB = 256

__all__ = ["Fix", "Level", "Problem", "check", "check_headers", "check_history"]


def check(
    request: Json | bytes | bytearray | str,
    headers: Headers | None = None,
    endpoint: str = "/v1/messages",
    platform: str = "anthropic",
) -> Problems:
    """Return every problem of a request body, in the API's order.

    `request` is the body as a dict, or as it goes over the wire: its bytes, or the text of its JSON.
    Without headers: the newest version and a valid key. Level `unknown` is what may be newer than our
    facts: a client sends it, the simulator refuses it. `endpoint` is a path or a whole address, its query
    left aside: of messages, of `count_tokens`, or of batches, where the body is a whole batch and each of
    its requests is judged at its place (`requests.0.params.…`). `platform` is `anthropic`, `bedrock`,
    `vertex`, or `strict`: the reading of 2023. `UsageError` for headers that are none, and for an endpoint or
    a platform that isn't known. Each call looks at the whole; for an array that grows there is `Checker`.
    The list shows itself: as text when printed, as html as the last line of a cell.
    """
    if isinstance(request, str | bytes | bytearray):
        return _written(as_bytes(request), headers, endpoint, platform)
    return _problems(request, headers, endpoint, platform)


def check_history(
    request: Json,
    headers: Headers | None = None,
    endpoint: str = "/v1/messages",
    platform: str = "anthropic",
) -> Problems:
    """Return the problems of a conversation that isn't being sent now: its end may still be open."""
    return _problems(request, headers, endpoint, platform, judges_end=False)


def _written(data: bytes, headers: Headers | None, endpoint: str, platform: str) -> Problems:
    """Judge a body as it goes over the wire: first how long it is, then whether it is JSON."""
    limit = BATCH_MB if endpoints.named(endpoint) == endpoints.BATCHES else platforms.named(platform).body_mb
    large = list(envelope.too_large(len(data), limit))
    body = read(data)
    if body.broken:
        return Problems([*large, *_of_headers(headers, platform), body.broken])
    found = _problems(body.value, headers, endpoint, platform)
    rest = [each for each in found if each.rule != "R72"] if large else found
    twice = list(body.twice(body.value))
    pointed(twice, body.value)
    return Problems([*large, *twice, *rest])


def _problems(
    body: Any,
    headers: Headers | None,
    endpoint: str,
    platform: str,
    judges_end: bool = True,
) -> Problems:
    endpoint = endpoints.named(endpoint)
    if not isinstance(body, dict):
        why = "A request body is a JSON object."
        wrong = Problem("shape", "", "Input should be a valid dictionary", why=why)
        return Problems([*_of_headers(headers, platform, body), wrong])
    if endpoint == endpoints.BATCHES:
        found = Problems(_in_batch(with_written_keys(body), headers, platform))
        pointed(found, body)
        return found
    return Checker(body, headers, endpoint, platform).problems(judges_end)


def check_headers(headers: Headers | None, platform: str = "anthropic") -> list[Problem]:
    """Return what is wrong with the headers, whatever the body says."""
    sent = platforms.headers(headers, platform, None)
    names = envelope.betas_of(sent)
    request = Request({}, sent.get("anthropic-version", ""), frozenset(names), platform=platform)
    return [*envelope.key(sent), *envelope.version(sent), *envelope.betas(request, names)]


def _of_headers(headers: Headers | None, platform: str, body: Any = None) -> list[Problem]:
    platforms.headers(headers, platform, body)
    return check_headers(headers, platform)


def _in_batch(body: Json, headers: Headers | None, platform: str) -> Iterator[Problem]:
    """Yield what is wrong with a batch: the headers once, then entry by entry."""
    yield from check_headers(headers, platform)
    yield from batch.shape(body)
    requests = body.get("requests")
    if not isinstance(requests, list):
        return
    betas = envelope.betas_of(platforms.headers(headers, platform, None))
    for at, (entry, around) in enumerate(zip(requests, batch.entries(requests), strict=True)):
        yield from around
        if isinstance(entry, dict) and "params" in entry:
            for problem in _problems(entry["params"], headers, endpoints.MESSAGES, platform):
                if problem.path != "headers" and not _is_lifted(problem, entry["params"], betas):
                    yield problem.moved(f"requests.{at}.params")


def _is_lifted(problem: Problem, params: Any, betas: list[str]) -> bool:
    return isinstance(params, dict) and batch.is_lifted(problem, params, betas)
