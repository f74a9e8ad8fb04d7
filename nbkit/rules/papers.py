"""PDFs and other documents: what can be told from their bytes, and that citations agree among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.rules.coded import decoded
from nbkit.rules.problem import Fix, Problem, remove
from nbkit.rules.removal import without
from nbkit.rules.request import Place, Request, with_nested

PAGE = re.compile(rb"/Type\s*/Page(?![a-zA-Z])")
LOCKED = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
NOT_VALID, PROTECTED = "The PDF specified was not valid.", "The PDF specified is password protected."


def documents(request: Request, place: Place) -> Iterator[Problem]:
    """R64: a PDF begins like one, has something in it, and opens without a password."""
    for path, way, block in [] if place.broken else with_nested(place):
        source: Any = block.get("source")
        if block.get("type") != "document" or not isinstance(source, dict) or source.get("type") != "base64":
            continue
        data = decoded(source["data"])
        request.seen.pages += page_count(data)
        at = f"{path}.pdf.source.base64.data"
        fix = Fix("remove the document", without(request, place) if way == place.path else (remove(way),))
        if data is None or b"%PDF-" not in data[:1024] or b"endobj" not in data:
            why = "The bytes are no PDF that can be read; perhaps an error page was saved in its place."
            yield Problem("R64", at, f"{at}: {NOT_VALID}", why=why, fix=fix)
        elif LOCKED.search(data):
            why = "Nobody can type the password in here; save the document without one."
            yield Problem("R64", at, f"{at}: {PROTECTED}", why=why, fix=fix)


def page_count(data: bytes | None) -> int:
    """Count the pages that a PDF names in the open; compressed ones are not seen."""
    return len(PAGE.findall(data or b""))


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
