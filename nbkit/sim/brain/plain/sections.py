"""Prompts in parts: tagged (`<document>…</document>`) or with headings (`Context: … Question: …`); and
answers that go into a tag.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice

from nbkit.sim.brain import asides, errands, grounding
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.hearing import sentences

_OPENING = re.compile(r"<([A-Za-z][\w-]*)(?:\s[^<>]*)?>")
_CLOSING = re.compile(r"</([A-Za-z][\w-]*)>")
_MOST = 200  # tags that are looked at for the one of the answer
_ASKING = ["question", "query", "task", "instruction", "instructions", "request", "ask"]
_GIVEN = [
    "document",
    "documents",
    "context",
    "text",
    "article",
    "passage",
    "transcript",
    "content",
    "email",
    "review",
    "source",
    "data",
    "input",
    "message",
    "story",
    "excerpt",
    "info",
    "information",
    "background",
]
_ANSWER_TAG = (
    r"(?:\b(?:in|inside|within|using|between|with|wrap\w*|put|enclosed?|surround\w*)\b[^.<\n]{0,60})<"
    r"(?P<tag>[a-zA-Z][\w-]*)>"
)
_HEADED = re.compile(
    r"^[^\S\n]*(?:#+ |\*\*)?(?:context|passage|text|document|article|background|information|info"
    r"|story|paragraph|notes?)(?:\*\*)?:(?:\*\*)?",
    re.IGNORECASE | re.MULTILINE,
)
_HEAD_OF_ASKED = re.compile(
    r"^[^\S\n]*(?:#+ |\*\*)?(?:question|query|q|task)(?:\*\*)?:(?:\*\*)?\s*([^\n]+)",
    re.IGNORECASE | re.MULTILINE,
)


def tagged(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Each tag that is closed, with what it holds and where it stands; in the time of the text's length."""
    ends: dict[str, list[re.Match[str]]] = {}
    for closing in _CLOSING.finditer(text):
        ends.setdefault(closing[1], []).append(closing)
    at = 0
    while ends and (opening := _OPENING.search(text, at)):
        at = opening.end()
        closings = ends.get(opening[1], [])
        first = bisect_left(closings, at, key=lambda closing: closing.start())
        if first < len(closings):
            end = closings[first]
            yield opening[1], text[at : end.start()], (opening.start(), end.end())
            at = end.end()


def answer_tag(text: str) -> str:
    """The tag that the answer is to stand in, or ""."""
    inside = {name.lower() for name, held, _ in tagged(text) if len(held.strip()) > 12}
    for found in islice(re.finditer(_ANSWER_TAG, text, re.IGNORECASE), _MOST):
        line = text[found.end() :].partition("\n")[0]
        if asides.is_aside(found["tag"]) or _is_below(found["tag"], line):
            continue
        if found["tag"].lower() not in inside and found["tag"].lower() not in (*_ASKING, *_GIVEN):
            return found["tag"]
    return ""


def _is_below(tag: str, line: str) -> bool:
    """Whether the rest of the line says that the tag is one of the prompt, further down."""
    behind = line.partition(f"</{tag}>")[2]
    return re.search(r"\bbelow\b", behind, re.IGNORECASE) is not None


def parted(text: str) -> tuple[str, str]:
    """What a prompt in parts asks, and the text that it gives; ("", "") where it has no parts."""
    asked, given, used = [], [], []
    for name, held, span in tagged(text):
        inside = re.sub(r"</?[A-Za-z][\w-]*>", " ", held).strip()
        if name.lower() in _ASKING:
            asked.append(inside)
        elif name.lower() not in ("example", "examples", "format", "answer", "output") and len(inside) > 2:
            given.append(inside)
        used.append(span)
    if (head := _HEADED.search(text)) and (question := _HEAD_OF_ASKED.search(text, head.end() + 1)):
        return question[1].strip(), text[head.end() : question.start()].strip()
    if not given:
        return ("\n".join(asked), "") if asked else ("", "")
    outside, at = "", 0
    for start, end in used:
        outside += text[at:start]
        at = end
    outside += text[at:]
    lines = [line.strip() for line in outside.splitlines() if line.strip()]
    return "\n".join(asked or lines), "\n".join(given)


def answered(asked: str, given: str) -> str:
    """What a given text says to a question, or what an errand makes of it; else ""."""
    task = re.sub(r"<[^>]*>", " ", asked).strip()
    if re.search(r"\b(?:summari[sz]e|summary|tl;?dr|main (?:idea|points?)|gist)\b", task, re.IGNORECASE):
        said = sentences(given)
        return " ".join(said[: 1 if re.search(r"\bone\b|\bsingle\b|\bbrief", task) else 2])
    head = re.sub(r"[.:?\s]+$", "", task.splitlines()[0]) if task else ""
    if done := errands.done(f"{head}: {given}") if not task.endswith("?") else "":
        return done
    rows = [Passage(sentence, None, 0, "", 0) for sentence in sentences(given)]
    question = next((line for line in task.splitlines() if "?" in line), task)
    best = grounding.best(question, rows, 1)
    return " ".join(one.text for one in best)
