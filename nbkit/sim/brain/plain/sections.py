"""Prompts in parts: tagged (`<document>…</document>`) or with headings (`Context: … Question: …`); and
answers that go into a tag.
"""

from __future__ import annotations

import re

from nbkit.sim.brain import asides, errands, grounding
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.hearing import sentences

_TAG = r"<(?P<name>[A-Za-z][\w-]*)(?:\s[^>]*)?>(?P<inside>.*?)</(?P=name)>"
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
    r"(?P<tag>[a-zA-Z][\w-]*)>(?!.*?</(?P=tag)>.*?\bbelow\b)"
)
_HEADED = (
    r"(?:^|\n)\s*(?:#+ |\*\*)?(?P<name>context|passage|text|document|article|background|information|info"
    r"|story|paragraph|notes?)(?:\*\*)?:(?:\*\*)?\s*(?P<inside>.+?)\n\s*(?:#+ |\*\*)?(?:question|query|q"
    r"|task)(?:\*\*)?:(?:\*\*)?\s*(?P<asked>[^\n]+)"
)


def answer_tag(text: str) -> str:
    """The tag that the answer is to stand in, or ""."""
    inside = {
        found["name"].lower()
        for found in re.finditer(_TAG, text, re.DOTALL)
        if len(found["inside"].strip()) > 12
    }
    for found in re.finditer(_ANSWER_TAG, text, re.IGNORECASE):
        if asides.is_aside(found["tag"]):
            continue
        if found["tag"].lower() not in inside and found["tag"].lower() not in (*_ASKING, *_GIVEN):
            return found["tag"]
    return ""


def parted(text: str) -> tuple[str, str]:
    """What a prompt in parts asks, and the text that it gives; ("", "") where it has no parts."""
    asked, given, used = [], [], []
    for found in re.finditer(_TAG, text, re.DOTALL) if "</" in text else ():
        inside = re.sub(r"</?[A-Za-z][\w-]*>", " ", found["inside"]).strip()
        if found["name"].lower() in _ASKING:
            asked.append(inside)
        elif (
            found["name"].lower() not in ("example", "examples", "format", "answer", "output")
            and len(inside) > 2
        ):
            given.append(inside)
        used.append(found.span())
    if headed := re.search(_HEADED, text, re.DOTALL | re.IGNORECASE):
        return headed["asked"].strip(), headed["inside"].strip()
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
