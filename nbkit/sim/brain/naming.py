"""What a call is called in a sentence: its noun, what it is about, a label that tells it from the others."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbkit.sim.brain import kinds, lexicon, reading, showing
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.scene import Call
from nbkit.sim.brain.wordlists import group, word_set

_NOUNS = {
    "convert": "the conversion",
    "translate": "the translation",
    "calculate": "the result",
    "compute": "the result",
    "evaluate": "the result",
    "compare": "the comparison",
    "summarize": "the summary",
}
_ANSWERS = word_set(
    "calculate compare convert count estimate explain measure predict rank rate recommend "
    "suggest sum summarize validate analyze analyse classify detect solve simulate track "
    "translate verify weigh describe define parse format help identify evaluate assess quote"
)
_ACTIONS = lexicon.VERBS | group("actions")
_COMMANDS = word_set("command cmd script sql code expression")
_UNTOLD = ("unit", "date", "time", "datetime", "currency", "email", "postcode")


def is_action(call: Call) -> bool:
    """Whether a call does something rather than look something up."""
    words = _words(call.name)
    return bool(words) and is_verb(words[0]) and words[0] not in lexicon.READS | _ANSWERS


def _words(name: str) -> list[str]:
    """The words of a tool's name without what it belongs to: `mcp__shop__add_item`, `shop_add_item`."""
    words = lexicon.words(name.rpartition("__")[2] or name)
    return words[1:] if len(words) > 2 and words[1] in _PLAIN_VERBS and not is_verb(words[0]) else words


_PLAIN_VERBS = word_set(
    "add create delete fetch find get insert list put read remove search send set update upsert write"
)


def is_verb(word: str) -> bool:
    """Whether a word that opens a tool's name orders something; "rebook" does as "book" does."""
    return word in _ACTIONS or any(
        word.startswith(prefix) and word[len(prefix) :] in _ACTIONS for prefix in ("re", "un", "pre", "de")
    )


def subject(call: Call) -> str:
    """What a call is about: "the weather in Paris", "the output of `ls`"."""
    if command := command_of(call):
        return f"the output of `{command}`"
    return f"{noun(call)}{about(call)}"


def command_of(call: Call) -> str:
    """The one short line that a call runs, or ""."""
    texts = [value for key, value in call.input.items() if key in _COMMANDS and isinstance(value, str)]
    line = texts[0].strip() if len(texts) == 1 else ""
    runs = lexicon.words(call.name)[:1]
    calculates = bool(runs) and runs[0] in _NOUNS
    return line if line and len(line) <= 80 and not set(line) & set("\n`") and not calculates else ""


def noun(call: Call) -> str:
    """What a tool gives, by its name: "the weather"."""
    words = _words(call.name)
    if words and words[0] in _NOUNS:
        return _NOUNS[words[0]]
    if words and words[0] in ("is", "has", "can", "are"):
        return f"`{call.name}`"
    while len(words) > 1 and (is_verb(words[0]) or words[0] in _FILLERS):
        words = words[1:]
    name = " ".join(words)
    alone = len(lexicon.words(call.name)) == 1 and is_verb(name)
    return "the result" if alone or name.endswith(("ator", "ulate")) else f"the {name}"


_FILLERS = word_set("to for by from in my the all")


def about(call: Call) -> str:
    """The arguments as a person would add them: " in Paris", " from Oslo to Rome", " for 17*23"."""
    ends = {"from": "", "to": ""}
    told: dict[str, list[str]] = {"place": [], "point": [], "other": [], "number": []}
    for path, value in list(reading.leaves(call.input))[:20]:
        name = next((part for part in reversed(path) if not part.isdigit()), "")
        text = showing.shown(value)
        kind = kinds.kind_of(name, {})
        if value is None or isinstance(value, bool) or not text or len(text) > 60 or "\n" in text:
            continue
        side = next(
            (side for part in reversed(path) if not _is_of(part) and (side := kinds.side_of(part))), ""
        )
        if kind in ("latitude", "longitude"):
            told["point"].append(text)
        elif kind in _UNTOLD:
            continue
        elif side in ends and not isinstance(value, int | float):
            ends[side] = ends[side] or text
        elif kind == "place":
            told["place"].append(text)
        elif isinstance(value, int | float):
            told["number"].append(text)
        else:
            marked = kind in ("code", "expression", "path", "thing") and not _NAME.fullmatch(text)
            told["other"].append(f"`{text}`" if marked else text)
    route = "".join(f" {side} {text}" for side, text in ends.items() if text)
    if told["place"]:
        return f" in {enumerated(told['place'][:4])}{route}"
    if told["point"]:
        return f" at {', '.join(told['point'][:2])}{route}"
    others = told["other"][:2] or ([] if route else told["number"][:2])
    return (f" for {enumerated(others)}" if others and not route else "") + route


def _is_of(key: str) -> bool:
    """Whether a key ends in "to" or "from" that leads nowhere: `assigned_to`."""
    words = lexicon.words(key)
    return len(words) > 1 and words[-1] in ("to", "from")


_NAME = re.compile(r"[A-Z][\w'’-]*(?: [\w'’-]+)*")


def labels(calls: Sequence[Call]) -> list[str]:
    """A short name for each call: what differs in its arguments, else what it is about."""
    if len({call.name for call in calls}) > 1:
        return [subject(call)[4:] if subject(call).startswith("the ") else subject(call) for call in calls]
    found = []
    for call in calls:
        others = [other.input for other in calls if other is not call]
        differs = [
            value for key, value in call.input.items() if any(other.get(key) != value for other in others)
        ]
        texts = [showing.shown(leaf) for value in differs for _, leaf in reading.leaves(value)]
        found.append(", ".join(text for text in texts if text)[:80] or subject(call)[4:])
    if len(calls) > 1 and len(set(found)) == 1:  # the same call, made again
        return [f"{_NTH[at]} result" if at < len(_NTH) else f"result {at + 1}" for at in range(len(calls))]
    return found


_NTH = ("first", "second", "third", "fourth", "fifth")
