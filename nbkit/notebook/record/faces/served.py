"""What the tools gave that the server runs: searches, pages, runs of code, files, advice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nbkit.errors import counted
from nbkit.notebook.record.faces.face_parts import Aside, Data, Folded, Link, Part, Prose, Small, Title
from nbkit.notebook.record.faces.media import document
from nbkit.notebook.record.faces.names import fields, name, pretty, rows, size, text
from nbkit.notebook.record.wording import clipped
from nbkit.wire.blocks import Json

Show = Callable[[Json, str], list[Part]]


def served(wire: Json, model: str) -> list[Part]:
    """Return the result of a server tool: an error as one, what has no face as JSON."""
    content = wire.get("content")
    kind = text(wire.get("type")).removesuffix("_tool_result").replace("_", " ")
    title = f"result of {kind} · {name(wire.get('tool_use_id'))}"
    if isinstance(content, list) and wire.get("type") == "web_search_tool_result":
        found: list[Part] = [Small(counted(len(content), "page") if content else "nothing was found")]
        return [Aside((Title(title), *found, *(part for hit in content for part in _hit(hit))))]
    given = fields(content)
    sort = text(given.get("type"))
    if sort.endswith("_error"):
        return [Aside((Title(title, "error"), *_failure(given)))]
    show = KINDS.get(sort)
    shown = show(given, model) if show else [Data(clipped(pretty(content)))]
    return [Aside((Title(title), *shown))]


def _failure(given: Json) -> list[Part]:
    said: list[Part] = [Data(name(given.get("error_code")) or "no error code")]
    return [*said, Data(clipped(text(given.get("error_message"))))] if given.get("error_message") else said


def _hit(hit: Any) -> list[Part]:
    if not isinstance(hit, dict) or hit.get("type") != "web_search_result":
        return [Data(clipped(pretty(hit)))]
    sealed = hit.get("encrypted_content")
    age = f"{name(hit.get('page_age'))} · " if hit.get("page_age") else ""
    small = [Small(f"{age}its text is encrypted, {size(len(sealed))}")] if isinstance(sealed, str) else []
    return [Link(text(hit.get("url")), name(hit.get("title"))), *small]


def _page(given: Json, model: str) -> list[Part]:
    at = [Small(f"retrieved {name(given.get('retrieved_at'))}")] if given.get("retrieved_at") else []
    return [Link(text(given.get("url"))), *at, *document(fields(given.get("content")), model)]


def _ran(given: Json, _: str) -> list[Part]:
    code, why = given.get("return_code"), given.get("abort_reason")
    parts: list[Part] = [Small(f"return code {name(code)}{f' · {name(why)}' if why else ''}")]
    for stream in ("stdout", "stderr"):
        said = text(given.get(stream))
        if said:
            parts += [Small(stream), Data(clipped(said))] if stream == "stderr" else [Data(clipped(said))]
    if isinstance(given.get("encrypted_stdout"), str):
        parts.append(Small(f"its output is encrypted, {size(len(given['encrypted_stdout']))}"))
    return parts + [
        Small(f"left the file {name(file.get('file_id'))}") for file in rows(given.get("content"))
    ]


def _viewed(given: Json, _: str) -> list[Part]:
    kind, start, lines, total = (
        name(given.get(key)) for key in ("file_type", "start_line", "num_lines", "total_lines")
    )
    said = f"{kind} · {lines or 'all'} of {total or '?'} lines from line {start or 1}"
    return [Small(said if kind == "text" else kind), Data(clipped(text(given.get("content"))) or "(empty)")]


def _created(given: Json, _: str) -> list[Part]:
    return [Small("the file was changed" if given.get("is_file_update") else "the file was made")]


def _edited(given: Json, _: str) -> list[Part]:
    lines = given.get("lines")
    where = [name(given.get(key)) for key in ("old_start", "old_lines", "new_start", "new_lines")]
    at = f"@@ -{where[0]},{where[1]} +{where[2]},{where[3]} @@" if all(where) else "the text was replaced"
    return [Small(at), *([Data("\n".join(map(text, lines)))] if isinstance(lines, list) and lines else [])]


def _tools(given: Json, _: str) -> list[Part]:
    found = [name(each.get("tool_name")) for each in rows(given.get("tool_references"))]
    return [Small(f"loads {', '.join(found)}" if found else "no tool was found")]


def _advice(given: Json, _: str) -> list[Part]:
    why = [Small(f"stop reason: {name(given['stop_reason'])}")] if given.get("stop_reason") else []
    return [Prose(text(given.get("text"))), *why]


def _sealed_advice(given: Json, _: str) -> list[Part]:
    return [Small(f"encrypted advice, {size(len(text(given.get('encrypted_content'))))}")]


KINDS: dict[str, Show] = {
    "web_fetch_result": _page,
    "code_execution_result": _ran,
    "encrypted_code_execution_result": _ran,
    "bash_code_execution_result": _ran,
    "text_editor_code_execution_view_result": _viewed,
    "text_editor_code_execution_create_result": _created,
    "text_editor_code_execution_str_replace_result": _edited,
    "tool_search_tool_search_result": _tools,
    "advisor_result": _advice,
    "advisor_redacted_result": _sealed_advice,
}
SERVED = (
    "web_search_tool_result",
    "web_fetch_tool_result",
    "code_execution_tool_result",
    "bash_code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "advisor_tool_result",
)


def search_result(wire: Json, _: str = "") -> list[Part]:
    """Return a search hit of the caller's own: its title, where it is from, its text folded."""
    source, content = text(wire.get("source")), rows(wire.get("content"))
    parts: list[Part] = [Title(f"search result · {name(wire.get('title'))}"), Link(source)]
    said = [text(block.get("text")) for block in content]
    body = tuple(Data(clipped(each) or "(empty)") for each in said)
    parts.append(Folded(f"{counted(len(said), 'block')} · {counted(sum(map(len, said)), 'character')}", body))
    if fields(wire.get("citations")).get("enabled") is True:
        parts.append(Small("may be cited"))
    return [Aside(tuple(parts))]
