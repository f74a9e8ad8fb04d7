"""Answering from what was given: the sentences that fit the question best, cited where that is wanted."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbkit.sim.brain import retrieval
from nbkit.sim.brain.excerpts import Passage
from nbkit.wire.blocks import Json

MOST = 3  # sentences of one answer
_NEAR = 0.62  # of the best score: what is said beside the best
_SUMMARY = re.compile(
    r"\b(?:summar\w+|overview|outline|gist|key (?:points|facts)|main (?:points?|ideas?)|tl;?dr"
    r"|what (?:is|does|do) (?:this|these|the|it) "
    r"(?:documents?|texts?|files?|papers?|pdfs?|pages?|article|report)\b(?: about| say)?"
    r"|what(?:'s| is) (?:in|this about|it about))\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\b(?:how (?:much|many|long|far|old|high|tall|fast|big|often)|when|what (?:year|date|time)"
    r"|percent\w*|price|cost|number)\b",
    re.IGNORECASE,
)
_UNITS = {
    "length": r"\d[\d.,]* (?:milli|centi|kilo)?met(?:re|er)s?\b|\d ?(?:k?m|cm|miles|feet|ft)\b",
    "time": r"\d[\d.,]* (?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|\b(?:two|three) years\b",
    "heat": r"\d ?(?:°|degrees)",
}
_MEASURES = dict.fromkeys(("far", "tall", "high", "deep", "wide"), "length") | {
    "long": "time",
    "hot": "heat",
    "warm": "heat",
    "cold": "heat",
}
_MEASURE = re.compile(rf"\bhow ({'|'.join(_MEASURES)})\b(?: away)?", re.IGNORECASE)
_PARTS = re.compile(
    r"\?\s+|;\s+|,?\s+and (?=(?:what|who|when|where|why|how|which|is|are|does|do|did)\b)", re.IGNORECASE
)


def best(question: str, passages: Sequence[Passage], most: int = MOST) -> list[Passage]:
    """The passages that answer the question, in their order; none where nothing fits."""
    if not passages:
        return []
    if _SUMMARY.search(question):
        return _opening(passages, most)
    if title := _titled(question, passages):
        return _opening([one for one in passages if one.title == title], most)
    picked: list[int] = []
    parts = [part for part in _PARTS.split(question) if retrieval.stemmed(part)] or [question]
    for part in parts:
        ranked = _ranked(part, passages)
        top = ranked[0][0]
        if top <= 0:
            continue
        room = max(1, most // len(parts))
        picked += [at for score, at in ranked[:room] if score >= _NEAR * top and score > 0]
    return [passages[at] for at in sorted(dict.fromkeys(picked))]


def _titled(question: str, passages: Sequence[Passage]) -> str:
    """The title that says all that the question says: then it asks for nothing more than that source."""
    terms = set(retrieval.stemmed(question))
    titles = dict.fromkeys(passage.title for passage in passages)
    return next((title for title in titles if terms and terms <= set(retrieval.stemmed(title))), "")


def blocks(passages: Sequence[Passage]) -> list[Json]:
    """Text blocks that say the passages: a block for each that is cited, one for all that are not."""
    if not passages:
        return []
    if not any(passage.citation for passage in passages):
        text = " ".join(_said(passage.text) for passage in passages)
        return [{"type": "text", "text": text}]
    said: list[Json] = []
    for passage in passages:
        text = (" " if said else "") + _said(passage.text)
        cited = {"citations": [passage.citation]} if passage.citation else {}
        said.append({"type": "text", "text": text, **cited})
    return said


def _ranked(part: str, passages: Sequence[Passage]) -> list[tuple[float, int]]:
    """The best first. What a title says, each of its sentences is about."""
    measure = _MEASURE.search(part)
    unit = _UNITS[_MEASURES[measure[1].lower()]] if measure else ""
    part = _MEASURE.sub(" ", part) if measure else part
    scored = retrieval.scores(part, [f"{passage.title} {passage.text}" for passage in passages])
    wants_number = measure is not None or bool(_NUMBER.search(part))
    ranked = []
    for at, (passage, score) in enumerate(zip(passages, scored, strict=True)):
        score *= 1.35 if wants_number and re.search(r"\d", passage.text) else 1.0
        score *= 1.8 if unit and re.search(unit, passage.text, re.IGNORECASE) else 1.0
        score *= 0.6 if passage.text.rstrip().endswith("?") or len(passage.text.split()) < 3 else 1.0
        ranked.append((score, at))
    return sorted(ranked, key=lambda pair: (-pair[0], pair[1]))


def _opening(passages: Sequence[Passage], most: int) -> list[Passage]:
    """For a summary: of each source its first sentences, and of a single one some."""
    sources = dict.fromkeys(passage.source for passage in passages)
    share = max(1, most // len(sources))
    found: list[Passage] = []
    for source in sources:
        full = [one for one in passages if one.source == source and len(one.text.split()) > 3]
        found += full[:share]
    return found[: max(most, len(sources))] or list(passages[:1])


def _said(text: str) -> str:
    """A passage as part of an answer: on one line, without marks of a list or heading."""
    return re.sub(r"^(?:[-*•]|#+|\d+[.)])\s+", "", " ".join(text.split())) or text
