"""Images and documents: what they show, and what they weigh. Nothing is loaded from an address."""

from __future__ import annotations

import re
from typing import Any

from nbkit.errors import counted
from nbkit.facts import facts
from nbkit.notebook.record.faces.face_parts import Aside, Data, Folded, Link, Part, Picture, Small, Title
from nbkit.notebook.record.faces.names import fields, name, pretty, rows, size, text
from nbkit.notebook.record.wording import clipped
from nbkit.rules.media.coded import decoded
from nbkit.rules.media.papers import page_count
from nbkit.rules.portable.estimate import ANY_EDGE, PDF_PAGE, block_tokens, image_size, scale_of
from nbkit.wire.blocks import Json

# The address of a picture must be its own bytes: anything else could be fetched.
MEDIA_TYPE = re.compile(r"image/(png|jpeg|gif|webp)")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def image(wire: Json, model: str) -> list[Part]:
    """Return a picture with its pixels, bytes and (estimated) tokens; of another source, where it is."""
    source = fields(wire.get("source"))
    kind, data = text(source.get("media_type")), text(source.get("data"))
    match source.get("type"):
        case "base64" if MEDIA_TYPE.fullmatch(kind) and BASE64.fullmatch(data):
            pixels = image_size(source)
            said = [kind, f"{pixels[0]} × {pixels[1]} pixels" if pixels else "", size(_bytes(data))]
            said += [_tokens(wire, model)] if pixels else []
            return [Picture(kind, data), Small(_joined(said))]
        case "url" | "file":
            return [Title("image"), *_elsewhere(source)]
        case _:
            return [Title("image"), Small("not one that can be shown"), Data(clipped(pretty(wire)))]


def document(wire: Json, model: str) -> list[Part]:
    """Return a document: its name, what it weighs, and its text where it has one."""
    source = fields(wire.get("source"))
    parts: list[Part] = [Title(_joined(["document", name(wire.get("title"))]))]
    data = text(source.get("data"))
    match source.get("type"):
        case "base64":
            pages = page_count(decoded(data))
            kind = "PDF" if source.get("media_type") == "application/pdf" else name(source.get("media_type"))
            said = [kind, counted(pages, "page") if pages else "", size(_bytes(data)), _tokens(wire, model)]
            parts.append(Small(_joined(said)))
        case "text":
            said = ["text", counted(len(data), "character"), _tokens(wire, model)]
            parts.append(Folded(_joined(said), (Data(clipped(data) or "(empty)"),)))
        case "content":
            parts += _of_blocks(source.get("content"), wire, model)
        case "url" | "file":
            parts += _elsewhere(source)
        case _:
            parts.append(Data(clipped(pretty(wire))))
    if wire.get("context"):
        parts.append(Small(f"context: {name(wire['context'])}"))
    if fields(wire.get("citations")).get("enabled") is True:
        parts.append(Small("may be cited"))
    return [Aside(tuple(parts))]


def _of_blocks(content: Any, wire: Json, model: str) -> list[Part]:
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else rows(content)
    inside: list[Part] = []
    for block in blocks:
        if block.get("type") == "image":
            inside += image(block, model)
        else:
            said = text(block.get("text")) if block.get("type") == "text" else pretty(block)
            inside.append(Data(clipped(said) or "(empty)"))
    return [Folded(_joined([counted(len(blocks), "block"), _tokens(wire, model)]), tuple(inside))]


def _elsewhere(source: Json) -> list[Part]:
    if source.get("type") == "file":
        return [Small(f"the uploaded file {name(source.get('file_id'))}")]
    return [Link(text(source.get("url"))), Small("by its address: the API loads it, nothing is loaded here")]


def weights(model: str) -> Json:
    """Return what the page needs to tell what pictures and documents weigh, as `_tokens` does."""
    scale = scale_of(facts.model(model))
    known = scale.model
    return {
        "image_edge": known.image_edge if known else ANY_EDGE,
        "image_tokens": known.image_tokens if known else ANY_EDGE,
        "pdf_page": PDF_PAGE,
        "chars_per_token": scale.chars_per_token,
    }


def _tokens(wire: Json, model: str) -> str:
    try:
        return f"about {counted(block_tokens(wire, scale_of(facts.model(model))), 'token')}"
    except (AttributeError, TypeError, ValueError):  # a hand-made block may hold anything
        return ""


def _bytes(data: str) -> int:
    """How many bytes base64 stands for."""
    count = len(data) - sum(map(data.count, " \r\n\t"))
    return count * 3 // 4 - data[-2:].count("=")


def _joined(words: list[str]) -> str:
    return " · ".join(word for word in words if word)
