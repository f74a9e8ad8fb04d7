"""Web search and web fetch over the simulator's library, with the API's limits and error codes."""

from __future__ import annotations

import base64
import re
from typing import Any

from nbkit.sim import tokens
from nbkit.sim.brain.excerpts import sentences
from nbkit.sim.hosted.hosting import Hosting
from nbkit.sim.library import shelf
from nbkit.sim.library.printed import as_pdf
from nbkit.sim.sealing import sealed
from nbkit.wire.blocks import Json

LONGEST_QUERY = 1000
LONGEST_URL = 250
PDF = ".pdf"  # each page of the library is there as one, too
URL = re.compile(r"https?://[^\s<>\"'`)\]}|\\^]+[^\s<>\"'`)\]}|\\^.,;:!?]")


def answered(hosting: Hosting, use: Json) -> Json | list[Json]:
    """What a use of `web_search` or `web_fetch` gives."""
    given = use["input"]
    if use["name"] not in hosting.offers:  # code from elsewhere may ask for more than there is
        return _failed(use["name"], "unavailable")
    if use["name"] == "web_search":
        return search(hosting, str(given.get("query") or ""))
    return fetch(hosting, str(given.get("url") or ""))


def search(hosting: Hosting, query: str) -> Json | list[Json]:
    """What `web_search` answers: a list of results, or an error."""
    offer = hosting.offers["web_search"]
    if hosting.is_used_up("web_search"):
        return _failed("web_search", "max_uses_exceeded")
    if not query.strip():
        return _failed("web_search", "invalid_tool_input")
    if len(query) > LONGEST_QUERY:
        return _failed("web_search", "query_too_long")
    place = offer.get("user_location") or {}
    near = " ".join(place.get(part) or "" for part in ("city", "region", "country")).strip()
    allowed, blocked = offer.get("allowed_domains") or (), offer.get("blocked_domains") or ()
    return [
        {
            "type": "web_search_result",
            "url": page.url,
            "title": page.title,
            "encrypted_content": sealed("encrypted_content", [page.url, page.title, None], len(page.text)),
            "page_age": page.age,
        }
        for page in shelf.found(query, allowed, blocked, near)
    ]


def fetch(hosting: Hosting, url: str) -> Json:
    """What `web_fetch` answers: the page as a document, or an error."""
    offer = hosting.offers["web_fetch"]
    allowed, blocked = offer.get("allowed_domains") or (), offer.get("blocked_domains") or ()
    if hosting.is_used_up("web_fetch"):
        return _failed("web_fetch", "max_uses_exceeded")
    if len(url) > LONGEST_URL:
        return _failed("web_fetch", "url_too_long")
    if (allowed and not shelf.within(url, allowed)) or shelf.within(url, blocked):
        return _failed("web_fetch", "url_not_allowed")
    if url not in _known_urls(hosting, offer):
        return _failed("web_fetch", "url_not_in_prior_context")
    page = shelf.page_at(url)
    printed = shelf.page_at(url.removesuffix(PDF)) if page is None and url.endswith(PDF) else None
    found = page or printed
    if found is None:
        return _failed("web_fetch", "url_not_accessible")
    source = _text(found, offer.get("max_content_tokens")) if page else _paper(found)
    document: Json = {"type": "document", "source": source, "title": found.title}
    if offer.get("citations"):
        document["citations"] = {"enabled": bool(offer["citations"].get("enabled"))}
    return {"type": "web_fetch_result", "url": url, "retrieved_at": found.retrieved, "content": document}


def _text(page: shelf.Page, most: int | None) -> Json:
    text = "".join(tokens.pieces(page.text)[:most]) if most else page.text
    return {"type": "text", "media_type": "text/plain", "data": text}


def _paper(page: shelf.Page) -> Json:
    """The page as a PDF, two sentences on each of its pages."""
    said = [page.text[start:end] for start, end in sentences(page.text)]
    data = as_pdf([said[at : at + 2] for at in range(0, len(said), 2)])
    return {"type": "base64", "media_type": "application/pdf", "data": base64.b64encode(data).decode()}


def _failed(tool: str, code: str) -> Json:
    return {"type": f"{tool}_tool_result_error", "error_code": code}


def _known_urls(hosting: Hosting, offer: Json) -> set[str]:
    """The addresses that occurred in the conversation, in what `url_sources` lets count."""
    sources = offer.get("url_sources") or {}
    found: set[str] = set()
    for message in hosting.body_so_far()["messages"]:
        content = message["content"]
        for block in content if isinstance(content, list) else [{"type": "text", "text": content}]:
            kind = str(block.get("type"))
            if message["role"] == "user":
                origin = "client_tool_results" if kind == "tool_result" else "user_input"
            else:
                origin = "server_tool_results" if kind.endswith("_tool_result") else ""
            if origin and _counts(sources.get(origin) or {"type": "all"}, block, hosting):
                found |= set(URL.findall(_written(block)))
    return found


def _counts(setting: Json, block: Json, hosting: Hosting) -> bool:
    if setting["type"] in ("all", "none"):
        return bool(setting["type"] == "all")
    named = {tool.get("name") or tool.get("tool_name") for tool in setting.get("tools") or ()}
    uses = {use["id"]: use["name"] for use in _uses(hosting.body_so_far())}
    return (uses.get(block.get("tool_use_id")) in named) == bool(setting["type"] == "only")


def _uses(body: Json) -> list[Json]:
    return [
        block
        for message in body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
        if block.get("type") in ("tool_use", "server_tool_use")
    ]


def _written(value: Any) -> str:
    """All that is written in a block, keys left out."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "\n".join(_written(item) for key, item in value.items() if not key.startswith("encrypted"))
    return "\n".join(_written(item) for item in value) if isinstance(value, list) else ""
