"""Images and documents: what can be told from a header, without decoding anything."""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Place, Request, with_nested
from nbkit.wire.blocks import Json

MEGABYTE = 1024 * 1024
MANY = 20
MOST_PIXELS, FEW_PIXELS = 8000, 2000
SNIFFED = 400_000  # characters of base64 that hold a JPEG's frame header behind any ordinary metadata
PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")


@dataclass(frozen=True, slots=True)
class Header:
    """What the first bytes say: the media type, and the size in pixels where it was found."""

    media_type: str
    width: int = 0
    height: int = 0


def sniff(data: bytes) -> Header | None:
    """Return what an image's first bytes say, or None when they are no PNG, JPEG, GIF or WebP."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
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


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the request: its path as the API writes it, the block, and what takes it away."""

    path: str
    block: Json
    removal: tuple[Json, ...]

    @property
    def source(self) -> Json:
        return self.block["source"]  # type: ignore[no-any-return]


def pictures(request: Request, place: Place) -> Iterator[Picture]:
    """Yield the images of a block whose shape is sound, also inside tool_results and documents."""
    if place.broken or place.role != "user":
        return
    for path, way, block in with_nested(place):
        if block.get("type") == "image" and isinstance(block.get("source"), dict):
            removal = without(request, place) if way == place.path else (remove(way),)
            yield Picture(path, block, removal)


def images(request: Request, place: Place) -> Iterator[Problem]:
    """R55, R56, R58, R62: every image is there, readable, of the type it says, and not too large a file."""
    for picture in pictures(request, place):
        request.seen.images += 1
        if picture.source.get("type") == "base64":
            yield from _image(request, picture)


def _image(request: Request, picture: Picture) -> Iterator[Problem]:
    at = f"{picture.path}.image.source.base64"
    data: str = picture.source["data"]
    limit = _limit(request)
    if not data:
        yield _fault("R55", picture, at, "image cannot be empty", "There are no bytes in it.")
    elif len(data) > limit:
        text = f"image exceeds {limit // MEGABYTE} MB maximum: {len(data)} bytes > {limit} bytes"
        yield _fault("R58", picture, at, text, "Scale it down, or save it with a stronger compression.")
    else:
        yield from _content(request, picture, at, data)


def _content(request: Request, picture: Picture, at: str, data: str) -> Iterator[Problem]:
    raw = _decoded(data)
    if raw is None:
        why = "The data must be base64 of the file: letters, digits, + and /, without a `data:` prefix."
        yield _fault("R55", picture, f"{at}.data", "Invalid base64 data", why)
        return
    header = sniff(raw)
    if header is None:
        yield Problem(
            "R55",
            f"{at}.data",
            "Could not process image",
            why="The bytes are no PNG, JPEG, GIF or WebP image.",
        )
        return
    declared = picture.source["media_type"]
    if header.media_type != declared:
        text = f"Image does not match the provided media type {declared}"
        yield _fault("R56", picture, f"{at}.media_type", text, f"The bytes say {header.media_type}.")
    if max(header.width, header.height) > FEW_PIXELS:
        request.seen.large_images.append((f"{at}.data", picture.removal, header.width, header.height))


def _decoded(data: str) -> bytes | None:
    """Return the beginning of the bytes, or None where it isn't base64; line breaks are let through."""
    try:
        compact = "".join(data.split()) if "\n" in data[:200] else data
        binascii.a2b_base64(compact, strict_mode=True)
        return base64.b64decode(compact[:SNIFFED])
    except ValueError:
        return None


def dimensions(request: Request) -> Iterator[Problem]:
    """R59, R60: each side has at most 8000 pixels, 2000 when there are more than 20 images."""
    many = request.seen.images > MANY
    limit = FEW_PIXELS if many else MOST_PIXELS
    crowd = " for many-image requests" if many else ""
    text = f"At least one of the image dimensions exceed max allowed size{crowd}: {limit} pixels"
    for at, removal, width, height in request.seen.large_images:
        if max(width, height) > limit:
            yield Problem(
                "R60" if many else "R59",
                at,
                f"{at}: {text}",
                error_code="image_dimensions_too_large",
                why=f"It is {width} × {height}; scale it down, the model sees no more detail than that.",
                fix=Fix("remove the image", removal),
            )


