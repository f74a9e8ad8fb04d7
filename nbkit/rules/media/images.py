"""Images: there, readable, of the type they say, not too large, not too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from urllib.parse import urlsplit

from nbkit.facts.facts import Model
from nbkit.rules import lifecycle
from nbkit.rules.media.coded import decoded
from nbkit.rules.media.image_header import Header, is_readable, sniff
from nbkit.rules.media.papers import MOST_MEDIA, most_media
from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import Place, with_nested
from nbkit.wire.blocks import Json

MEGABYTE = 1024 * 1024
MANY = 20
MOST_PIXELS, FEW_PIXELS = 8000, 2000


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of the request: its path as the API writes it, the block, and what takes it away."""

    path: str
    block: Json
    removal: tuple[Json, ...]
    # True in the result of a toolset's member: where the model clicks, nothing may be scaled.
    of_toolset: bool = False

    @property
    def source(self) -> Json:
        return self.block["source"]  # type: ignore[no-any-return]

    @property
    def may_not_shrink(self) -> bool:
        asked = self.block.get("transformations") or {}
        return self.of_toolset or asked.get("oversized_image") == "error"


def pictures(request: Request, place: Place) -> Iterator[Picture]:
    """Yield the images of a block whose shape is sound, also inside tool_results and documents."""
    if place.broken or place.role != "user":
        return
    for path, way, block in with_nested(place):
        if block.get("type") == "image" and isinstance(block.get("source"), dict):
            removal = without(request, place) if way == place.path else (remove(way),)
            yield Picture(path, block, removal, bool(place.block.get("toolset_name")))


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
    raw = decoded(data)
    if raw is None:
        why = "The data must be base64 of the file: letters, digits, + and /, without a `data:` prefix."
        yield _fault("R55", picture, at, "invalid base64 data", why)
        return
    header, declared = sniff(raw), picture.source["media_type"]
    if header is not None and header.media_type != declared:
        text = f"The image was specified using the {declared} media type, but the image appears to be a "
        why = f"The first bytes are those of {header.media_type}, whatever the file is called."
        yield _fault("R56", picture, at, f"{text}{header.media_type} image", why)
        return
    at = f"{at}.data"
    if header is None or not is_readable(raw, header):
        why = "The bytes are no PNG, JPEG, GIF or WebP image, or only the beginning of one."
        fix = Fix("remove the image", picture.removal)
        yield Problem("R55", at, "Could not process image", why=why, fix=fix)
    elif max(header.width, header.height) > FEW_PIXELS:
        request.seen.large_images.append((at, picture.removal, header.width, header.height))
    if header is not None and picture.may_not_shrink and request.model:
        yield from _fits(request.model, picture, at, header)


def _fits(model: Model, picture: Picture, at: str, header: Header) -> Iterator[Problem]:
    """R62: an image that must not be scaled down fits what the model sees as it is."""
    tokens = ceil(header.width / 28) * ceil(header.height / 28)
    side = max(header.width, header.height)
    if model.image_edge < side <= MOST_PIXELS or (side <= MOST_PIXELS and tokens > model.image_tokens):
        most = model.image_edge
        text = f"image is {header.width}x{header.height} pixels, above the maximum of {most} pixels a side"
        yield _fault("R62", picture, at, text, "It was asked not to be scaled down, so it must fit as it is.")


def urls(request: Request, place: Place) -> Iterator[Problem]:
    """The server fetches images and documents over https only."""
    for path, way, block in [] if place.broken else with_nested(place):
        source, kind = block.get("source"), block.get("type")
        if kind not in ("image", "document") or not isinstance(source, dict):
            continue
        if source.get("type") == "url" and not _is_https(source["url"]):
            at = f"{path}.{kind}.source.url.url"
            why = "The server itself fetches what the URL names; send anything else as base64."
            removal = without(request, place) if way == place.path else (remove(way),)
            fix = Fix(f"remove the {kind}", removal)
            yield Problem("source_url", at, f"{at}: Only HTTPS URLs are supported.", why=why, fix=fix)


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.netloc)


def dimensions(request: Request) -> Iterator[Problem]:
    """R59, R60: each side has at most 8000 pixels, 2000 when there are more than 20 images."""
    if not request.seen.large_images:
        return
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


def not_too_many(request: Request) -> Iterator[Problem]:
    """R61, R63: images and PDF pages together stay under the model's limit."""
    seen, most = request.seen, most_media(request)
    images_found, pages = seen.images, seen.pages
    why = f"A request to this model holds up to {most} images and pages, those of earlier messages as well: "
    why += "remove the ones that no longer matter"
    why += f", or use a model that holds {MOST_MEDIA}." if most < MOST_MEDIA else "."
    is_little_elsewhere = most < images_found + max(pages, seen.documents) <= MOST_MEDIA
    fix = lifecycle.roomier(request) if is_little_elsewhere else None
    if images_found and images_found + seen.documents > most:
        message = f"too many images and documents: {images_found} + {seen.documents} > {most}"
        yield Problem("R61", "messages", message, why=why, fix=fix)
    elif images_found and images_found + pages > most:
        message = f"Too much media: {pages} document pages + {images_found} images > {most}"
        yield Problem("R61", "messages", message, why=why, fix=fix)
    elif pages > most:
        # Of one paper that is too long by itself the API says where it is; several are together too long.
        message = f"A maximum of {most} PDF pages may be provided."
        yield Problem(
            "R63",
            seen.long_paper or "messages",
            f"{seen.long_paper}: {message}" if seen.long_paper else message,
            why=f"A request to this model holds up to {most} pages, of all its documents together: split the "
            "document and send the pages you ask about, or remove a document that no longer matters.",
            fix=fix,
        )
