"""Tool search: the deferred tools whose name, description or arguments a pattern or a query finds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nbkit.sim.brain import lexicon, retrieval
from nbkit.sim.brain.wordlists import table
from nbkit.sim.hosted.hosting import Errand
from nbkit.wire.blocks import Json

MOST_FOUND = 5
LONGEST_PATTERN, LONGEST_QUERY = 200, 500
_NEAR = 0.5
_OF_SERVER = {
    "web_search": "Search the web, online, for the latest news and current information.",
    "web_fetch": "Fetch, read or open a web page or document at a URL (https, http).",
    "code_execution": "Run Python code, calculate, analyze data, create and edit files.",
    "advisor": "Ask for advice, a second opinion.",
}


def errand(name: str, question: str) -> Errand | None:
    """How the model searches for a tool that fits a question."""
    terms = list(dict.fromkeys(retrieval.stemmed(question)))
    if not terms:
        return None
    if name.endswith("bm25"):
        return Errand(name, {"query": " ".join(question.split())[:LONGEST_QUERY]})
    pattern = ""
    for term in [*terms, *_akin(terms)]:
        longer = f"{pattern}|{re.escape(term)}" if pattern else re.escape(term)
        if len(longer) > LONGEST_PATTERN - 6:
            break
        pattern = longer
    return Errand(name, {"pattern": f"(?i)({pattern})"})


def find(name: str, given: Json, deferred: Sequence[Json]) -> Json:
    """What the search gives: references to tools, or an error."""
    texts = [_described(tool) for tool in deferred]
    if name.endswith("bm25"):
        found = _by_words(str(given.get("query") or ""), texts)
    else:
        try:
            pattern = re.compile(str(given.get("pattern") or ""))
        except re.error:
            return {"type": "tool_search_tool_result_error", "error_code": "invalid_tool_input"}
        hits = [len({hit[0].lower() for hit in pattern.finditer(text)}) for text in texts]
        found = sorted((at for at, hit in enumerate(hits) if hit), key=lambda at: -hits[at])
    references = [{"type": "tool_reference", "tool_name": deferred[at]["name"]} for at in found[:MOST_FOUND]]
    return {"type": "tool_search_tool_search_result", "tool_references": references}


def _by_words(query: str, texts: Sequence[str]) -> list[int]:
    scored = retrieval.scores(query, texts) if texts else []
    best = max(scored, default=0.0)
    order = sorted(range(len(scored)), key=lambda at: -scored[at])
    return [at for at in order if scored[at] > 0 and scored[at] >= _NEAR * best]


def _akin(terms: Sequence[str]) -> list[str]:
    """Words near in meaning, by which a tool may call the same thing."""
    groups = sorted({number for term in terms for number in lexicon.concepts(term)})
    words = [word for number in groups for word in str(table("concepts")[number]).split()]
    return [word for word in dict.fromkeys(words) if word.isascii() and len(word) > 3]


def _described(tool: Json) -> str:
    properties: dict[str, Any] = (tool.get("input_schema") or {}).get("properties") or {}
    arguments = [
        f"{lexicon.humanize(key)} {value.get('description') or '' if isinstance(value, dict) else ''}"
        for key, value in properties.items()
    ]
    described = tool.get("description") or _OF_SERVER.get(tool["name"], "")
    return " ".join([lexicon.humanize(tool["name"]), described, *arguments])
