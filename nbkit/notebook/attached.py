"""`--image` and `--file`: what goes out in front of the text of a cell, as image and document blocks.

A name that is a variable means its value, anything else a path on this machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nbkit.errors import UsageError, a_kind
from nbkit.loop.tools.pictures import document, image
from nbkit.loop.tools.results import as_block, raised, text_of
from nbkit.wire.blocks import Json

PICTURES = "PNG, JPEG, GIF or WebP"
MOST_BYTES = 32_000_000  # the API takes no larger request


def images(names: Iterable[str], namespace: Mapping[str, Any]) -> list[Json]:
    """Return an image block for each name. Raises `UsageError` for what is no picture."""
    return [_image(name, namespace) for name in names]


def files(names: Iterable[str], namespace: Mapping[str, Any]) -> list[Json]:
    """Return a document for each name, a picture as an image. Raises `UsageError` for what can't be read."""
    return [_file(name, namespace) for name in names]


def _image(name: str, namespace: Mapping[str, Any]) -> Json:
    value = _value("--image", name, namespace)
    block = _seen(value)
    if block is not None and block.get("type") == "image":
        return block
    if isinstance(value, Path):
        raise UsageError(
            f"--image: {name} is no picture that the API takes ({PICTURES}){_instead(block, name)}"
        )
    raise UsageError(
        f"--image: {name} is {a_kind(value)}; it takes a PIL image, a matplotlib figure, "
        f"the bytes of a {PICTURES}, or a path{_instead(block, name)}"
    )


def _instead(block: Json | None, name: str) -> str:
    return "" if block is None else f": --file {name} sends it as a document"


def _file(name: str, namespace: Mapping[str, Any]) -> Json:
    value = _value("--file", name, namespace)
    block = _seen(value)
    title = value.name if isinstance(value, Path) else name
    if block is not None:
        is_paper = block.get("type") == "document" and "title" not in block
        return {"type": "document", "title": title, "source": block["source"]} if is_paper else block
    data = value.read_bytes() if isinstance(value, Path) else value
    try:
        text = bytes(data).decode() if isinstance(data, (bytes, bytearray, memoryview)) else text_of(data)
    except UnicodeDecodeError:
        raise UsageError(f"--file: {name} is neither a picture, nor a PDF, nor text in UTF-8") from None
    except Exception as error:  # a variable is anybody's object
        raise UsageError(f"--file: {name} can't be told as text: {raised(error)}") from error
    if not text.strip():
        raise UsageError(f"--file: {name} is empty, and the API takes no document without text")
    source = {"type": "text", "media_type": "text/plain", "data": text}
    return {"type": "document", "title": title, "source": source}


def _value(option: str, name: str, namespace: Mapping[str, Any]) -> Any:
    """Return a variable's value, or a path that can be read; a variable that is a path means its file."""
    found = namespace.get(name) if name.isidentifier() else None
    if found is not None and not isinstance(found, (str, Path)):
        return found
    path = Path(name if found is None else found).expanduser()
    try:
        if path.is_file():
            return _readable(option, path)
    except (OSError, ValueError) as error:
        if found is None:
            raise UsageError(f"{option}: {name} can't be read: {raised(error)}") from None
    if isinstance(found, str):
        return found
    what = f"{path} is a folder" if path.is_dir() else f"no file is called {path}, and no variable"
    raise UsageError(f"{option}: {what}; the folder here is {Path.cwd()}")


def _readable(option: str, path: Path) -> Path:
    if path.stat().st_size > MOST_BYTES:
        raise UsageError(f"{option}: {path} is larger than 32 MB, more than a request may be")
    with path.open("rb"):
        return path


def _seen(value: Any) -> Json | None:
    """Return the image or document block of a value or a file, None for anything else."""
    if isinstance(value, Path):
        data = value.read_bytes()
        return image(data) or document(data)
    block = as_block(value)
    return block if block is not None and block.get("type") in ("image", "document") else None
