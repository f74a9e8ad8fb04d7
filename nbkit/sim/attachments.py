"""The files that a request names, put in where they are named (rule R65).

What is uploaded is judged and read like what comes with the request: an image is measured, a text is read.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from nbkit.rules.validator import check
from nbkit.sim.asked import Asked
from nbkit.sim.file_source import FileSource
from nbkit.sim.file_store import StoredFile
from nbkit.sim.refusal import invalid, of_problem
from nbkit.wire.blocks import Json

TEXT, PDF = "text/plain", "application/pdf"
TAKEN = {
    "image": ("image/jpeg", "image/png", "image/gif", "image/webp"),
    "document": (PDF, TEXT),
}
Find = Callable[[str], StoredFile]


def resolved(
    request: Json, asked: Asked, endpoint: str = "/v1/messages", held: dict[str, StoredFile] | None = None
) -> Json:
    """Return a sound request with the bytes of its files in the place of their ids.

    Refuses a file that isn't there (404), or can't be what it is sent as (400). A request without files is
    returned as it is. Files that are `held` are taken from there, and others put there.
    """
    known = {} if held is None else held

    def find(id: str) -> StoredFile:
        if id not in known:
            known[id] = asked.workspace.files.get(id, asked.now)
        return known[id]

    messages = _filled(request.get("messages"), find, "messages")
    if messages is request.get("messages"):
        return request
    whole = {**request, "messages": messages}
    for problem in check(whole, headers=asked.headers, endpoint=endpoint):
        # R72 is about the body that was sent, and that was short.
        if problem.level == "error" and problem.rule != "R72":
            raise of_problem(problem)
    return whole


def _filled(value: Any, find: Find, path: str) -> Any:
    """Return messages, blocks or a list of them with their files; the same object where there are none."""
    if isinstance(value, list):
        filled = [_filled(each, find, f"{path}.{at}") for at, each in enumerate(value)]
        changed = any(new is not old for new, old in zip(filled, value, strict=True))
        return filled if changed else value
    if not isinstance(value, dict):
        return value
    kind, source = value.get("type"), value.get("source")
    if kind == "container_upload":
        find(value["file_id"])
    elif kind in TAKEN and isinstance(source, dict):
        new = _source(kind, source, find, path)
        return value if new is source else {**value, "source": new}
    elif kind in (None, "tool_result") and isinstance(value.get("content"), list):
        content = _filled(value["content"], find, f"{path}.content")
        return value if content is value["content"] else {**value, "content": content}
    return value


def _source(kind: str, source: Json, find: Find, path: str) -> Json:
    if source.get("type") == "content":
        content = _filled(source.get("content"), find, f"{path}.{kind}.source.content.content")
        return source if content is source.get("content") else {**source, "content": content}
    if source.get("type") != "file":
        return source
    file = find(source["file_id"])
    if file.mime_type not in TAKEN[kind]:
        raise invalid(
            f"{path}.{kind}.source.file.file_id: File {file.id} has the type {file.mime_type}, "
            f"and a block of type `{kind}` takes {', '.join(TAKEN[kind])}"
        )
    if file.mime_type == TEXT:
        text = file.data.decode("utf-8", "replace")
        return FileSource(file.id, {"type": "text", "media_type": TEXT, "data": text})
    data = base64.b64encode(file.data).decode("ascii")
    return FileSource(file.id, {"type": "base64", "media_type": file.mime_type, "data": data})
