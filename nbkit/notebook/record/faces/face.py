"""The face of each block type, as parts. A type that nobody foresaw is shown as the JSON that it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbkit.errors import counted
from nbkit.notebook.record import wording
from nbkit.notebook.record.faces import media, rare, served
from nbkit.notebook.record.faces.face_parts import Aside, Data, Folded, Part, Prose, Small, Title
from nbkit.notebook.record.faces.names import fields, name, pretty, spelled, text
from nbkit.notebook.record.tool_faces import as_text
from nbkit.notebook.record.wording import clipped
from nbkit.wire.blocks import Json

BROKEN = "the signature no longer fits"
Face = Callable[[Json, str], list[Part]]


def face(block: Json, model: str, role: str = "assistant") -> list[Part]:
    """Return what a block shows; `model` is who would read it, for what things weigh.

    What a model says is Markdown, what anybody else says is shown as it was typed.
    """
    wire = block["wire"]
    match block["type"]:
        case "text":
            return [Prose(text(wire.get("text")), rich=role == "assistant")]
        case "thinking" | "redacted_thinking":
            return _thinking(block)
        case "tool_use" | "server_tool_use" | "mcp_tool_use":
            return _call(block)
        case kind:
            return FACES.get(kind, _raw)(wire, model)


def _thinking(block: Json) -> list[Part]:
    wire, said = block["wire"], text(block["wire"].get("thinking"))
    if block["type"] == "redacted_thinking":
        sealed = BROKEN if block.get("unsealed") else "encrypted by the API, kept as it came"
        return [_reasoning([sealed])]
    signed = ["signed"] if wire.get("signature") else []
    if signed and block.get("unsealed"):
        signed = [BROKEN]
    if not said:
        tokens = block.get("tokens")
        return [_reasoning([counted(tokens, "token") if isinstance(tokens, int) else "", *signed])]
    return [Folded(" · ".join(["thinking", *signed]), (Prose(said),))]


def _reasoning(words: list[str]) -> Part:
    return Small(", ".join(["hidden reasoning", *filter(None, words)]))


def _call(block: Json) -> list[Part]:
    wire = block["wire"]
    known = None if block.get("json") else as_text(wire.get("name"), wire.get("input"))
    given = spelled(block.get("json") or known or "") or pretty(wire.get("input", {}))
    where = {
        "server_tool_use": " · runs at the server",
        "mcp_tool_use": f" · on {name(wire.get('server_name'))}",
    }
    by_code = fields(wire.get("caller")).get("tool_id")
    title = f"call of {name(wording.named(wire))} · {name(wire.get('id'))}{where.get(block['type'], '')}"
    caller = [Small(f"made by the code of {name(by_code)}")] if by_code else []
    return [Aside((Title(title), *caller, Data(given)))]


def _result(wire: Json, model: str) -> list[Part]:
    kind = "MCP result" if wire.get("type") == "mcp_tool_result" else "result"
    title = f"{kind} of {name(wire.get('tool_use_id'))}"
    return [Aside(tuple(result(title, wire.get("content"), bool(wire.get("is_error")), model)))]


def result(title: str, content: Any, is_error: bool, model: str) -> list[Part]:
    """Return what a call came back with: a string or blocks; its text is data, not prose."""
    blocks = content if isinstance(content, list) else [{"type": "text", "text": text(content)}]
    parts: list[Part] = [Title(title, "is_error" if is_error else "")]
    for block in blocks:
        parts += inside(block, model)
    return parts


def inside(block: Any, model: str) -> list[Part]:
    """Return what one block of a result shows."""
    if not isinstance(block, dict):
        return [Data(clipped(pretty(block)))]
    if block.get("type") == "text":
        return [Data(_tidy(text(block.get("text"))))]
    return INSIDE.get(text(block.get("type")), _raw)(block, model)


def _tidy(said: str) -> str:
    """A text that is JSON is laid out; any other is shown as it is."""
    value = wording.as_json(said)
    return clipped(said if value is None else pretty(value)) or "(empty)"


def _raw(wire: Json, _: str) -> list[Part]:
    return [Data(clipped(pretty(wire)))]


INSIDE: dict[str, Face] = {
    "image": media.image,
    "document": media.document,
    "search_result": served.search_result,
    "tool_reference": rare.tool_reference,
    "browser_state": rare.browser,
}
FACES: dict[str, Face] = {
    **INSIDE,
    **dict.fromkeys(served.SERVED, served.served),
    "tool_result": _result,
    "mcp_tool_result": _result,
    "mcp_tool_listing": rare.mcp_listing,
    "container_upload": rare.upload,
    "compaction": rare.compaction,
    "fallback": rare.fallback,
    "tool_addition": rare.tool_change,
    "tool_removal": rare.tool_change,
}
