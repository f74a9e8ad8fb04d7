"""A broken rule as data: where, in whose words, why, and what would make it legal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from dataclasses import replace as replaced
from typing import Any, Literal

from nbkit.errors import UsageError, a_kind
from nbkit.wire.blocks import Json

Level = Literal["error", "warning", "unknown"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that makes the request legal: a label for a button, and JSON-patch operations.

    `betas` are names for the `anthropic-beta` header, which is no part of the body: a conversation that
    applies the fix sends them from then on.
    """

    label: str
    operations: tuple[Json, ...]
    betas: tuple[str, ...] = ()

    def apply(self, request: Json | str | bytes | bytearray) -> Json:
        """Return the changed request; only what the operations touch is copied.

        `request` is what was checked: a dict, or the body as text or bytes, which comes back as a dict.
        Raises `UsageError` for anything else, which hasn't the place that is to be changed.
        """
        changed: Any = _read(request) if isinstance(request, str | bytes | bytearray) else request
        if not isinstance(changed, dict):
            raise UsageError(f"a fix is applied to the request that was checked, not to {a_kind(request)}")
        try:
            for operation in self.operations:
                changed = _applied(changed, operation)
        except (LookupError, TypeError, ValueError, AttributeError):
            place = operation["path"]
            raise UsageError(f"this request has no {place}: a fix is for the one that was checked") from None
        result: Json = changed
        return result

    def moved(self, under: str) -> Fix:
        """Return the same fix for a request that stands inside something else, at the place `under`.

        Raises `UsageError` for what is no string.
        """
        if not isinstance(under, str):
            raise UsageError(f"a fix is moved under a place such as 'params', not {a_kind(under)}")
        start = pointer(under)
        places = ("path", "from")
        moved = [
            {key: start + value if key in places else value for key, value in each.items()}
            for each in self.operations
        ]
        return replaced(self, operations=tuple(moved))

    def to_json(self) -> Json:
        betas = {"betas": list(self.betas)} if self.betas else {}
        return {"label": self.label, "operations": list(self.operations), **betas}


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule at one place.

    `message` is what the API's `error.message` would say; `path` names the place as the API does, with the
    types of blocks as steps of the way. `pointer` is the place to mark: a JSON pointer to what the request
    has there, for a missing field to what it is missing in, and `""` for the request as a whole. It leads
    into what `fix` applies to. `level` is `error` (refused), `warning` (accepted, but…) or `unknown` (newer
    than our facts). `beta` is the name that would make it legal in the `anthropic-beta` header: a fix of the
    body alone can only take away what needs it.
    """

    rule: str
    path: str
    message: str
    level: Level = "error"
    status: int = 400
    type: str = "invalid_request_error"
    error_code: str | None = None
    why: str = ""
    fix: Fix | None = None
    pointer: str = field(default="", compare=False)  # follows from the path, in the request that was checked
    beta: str = ""

    def __repr__(self) -> str:
        fix = f", fix: {self.fix.label}" if self.fix else ""
        return f"Problem({self.rule}, {self.level} at {self.path or 'the request'}: {self.message}{fix})"

    @property
    def key(self) -> str:
        return f"{self.rule}@{self.path}"

    def moved(self, under: str) -> Problem:
        """Return the same problem of a request that stands inside something else, at the place `under`."""
        path = f"{under}.{self.path}" if self.path else under
        fix = self.fix and self.fix.moved(under)
        return replaced(self, path=path, pointer=pointer(under) + self.pointer, fix=fix)

    def to_json(self) -> Json:
        return {
            "rule": self.rule,
            "path": self.path,
            "pointer": self.pointer,
            "message": self.message,
            "level": self.level,
            "status": self.status,
            "type": self.type,
            "error_code": self.error_code,
            "why": self.why,
            "fix": self.fix.to_json() if self.fix else None,
            **({"beta": self.beta} if self.beta else {}),
        }


@dataclass(frozen=True, slots=True)
class Open:
    """A problem whose fix hangs on messages that may still come: it is made when somebody asks."""

    problem: Problem
    fix: Callable[[], Fix | None]

    def told(self) -> Problem:
        return replaced(self.problem, fix=self.fix())


Found = Problem | Open


def settled(found: Iterable[Found]) -> list[Problem]:
    """Return the problems with the fixes that they have now."""
    return [each.told() if isinstance(each, Open) else each for each in found]


def pointer(path: str) -> str:
    """Turn a place written with dots (`messages.1.content.0`) into a JSON pointer."""
    return "/" + path.replace(".", "/")


def pointer_to(way: Iterable[str]) -> str:
    """Write a JSON pointer of keys, whatever characters they have."""
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in way)


def remove(path: str) -> Json:
    return {"op": "remove", "path": pointer(path)}


def add(path: str, value: Any) -> Json:
    return {"op": "add", "path": pointer(path), "value": value}


def replace(path: str, value: Any) -> Json:
    return {"op": "replace", "path": pointer(path), "value": value}


def move(origin: str, path: str) -> Json:
    return {"op": "move", "from": pointer(origin), "path": pointer(path)}


def _keys(text: str) -> list[str]:
    return [key.replace("~1", "/").replace("~0", "~") for key in text.split("/")[1:]]


def _applied(root: Any, operation: Json) -> Any:
    keys = _keys(operation["path"])
    match operation["op"]:
        case "remove":
            return _edited(root, keys, _removed)
        case "replace":
            return _edited(root, keys, lambda node, key: _replaced(node, key, operation["value"]))
        case "add":
            return _edited(root, keys, lambda node, key: _added(node, key, operation["value"]))
        case "move":
            origin = _keys(operation["from"])
            value = _found(root, origin)
            without = _edited(root, origin, _removed)
            return _edited(without, keys, lambda node, key: _added(node, key, value))
        case other:
            raise UsageError(f"a fix has no operation {other!r}; it adds, removes, replaces or moves")


def _edited(node: Any, keys: list[str], change: Callable[[Any, str], None]) -> Any:
    """Copy the containers along the way to the last key, and change the last of them."""
    copy = list(node) if isinstance(node, list | tuple) else dict(node)
    if len(keys) == 1:
        change(copy, keys[0])
    else:
        key = _key(copy, keys[0])
        copy[key] = _edited(copy[key], keys[1:], change)
    return copy


def _key(node: Any, key: str) -> Any:
    """Return where a step of a pointer leads; a key that is no string is named as JSON writes it."""
    if isinstance(node, list | tuple):
        return int(key)
    return key if key in node else next((each for each in node if written_key(each) == key), key)


def written_key(key: Any) -> Any:
    """Return what JSON makes of a key: a string, where it can write it."""
    return json.dumps(key) if key is None or isinstance(key, int | float) else key


def _read(text: str | bytes | bytearray) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("a fix is applied to the request that was checked, and this is no JSON") from None


def _found(node: Any, keys: list[str]) -> Any:
    for key in keys:
        node = node[_key(node, key)]
    return node


def _removed(node: Any, key: str) -> None:
    del node[_key(node, key)]


def _replaced(node: Any, key: str, value: Any) -> None:
    at = _key(node, key)
    if at not in (range(len(node)) if isinstance(node, list) else node):
        raise LookupError(f"a fix replaces {key!r}, which isn't there")
    node[at] = value


def _added(node: Any, key: str, value: Any) -> None:
    if isinstance(node, list):
        node.insert(len(node) if key == "-" else int(key), value)
    else:
        node[key] = value
