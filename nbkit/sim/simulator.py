"""The simulated API as one function: from a request to a plan, whose bytes are made while they are asked for.

The order of the checks is the API's: size, route, key, version, betas, JSON, shape, model, rules,
signatures. What is legal is `rules`' to say; what is said is the brain's. No content depends on a clock;
only headers do.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.rules.body.body import parse
from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.rules.validator import Problem, check
from nbkit.sim import catalogue, signatures
from nbkit.sim.brain.intent import think
from nbkit.sim.headers import response_headers
from nbkit.sim.ids import new_id
from nbkit.sim.reply import Reply, compose
from nbkit.wire.blocks import Json
from nbkit.wire.events import encode_event

if TYPE_CHECKING:
    from nbkit.sim.transport import SimulatorTransport


log = logging.getLogger(__name__)

MAX_BODY = 32 * 1024 * 1024
BINDING_BETA = "thinking-binding-controls-2026-08-01"

_POSTS = ("/v1/messages", "/v1/messages/count_tokens")


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer: status and headers at once, then steps: bytes to send, numbers of seconds to wait."""

    status: int
    headers: dict[str, str]
    steps: Iterator[bytes | float]


@dataclass(frozen=True, slots=True)
class Refused(Exception):
    """An answer with the API's error envelope."""

    status: int
    type: str
    message: str
    details: Json | None = None


