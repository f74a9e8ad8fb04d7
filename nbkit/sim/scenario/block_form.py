"""Content blocks as a scenario writes them, and the parts that they become.

- Just a text.                               # text
- text: [Hel, lo]                            # in these pieces
- thinking: I should look it up.             # signed as the API would; left out where thinking is off
- tool_use: get_weather                      # the id is made
  input: {city: Paris}
- tool_use: get_weather
  json: '{"city": "Par'                      # the text of the input as it is, broken too
- web_search_tool_result: [...]              # of the server_tool_use before it
- {type: text, text: in full}
- raw: {type: future_block}                  # as it is, whatever it is
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nbkit.errors import quoted
from nbkit.sim.faults.fault import nearest
from nbkit.sim.parts import Part, part_of
from nbkit.sim.scenario.located import Path
from nbkit.sim.scenario.mistakes import Mistakes
from nbkit.sim.scenario.templates import written
from nbkit.wire.blocks import Json

CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_CALL = ("name", "input", "json", "id", "caller")
_RESULT = ("content", "tool_use_id", "caller")
_RESULTS = (
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "advisor_tool_result",
)
# The fields of each block; the first is what the short form's value is.
FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text", "citations"),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
    "tool_use": (*_CALL, "toolset_name"),
    "server_tool_use": _CALL,
    "mcp_tool_use": (*_CALL, "server_name"),
    **dict.fromkeys(_RESULTS, _RESULT),
    "mcp_tool_result": (*_RESULT, "is_error"),
    "mcp_tool_listing": ("mcp_server_name", "tools"),
    "container_upload": ("file_id",),
    "compaction": ("content", "encrypted_content", "signature"),
    "fallback": ("from", "to", "trigger"),
}
GROWING = ("text", "thinking", "json")  # may be a list of the pieces in which they stream


def blocks(value: Any, path: Path, mistakes: Mistakes) -> list[Json]:
    """Read what is said: a text, a block, or a list of them. Each becomes a block in full."""
    if not isinstance(value, list):
        return [block(value, path, mistakes)]
    return [block(item, (*path, at), mistakes) for at, item in enumerate(value)]


def block(value: Any, path: Path, mistakes: Mistakes) -> Json:
    if isinstance(value, str):
        return {"type": "text", "text": value}
    if not isinstance(value, Mapping) or not value:
        mistakes.tell(path, f"a block is a text or a mapping, not {quoted(value)}; put numbers in quotes")
        return {"type": "text", "text": ""}
    if "raw" in value:
        mistakes.keys(path, value, ["raw"], "raw")
        return _raw(value["raw"], (*path, "raw"), mistakes)
    whole = dict(value) if "type" in value else _from_short(value, path, mistakes)
    type = whole.get("type")
    if type not in FIELDS:
        guess = nearest(str(type), FIELDS)
        mistakes.tell(
            path, f"unknown block {quoted(type)}{guess}; to send it on purpose write raw: {{type: …}}"
        )
        return {"type": "text", "text": ""}
    mistakes.keys(path, whole, ["type", *FIELDS[type]], f"{type}")
    _check_fields(whole, path, mistakes)
    return whole


def _from_short(value: Mapping[str, Any], path: Path, mistakes: Mistakes) -> Json:
    types = [key for key in value if key in FIELDS]
    if len(types) != 1:
        key = next(iter(value))
        guess = nearest(str(key), FIELDS) if not types else ""
        what = "a block is named by one of its keys" if types else f"unknown block {key!r}{guess}"
        mistakes.tell(path, f"{what}; blocks: {', '.join(FIELDS)}")
        return {"type": "text", "text": ""}
    main = FIELDS[types[0]][0]
    rest = {key: item for key, item in value.items() if key != types[0]}
    return {"type": types[0], main: value[types[0]], **rest}


def _raw(value: Any, path: Path, mistakes: Mistakes) -> Json:
    if not isinstance(value, Mapping) or not isinstance(value.get("type"), str):
        mistakes.tell(path, "should be a mapping with a type")
        return {"type": "text", "text": ""}
    return {"raw": dict(value)}


def _check_fields(whole: Json, path: Path, mistakes: Mistakes) -> None:
    type = whole["type"]
    for key in GROWING:
        given = whole.get(key)
        pieces = given if isinstance(given, list) else [given]
        if key in whole and not all(isinstance(piece, str) for piece in pieces):
            mistakes.tell((*path, key), f"should be a text or a list of its pieces, not {quoted(given)}")
    if type in CALLS:
        if not isinstance(whole.get("name"), str):
            mistakes.tell(path, f"{type} needs the name of a tool")
        if "input" in whole and not isinstance(whole["input"], Mapping):
            mistakes.tell((*path, "input"), f"should be a mapping, not {quoted(whole['input'])}")
        if "input" in whole and "json" in whole:
            mistakes.tell((*path, "json"), "say either input or json")
    if "id" in whole and not isinstance(whole["id"], str):
        mistakes.tell((*path, "id"), f"should be a text, not {quoted(whole['id'])}")
    citations = whole.get("citations")
    if citations is not None and not (
        isinstance(citations, list) and all(isinstance(one, Mapping) for one in citations)
    ):
        mistakes.tell((*path, "citations"), "should be a list of citations")


def part(block: Json) -> Part:
    """Return the part that becomes a block whose placeholders are filled and whose ids are made."""
    if "raw" in block:
        return Part(block["raw"], None, [])
    raw = block.pop("json", None)
    if raw is not None:
        return Part({**block, "input": {}}, "input", _pieces(raw))
    main = FIELDS[block["type"]][0]
    if isinstance(block.get(main), list) and main in GROWING:
        made = part_of({**block, main: ""})
        made.pieces = _pieces(block[main])
        return made
    if block["type"] in CALLS:
        return part_of({**block, "name": written(block["name"]), "input": block.get("input") or {}})
    if main in ("text", "thinking"):
        return part_of({**block, main: written(block.get(main))})
    return part_of(block)


def _pieces(given: Any) -> list[str]:
    return [written(piece) for piece in (given if isinstance(given, list) else [given])]
