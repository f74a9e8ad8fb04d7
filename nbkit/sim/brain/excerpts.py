"""What a request brings to answer from, in pieces that can be cited: documents, search results, web pages.

The indices are those of the contract (3.4): documents and search results are counted over the whole request,
each kind for itself; characters, blocks from 0, pages from 1, the end not included.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nbkit.sim.brain import papers_text
from nbkit.sim.file_source import file_id_of
from nbkit.sim.library import shelf
from nbkit.sim.sealing import sealed
from nbkit.wire.blocks import Json

_SENTENCE = re.compile(r"\S(?:[^.!?\n]|[.!?](?=[^\s\"”’)\]])|\n(?!\s*\n|\s*[-*•#|]))*[.!?]*[\"”’)\]]*")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|No|vs|etc|e\.g|i\.e|approx|[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a source: what it says, what cites it (None where that is not wanted), where it stands."""

    text: str
    citation: Json | None
    source: int
    title: str
    message: int
    is_hosted: bool = False  # found by a tool that the server runs


@dataclass(slots=True)
class _Reader:
    passages: list[Passage] = field(default_factory=list)
    documents: int = 0
    results: int = 0
    sources: int = 0
    message: int = 0

    def blocks(self, blocks: list[Json]) -> None:
        for block in blocks:
            match block.get("type"):
                case "document":
                    self._document(block)
                case "search_result":
                    self._search_result(block)
                case "tool_result" if isinstance(block.get("content"), list):
                    self.blocks(block["content"])
                case "web_fetch_tool_result":
                    fetched: Any = block.get("content") or {}
                    if isinstance(fetched.get("content"), dict):
                        self._document(fetched["content"], is_hosted=True)
                case "web_search_tool_result" if isinstance(block.get("content"), list):
                    for hit in block["content"]:
                        self._web_page(hit)

    def _document(self, block: Json, *, is_hosted: bool = False) -> None:
        number, self.documents = self.documents, self.documents + 1
        title = block.get("title")
        source = block.get("source") or {}
        shared: Json = {"document_index": number, "document_title": title, "file_id": file_id_of(source)}
        located = _located(source)
        self._keep(located, shared, _wanted(block), title or "", is_hosted)

    def _search_result(self, block: Json) -> None:
        number, self.results = self.results, self.results + 1
        title = block.get("title")
        shared: Json = {"search_result_index": number, "source": block.get("source"), "title": title}
        kind = "search_result_location"
        located = [(text, {"type": kind, **place}) for text, place in _of_blocks(block.get("content") or [])]
        self._keep(located, shared, _wanted(block), title or "")

    def _web_page(self, hit: Json) -> None:
        page = shelf.page_at(str(hit.get("url")))
        if page is None:
            return
        shared: Json = {"url": page.url, "title": page.title}
        located = []
        for start, end in sentences(page.text):
            text = page.text[start:end]
            index = sealed("encrypted_index", [page.url, page.title, text])
            located.append((text, {"type": "web_search_result_location", "encrypted_index": index}))
        self._keep(located, shared, True, page.title, True)

    def _keep(
        self,
        located: list[tuple[str, Json]],
        shared: Json,
        wanted: bool,
        title: str,
        is_hosted: bool = False,
    ) -> None:
        for text, place in located:
            citation = {"type": place["type"], "cited_text": text, **shared, **place} if wanted else None
            self.passages.append(Passage(text, citation, self.sources, title, self.message, is_hosted))
        self.sources += 1


def of_request(body: Json) -> tuple[Passage, ...]:
    """Every piece of every source in the request, in its order."""
    reader = _Reader()
    for number, message in enumerate(body["messages"]):
        if isinstance(message["content"], list):
            reader.message = number
            reader.blocks(message["content"])
    return tuple(reader.passages)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Where each sentence of a text begins and ends."""
    start = None
    for hit in _SENTENCE.finditer(text):
        start = hit.start() if start is None else start
        end = hit.end() - (len(hit[0]) - len(hit[0].rstrip()))
        if _ABBREVIATION.search(text[start:end]) and text[end : end + 1] == " ":
            continue
        yield start, end
        start = None
    if start is not None and text[start:].strip():
        yield start, len(text.rstrip())


def _wanted(block: Json) -> bool:
    return bool((block.get("citations") or {}).get("enabled"))


def _located(source: Json) -> list[tuple[str, Json]]:
    """The pieces of a document, each with its place in it; what can't be read has none."""
    match source.get("type"):
        case "text":
            return list(_of_text(source["data"]))
        case "content":
            content = source["content"]
            blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
            return [(text, {"type": "content_block_location", **place}) for text, place in _of_blocks(blocks)]
        case "base64":
            return list(_of_pages(source.get("data") or ""))
    return []


def _of_text(text: str) -> Iterator[tuple[str, Json]]:
    for start, end in sentences(text):
        yield (
            text[start:end],
            {"type": "char_location", "start_char_index": start, "end_char_index": end},
        )


def _of_blocks(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    for number, block in enumerate(blocks):
        if block.get("type") == "text" and block["text"].strip():
            yield block["text"], {"start_block_index": number, "end_block_index": number + 1}


def _of_pages(data: str) -> Iterator[tuple[str, Json]]:
    try:
        pages = papers_text.pages(base64.b64decode(data))
    except (binascii.Error, ValueError):
        return
    for number, text in enumerate(pages, 1):
        for start, end in sentences(text):
            yield (
                text[start:end],
                {"type": "page_location", "start_page_number": number, "end_page_number": number + 1},
            )
