"""Checkers that have read the parameters of a request, for the next request with the same ones.

A client sends its model, its tools and its system prompt again with every turn. What the rules say of them
hangs on nothing else, so a checker that has judged them goes back to before the messages and is used again.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping

from pydantic_core import PydanticSerializationError, to_json

from nbkit.rules.checker import Checker
from nbkit.rules.problems import Problems
from nbkit.rules.validator import check
from nbkit.wire.blocks import Json

MOST = 16
LONGEST = 128 * 1024  # bytes of parameters that are worth keeping
JUDGED = ("anthropic-version", "anthropic-beta", "x-api-key", "authorization")  # of the headers

_kept: OrderedDict[bytes, Checker] = OrderedDict()


def problems(request: Json, headers: Mapping[str, str], endpoint: str, platform: str) -> Problems:
    """Return what `check()` returns, at the cost of the messages where the parameters are known."""
    messages = request.get("messages")
    name = _name(request, headers, endpoint, platform) if isinstance(messages, list) else None
    if name is None or not isinstance(messages, list):
        return check(request, headers=headers, endpoint=endpoint, platform=platform)
    checker = _kept.pop(name, None)  # nobody else has it meanwhile
    if checker is None:
        checker = Checker({**request, "messages": []}, headers, endpoint, platform)
    checker.extend(*messages)
    found = checker.problems()
    checker.rewind(0)
    _kept[name] = checker
    if len(_kept) > MOST:
        _kept.popitem(last=False)
    return found


def _name(request: Json, headers: Mapping[str, str], endpoint: str, platform: str) -> bytes | None:
    """A hash of all that the parameters are judged by; None where they are no JSON, or too long to keep."""
    if "host" not in headers:  # headers that are only changes against the defaults
        return None
    try:
        written = to_json({**request, "messages": None}, inf_nan_mode="constants")
    except (PydanticSerializationError, ValueError, UnicodeEncodeError, RecursionError):
        return None
    if len(written) > LONGEST:
        return None
    return digest(headers, written, endpoint, platform)


def digest(headers: Mapping[str, str], *more: bytes | str) -> bytes:
    """Return a hash of what is judged of the headers, and of more: nobody's key is kept as it is."""
    said = hashlib.blake2b(digest_size=16)
    for each in (*map(headers.get, JUDGED), *more):
        part = each if isinstance(each, bytes) else repr(each).encode(errors="surrogatepass")
        said.update(b"%d " % len(part))
        said.update(part)
    return said.digest()
