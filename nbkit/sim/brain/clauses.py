"""The clauses of a question: where the tool changes, or what is acted on; a pronoun stands for what the
clause before it names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbkit.sim.brain import deeds, lexicon, phrases
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.matching import Matcher
from nbkit.sim.brain.scene import Tool

_CUT = re.compile(
    r"(?<=[?!;])\s+|(?<=[a-z\d\)])\.\s+(?=[A-Z])|\s*,?\s+(?:and then|then|and also|and|also|plus"
    r"|but)\s+|,\s+|\n+",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|that|this|them|(?:the|this|that) (?:new |same )?(?:file|script|program|page|document|code))\b",
    re.IGNORECASE,
)
_THE_FILE = re.compile(
    r"\b(?:it|(?:the|this|that) (?:same )?(?:file|script|program|document))\b", re.IGNORECASE
)
_NAMING = ("path", "url", "id", "uuid", "hashtag")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question that one tool answers; one that `follows` works with what the part before made."""

    tool: Tool | None
    text: str
    follows: bool = False


def clauses_of(matcher: Matcher, said: Said) -> list[Clause]:
    """Cut a question where the tool changes; a part that asks for nothing belongs to the one before."""
    whole = matcher.best(said)
    parts = parts_of(said) if len(matcher.tools) > 1 else []
    if len(parts) < 2:
        return [Clause(whole, said.text)]
    found: list[tuple[Tool | None, int, int]] = []
    verb = ""
    for start, end in parts:
        text = _resolved(said, start, end)
        part = Said(text, said.today)
        asks = _asks(part)
        deed = deeds.asked(text) if asks else None
        if deed and verb and matcher.is_noun(deed.word):
            asks = False
        elif deed:
            verb = deed.word
        if not asks and verb and part.mentions:  # "get issue 3 and pull request 5": the verb holds on
            part = Said(f"{verb} {text}", said.today)
        tool = matcher.best(part) if asks or part.mentions else None
        if tool is not None and not asks and not _named_in(tool, part):
            tool = None
        if tool is not None and tool != whole and not _outweighs(matcher, tool, whole, part):
            tool = whole
        if found and (tool is None or found[-1][0] is None or tool == found[-1][0]):
            found[-1] = (found[-1][0] or tool, found[-1][1], end)
        else:
            found.append((tool, start, end))
    if len({tool.name for tool, *_ in found if tool is not None}) < 2:
        return [Clause(whole, said.text)]
    made: list[Clause] = []
    for tool, start, end in found:
        plain = said.text[start:end].strip()
        text = _resolved(said, start, end).strip() if made else plain
        made.append(Clause(tool, text, text != plain))
    return made


def pointing(text: str, earlier: Iterable[Said]) -> str:
    """An order with the file that was named before in the place of its pronoun: "replace a with b in it"."""
    deed, said = deeds.asked(text), Said(text)
    if deed is None or deed.is_question or said.of(*_NAMING) or not (found := _THE_FILE.search(text)):
        return text
    named = next((one for before in earlier for one in reversed(before.of("path"))), None)
    if named is None or any(one.start < found.end() and one.end > found.start() for one in said.mentions):
        return text
    return f"{text[: found.start()]}{named.value}{text[found.end() :]}"


def _resolved(said: Said, start: int, end: int) -> str:
    """A part of a text with the thing in the place of the pronoun: "run it" after "write hello.py"."""
    text = said.text[start:end]
    mine = [one for one in said.of(*_NAMING) if start <= one.start < end]
    named = [one for one in said.of(*_NAMING) if one.end <= start]
    if mine or not named or not (found := _PRONOUN.search(text)):
        return text
    thing = said.text[named[-1].start : named[-1].end]
    return f"{text[: found.start()]}{thing}{text[found.end() :]}"


def _asks(part: Said) -> bool:
    """Whether a part of a sentence asks for something by itself: a verb or a question word is its head."""
    words = lexicon.words(phrases.without_courtesy(part.text))[:2]
    return any(word in lexicon.OPENERS or lexicon.stem(word) in _VERB_STEMS for word in words[:1]) or (
        len(words) > 1 and words[0] in lexicon.STOP and words[1] in lexicon.OPENERS
    )


_VERB_STEMS = frozenset(
    lexicon.stem(word) for word in lexicon.VERBS | {"let", "tell", "give", "need", "turn"}
)


def _named_in(tool: Tool, part: Said) -> bool:
    """Whether a part without a verb names what a tool gives: the "time in Oslo" of get_time."""
    made = deeds.made_for(tool.name, tool.description)
    telling = {stem for stem in lexicon.stems(tool.name) if stem not in made.named}
    return bool(telling & set(lexicon.stems(part.text)))


def _outweighs(matcher: Matcher, tool: Tool, whole: Tool | None, part: Said) -> bool:
    """Whether a part's words speak clearly more for its own tool than for that of the whole text."""
    if whole is None or matcher.worded(tool, part) >= matcher.worded(whole, part) + 1:
        return True
    return matcher.does(tool, part) > 0 >= matcher.does(whole, part)


def parts_of(said: Said) -> list[tuple[int, int]]:
    """The stretches between conjunctions; none of them cuts a quote or another mention."""
    spans, start = [], 0
    for cut in _CUT.finditer(said.text):
        if any(mention.start < cut.end() and mention.end > cut.start() for mention in said.mentions):
            continue
        spans.append((start, cut.start()))
        start = cut.end()
    return [span for span in [*spans, (start, len(said.text))] if said.text[span[0] : span[1]].strip()]
