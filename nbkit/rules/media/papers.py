"""PDFs and other documents: what can be told from their bytes, and that citations agree among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.rules.media.coded import decoded
from nbkit.rules.problem import Fix, Problem, add, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import Place, with_nested

PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
# Bounded: with no end to look for, a small PDF made for it would be read for minutes.
TREE = re.compile(rb"/Type\s*/Pages\b[^>]{0,300}?/Count\s+(\d+)|/Count\s+(\d+)[^>]{0,300}?/Type\s*/Pages\b")
LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
MOST_MEDIA, MOST_IN_SHORT_CONTEXT = 600, 100
NOT_VALID, PROTECTED = "The PDF specified was not valid.", "The PDF specified is password protected."


def documents(request: Request, place: Place) -> Iterator[Problem]:
    """R64: a PDF begins like one, has something in it, and opens without a password."""
    for path, way, block in [] if place.broken else with_nested(place):
        source: Any = block.get("source")
        request.seen.documents += block.get("type") == "document"
        if block.get("type") != "document" or not isinstance(source, dict) or source.get("type") != "base64":
            continue
        data = decoded(source["data"])
        at = f"{path}.pdf.source.base64.data"
        _count(request, at, data)
        fix = Fix("remove the document", without(request, place) if way == place.path else (remove(way),))
        if not source["data"]:
            empty = f"{path}.document.source.base64"
            why = "There are no bytes in it."
            yield Problem("R64", empty, f"{empty}: PDF cannot be empty", why=why, fix=fix)
        elif data is None or b"%PDF-" not in data[:1024] or b"endobj" not in data:
            why = "The bytes are no PDF that can be read; perhaps an error page was saved in its place."
            yield Problem("R64", at, f"{at}: {NOT_VALID}", why=why, fix=fix)
        elif LOCKED.search(data):
            why = "Nobody can type the password in here; save the document without one."
            yield Problem("R64", at, f"{at}: {PROTECTED}", why=why, fix=fix)


def note_fetched(request: Request, place: Place) -> None:
    """The pages of a PDF that the server fetched count as well, when they are sent back (R63)."""
    if place.type == "web_fetch_tool_result" and not place.broken:
        source: Any = (place.block["content"].get("content") or {}).get("source") or {}
        if source.get("type") == "base64":
            _count(request, f"{place.path}.pdf.source.base64.data", decoded(source["data"]))


def _count(request: Request, at: str, data: bytes | None) -> None:
    pages = page_count(data)
    request.seen.pages += pages
    if pages > most_media(request):
        request.seen.long_paper = request.seen.long_paper or at


def page_count(data: bytes | None) -> int:
    """Count the pages that a PDF names in the open, or says that it has; compressed ones are not seen."""
    said = [int(one or other) for one, other in TREE.findall(data or b"")]
    return max(len(PAGE.findall(data or b"")), *said, 0)


def most_media(request: Request) -> int:
    """R61, R63: how many images and pages a request to this model holds."""
    return MOST_IN_SHORT_CONTEXT if request.context and request.context < 1_000_000 else MOST_MEDIA


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
            yield Problem("R66", settings[False], message, why=why, fix=_cite_all(request, kind))
        elif kind == "search_result" and False in settings and _searches_web(request):
            message = "When web search is enabled, citations must be enabled on all `search_result` blocks"
            why = "What the web search finds is always cited, so the model cites these results alike."
            yield Problem("R66", settings[False], message, why=why, fix=_cite_all(request, kind))
    config = request.param("output_config")
    cited = next((settings[True] for settings in wanted.values() if True in settings), None)
    if cited and isinstance(config, dict) and config.get("format"):
        message = "output_config.format: structured outputs are not supported with citations"
        why = "Citations are cut into the text, which must be JSON as a whole here."
        fix = Fix("remove the format", (remove("output_config.format"),))
        yield Problem("R67", "output_config.format", message, why=why, fix=fix)


def _cite_all(request: Request, kind: str) -> Fix:
    """Somebody wants citations; asking for more of them takes nothing away."""
    sources = [
        way
        for place in request.places
        if not place.broken and place.role == "user"
        for _, way, block in with_nested(place)
        if block.get("type") == kind and not (block.get("citations") or {}).get("enabled")
    ]
    label = "cite every document" if kind == "document" else "cite every search result"
    return Fix(label, tuple(add(f"{way}.citations", {"enabled": True}) for way in sources))


def _searches_web(request: Request) -> bool:
    return any(str(tool.get("type")).startswith("web_search_2") for _, tool in request.tools)
