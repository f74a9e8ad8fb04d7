"""What can be mended in a broken shape: unknown keys removed, input parsed, ids spelt with legal letters."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from nbkit.rules.media.coded import decoded
from nbkit.rules.media.image_header import sniff
from nbkit.rules.problem import Fix, pointer_to, replace
from nbkit.rules.request import Request
from nbkit.wire.blocks import Json

Location = Sequence[str | int]
OWN_TAGS = frozenset({"(string)", "(list)", "(object)", "(flag)", "(none)"})  # no steps of the way
LEAST_BUDGET = 1024  # R38
ID_FIELDS = {"tool_use": "id", "server_tool_use": "id", "mcp_tool_use": "id"}


def fix(request: Request, kind: str, location: Location) -> Fix | Callable[[], Fix | None] | None:
    """Return a fix for one of pydantic's findings, where there is a sure one, or how to make it."""
    way = _way(request.raw, location)
    if not way:
        return None
    last = str(location[-1]) if location else ""
    if kind == "extra_forbidden":
        label = f"remove {last or 'the key without a name'}"
        return Fix(label, ({"op": "remove", "path": pointer_to(way)},))
    if kind == "dict_type" and last == "input":
        return _parsed(_value(request.raw, way), way)
    if kind == "string_pattern_mismatch" and last in ("id", "tool_use_id"):
        return partial(_respelt, request, str(_value(request.raw, way)))
    if kind == "literal_error" and last == "media_type":
        return _retyped(_value(request.raw, way[:-1]), way)
    if kind == "greater_than_equal" and last == "budget_tokens":
        return Fix(f"set it to {LEAST_BUDGET}", (_write(way, LEAST_BUDGET),))
    return None


def _way(raw: Json, location: Location) -> list[str] | None:
    """Return the keys that lead to a place that exists; union tags are no steps of the way."""
    node: Any = raw
    way: list[str] = []
    for n, part in enumerate(location):
        is_last = n == len(location) - 1
        if not is_last and (part in OWN_TAGS or _is_tag(node, part)):
            continue
        if not _holds(node, part):
            return None
        node = node[part]
        way.append(str(part))
    return way


def _is_tag(node: Any, part: str | int) -> bool:
    named_by_api = str(part).startswith(("list[Request", "Request"))
    return named_by_api or (isinstance(node, dict) and part == (node.get("type") or "custom"))


def _holds(node: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(node, list) and part < len(node)
    return isinstance(node, dict) and part in node


def _value(node: Any, way: list[str]) -> Any:
    for key in way:
        node = node[int(key)] if isinstance(node, list) else node[key]
    return node


def _write(way: list[str], value: Any) -> Json:
    return {"op": "replace", "path": pointer_to(way), "value": value}


def _retyped(source: Any, way: list[str]) -> Fix | None:
    """R57: an image says which type it is in its first bytes, whatever somebody called it."""
    data = source.get("data") if isinstance(source, dict) else None
    found = sniff(decoded(data) or b"") if isinstance(data, str) else None
    return Fix(f"call it {found.media_type}", (_write(way, found.media_type),)) if found else None


def _parsed(value: Any, way: list[str]) -> Fix | None:
    """R28: a string of JSON becomes the object it says; nothing at all means no arguments."""
    try:
        parsed = json.loads(value) if isinstance(value, str) and value.strip() else {}
    except ValueError:
        return None
    if not isinstance(parsed, dict) or (value and not isinstance(value, str)):
        return None
    return Fix("make it an object", (_write(way, parsed),))


def _respelt(request: Request, old: str) -> Fix | None:
    """R26: give the call and its results an id of legal letters that nobody else has."""
    used = {_id_of(block) for block in (place.block for place in request.places)}
    new = stem = re.sub("[^a-zA-Z0-9_-]", "_", old) or "toolu_1"
    if any(place.type == "server_tool_use" and place.block.get("id") == old for place in request.places):
        new = stem = "srvtoolu_" + (re.sub("[^a-zA-Z0-9_]", "_", old).removeprefix("srvtoolu_") or "1")
    number = 1
    while new in used:
        number += 1
        new = f"{stem}_{number}"
    operations = [
        replace(f"{place.path}.{field}", new)
        for place in request.places
        if (field := ID_FIELDS.get(place.type) or "tool_use_id") in place.block and place.block[field] == old
    ]
    return Fix(f"rename it to {new}", tuple(operations)) if operations else None


def _id_of(block: Json) -> str:
    return str(block.get("id") or block.get("tool_use_id"))
