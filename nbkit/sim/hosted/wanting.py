"""What of the API's own tools a question needs: searches, pages, code; in the order of their use."""

from __future__ import annotations

import re

from nbkit.sim.brain import arithmetic, conversing, grounding, lexicon, scene, verses
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.hosted import advising, coding, filtering, tool_finding
from nbkit.sim.hosted.hosting import Errand, Hosting
from nbkit.sim.hosted.web import URL

_SEARCH = re.compile(
    r"\b(?:web[- ]?search|search(?:ing|es)?(?: (?:the )?(?:web|internet|online|news))?(?: (?:for|about|on))?"
    r"|look(?:ing)? up|google|find out(?: about| online)?|(?:on|from) the (?:web|internet)|online"
    r"|latest|current|recent|news|nowadays|this (?:week|month|year))\b",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(
    r"\b(?:search(?:ing|es)?(?: (?:the )?(?:web|internet|online|news))?(?: (?:for|about|on|of))?"
    r"|look(?:ing)? up|google|find out(?: about)?)\b:?\s*",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\b(\d{1,2}) (?:\w+ )?(?:web )?searches\b(?: (?:for|about|on))?", re.IGNORECASE)
_READ = re.compile(r"\b(?:read|open|fetch|visit|load)\b", re.IGNORECASE)
_NEXT_CLAUSE = re.compile(
    r"[,;]?\s+(?:and then|then|and|but)\s+(?=(?:" + "|".join(sorted(lexicon.OPENERS)) + r"|tell|what|how|when"
    r"|who|where|why|which|is|are|does|do|answer|summari[sz]e|compare|explain)\b)|[.?!]\s+",
    re.IGNORECASE,
)
_POLITE = re.compile(r"\b(?:please|can you|could you|would you|for me|i want you to|online)\b", re.IGNORECASE)
_ASPECTS = (
    "", "history", "numbers", "examples", "how it works", "places", "people", "records",
    "problems", "future", "cost", "beginners", "tools", "science", "news", "culture",
)  # fmt: skip
_ASKS = re.compile(r"\?\s*$|^(?:what|who|when|where|why|how|which|is|are|does|do|did|tell|explain)\b", re.I)


def next_errand(hosting: Hosting, *, has_calls: bool) -> Errand | None:
    """The next thing to do with a server tool, or None when all is done that the question needs.

    `has_calls` says that client tools answer it too; then only what was asked for by name is done.
    """
    text = hosting.seen.now.question
    for errand in [
        *_fetches(hosting, text),
        *_searches(hosting, text, has_calls),
        *_runs(hosting, has_calls),
        *advising.errands(hosting),
    ]:
        if not _is_done(hosting, errand):
            return errand
    follow = _followed(hosting, text)
    if follow is not None and not _is_done(hosting, follow):
        return follow
    return _forced(hosting, text)


def _forced(hosting: Hosting, text: str) -> Errand | None:
    """What is done with a tool that has to be used, where the question gives it nothing to do."""
    seen, offers = hosting.seen, hosting.offers
    any_of_them = next(iter(offers)) if seen.choice == "any" and not seen.tools else None
    name = seen.forced if seen.forced in offers else any_of_them
    if name is None or any(use["name"].endswith(name) for use in hosting.uses):
        return None
    match name:
        case "code_execution":
            return coding.run("python", f"print({text!r})", str(offers[name]["type"]))
        case "web_search":
            return Errand(name, {"query": _clean(text) or text})
        case "web_fetch":
            return Errand(name, {"url": "https://example.com/"})
        case _ if name.startswith("tool_search_tool"):
            least = {"query": text} if name.endswith("bm25") else {"pattern": "."}
            return tool_finding.errand(name, text) or Errand(name, least)
    return Errand(name, {})


def _is_done(hosting: Hosting, errand: Errand) -> bool:
    """Whether a tool was used like this, by itself or by code whose uses may not be shown."""
    return hosting.done(errand) or any(errand in filtering.calls_of(use) for use in hosting.uses)


def queries(text: str, *, explicit: bool) -> list[str]:
    """What a question is searched with: one query, or one for each thing of a list."""
    if (many := _TIMES.search(text)) is not None:
        topic = _clean(text[many.end() :]) or _clean(text[: many.start()])
        rest = [f"{topic} {aspect}".strip() for aspect in _ASPECTS]
        return [rest[at] if at < len(rest) else f"{topic} {at + 1}" for at in range(int(many[1]))]
    hit = _EXPLICIT.search(text) if explicit else None
    if hit is None:
        return [_clean(scene.last_words(text))[:300]]
    clause = _NEXT_CLAUSE.split(text[hit.end() :])[0]
    if ":" in clause and "," in clause:
        clause = clause.partition(":")[2]
    items = [_clean(item) for item in re.split(r",\s*(?:and\s+)?|;\s*|\s+and\s+", clause)]
    items = [item for item in items if item]
    return items or [_clean(text)[:300]]


def _clean(text: str) -> str:
    return " ".join(_POLITE.sub(" ", _EXPLICIT.sub(" ", text)).split()).strip(' ?!.,:;"“”')


def asked(text: str) -> str:
    """The question itself, without the wish that it be searched for; "" where nothing else is asked."""
    plain = URL.sub(" ", text)
    rest = [part for part in _NEXT_CLAUSE.split(plain) if part and _ASKS.search(part.strip())]
    if _EXPLICIT.search(text):
        return rest[-1] if rest else ""
    return rest[-1] if rest and _READ.search(text) else _READ.sub(" ", _clean(plain)).strip() or plain


def wants_search(text: str) -> bool:
    return bool(_SEARCH.search(text))


def _searches(hosting: Hosting, text: str, has_calls: bool) -> list[Errand]:
    if "web_search" not in hosting.offers or _is_stopped(hosting, "web_search"):
        return []
    seen, asked = hosting.seen, scene.last_words(text)
    explicit = bool(_EXPLICIT.search(text) or _TIMES.search(text))
    forced = seen.forced == "web_search" or (seen.choice == "any" and not seen.tools)
    if not explicit and not forced:
        if URL.search(text) or has_calls or verses.is_creative(asked) or _for_code(hosting, asked):
            return []
        known = conversing.knows(seen, asked) or grounding.best(asked, _brought(hosting))
        if not (wants_search(text) or (_ASKS.search(asked) and not known)):
            return []
    return [Errand("web_search", {"query": query}) for query in queries(text, explicit=explicit)]


def _fetches(hosting: Hosting, text: str) -> list[Errand]:
    if "web_fetch" not in hosting.offers or _is_stopped(hosting, "web_fetch"):
        return []
    return [Errand("web_fetch", {"url": url}) for url in dict.fromkeys(URL.findall(text))]


def _followed(hosting: Hosting, text: str) -> Errand | None:
    """The best page of a search, where the question asks to read it."""
    if "web_fetch" not in hosting.offers or URL.search(text) or not _READ.search(text):
        return None
    hits = [hit for _, found in hosting.results_of("web_search") if isinstance(found, list) for hit in found]
    return Errand("web_fetch", {"url": hits[0]["url"]}) if hits else None


def _runs(hosting: Hosting, has_calls: bool) -> list[Errand]:
    text = hosting.seen.now.question
    if "code_execution" not in hosting.offers or (has_calls and not coding.is_asked_for(text)):
        return []
    return coding.errands(text, str(hosting.offers["code_execution"]["type"]), hosting.container.uploads)


def _for_code(hosting: Hosting, text: str) -> bool:
    return "code_execution" in hosting.offers and bool(
        coding.is_asked_for(text) or arithmetic.expressions(text)
    )


def _is_stopped(hosting: Hosting, name: str) -> bool:
    """Whether the last use of a tool failed in a way that another would too."""
    results = hosting.results_of(name)
    last = results[-1][1] if results else {}
    return isinstance(last, dict) and bool(last.get("error_code") == "max_uses_exceeded")


def _brought(hosting: Hosting) -> list[Passage]:
    return [one for one in hosting.seen.sources if not one.is_hosted]
