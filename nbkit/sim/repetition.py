"""Answers that were given before: a request that comes again, byte for byte, is not thought through again.

Test suites, retries and load tests repeat themselves. Only what hangs on nothing but the request is kept;
what puts something somewhere or looks for it (a cache, files, containers) is answered anew each time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from nbkit.sim.headers import rate_limits
from nbkit.sim.plan import Plan

LARGEST = 32 * 1024  # bytes of a body, and of an answer
MOST = 512
PATH = "/v1/messages"
OWN_HEADER = "x-nbkit-"
# `_20…` is a tool of the API.
LOOKS_ELSEWHERE = (b"cache_control", b"container", b"diagnostics", b"fast", b"file_id", b"mcp_", b"_20")


ESCAPED = b"\\u00"  # letters that are written as numbers spell any of them


@dataclass(frozen=True, slots=True)
class Answer:
    headers: dict[str, str]
    data: bytes


@dataclass(slots=True)
class Repetitions:
    """The last answers, by a hash of the whole request: nothing of it is kept, its key least of all."""

    answers: dict[bytes, Answer] = field(default_factory=dict)

    def recall(self, name: bytes, now: float) -> Plan | None:
        answer = self.answers.get(name)
        if answer is None:
            return None
        return Plan(200, {**answer.headers, **rate_limits(now)}, iter((answer.data,)))

    def kept(self, name: bytes, plan: Plan) -> Plan:
        """Return the plan, and remember it if it is a whole answer."""
        size = plan.headers.get("content-length")
        if plan.status != 200 or size is None or int(size) > LARGEST:
            return plan
        steps = list(plan.steps)
        if len(steps) == 1 and isinstance(steps[0], bytes):
            self.answers[name] = Answer(plan.headers, steps[0])
            with suppress(KeyError, RuntimeError, StopIteration):  # another thread made room already
                while len(self.answers) > MOST:
                    del self.answers[next(iter(self.answers))]
        return Plan(200, dict(plan.headers), iter(steps))


def name_of(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes | None:
    """Return what stands for a request that may be answered as before, None for any other."""
    if method != "POST" or len(body) > LARGEST or path.partition("?")[0] != PATH:
        return None
    if any(word in body for word in LOOKS_ELSEWHERE) or b'"messages"' not in body or ESCAPED in body:
        return None
    sent = "\n".join([path, *headers.keys(), *headers.values()])
    if OWN_HEADER in sent.lower():
        return None
    digest = hashlib.blake2b(b"%d " % len(body) + body, digest_size=16)
    digest.update(sent.encode(errors="surrogatepass"))
    return digest.digest()
