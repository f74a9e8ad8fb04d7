"""Citations as footnotes: numbered through a message, each with what it quotes and the block it comes from.

Documents and search results are counted over the whole request (contract, 3.4), also those inside of results.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbkit.loop.array.history import History, MessageNode
from nbkit.notebook.record.faces.names import fields, name, rows
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Note:
    """One citation: its number, its source's id in the view, if it is there, what it says of the place."""

    number: int
    title: str
    place: str
    quote: str
    url: str | None
    source: str | None


@dataclass(slots=True)
class Footnotes:
    """The citations of what a view shows: their numbers by block, and all of them by message."""

    marks: dict[str, list[int]] = field(default_factory=dict)
    notes: dict[str, list[Note]] = field(default_factory=dict)

    @property
    def cited(self) -> set[str]:
        """The ids of the blocks that a footnote leads to."""
        return {note.source for notes in self.notes.values() for note in notes if note.source}


def footnotes(snapshot: Json) -> Footnotes:
    """Return the footnotes of a snapshot; `before` in it counts the sources in front of the view."""
    blocks = [(message, block) for message in snapshot["messages"] for block in message["blocks"]]
    found = Footnotes()
    if not any(block["wire"].get("citations") for _, block in blocks if block["type"] == "text"):
        return found
    before = snapshot.get("before") or {}
    sources = _Sources(int(before.get("documents", 0)), int(before.get("search_results", 0)))
    for _, block in blocks:
        sources.take(block)
    for message, block in blocks:
        given = rows(block["wire"].get("citations")) if block["type"] == "text" else []
        notes = found.notes.setdefault(message["id"], []) if given else []
        for citation in given:
            notes.append(_note(len(notes) + 1, citation, sources.of(citation)))
            found.marks.setdefault(block["id"], []).append(len(notes))
    return found


class _Sources:
    """What can be cited, by its number or its address, and the id of the block that holds it."""

    def __init__(self, documents: int, results: int) -> None:
        self._documents, self._results = documents, results
        self._ids: dict[tuple[str, Any], str] = {}

    def take(self, block: Json) -> None:
        for kind, found in cited_in(block["wire"]):
            key: Any = found
            if kind == "document":
                key, self._documents = self._documents, self._documents + 1
            elif kind == "search_result":
                key, self._results = self._results, self._results + 1
            self._ids.setdefault((kind, key), block["id"])

    def of(self, citation: Json) -> str | None:
        match citation.get("type"):
            case "search_result_location":
                key = "search_result", citation.get("search_result_index")
            case "web_search_result_location":
                key = "url", citation.get("url")
            case _:
                key = "document", citation.get("document_index")
        return self._ids.get(key) if isinstance(key[1], (int, str)) else None


def cited_in(wire: Json) -> Iterator[tuple[str, Any]]:
    """Yield what a block holds that can be cited, in the order in which it is counted."""
    content = wire.get("content")
    match wire.get("type"):
        case "document":
            yield "document", None
        case "search_result":
            yield "search_result", None
        case "tool_result":
            for inner in rows(content):
                if inner.get("type") != "tool_result":
                    yield from cited_in(inner)
        case "web_fetch_tool_result" if isinstance(fields(content).get("content"), dict):
            yield "document", None
        case "web_search_tool_result":
            for hit in rows(content):
                if isinstance(hit.get("url"), str):
                    yield "url", hit["url"]


def counted_before(history: History, start: int) -> Json:
    """Return how many sources the messages in front of a view hold; nothing where there are none."""
    documents = results = 0
    left = start
    for piece in history.pieces:
        if left <= 0:
            break
        more = piece.known(_piece_sources) if len(piece) <= left else _piece_sources(piece[:left])
        documents, results, left = documents + more[0], results + more[1], left - len(piece)
    return {"documents": documents, "search_results": results} if documents or results else {}


def _piece_sources(piece: Sequence[MessageNode]) -> tuple[int, int]:
    kinds = [kind for node in piece for block in node.blocks for kind, _ in cited_in(block.wire)]
    return kinds.count("document"), kinds.count("search_result")


def _note(number: int, citation: Json, source: str | None) -> Note:
    kind = citation.get("type")
    title = name(citation.get("document_title") or citation.get("title"))
    url = citation.get("url") if kind == "web_search_result_location" else citation.get("source")
    quote = citation.get("cited_text")
    where = url if isinstance(url, str) else None
    return Note(number, title, _place(citation), quote if isinstance(quote, str) else "", where, source)


def _place(citation: Json) -> str:
    match citation.get("type"):
        case "char_location":
            start, end = citation.get("start_char_index"), citation.get("end_char_index")
            return f"document {name(citation.get('document_index'))}, characters {name(start)} to {name(end)}"
        case "page_location":
            return f"document {name(citation.get('document_index'))}, {_span(citation, 'page', 'number')}"
        case "content_block_location":
            return f"document {name(citation.get('document_index'))}, {_span(citation, 'block', 'index')}"
        case "search_result_location":
            number = name(citation.get("search_result_index"))
            return f"search result {number}, {_span(citation, 'block', 'index')}"
        case "web_search_result_location":
            return "web search"
        case kind:
            return name(kind)


def _span(citation: Json, unit: str, counted_by: str) -> str:
    """Return the pages or blocks that are meant; the end is not among them."""
    start, end = (citation.get(f"{edge}_{unit}_{counted_by}") for edge in ("start", "end"))
    if not isinstance(start, int) or not isinstance(end, int):
        return unit
    return f"{unit} {start}" if end - 1 <= start else f"{unit}s {start} to {end - 1}"
