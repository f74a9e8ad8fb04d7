"""What stands in the place of a file's id: its bytes, as if they had come with the request."""

from __future__ import annotations

from typing import Any


class FileSource(dict[str, Any]):
    """The source of a block, filled in; citations still name the file."""

    def __init__(self, file_id: str, source: dict[str, Any]) -> None:
        super().__init__(source)
        self.file_id = file_id


def file_id_of(source: dict[str, Any]) -> str | None:
    """Return the id of the file that a source was, or None for one that came with the request."""
    return source.file_id if isinstance(source, FileSource) else None
