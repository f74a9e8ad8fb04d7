"""Pictures and papers for the tests: as small as can be, and whole, so that a decoder would take them."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

Json = dict[str, Any]
ANY_SIZE = b"\0" * 8


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int = 8, height: int = 8, more: int = 0) -> bytes:
    """A PNG of that size in its header; `more` bytes of text make it heavier."""
    header = chunk(b"IHDR", struct.pack(">II5B", width, height, 1, 0, 0, 0, 0))
    text = chunk(b"tEXt", b"\0" * more) if more else b""
    pixels = chunk(b"IDAT", zlib.compress(ANY_SIZE))
    return b"\x89PNG\r\n\x1a\n" + header + text + pixels + chunk(b"IEND", b"")


def gif(width: int = 8, height: int = 8) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height)


def jpeg(width: int = 8, height: int = 8, before: bytes = b"") -> bytes:
    frame = b"\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width) + b"\x01\x11\0"
    return b"\xff\xd8\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + b"\0" * 9 + before + frame


def webp(kind: bytes = b"VP8X", body: bytes = b"\0\0\0\0" + b"\x07\0\0" * 2) -> bytes:
    return b"RIFF\0\0\0\0WEBP" + kind + struct.pack("<I", len(body)) + body


def image(data: bytes | str | None = None, media_type: str = "image/png", **more: Any) -> Json:
    """An image block of bytes, or of what is no base64 at all; a PNG when nothing is said."""
    coded = data if isinstance(data, str) else base64.b64encode(png() if data is None else data).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": coded}, **more}


def paper(pages: int = 1, start: bytes = b"%PDF-1.4\n", end: bytes = b"trailer<<>>\n%%EOF") -> bytes:
    return start + b"1 0 obj<</Type /Page>>endobj\n" * pages + end


def pdf(data: bytes | None = None, **more: Any) -> Json:
    coded = base64.b64encode(paper() if data is None else data).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": coded}
    return {"type": "document", "source": source, **more}
