"""Choosing one of the labels that a prompt names: "as billing, technical or other", "spam or not spam"."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from nbkit.sim.brain import errands, lexicon
from nbkit.sim.brain.plain.heard import given

_NAMED = (
    r"\b(?:classify|categori[sz]e|label|tag|sort|triage|route|assign|decide|determine|detect|identify"
    r"|judge|rate)\b[^.\n]{0,120}?"
    r"\b(?:as|into|to|with|whether|if|is|among|from|between|one of|either)\b:?(?: being| it is| it's"
    r"| this is| either| one of| exactly one of| the following| these| the)*"
    r"(?: \w*(?:categories|classes|labels|options))?:? (?P<labels>[^.\n:;?]+?)(?=[.\n:;?]|$)",
    r"\b(?:labels?|categories|classes|options|category|intents?)\b(?: are| is| must be| should be| "
    r"to choose from)?(?: one of)?:\s*(?P<labels>[^.\n;]+(?:\n\s*[-*][^\n]+)*)",
    r"\b(?:reply|respond|answer|output|return|say|choose|pick|select)(?: only| just| exactly)*(?: "
    r"with| from| using)?(?: exactly| only| just)?(?: one (?:word|of|label))?(?: of| from)?(?: the "
    r"(?:words?|labels?|following))?:? "
    r"(?P<labels>[\"'`“]?\w[\w -]{0,24}[\"'`”]?(?:, ?[\"'`“]?\w[\w -]{0,24}[\"'`”]?)*,? or "
    r"[\"'`“]?\w[\w -]{0,24}[\"'`”]?)",
    r"\b(?:is|was|does) (?:this|the|that|it|my)\b[^.\n:?]{0,60}? (?:an? )?(?P<labels>[\w-]+(?:, "
    r"[\w-]+)*,? or (?:an? )?[\w -]+?)(?=[?:.\n])",
)
_ONE_OF = r"\s*,\s*(?:or\s+|and\s+)?|\s+or\s+|\s*/\s*|\s*\|\s*|\s+and\s+|\n\s*[-*]\s*"


@cache
def _words() -> dict[str, str]:
    data: dict[str, str] = json.loads(Path(__file__).with_name("labels.json").read_text(encoding="utf-8"))
    return data


def said(text: str, system: str = "") -> str:
    """The label that fits the text best, where the prompt or the system prompt names some; else ""."""
    if labels := _named(text):
        source = given(text) or text.partition("?")[2].strip()
        return chosen(labels, source) if source else ""
    labels = _named(system) if system else []
    return (
        chosen(labels, text)
        if labels
        and re.search(r"\bclassif|\bcategor|\blabel|\btriage|\broute|\bintent|\bsentiment", system, re.I)
        else ""
    )


def _named(text: str) -> list[str]:
    head = text[:1500]
    for pattern in _NAMED:
        for found in re.finditer(pattern, head, re.IGNORECASE):
            labels = [_bare(one) for one in re.split(_ONE_OF, found["labels"])]
            labels = [one for one in labels if one]
            fits = 2 <= len(labels) <= 12 and all(
                len(one.split()) <= 3 and not re.search(r"[<>{}]", one) for one in labels
            )
            if fits and not {"yes", "no", "true", "false"} & {one.lower().split()[0] for one in labels}:
                return labels
    return []


def _bare(label: str) -> str:
    label = re.sub(r"\([^)]*\)", "", label).strip(" .\"'`“”‘’*-:")
    return re.sub(r"^(?:an?|the|either|one of|it is|being|as)\s+", "", label, flags=re.IGNORECASE)


def chosen(labels: list[str], text: str) -> str:
    """The label whose words fit a text best: its polarity, its topic, or its very words."""
    low = [one.lower() for one in labels]
    if {"positive", "negative"} <= set(low):
        tone = errands.polarity(text)
        tone = (
            tone
            if tone in low
            else "neutral"
            if "neutral" in low
            else "mixed"
            if "mixed" in low
            else "positive"
        )
        return labels[low.index(tone)] if tone in low else labels[0]
    scores = [_score(label, text) for label in low]
    if max(scores) <= 0:
        rest = next(
            (
                at
                for at, one in enumerate(low)
                if one in ("other", "none", "general", "unknown", "neutral", "misc", "normal", "neither")
            ),
            None,
        )
        rest = (
            rest
            if rest is not None
            else next((at for at, one in enumerate(low) if one.startswith(("not ", "non", "ham"))), None)
        )
        return labels[rest if rest is not None else 0]
    return labels[scores.index(max(scores))]


def _score(label: str, text: str) -> float:
    stems = lexicon.stems(text)
    row = set(stems)
    shape = {
        "question": text.rstrip().endswith("?"),
        "statement": not text.rstrip().endswith(("?", "!")),
        "urgent": bool(
            re.search(r"!|\basap\b|\bnow\b|\bimmediately\b|\bdown\b|\burgent", text, re.IGNORECASE)
        ),
        "command": bool(re.match(r"(?:please )?[a-z]+ (?:the|a|my|it|me)\b", text, re.IGNORECASE)),
    }
    if label in shape:
        return 1.5 if shape[label] else 0.0
    if label.startswith(("not ", "non-")) or label == "none":
        return 0.0
    score = sum(2.0 for word in lexicon.stems(label) if word in row)
    for word in label.split() or [label]:
        listed = _topics().get(lexicon.stem(word), frozenset())
        score += sum(1.0 for stem in stems if stem in listed)
    return score + (1.0 if label == "spam" and text.count("!") > 1 else 0.0)


@cache
def _topics() -> dict[str, frozenset[str]]:
    return {
        lexicon.stem(name): frozenset(lexicon.stem(word) for word in words.split())
        for names, words in _words().items()
        for name in names.split()
    }


def examples(pairs: list[tuple[str, str]], text: str) -> str:
    """The label of the examples that are most like a text."""
    labels = list(dict.fromkeys(label for _, label in pairs))
    low = {one.lower() for one in labels}
    if {"positive", "negative"} <= low or {"pos", "neg"} <= low:
        tone = errands.polarity(text)
        return next((one for one in labels if tone.startswith(one.lower()[:3])), labels[0])
    row = set(lexicon.stems(text)) - lexicon.STOP
    best = {label: _score(label.lower(), text) for label in labels}
    for example, label in pairs:
        best[label] += len(row & (set(lexicon.stems(example)) - lexicon.STOP))
        if example.rstrip()[-1:] == text.rstrip()[-1:] and example.rstrip()[-1:] in "?!":
            best[label] += 0.5
    return max(labels, key=lambda label: best[label])
