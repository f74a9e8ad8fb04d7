"""What the first bytes of an image say, without decoding it: its type, its size, whether it is whole."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from zlib import crc32

SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes say: the media type, and the size in pixels where it was found."""

    media_type: str
    width: int = 0
    height: int = 0


def sniff(data: bytes) -> Header | None:
    """Return what an image's first bytes say, or None when they are no PNG, JPEG, GIF or WebP."""
    if data.startswith(SIGNATURE):
        return Header("image/png", *(struct.unpack(">II", data[16:24]) if len(data) >= 24 else ()))
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return Header("image/gif", *(struct.unpack("<HH", data[6:10]) if len(data) >= 10 else ()))
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Header("image/webp", *_webp_size(data))
    if data.startswith(b"\xff\xd8"):
        return Header("image/jpeg", *_jpeg_size(data))
    return None


def _webp_size(data: bytes) -> tuple[int, ...]:
    kind = data[12:16]
    if kind == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(data) >= 30:
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return ()


def _jpeg_size(data: bytes) -> tuple[int, ...]:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            return ()
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        if marker == 0xFF:
            at += 1
        elif marker in (0x01, *range(0xD0, 0xDA)):
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return ()


def is_readable(data: bytes, header: Header) -> bool:
    """Say whether a decoder would get anywhere: the size is there, and a PNG's parts are whole and sound."""
    if not (header.width and header.height):
        return False
    return header.media_type != "image/png" or _is_sound_png(data)


def _is_sound_png(data: bytes) -> bool:
    """Follow the chunks to the end of the picture; each has a length, a name, its data and a checksum."""
    at, has_pixels = len(SIGNATURE), False
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        name, end = data[at + 4 : at + 8], at + 8 + length
        if name == b"IEND":
            break
        if end + 4 > len(data):
            return False
        # Only what is critical (an upper-case name) must be sound for the picture to be shown.
        checksum = int.from_bytes(data[end : end + 4], "big")
        if name[:1].isupper() and crc32(memoryview(data)[at + 4 : end]) != checksum:
            return False
        has_pixels = has_pixels or name == b"IDAT"
        at = end + 4
    return has_pixels
