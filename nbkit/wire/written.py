"""The body of a request as the bytes that are sent; messages are written once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any

from nbkit.wire.blocks import Json

NUMBERS = frozenset({int, float})
CONSTANTS = frozenset({bool, type(None)})

_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def body_bytes(body: Mapping[str, Any]) -> bytes:
    """Return the JSON of a body. Raises what `json.dumps` raises where there is none."""
    return b"".join(body_chunks(body))


def body_chunks(body: Mapping[str, Any]) -> list[bytes]:
    """Return the JSON of a body in parts, of which the messages' are what was written before."""
    messages = body.get("messages")
    if not isinstance(messages, Written):
        return [encoded(body)]
    chunks: list[bytes] = []
    for name, value in body.items():
        chunks.append((b"," if chunks else b"{") + encoded(name) + b":")
        chunks += [b"[", *messages.json(), b"]"] if value is messages else [encoded(value)]
    return [*chunks, b"}"]


def encoded(value: Any) -> bytes:
    """Return the bytes of `json.dumps`.

    A faster writer has the same for what is JSON; but it also writes much that is none, and that isn't sent.
    """
    return quickly_encoded(value) or _dumps(value).encode("utf-8", "surrogatepass")


def readable(value: Any) -> bytes:
    """Return the same as UTF-8 that everybody reads: half of a surrogate pair is an escape."""
    data = quickly_encoded(value)
    if data is None:
        try:
            data = _dumps(value).encode()
        except UnicodeEncodeError:
            data = json.dumps(value, separators=(",", ":")).encode()
    return data


def quickly_encoded(value: Any) -> bytes | None:
    """Return the bytes of the faster writer where they are the same, else None."""
    try:
        data: bytes = _to_json()(value)
        if _is_written_alike(value):
            return data
    except Exception:  # noqa: BLE001  # what is no JSON may be anybody's object
        pass
    return None


@cache
def _to_json() -> Any:
    from pydantic_core import to_json  # takes longer to import than this whole room

    return to_json


def _is_written_alike(value: Any) -> bool:
    """Say whether both writers have the same bytes for a value, which must have an end.

    They have for JSON's own types, but where Python begins to write a number with an exponent, or not at all.
    """
    rest = [value]
    for each in rest:
        kind = type(each)
        if kind is dict:
            for key, inner in each.items():
                if type(key) is not str:
                    return False
                if type(inner) is not str:
                    rest.append(inner)
        elif kind is list:
            rest += each
        elif kind in NUMBERS:
            if each and not 1e-4 <= abs(each) < 1e16:
                return False
        elif kind is not str and kind not in CONSTANTS:
            return False
    return True


class Written(list[Json]):
    """Messages that know their own JSON, until the list is changed. A copy of it is a plain list.

    The messages in it are shared with whoever made it: to change one, put another in its place.
    """

    def __init__(self, json: list[bytes], *messages: list[Json]) -> None:
        super().__init__()
        for each in messages:
            list.extend(self, each)
        self._json: list[bytes] | None = json

    def json(self) -> list[bytes]:
        """Return the JSON between the brackets, in parts."""
        return [encoded(list(self))[1:-1]] if self._json is None else self._json

    def __reduce__(self) -> Any:
        return list, (list(self),)


def _changing(name: str) -> Callable[..., Any]:
    method: Callable[..., Any] = getattr(list, name)

    @wraps(method)
    def change(self: Written, *args: Any, **options: Any) -> Any:
        self._json = None
        return method(self, *args, **options)

    return change


for _name in ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse"):
    setattr(Written, _name, _changing(_name))
for _name in ("__setitem__", "__delitem__", "__iadd__", "__imul__"):
    setattr(Written, _name, _changing(_name))
