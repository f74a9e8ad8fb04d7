"""What is to be done: the deed that a sentence asks for, and the deeds that a tool is made for.

A deed is a verb with its families: "remove" deletes, "show" reads or lists. Where a particle says what is
meant ("turn it off"), the particle is the verb.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from nbkit.sim.brain import lexicon, phrases
from nbkit.sim.brain.wordlists import group, table, word_set

_READS = frozenset(("read", "list", "search", "count"))
_CHANGES = frozenset(
    ("create", "update", "delete", "send", "move", "switch", "stop", "refund", "approve", "reject", "merge")
)
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+|\n+")
_PARTICLE = re.compile(r"^(?:turn|switch|power|put|shut)\b(?:\W+\w+){0,6}?\W+(on|off|up|down)\b")
_WISH = re.compile(
    r"\b(?:(?:want|need|like|love|ask|tell) (?:you )?to|(?:can|could|would|will) (?:you|we)(?: please)?"
    r"|please|let's)\s+(\w+)"
)
_QUESTION = lexicon.OPENERS - lexicon.VERBS | word_set("whats whos is was were has have whose")
_PURPOSE = re.compile(
    r"\b(?:use (?:this|it)(?: \w+)?|request|used|useful|lets? you|tool|helps?)\s+(?:when|to|for|if|that)\b",
    re.I,
)
_WARNS = re.compile(r"\b(?:not|never|avoid|instead|prefer|only)\b|n't\b", re.I)
_RUN = re.compile(r"\S+")
_IN_A_NAME = re.compile(r"[/@_\d]|.\.\w")  # paths, ids and addresses have it
_PLACING = word_set("in on at for from under inside within after before")
_PERSONS = word_set("we you i they the any there these those our my")
_MODAL = word_set("can could would will should shall may might")
_NO_ANSWER = -3.0  # who asks does not want anything changed
_LONG_HEAD = 400
_NOUNS_MOSTLY, _NOUNS_TOO = group("nouns_mostly"), group("nouns_too")


@dataclass(frozen=True, slots=True)
class Deed:
    """What a sentence asks for: the stem of its verb, and what kinds of doing that is."""

    stem: str
    families: frozenset[str]
    is_question: bool = False
    word: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """What a tool is made for: the verbs of its name, and those that begin its description."""

    named: frozenset[str]
    told: frozenset[str]
    besides: frozenset[str] = frozenset()  # the other words of the name


@cache
def _families() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for family, words in table("deeds").items():
        for word in words.split():
            found.setdefault(lexicon.stem(word), set()).add(family)
    return {stem: frozenset(families) for stem, families in found.items()}


@cache
def _contraries() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in table("contraries"):
        one, other = (lexicon.stem(word) for word in pair.split())
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {stem: frozenset(others) for stem, others in found.items()}


def _unnamed(run: re.Match[str]) -> str:
    return " " if _IN_A_NAME.search(run[0]) else run[0]


@lru_cache(1024)
def asked(text: str) -> Deed | None:
    """The deed that a text asks for; that of its first sentence that orders or asks something."""
    for sentence in _SENTENCE.split(text):
        bare = _RUN.sub(_unnamed, phrases.without_courtesy(sentence)).lower()
        words = lexicon.words(bare)
        if not words:
            continue
        if found := _PARTICLE.match(bare):
            return Deed(found[1], _families().get(found[1], frozenset()), word=found[0])
        if words[0] == "do" and len(words) > 1 and words[1] in _PERSONS:  # "do we have": no order
            return Deed("", _wondered(sentence.lower(), bare), is_question=True)
        if words[0] in _PLACING:
            words = [word for word in words[1:] if _of(word) and word not in _NOUNS_TOO] or words
        if deed := _of(words[0]):
            if deed.stem in _ADDING and _INTO.search(sentence):  # what is there is added to, not made
                return Deed(deed.stem, frozenset(("update",)), word=deed.word)
            return deed
        if words[0] in _MODAL and (wish := _WISH.search(bare)) and (deed := _of(wish[1])):
            return deed
        if words[0] in _QUESTION or sentence.rstrip().endswith("?"):
            if _USED.match(bare):  # a search in other words
                return Deed("", frozenset(("search",)))
            return Deed("", _wondered(sentence.lower(), bare), is_question=True)
        if (wish := _WISH.search(bare)) and (deed := _of(wish[1])):
            return deed
    return None


_ADDING = word_set("add append put insert")
_INTO = re.compile(r"\b(?:to|into|in|at the end of)\s+(?:the (?:file|end of)\s+)?[\"'`]?\S+\.\w{1,5}\b")


def _wondered(sentence: str, bare: str) -> frozenset[str]:
    """What kinds of looking answer a question: a folder's contents are listed, a file's are read."""
    if re.match(r"how (?:many|much)\b", bare):
        return _READS
    if re.match(r"(?:what|which) [a-z]+s\b", bare):
        return frozenset(("list", "search"))
    if inside := _INSIDE.search(sentence):
        return frozenset(("read",)) if re.search(r"\.\w{1,5}\W*$", inside[0]) else frozenset(("list",))
    return _READS - {"count"}


_USED = re.compile(r"where\b.*\b(?:used|defined|called|mentioned|declared|implemented|imported)\b")
_INSIDE = re.compile(r"\bwhat(?:'s|’s| is| are)?(?: all)? (?:in|inside|there in|the contents? of)\b.*")


def _of(word: str) -> Deed | None:
    """The deed of a verb in its plain form; one of no family is known by its word alone."""
    if word not in _verbs():
        return None
    stem = lexicon.stem(word)
    return Deed(stem, _families().get(stem, frozenset()), word=word)


@cache
def _verbs() -> frozenset[str]:
    return lexicon.VERBS | {word for words in table("deeds").values() for word in words.split()}


@lru_cache(2048)
def made_for(name: str, description: str) -> Made:
    """The deeds of a tool, by its name and by the sentences that say its purpose."""
    told: list[str] = []
    for sentence in _SENTENCE.split(purpose(description)):
        if told:
            break  # further sentences tell when a tool is of use
        spoken = lexicon.words(sentence)[:12]
        verbs = [(at, stem) for at, word in enumerate(spoken) if (stem := _verb(word, first=at == 0))]
        told = [stem for at, stem in verbs[:1] if stem != _MAKE or len(verbs) == 1]
        told += [stem for at, stem in verbs[1:] if not told or spoken[at - 1] in ("or", "and")]
    named = frozenset(_named(name, told))
    besides = frozenset(word for word in lexicon.words(name) if lexicon.stem(word) not in named)
    return Made(named, frozenset(told), besides)


def _named(name: str, told: list[str]) -> list[str]:
    """The verbs of a name: the first, and what an "or" adds; a word that may be a noun only where the
    description has it as its verb, or there is no other.
    """
    words = lexicon.words(name.rpartition("__")[2])  # without its server
    if words and words[-1] in ("on", "off", "up", "down"):
        return [words[-1]]
    found = [(at, word) for at, word in enumerate(words) if _of(word)]
    sure = [
        (at, word)
        for at, word in found
        if word not in (_NOUNS_TOO if at else _NOUNS_MOSTLY) or lexicon.stem(word) in told
    ]
    kept = sure[:1] or (found[:1] if not told else [])
    kept += [
        (at, word)
        for at, word in found
        if at and kept and (words[at - 1] in ("or", "and") or lexicon.stem(word) in told)
    ]
    return [lexicon.stem(word) for _, word in kept]


def _verb(word: str, *, first: bool) -> str | None:
    """The stem of a verb, also of one that has become a noun: "replacements", "searcher"."""
    if word in ("on", "off", "up", "down"):
        return None
    if not first and (word in _NOUNS_MOSTLY or word.rstrip("s") in _NOUNS_MOSTLY):
        return None
    stem = lexicon.stem(word)
    stems = (stem, lexicon.stem(re.sub(r"(?:ment|ation|ion|er|or)$", "", stem)))
    return next((one for one in stems if one in _families() and one != _REQUEST), None)


_MAKE = lexicon.stem("make")
_REQUEST = lexicon.stem("request")


@lru_cache(2048)
def purpose(description: str) -> str:
    """The part of a description that says what a tool is for: its first sentence, and any that tell when to
    use it.
    """
    found = [part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", description.strip()) if part.strip()]
    more = [part for part in found[1:] if _PURPOSE.search(part) and not _WARNS.search(part)]
    return "\n".join([*found[:1], *more[:2]])[:_LONG_HEAD]


def plain_verbs(made: Made) -> frozenset[str]:
    """The verbs of a tool that are no nouns, too: they say what it does, not to what."""
    return (made.named | made.told) & _plain_verbs()


@cache
def _plain_verbs() -> frozenset[str]:
    nouns = {lexicon.stem(word) for word in _NOUNS_TOO | _NOUNS_MOSTLY - {"post"}}
    return frozenset(_families()) - (nouns - {lexicon.stem("post")})


def agreement(deed: Deed | None, made: Made) -> float:
    """How well a tool does what is asked: above 0 it does, below 0 it does something else."""
    if deed is None:
        return 0.0
    against = _contraries().get(deed.stem, frozenset())
    if against & made.named and deed.stem not in made.named:
        return -5.0
    if deed.stem in made.named:
        return 2.5
    named, told = _all(made.named), _all(made.told)
    if deed.stem in made.told and not (named and not named & deed.families):
        return 2.0
    if deed.stem in made.told and not deed.families <= _CHANGES:
        return 1.2  # its name says more than one thing
    if not deed.is_question and made.besides & {deed.word, deed.word + "er", deed.word + "ment"}:
        return 0.5 if (named or told) & _READS else 2.0
    if deed.families & named:
        return 1.5 if named and made.named & {lexicon.stem(one) for one in deed.families} else 1.3
    if deed.families & told:
        return 1.2 if not named else 0.3
    does = named or told
    if not does or not deed.families:
        return 0.0
    if deed.is_question:
        return _NO_ANSWER if does & _CHANGES else 0.0
    apart = (
        (deed.families <= _READS and does <= _CHANGES)
        or (deed.families <= _CHANGES and does <= _READS)
        or ("delete" in deed.families) != ("delete" in does)
    )
    return -2.5 if apart else -1.5


def _all(stems: frozenset[str]) -> frozenset[str]:
    return frozenset(family for stem in stems for family in _families().get(stem, ()))