class Simulator:
    """The simulated Messages API. The same request and seed give the same content, whole and streamed.

    `pace` is tokens per second for a person who watches, or None for no waits at all.
    """

    def __init__(
        self, seed: int = 0, *, pace: float | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.seed = seed
        self.pace = pace
        self.clock = clock

    def __repr__(self) -> str:
        return f"Simulator(seed={self.seed})"

    def transport(self) -> SimulatorTransport:
        """Return an httpx transport, sync and async in one, that answers in this process."""
        from nbkit.sim.transport import SimulatorTransport

        return SimulatorTransport(self)

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Plan:
        """Answer one request. Never raises: what is wrong with the request is an answer too."""
        route, _, query = path.partition("?")
        asked = f"{self.seed}\0{method}\0{path}\0".encode(errors="surrogatepass")
        request_id = new_id("req", asked + body)
        sent = {"host": "", **{name.lower(): value for name, value in headers.items()}}
        try:
            return self._route(method.upper(), route.rstrip("/"), query, sent, body, request_id)
        except Refused as refusal:
            return self._json(refusal.status, _envelope(refusal, request_id), request_id)
        except Exception as error:
            log.exception("the simulator could not answer a request: please report it")
            what = f"Internal server error (the simulator's own: {type(error).__name__})"
            plan = self._json(500, _envelope(Refused(500, "api_error", what), request_id), request_id)
            plan.headers["x-should-retry"] = "false"
            return plan

    def _route(
        self, method: str, path: str, query: str, headers: dict[str, str], body: bytes, request_id: str
    ) -> Plan:
        if len(body) > MAX_BODY:
            raise Refused(413, "request_too_large", "Request exceeds the maximum size")
        wanted = _method_of(path)
        if wanted is None:
            raise Refused(404, "not_found_error", "Not Found")
        if method != wanted:
            raise Refused(405, "invalid_request_error", "Method Not Allowed")
        if wanted == "GET":
            _check_headers(headers, "/v1/messages")
            return self._json(200, _models(path, query), request_id)
        _check_headers(headers, path)
        request = _parsed(body)
        _check_body(request, headers, path)
        return self._answer(request, headers, path, request_id)

    def _answer(self, request: Json, headers: dict[str, str], path: str, request_id: str) -> Plan:
        model = facts.model(request["model"])
        assert model is not None  # the rules have refused what the table doesn't have
        extra = _check_thinking(request, headers, model)
        if path.endswith("/count_tokens"):
            return self._json(200, {"input_tokens": prompt_tokens(request)}, request_id)
        reply = _reply(request, model, self.seed)
        reply.extra.update(extra)
        if not request.get("stream"):
            return self._json(200, reply.message(), request_id, wait=self._seconds(reply.output_tokens))
        stream = response_headers(request_id, self.clock(), "text/event-stream; charset=utf-8")
        return Plan(200, stream, self._steps(reply))

    def _steps(self, reply: Reply) -> Iterator[bytes | float]:
        for event, cost in reply.events():
            wait = self._seconds(cost)
            if wait:
                yield wait
            yield encode_event(event)

    def _seconds(self, cost: int) -> float:
        return cost / self.pace if self.pace else 0.0

    def _json(self, status: int, answer: Json, request_id: str, wait: float = 0.0) -> Plan:
        data = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        headers = response_headers(request_id, self.clock(), "application/json", limits=status in (200, 429))
        steps: list[bytes | float] = [wait, data] if wait else [data]
        return Plan(status, {**headers, "content-length": str(len(data))}, iter(steps))


def _method_of(path: str) -> str | None:
    if path in _POSTS:
        return "POST"
    return "GET" if path == "/v1/models" or path.startswith("/v1/models/") else None


def _models(path: str, query: str) -> Json:
    if path == "/v1/models":
        try:
            return catalogue.listing(parse_qs(query))
        except ValueError as error:
            raise Refused(400, "invalid_request_error", str(error)) from None
    name = path.removeprefix("/v1/models/")
    model = facts.model(name)
    if model is None:
        raise Refused(404, "not_found_error", f"model: {name}")
    return catalogue.describe(model)


def _reply(request: Json, model: Model, seed: int) -> Reply:
    intent = think(request)
    mode, display = _thinking(request, model)
    signature = signatures.sign(request, model.id, intent.thinking) if mode and intent.thinking else ""
    hidden = display == "omitted"
    return compose(request, intent, model=request["model"], seed=seed, signature=signature, hidden=hidden)


def _thinking(request: Json, model: Model) -> tuple[bool, str]:
    """Whether the reply begins with a thinking block, and what is shown of it."""
    thinking = request.get("thinking") or {"type": model.thinking_default}
    on = thinking["type"] in ("adaptive", "enabled")
    forced = (request.get("tool_choice") or {}).get("type") in ("any", "tool")
    return on and not forced, thinking.get("display") or model.display_default


def _check_headers(headers: dict[str, str], endpoint: str) -> None:
    """Refuse what is wrong with the headers before the body is looked at."""
    for problem in check({}, headers=headers, endpoint=endpoint):
        if problem.path == "headers" and problem.level != "warning":
            raise _refusal(problem)


def _check_body(request: Json, headers: dict[str, str], endpoint: str) -> None:
    if "thread" in request:
        details = {"error_code": "thread_unsupported_request", "unsupported": ["thread"]}
        message = "thread: this request can't use a message thread. Send the full list of messages instead."
        raise Refused(400, "invalid_request_error", message, details)
    for problem in check(request, headers=headers, endpoint=endpoint):
        if problem.level in ("error", "unknown"):
            raise _refusal(problem)


def _refusal(problem: Problem) -> Refused:
    details = {"error_code": problem.error_code} if problem.error_code else None
    return Refused(problem.status, problem.type, problem.message, details)


def _check_thinking(request: Json, headers: dict[str, str], model: Model) -> Json:
    """Refuse thinking that was tampered with (R34 to R36); return what the reply says of what was dropped
    (R37).
    """
    controls = BINDING_BETA in headers.get("anthropic-beta", "")
    binding = (request.get("thinking") or {}).get("block_binding") or {}
    drop = binding.get("prefix_mismatch_behavior") == "drop_block"
    dropped = []
    for finding in signatures.findings(request, model.id, bound=model.prefix_bound):
        if finding.fault == "model" or (finding.fault == "prefix" and drop):
            reason = f"{finding.fault}_binding_mismatch"
            dropped.append({"type": "thinking_dropped", "path": finding.path, "reason": reason})
            continue
        raise Refused(400, "invalid_request_error", _complaint(finding, request, controls))
    return {"input_transformations": dropped} if controls else {}


def _complaint(finding: signatures.Finding, request: Json, controls: bool) -> str:
    answers = [at for at, message in enumerate(request["messages"]) if message["role"] == "assistant"]
    if finding.fault == "text" and finding.message == answers[-1]:
        return (
            f"{finding.path}: `thinking` or `redacted_thinking` blocks in the latest assistant message "
            f"cannot be "
            "modified. These blocks must remain as they were in the original response."
        )
    words = f"{finding.path}: Invalid `signature` in `thinking` block"
    if finding.fault != "prefix":
        return words
    words += (
        ". The block is bound to a different conversation. Remove the block, or set "
        '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
    )
    if not controls:
        words += f" That setting requires the `{BINDING_BETA}` value in the `anthropic-beta` header."
    if finding.is_other_system:
        words += " The `system` prompt differs from the one this block was created with."
    return words


def _parsed(data: bytes) -> Json:
    body = parse(data)
    if isinstance(body, Problem):
        raise _refusal(body)
    if not isinstance(body, dict):
        raise Refused(400, "invalid_request_error", "Input should be a valid dictionary")
    return body


def _envelope(refusal: Refused, request_id: str) -> Json:
    error: Json = {"type": refusal.type, "message": refusal.message}
    if refusal.details:
        error["details"] = refusal.details
    return {"type": "error", "error": error, "request_id": request_id}
