"""The form of an answer, as it is wished: one word, JSON, another language, a fixed start. What is out of
reach is not pretended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nbkit.sim.brain import tongues, wishes
from nbkit.sim.brain.wishes import Wishes

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*])")
_ANSWERS = ("answer", "response", "reply", "result", "text", "message", "output", "content")


def applied(system: str, text: str, question: str = "", values: Mapping[str, Any] | None = None) -> str:
    """Return `text` in the form that is wanted: shorter, plainer, in other words, with a fixed start."""
    wanted = wishes.of(system, question)
    if wanted == _NONE:
        return text
    if wanted.language:
        text = tongues.said(text, wanted.language)
    text = _shortened(text, wanted)
    if wanted.json:
        return text if _is_json(text) else _as_json(text, wanted.keys, values or {})
    text = _styled(text, wanted)
    if not text.startswith(wanted.first):
        text = f"{wanted.first} {text}"
    return text if text.endswith(wanted.last) else f"{text} {wanted.last}"


_NONE = Wishes()


def bare(system: str) -> bool:
    """Whether nothing but the answer is wanted: no word before a call."""
    return wishes.of_system(system).bare


def _shortened(text: str, wanted: Wishes) -> str:
    if wanted.one_word:
        return _one_word(text)
    if wanted.most_words:
        return _words(text, wanted.most_words)
    return _SENTENCE.split(text.split("\n\n")[0], maxsplit=1)[0] if wanted.one_sentence else text


def _styled(text: str, wanted: Wishes) -> str:
    if wanted.bullets and "\n- " not in text:
        text = "\n".join(f"- {one}" for one in _SENTENCE.split(text))
    if wanted.without_marks:
        text = plain(text)
    if wanted.upper:
        return text.upper()
    return text.lower() if wanted.lower else text


def plain(text: str) -> str:
    """A text without marks."""
    text = re.sub(r"\*\*|(?m:^> )|`", "", text)
    return re.sub(r"(?<![\w*])\*(?=\S)([^*\n]+)(?<=\S)\*(?![\w*])", r"\1", text)


def role(system: str) -> str:
    """Who the system prompt says the model is, or ""."""
    if named := re.search(r"\byour name is ([A-Z][\w'-]+)", system, re.IGNORECASE):
        return named[1]
    found = re.search(r"\byou are (?:called |named )?((?:an? |the )?[^.,;\n]{2,80})", system, re.IGNORECASE)
    return found[1].strip() if found else ""


def _one_word(text: str) -> str:
    """The word that answers: yes or no, else the value, else the first."""
    if first := re.match(r"(?:yes|no|ja|nein|oui|non|sí|sì)\b", text, re.IGNORECASE):
        return first[0]
    if text.startswith(("I don't know", "I have no live data")):
        return "Unknown"
    value = re.search(r"\*\*(.+?)\*\*", text)
    words = re.findall(r"[^\s*_`|>]+", value[1] if value else text)
    word = words[0].strip(".,;:!?()") if words else ""
    return word[:1].upper() + word[1:] if word.islower() else word


def _words(text: str, most: int) -> str:
    """At most so many words, in one line."""
    if len(text.split()) <= most:
        return text
    words = one_line(text).split()
    return " ".join(words) if len(words) <= most else " ".join(words[:most]).rstrip(" ,;:.") + "."


def one_line(text: str) -> str:
    """A text without marks, its lists as enumerations."""
    lines = re.sub(r":\s*\n+\s*(?:- )?", ": ", plain(text).strip())
    return " ".join(re.sub(r"\s*\n\s*- ", ", ", lines).split())


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict | list)
    except ValueError:
        return False


def _as_json(text: str, keys: tuple[str, ...], values: Mapping[str, Any]) -> str:
    """An object with the wanted keys: the answer, values of results, null for what is not known."""
    line = one_line(text)
    if not keys:
        return json.dumps({"answer": line}, ensure_ascii=False)
    first = next((key for key in keys if key.lower() in _ANSWERS), None)
    return json.dumps({key: line if key == first else values.get(key) for key in keys}, ensure_ascii=False)
