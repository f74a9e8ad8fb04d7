"""The pages of `pages.json`, by address and by the words of a query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from nbkit.sim.brain import retrieval

MOST_FOUND = 5
_NEAR = 0.35  # of the best score: what a search still shows


@dataclass(frozen=True, slots=True)
class Page:
    """One page, written for this library; its address is one that nobody can own."""

    url: str
    title: str
    date: str
    text: str

    @property
    def age(self) -> str:
        """The day it was written, as a search result says it."""
        day = date.fromisoformat(self.date)
        return f"{day:%B} {day.day}, {day.year}"

    @property
    def retrieved(self) -> str:
        """When the copy that is kept here was made, as a page that was fetched says it."""
        return f"{self.date}T12:00:00.000000+00:00"


@cache
def pages() -> tuple[Page, ...]:
    """All pages, in the order of the file."""
    data = json.loads(Path(__file__).with_name("pages.json").read_text(encoding="utf-8"))
    return tuple(Page(**row) for row in data)


def page_at(url: str) -> Page | None:
    """The page at an address, whatever its fragment and trailing slash."""
    wanted = url.partition("#")[0].rstrip("/")
    return next((page for page in pages() if page.url == wanted), None)


def found(query: str, allowed: Sequence[str] = (), blocked: Sequence[str] = (), near: str = "") -> list[Page]:
    """The pages that a query finds, the best first; `near` is a place that breaks ties."""
    open_pages = [
        page
        for page in pages()
        if (not allowed or within(page.url, allowed)) and not within(page.url, blocked)
    ]
    said = [f"{page.title} {page.title} {page.text}" for page in open_pages]
    scored = retrieval.scores(query, said)
    closer = retrieval.scores(near, said) if near else [0.0] * len(said)
    ranked = [
        (score + 0.1 * extra, page)
        for score, extra, page in zip(scored, closer, open_pages, strict=True)
        if score > 0
    ]
    ranked.sort(key=lambda pair: -pair[0])
    return [page for score, page in ranked[:MOST_FOUND] if score >= _NEAR * ranked[0][0]]


def within(url: str, domains: Sequence[str]) -> bool:
    """Whether an address belongs to one of the domains, or to the part of it that an entry names."""
    try:
        parts = urlsplit(url)
    except ValueError:  # no address at all
        return False
    host, path = parts.hostname or "", parts.path or "/"
    for entry in domains:
        domain, _, rest = entry.partition("/")
        inside = host == domain.lower() or host.endswith(f".{domain.lower()}")
        if inside and path.startswith(f"/{rest.partition('*')[0]}"):
            return True
    return False