def _fault(rule: str, picture: Picture, at: str, text: str, why: str) -> Problem:
    return Problem(rule, at, f"{at}: {text}", why=why, fix=Fix("remove the image", picture.removal))


def _limit(request: Request) -> int:
    """R58: 10 MB; 5 MB on other platforms, and for older models under the old version."""
    model = request.model
    older = model is not None and model.image_edge < 2000 and not request.is_dated_2026
    return min(5 if older else 10, request.served_by.image_mb) * MEGABYTE


def _most_media(request: Request) -> int:
    return 100 if request.context and request.context < 1_000_000 else 600


def not_too_many(request: Request) -> Iterator[Problem]:
    """R61, R63: images and PDF pages together stay under the model's limit."""
    images_found, pages = request.seen.images, request.seen.pages
    most = _most_media(request)
    if images_found > most or (images_found and images_found + pages > most):
        yield Problem(
            "R61",
            "messages",
            f"Too much media: {pages} document pages + {images_found} images > {most}",
            why=f"A request to this model holds up to {most} images and pages; send fewer.",
        )
    elif pages > most:
        yield Problem(
            "R63",
            "messages",
            f"A maximum of {most} PDF pages may be provided.",
            why="Split the document, or send the pages you ask about.",
        )


def _pdfs(place: Place) -> Iterator[tuple[str, str]]:
    for path, _, block in [] if place.broken else with_nested(place):
        source: Any = block.get("source")
        if block.get("type") == "document" and isinstance(source, dict) and source.get("type") == "base64":
            yield path, source["data"]


def page_count(data: str) -> int:
    """Count the pages that a PDF names in the open; compressed ones are not seen."""
    try:
        return len(PAGE.findall(binascii.a2b_base64(data)))
    except ValueError:
        return 0


def documents(request: Request, place: Place) -> Iterator[Problem]:
    """R64: a PDF begins like one."""
    for path, data in _pdfs(place):
        request.seen.pages += page_count(data)
        start = _decoded(data)
        if start is None or b"%PDF-" not in start[:1024]:
            at = f"{path}.pdf.source.base64.data"
            why = "The bytes don't begin like a PDF; perhaps an error page was saved in its place."
            yield Problem("R64", at, f"{at}: The PDF specified was not valid.", why=why)


def note_citing(request: Request, place: Place) -> None:
    """Remember the first place where each kind of source asks for citations, and where it doesn't."""
    if place.broken or place.role != "user":
        return
    for path, _, block in with_nested(place):
        kind = block.get("type")
        if kind in ("document", "search_result"):
            config = block.get("citations")
            asked = bool(config and config.get("enabled"))
            request.seen.citing.setdefault(kind, {}).setdefault(asked, path)


def citations_agree(request: Request) -> Iterator[Problem]:
    """R66, R67: citations on all documents or none, all search results alike, and not with a fixed format."""
    wanted = request.seen.citing
    for kind, settings in wanted.items():
        if len(settings) == 2:
            message = f"messages: citations must be enabled on all `{kind}` blocks or on none of them"
            why = "The model cites what it was given by number; some with and some without can't be counted."
            yield Problem("R66", settings[False], message, why=why)
    config = request.param("output_config")
    cited = next((settings[True] for settings in wanted.values() if True in settings), None)
    if cited and isinstance(config, dict) and config.get("format"):
        message = "output_config.format: structured outputs are not supported with citations"
        why = "Citations are cut into the text, which must be JSON as a whole here."
        fix = Fix("remove the format", (remove("output_config.format"),))
        yield Problem("R67", "output_config.format", message, why=why, fix=fix)
