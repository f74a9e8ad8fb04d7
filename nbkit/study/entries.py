"""One entry of a log: the request in it, what its record says around it, or the reply that it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from nbkit.errors import UsageError
from nbkit.loop.array.history import History
from nbkit.rules import endpoints
from nbkit.rules.body.body import Body, as_bytes
from nbkit.rules.body.body import read as read_body
from nbkit.rules.endpoints import MESSAGES
from nbkit.rules.pointing import pointed
from nbkit.rules.problem import Problem
from nbkit.study import replies
from nbkit.study.unknown import Unknown
from nbkit.wire.blocks import Json

# Where a log, a test or a batch keeps the request inside a record of its own.
WRAPPERS = ("params", "body", "request", "json")
OWN_FIELDS = frozenset({"model", "messages", "max_tokens", "system", "tools"})
# What a record says of the request's headers; whether there was a key, logs leave out.
KEPT_HEADERS = ("anthropic-version", "anthropic-beta")


@dataclass(frozen=True, slots=True)
class Imported:
    """One request as somebody wrote it down. `broken` says why there is no body.

    `headers` None means that nothing is said of them. `reply` is what came for it, where the file has that.
    `size` is how many bytes a broken one has. `around` says what is wrong with the entry of a batch, and with
    how a body is written. `at_rest` is a conversation that isn't being sent now; `history` tells who made
    what in it. `in_batch`: it goes out inside a batch, not on its own. `note` says what a conversation
    waits for, or that an address is strange. `at` is where the file, or its line, has it inside a batch.
    `is_answered`: the file says what came, or that nothing did; `unused` why what came is no message. A
    `kind` of its own has what is no request but stands among them: a reply, what went to another address, or
    what couldn't be read (`note` says why). `unknown` are places that only a shell knows. `platform` is the
    cloud that the address says.
    """

    where: str
    body: Any = None
    headers: dict[str, str] | None = None
    endpoint: str = MESSAGES
    name: str | None = None
    line: int | None = None
    broken: Problem | None = None
    reply: Json | None = None
    around: Sequence[Problem] = ()
    size: int = 0
    at_rest: bool = False
    history: History | None = None
    in_batch: bool = False
    note: str = ""
    is_answered: bool = False
    kind: Literal["request", "reply", "other", "unread"] = "request"
    at: str = ""
    unknown: Sequence[Unknown] = ()
    platform: str = ""
    unused: str = ""

    @property
    def whole(self) -> bool:
        """Whether these are all headers of a request, so that a key or a version that lacks is missed."""
        return any(not name.startswith("anthropic-") for name in self.headers or ())


def unwrapped(body: Body, value: Any, where: str, line: int | None = None) -> Imported:
    """Return the request itself, and what the record around it says of its headers and its endpoint."""
    headers: dict[str, str] = {}
    endpoint, label, reply, is_answered, unused, note, at = MESSAGES, None, None, False, "", "", ""
    platform = ""
    for _ in WRAPPERS:
        if not isinstance(value, dict) or value.keys() & OWN_FIELDS:
            break
        label = next((value[key] for key in ("custom_id", "id") if isinstance(value.get(key), str)), label)
        if replies.is_reply(value):
            break
        inner = next((value[key] for key in WRAPPERS if isinstance(value.get(key), dict | str)), None)
        if inner is None:
            if "result" in value and "custom_id" in value:
                raise UsageError(f"{where} is the result of a batch, not a request: check what was sent")
            break
        at = "params" if inner is value.get("params") and "custom_id" in value else ""
        headers |= _kept(value.get("headers"))
        addresses = [value.get(key) for key in ("endpoint", "url", "path")]
        endpoint = next(filter(None, map(endpoints.found, addresses)), endpoint)
        note = next(filter(None, map(endpoints.elsewhere, addresses)), note)
        platform = next(filter(None, map(endpoints.cloud_of, addresses)), platform)
        if not is_answered:
            is_answered, reply, unused = replies.beside(value)
        value = inner
        if isinstance(value, str) and not replies.is_reply(value):
            body = read_body(as_bytes(value))
            value = body.value
            break
    if replies.is_reply(value):
        reply, unused = replies.read(value), replies.unread(value)
        return Imported(where, None, name=label, line=line, reply=reply, unused=unused, kind="reply")
    is_ours = not note or not isinstance(value, dict) or bool(OWN_FIELDS & value.keys())
    twice = list(body.twice(value))
    pointed(twice, value)
    return Imported(
        where,
        value,
        headers or None,
        endpoint,
        label,
        line,
        body.broken,
        reply,
        [each.moved(at) for each in twice] if at else twice,
        note=note,
        kind="request" if is_ours else "other",
        platform=platform,
        is_answered=is_answered,
        at=at,
        unused=unused,
    )


def _kept(headers: Any) -> dict[str, str]:
    if not isinstance(headers, dict):
        return {}
    named = {str(name).lower(): value for name, value in headers.items()}
    return {name: named[name] for name in KEPT_HEADERS if isinstance(named.get(name), str)}
