"""Blocks that are seldom seen: what stands for a conversation, changes of models and tools, files, tabs."""

from __future__ import annotations

from typing import Any

from nbkit.errors import counted
from nbkit.notebook.record.faces.face_parts import Aside, Data, Folded, Link, Part, Prose, Small, Title
from nbkit.notebook.record.faces.names import fields, name, pretty, rows, size, text
from nbkit.notebook.record.wording import clipped
from nbkit.wire.blocks import Json


def compaction(wire: Json, _: str) -> list[Part]:
    content, sealed = wire.get("content"), wire.get("encrypted_content")
    title = Title("compaction: this summary stands for all before it")
    if content is None and isinstance(sealed, str):
        return [Aside((title, Small(f"encrypted, {size(len(sealed))}")))]
    if content is None:
        return [Aside((Title("compaction that failed: it changes nothing"),))]
    body = Folded(counted(len(text(content)), "character"), (Prose(clipped(text(content))),))
    return [Aside((title, body))]


def fallback(wire: Json, _: str) -> list[Part]:
    before, after = (name(fields(wire.get(key)).get("model")) for key in ("from", "to"))
    trigger = fields(wire.get("trigger"))
    why = [name(each) for each in (trigger.get("type"), trigger.get("category")) if each]
    because = [Small(f"because of: {', '.join(why)}")] if why else []
    return [Aside((Title(f"from here on {after} answers, before it did {before}"), *because))]


def upload(wire: Json, _: str) -> list[Part]:
    return [Aside((Title(f"file in the container · {name(wire.get('file_id'))}"),))]


def tool_change(wire: Json, _: str) -> list[Part]:
    verb = "tool added" if wire.get("type") == "tool_addition" else "tool removed"
    tool = fields(wire.get("tool"))
    given = fields(tool.get("definition"))
    words = [name(each) for each in (tool.get("server_name"), tool.get("name") or given.get("name")) if each]
    definition = [Folded("its definition", (Data(clipped(pretty(given))),))] if given else []
    return [Aside((Title(f"{verb} · {' · '.join(words)}"), *definition))]


def tool_reference(wire: Json, _: str) -> list[Part]:
    return [Small(f"the tool {name(wire.get('tool_name'))} is loaded from here on")]


def mcp_listing(wire: Json, _: str) -> list[Part]:
    tools = rows(wire.get("tools"))
    lines = [f"{name(each.get('name'))}: {name(each.get('description'))}" for each in tools]
    title = Title(f"tools of the MCP server {name(wire.get('mcp_server_name'))}")
    return [Aside((title, Folded(counted(len(tools), "tool"), (Data(clipped("\n".join(lines))),))))]


def browser(wire: Json, _: str) -> list[Part]:
    parts: list[Part] = [Title("tabs of the browser")]
    for tab in rows(wire.get("tabs")):
        here = " · in front" if tab.get("active") is True else ""
        parts += [
            Link(text(tab.get("url")), name(tab.get("title"))),
            Small(f"tab {name(tab.get('tab_id'))}{here}"),
        ]
    return [*parts, *(Small(_change(each)) for each in rows(wire.get("state_changes")))]


def _change(change: Json) -> str:
    words: list[Any] = [change.get(key) for key in ("tab_id", "download_id", "url", "path", "error")]
    bytes_ = change.get("size_bytes")
    weight = [size(bytes_)] if isinstance(bytes_, int) else []
    said = [name(each) for each in words if each]
    return f"{name(change.get('type')).replace('_', ' ')}: {', '.join(said + weight)}"
