"""Values that are words of the user's own: titles, texts, queries, names of things of no known kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbkit.sim.brain import arithmetic, deeds, lexicon, phrases, programs, verses, vocabulary
from nbkit.sim.brain.candidates import FOUND, GUESSED, LABELLED, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.mentions import mentioned
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json


def code(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "code")
    if is_command(schema):
        if given := programs.command(said):
            yield Candidate(given[0], FOUND, given[1])
        yield from mentioned(said, side, "quoted")
        return
    yield from mentioned(said, side, "quoted")
    if found := re.search(r"\bSELECT\b.+|\b(?:print|sum|len|range)\(.*\)", said.text, re.DOTALL):
        yield Candidate(found[0].rstrip("?. "), FOUND, found.span())
    if found := re.search(r"\b(?:run|execute|evaluate)\b:?\s+(.+)", said.text, re.IGNORECASE):
        yield Candidate(found[1].rstrip("?. "), FOUND, found.span(1))
    yield from topic(said)


def is_command(schema: Json) -> bool:
    """Whether a parameter of code takes a command for a shell."""
    return _COMMAND.search(str(schema.get("description", ""))) is not None


def is_glob(schema: Json) -> bool:
    """Whether a parameter takes a pattern of file names."""
    return "glob" in str(schema.get("description", "")).lower()


_COMMAND = re.compile(r"\bcommand\b|\bshell\b|\bbash\b", re.IGNORECASE)


def expression(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    for expression, start, end in arithmetic.expressions(said.text):
        yield Candidate(expression, FOUND, (start, end))
    yield from mentioned(said, side, "quoted")
    yield from topic(said)


def topic(said: Said) -> Iterator[Candidate]:
    """What the whole text is about, without the verb that names the tool: first as a stretch of it that
    others may cut short, then as it is.
    """
    found = phrases.topic(said.text)
    verb, _, rest = found.partition(" ")
    if rest and verb.lower() in said.dull and verb.lower() in lexicon.VERBS:
        found = phrases.topic(rest)
    head = re.match(r"([a-z]+) (?:of|for|about|on) (?:the |an? )?(?=\S)", found)
    if head and lexicon.singular(head[1]) in said.dull:  # the "price of" of "price of apples", for get_price
        found = found[head.end() :]
    first, _, rest = found.partition(" ")
    if (
        rest
        and lexicon.singular(first) in {lexicon.singular(word) for word in said.dull}
        and (rest[0].isupper() or not first[0].isupper())
    ):
        found = rest  # the "customer" of "customer Ada Lovelace", for search_customers
    for mention in said.of("url", "path"):  # and what to do with it: "https://… and summarize it"
        given = said.text[mention.start : mention.end]
        if found.startswith(given) and (
            rest := re.sub(r"^[\s,.;]*(?:and|to|then)\s+", "", found[len(given) :])
        ):
            found = rest
    at = said.text.find(found)
    if at >= 0:
        yield Candidate(found, GUESSED, (at, at + len(found)))
    yield Candidate(found, GUESSED)


def title(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    if found := phrases.named(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    yield from mentioned(said, side, "quoted")
    if found := phrases.passed_on(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
        yield Candidate(
            found[0][0].upper() + found[0][1:], REMEMBERED
        )  # another parameter has it: say it as a title, too
    if found := phrases.role(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    yield from _having(said)
    yield from _referred(said, schema)
    yield from weaker(mentioned(said, side, "name", "id", "path", "hostname"), REMEMBERED)
    yield from topic(said)


_LIGHT = word_set("do mak tak giv perform hav hold")


def _having(said: Said) -> Iterator[Candidate]:
    """What has something: the "orders" of "how many rows does orders have"."""
    hit = re.search(r"\bdo(?:es)? (?:the )?([a-z][\w-]*) (?:\w+ )?(?:have|has|contain|hold)\b", said.text)
    if hit and hit[1] not in lexicon.STOP | said.dull:
        yield Candidate(hit[1], REMEMBERED, hit.span(1))


def _referred(said: Said, schema: Json) -> Iterator[Candidate]:
    """What an order acts on that makes nothing new: its name is that of a thing which is there."""
    deed = deeds.asked(said.text)
    if deed is None or deed.is_question or "create" in deed.families or deed.stem in _LIGHT:
        return
    if "read" in deed.families or "search" in deed.families:
        return
    dull = said.dull | frozenset(lexicon.words(str(schema.get("description", "")))[:3])
    if (found := phrases.acted_on(said.text, dull)) and found[0] not in dull:
        yield Candidate(found[0], REMEMBERED, (found[1], found[2]))
        if " " in found[0] and (last := found[0].rpartition(" ")[2]) not in said.dull:
            yield Candidate(last, REMEMBERED, (found[2] - len(last), found[2]))


def weaker(found: Iterator[Candidate], strength: int) -> Iterator[Candidate]:
    return (Candidate(one.value, strength, one.span, one.mention) for one in found)


def item(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "quoted")
    if found := phrases.counted(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    yield from title(said, side, schema)


def query(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "quoted")
    if found := re.search(r"\bSELECT\b.+", said.text, re.DOTALL):
        yield Candidate(found[0], FOUND, found.span())
    if said.of("email") and not side:  # of whom, and about what
        yield from (Candidate(one.value, REMEMBERED, one.span) for one in topic(said))
    if found := re.search(
        r"\b(?:about|regarding|on the (?:topic|subject) of)\s+([^?!.\n]+)", said.text, re.IGNORECASE
    ):
        yield Candidate(found[1].strip(), REMEMBERED, found.span(1))
    yield from topic(said)


def thing(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    """A short name for something of no known kind: the "kitchen" of "the light in the kitchen"."""
    yield from mentioned(said, side, "quoted")
    if found := phrases.named(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    if found := phrases.odd(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    yield from weaker(
        mentioned(said, side, "name", "id", "place", "hostname", "path", "hashtag", "repository", "token"),
        REMEMBERED,
    )
    yield from _referred(said, schema)
    if side and (hit := re.search(_SIDED[side], said.text)) and hit[1] not in lexicon.STOP:
        yield Candidate(hit[1], FOUND, hit.span(1))
    if hit := re.search(r"\b(?:into|onto) (?:the|my|our) ([a-z][\w-]*(?: [a-z][\w-]*)?)", said.text):
        yield Candidate(hit[1], REMEMBERED, hit.span(1))
    for hit in re.finditer(r"\b([a-z]+) (?:of|in|from) (?:the |my |our )?([a-z][\w-]+)\b", said.text):
        if hit[1] in said.dull and hit[2] not in lexicon.STOP | said.dull:
            yield Candidate(hit[2], REMEMBERED, hit.span(2))  # the "products" of "rows of products"
    yield from _having(said)
    where = r"\b(?:in|on|of|for|from|at|to) (?:the|my|our) ([a-z][\w-]*(?: room)?)\b"
    bare = r"\b(?:for|of|on|in|from|to) ([a-z][\w-]{2,})\b"
    for hit in [
        hit for way in (where, bare, r"\b(?:the|my|our) ([a-z][\w-]*)") for hit in re.finditer(way, said.text)
    ]:
        if hit[1] not in lexicon.STOP | said.dull and hit[1] not in vocabulary.UNITS:
            yield Candidate(hit[1], GUESSED, hit.span(1))
    if (found := phrases.acted_on(said.text, said.dull)) and found[0] not in said.dull:
        yield Candidate(found[0], GUESSED, (found[1], found[2]))
    yield from topic(said)


_SIDED = {
    "from": r"\bfrom (?:the )?([a-z][\w./-]*\w)\b",
    "to": r"\b(?:to|into) (?:the )?([a-z][\w./-]*\w)\b",
}


def globs(said: Said) -> Iterator[Candidate]:
    """The pattern of the files that are meant: "*.py" for Python files."""
    if found := re.search(r"(?<!\S)(?=\S*[./A-Za-z])\S*\*\S*", said.text):
        yield Candidate(found[0].strip("\"'`?,"), LABELLED, found.span())
    elif suffix := programs.suffix_of(said.text):
        yield Candidate(f"**/*.{suffix}", LABELLED)
    elif paths := said.of("path"):
        yield Candidate(f"**/{paths[0].value}", LABELLED, None, paths[0])


def half(number: int) -> Callable[[Said, str, Json], Iterator[Candidate]]:
    """One side of "owner/repository"."""

    def find(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
        for mention in said.of("repository"):
            halves = str(mention.value).split("/")
            whole = number and re.search(r"/|full name", str(schema.get("description", "")))
            yield Candidate(str(mention.value) if whole else halves[number], FOUND, None, mention)
        if not number and not said.of("repository"):
            yield from mentioned(said, side, "name")
        yield from thing(said, side, schema)

    return find


def channel(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "hashtag")
    yield from thing(said, side, schema)


def room(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    rooms = (
        r"\b((?:living|dining|bed|bath|guest|meeting|conference) ?room|kitchen|office|hallway|garage"
        r"|garden|basement|study|attic|bedroom)s?\b"
    )
    for hit in re.finditer(rooms, said.text, re.IGNORECASE):
        yield Candidate(hit[1], FOUND, hit.span(1))
    yield from thing(said, side, schema)


def text(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    if verses.is_creative(said.text):
        yield Candidate(verses.written(said.text), FOUND)
        return
    if source := programs.program(said):
        yield Candidate(source, FOUND)
        return
    yield from mentioned(said, side, "quoted", "code")
    if found := phrases.said_in(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    if found := phrases.passed_on(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    if found := phrases.named(said.text):
        yield Candidate(found[0], FOUND, (found[1], found[2]))
    yield from topic(said)
