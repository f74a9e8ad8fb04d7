"""The advisor: another model that reads the conversation and says how to go on (contract, 3.5 and 4.2)."""

from __future__ import annotations

import re

from nbkit.facts import facts
from nbkit.sim import tokens
from nbkit.sim.brain import conversing
from nbkit.sim.brain.excerpts import sentences
from nbkit.sim.hosted.hosting import Errand, Hosting
from nbkit.sim.library import shelf
from nbkit.wire.blocks import Json

NAME = "advisor"
_ASKED = re.compile(r"\b(?:advis[oe]r|advice|advise|second opinion|consult)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"\b(?:ask|get|take|want|need|consult)\b"
    r"|\b(?:(?:the|your|an?|some|for) )?(?:advis[oe]r|advice|second opinion)\b",
    re.IGNORECASE,
)


def errands(hosting: Hosting) -> list[Errand]:
    """Ask for advice once, where the question wants it or the request forces it."""
    seen = hosting.seen
    if NAME not in hosting.offers or not (_ASKED.search(seen.now.question) or seen.forced == NAME):
        return []
    return [Errand(NAME, {})]


def advised(hosting: Hosting) -> Json:
    """What the advisor says: the content of its result."""
    offer = hosting.offers.get(NAME) or {"model": ""}
    if facts.model(offer["model"]) is None:
        return {"type": "advisor_tool_result_error", "error_code": "model_not_found"}
    said = _advice(hosting)
    pieces = tokens.pieces(said)
    most = offer.get("max_tokens") or len(pieces)
    is_cut = len(pieces) > most
    text = "".join(pieces[:most]) if is_cut else said
    return {"type": "advisor_result", "text": text, "stop_reason": "max_tokens" if is_cut else "end_turn"}


def _advice(hosting: Hosting) -> str:
    """What the library has on the question, or else what is said without any tools."""
    question = " ".join(_ASKING.sub(" ", hosting.seen.now.question).split())
    pages = [] if conversing.knows(hosting.seen, question) else shelf.found(question)
    if pages:
        start, end = next(sentences(pages[0].text))
        return f"Start from this ({pages[0].title}): {pages[0].text[start:end]}"
    asked = {key: value for key, value in hosting.body.items() if key not in ("tools", "tool_choice")}
    intent = hosting.think(asked)
    return intent.text or "".join(block.get("text", "") for block in intent.blocks)


def told(hosting: Hosting) -> list[Json]:
    """What the answer says of the advice."""
    texts = [content["text"] for _, content in hosting.results_of(NAME) if "text" in content]
    return [{"type": "text", "text": f"My advisor says: {text}"} for text in texts[-1:]]
