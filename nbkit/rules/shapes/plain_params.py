"""The parameters in which no shape can be wrong, known at a glance: what most programs send.

Like `plain_messages` this never says no. What isn't known here is judged by the models, which take longer to
build than all the rest of a check.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nbkit.facts import switches
from nbkit.rules.sizes import is_text
from nbkit.wire.blocks import Json

NAME = re.compile(f"[a-zA-Z0-9_-]{{1,{switches.TOOL_NAME_MAX}}}").fullmatch
DISPLAYS = ("summarized", "omitted")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
TOOL = {"name", "input_schema"}
CUSTOM_TOOL = {*TOOL, "type", "description"}


def is_plain(body: Json, needs_max_tokens: bool) -> bool:
    """Say whether every parameter of a body has one of the common sound shapes."""
    if "model" not in body or (needs_max_tokens and "max_tokens" not in body):
        return False
    for name, value in body.items():
        shape = PARAMS.get(name) if type(name) is str else None
        if shape is None or not shape(value):
            return False
    return type(body.get("messages")) is list


def _filled(value: Any) -> bool:
    return is_text(value) and value != ""


def _whole(value: Any) -> bool:
    return type(value) is int and value >= 0


def _flag(value: Any) -> bool:
    return type(value) is bool


def _texts(value: Any) -> bool:
    return type(value) is list and all(map(is_text, value))


def _system(value: Any) -> bool:
    return is_text(value) or (type(value) is list and all(map(_text_block, value)))


def _text_block(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"type", "text"} and _is_of(value, "text", text=is_text)


def _thinking(value: Any) -> bool:
    if type(value) is not dict or not is_text(value.get("display", "")):
        return False
    if value.get("display", DISPLAYS[0]) not in DISPLAYS:
        return False
    named = {key: inner for key, inner in value.items() if key != "display"}
    return _is_of(named, "adaptive") or _is_of(named, "enabled", budget_tokens=_budget)


def _budget(value: Any) -> bool:
    return type(value) is int and value >= 1024


def _choice(value: Any) -> bool:
    if type(value) is not dict:
        return False
    return any(_is_of(value, kind) for kind in ("auto", "any", "none")) or _is_of(value, "tool", name=is_text)


def _output(value: Any) -> bool:
    return type(value) is dict and value.keys() == {"effort"} and _is_one_of(value["effort"], EFFORTS)


def _tools(value: Any) -> bool:
    return type(value) is list and all(map(_tool, value))


def _tool(value: Any) -> bool:
    return (
        type(value) is dict
        and TOOL <= value.keys() <= CUSTOM_TOOL
        and _is_one_of(value.get("type", "custom"), ("custom",))
        and type(value["name"]) is str
        and NAME(value["name"]) is not None
        and is_text(value.get("description", ""))
        and _schema(value["input_schema"])
    )


def _schema(value: Any) -> bool:
    """Only the outermost keys are judged; the rest is JSON Schema."""
    if type(value) is not dict or not _is_one_of(value.get("type"), ("object",)):
        return False
    properties = value.get("properties", {})
    sound = type(properties) is dict and all(map(is_text, properties)) and _texts(value.get("required", []))
    return sound and all(map(is_text, value))


def _is_of(value: Json, kind: str, **fields: Callable[[Any], bool]) -> bool:
    """Say whether this is an object of one `type`, with these fields and no other."""
    if value.keys() != {"type", *fields} or not _is_one_of(value["type"], (kind,)):
        return False
    return all(shape(value[name]) for name, shape in fields.items())


def _is_one_of(value: Any, known: tuple[str, ...]) -> bool:
    return type(value) is str and value in known


PARAMS: Mapping[str, Callable[[Any], bool]] = {
    "model": _filled,
    "messages": lambda value: True,
    "max_tokens": _whole,
    "system": _system,
    "tools": _tools,
    "tool_choice": _choice,
    "thinking": _thinking,
    "output_config": _output,
    "stop_sequences": _texts,
    "stream": _flag,
}
