"""What can be looked at, as a content block: pictures, plots, and PDF documents.

Values are known by what they can do, not by their class: nothing is imported for it. A value whose own method
fails is no picture; it may still be said in words.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from typing import Any

from nbkit.wire.blocks import Json

MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
PDF = b"%PDF-"
TYPES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def seen(value: Any) -> Json | None:
    """Return the block of a value that is to be looked at, None for any other."""
    if isinstance(value, type):
        return None
    for read in (_bytes, _own_picture, _bundle, _saved, _plotted):
        try:
            data = read(value)
            block = None if data is None else image(data) or document(data)
        except Exception:  # noqa: BLE001  # a value is anybody's object
            continue
        if block is not None:
            return block
    return None


def image(data: bytes) -> Json | None:
    """Return the image block of the bytes of a picture, None when they are none that the API takes."""
    media = next((media for magic, media in MAGIC if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        media = "image/webp"
    return None if media is None else {"type": "image", "source": _source(media, data)}


def document(data: bytes) -> Json | None:
    """Return the document block of a PDF."""
    if not data.startswith(PDF):
        return None
    return {"type": "document", "source": _source("application/pdf", data)}


def bundle(value: Any) -> Json:
    """Return what a value shows in a notebook, by media type."""
    method = getattr(value, "_repr_mimebundle_", None)
    found = method() if callable(method) and not isinstance(value, type) else None
    found = found[0] if isinstance(found, tuple) and found else found
    return found if isinstance(found, dict) else {}


def _source(media: str, data: bytes) -> Json:
    return {"type": "base64", "media_type": media, "data": base64.b64encode(data).decode("ascii")}


def _bytes(value: Any) -> bytes | None:
    if isinstance(value, io.BytesIO):
        return value.getvalue()
    return bytes(value) if isinstance(value, (bytes, bytearray, memoryview)) else None


def _own_picture(value: Any) -> bytes | None:
    """A value that says how it looks in a notebook."""
    for name in ("_repr_png_", "_repr_jpeg_"):
        method = getattr(value, name, None)
        data = method() if callable(method) else None
        data = data[0] if isinstance(data, tuple) else data
        if data:
            return _coded(data)
    return None


def _bundle(value: Any) -> bytes | None:
    shown = bundle(value)
    return next((_coded(shown[media]) for media in TYPES if shown.get(media)), None)


def _coded(data: Any) -> bytes | None:
    if isinstance(data, str):
        return base64.b64decode(data)
    return data if isinstance(data, bytes) else None


def _saved(value: Any) -> bytes | None:
    """A picture of PIL's; those of a kind that no file of ours can hold are made ones that it can."""
    if not (callable(getattr(value, "save", None)) and isinstance(getattr(value, "mode", None), str)):
        return None
    return _written(lambda buffer: value.convert("RGB").save(buffer, format="PNG"))


def _plotted(value: Any) -> bytes | None:
    """A figure of matplotlib's, or what is drawn on one: axes, lines, bars."""
    get_figure = getattr(value, "get_figure", None)
    figure = get_figure() if callable(get_figure) else value
    if not callable(getattr(figure, "savefig", None)):
        return None
    return _written(lambda buffer: figure.savefig(buffer, format="png"))


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()
