"""What a small model knows by heart, from `knowledge.json`: looked up by the words of the question, all of
which must be accounted for. A question that asks for more than a fact says is not answered by it.

* `facts`: words that must be there (`a/b`: one of them), words that may be there in brackets, the answer;
* `definitions`: names of one thing, and a sentence or two about it;
* `tables`: rows of subjects and their properties, asked for in the words of `asks` and `must`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain import lexicon, verses
from nbkit.sim.brain.plain.heard import bare

_AUDIENCE = (  # for whom an answer is, not what it is about
    r",? (?:to|for|like|as if|as though) (?:i'm |i am |i were |you would to )?(?:to )?(?:an?|my)? ?"
    r"(?:\w+[- ])?"
    r"(?:years?[- ]old|child|kid|beginner|students?|novice|layman|five|5)\b(?:[- ]years?[- ]olds?)?"
)


@dataclass(frozen=True, slots=True)
class _Fact:
    required: tuple[frozenset[str], ...]
    optional: frozenset[str]
    answer: str


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("knowledge.json").read_text(encoding="utf-8"))
    return data


def told(text: str) -> str:
    """What is known about a question, or ""."""
    if len(text) > 300 or verses.is_creative(text):
        return ""
    question = re.split(r"(?<=[?])\s+(?=\w)|\n", text.strip())[0] if "?" in text else text
    question = re.sub(_AUDIENCE, "", question, flags=re.IGNORECASE)
    asked = _words(question)
    if not asked or len(asked) > 30:
        return ""
    return _fact(asked) or _from_tables(question) or _definition(question)


def defined(name: str) -> str:
    """The definition of a thing by its name, or ""."""
    return _definitions().get(_key(name), "")


def _words(text: str) -> frozenset[str]:
    found = re.findall(r"===?|\d+|[^\W\d_]+(?:'[a-z]+)?", text.lower().replace("’", "'"))
    return frozenset(lexicon.stem(word.removesuffix("'s") or word) for word in found)


@cache
def _filler_stems() -> frozenset[str]:
    return frozenset(lexicon.stem(word) for word in _data()["fillers"].split())


@cache
def _facts() -> dict[str, list[_Fact]]:
    """The facts by each form of their first word."""
    index: dict[str, list[_Fact]] = {}
    for key, answer in _data()["facts"].items():
        needed, _, optional = key.rstrip(")").partition("(")
        groups = tuple(_words_of(group) for group in needed.split())
        fact = _Fact(groups, frozenset(_words_of(optional.replace(" ", "/"))), answer)
        for form in groups[0]:
            index.setdefault(form, []).append(fact)
    return index


def _words_of(group: str) -> frozenset[str]:
    return frozenset(lexicon.stem(word) for word in group.split("/") if word)


def _fact(asked: frozenset[str]) -> str:
    best, most = "", 0
    index, fillers = _facts(), _filler_stems()
    for word in asked:
        for fact in index.get(word, ()):
            if len(fact.required) <= most or not all(group & asked for group in fact.required):
                continue
            accounted = fact.optional.union(*fact.required) | fillers
            if not asked - accounted:
                best, most = fact.answer, len(fact.required)
    return best


@cache
def _definitions() -> dict[str, str]:
    return {_key(name): text for names, text in _data()["definitions"].items() for name in names.split(" / ")}


def _key(name: str) -> str:
    return " ".join(re.sub(r"^(?:an?|the) ", "", name.lower().strip(" .?!`\"'")).split())


_OPENINGS = (
    r"^(?:(?:please|hey|hi|hello|ok|okay|so|and|now|can you|could you|would you|i want to know|do "
    r"you know)[,!]?\s+)*"
    r"(?:what(?:'s|’s| is| are| was| were| does| do| do you know about| do you mean by)|who(?:'s|’s| "
    r"is| was| were)"
    r"|define|explain|describe|tell me (?:\w+ ){0,2}?about|tell me what|how (?:does|do|would you "
    r"(?:explain|define))"
    r"|(?:give (?:me )?)?(?:an? |the )?(?:short |brief |one[- ]sentence |simple )?(?:definition"
    r"|explanation|overview|meaning) of"
    r"|explain to me|what is meant by|talk about|teach me about)\s+"
)
_CLOSINGS = (
    r"\s+(?:means?|stands? for|works?|(?:is|are|was|does)(?= |$)|exactly|simply|briefly|to (?:me|an? "
    r".+|my .+)|for .+"
    r"|in (?:simple|plain|easy|layman|one|two|three|a|an|your|\d+|programming|comput\w+|python"
    r"|biology|physics|javascript|js|java|sql|git|css|html|react|databases?|programming|cooking|music|art"
    r"|chemistry|math\w*|the messages api|short|brief|general|under|less|at most|exactly|bullet).*"
    r"|like .+|as if .+|with .+|using .+|please|and (?:how|why|what|give).+)[.?!\s]*$"
)


def focus(text: str) -> str:
    """What a question for an explanation is about: "recursion" of "explain recursion to a child", or ""."""
    line = re.split(r"(?<=[.?!])\s", text.strip())[0].rstrip(" .?!")
    if headed := re.match(
        r"(?:please )?(?:explain|define|describe)\b[^:\n]{0,60}:\s*(.+)", line, re.IGNORECASE
    ):
        return bare(headed[1])
    opened = re.match(_OPENINGS, line, re.IGNORECASE)
    if opened is None:
        return ""
    rest = re.sub(
        r"^(?:what|how|why|the (?:concept|term|idea|word|meaning)(?: of)?|an?|the)\s+",
        "",
        line[opened.end() :],
        flags=re.I,
    )
    rest = re.sub(r"^(?:(?:an?|the|concept of|word|term)\s+)+", "", rest, flags=re.IGNORECASE).strip(
        "'\"“”‘’"
    )
    for _ in range(3):
        if _key(rest) in _definitions():
            break
        rest = re.sub(_CLOSINGS, "", rest, flags=re.IGNORECASE)
    return rest.strip(" .?!\"'`“”")


def _definition(question: str) -> str:
    name = focus(question)
    known = _definitions()
    found = (known.get(_key(name), "") or _summed_up(name)) if name else ""
    return found or (known.get(_key(name[:-1]), "") if name.endswith("s") else "")


def _summed_up(name: str) -> str:
    """What the table says of a country in one go."""
    for at, number in _subjects().get(_key(name), ()):
        table = _data()["tables"][at]
        if "continent" in table["columns"]:
            row = table["rows"][number].split("|")
            people = (
                _row_says(_data()["tables"][-1], _number_in(-1, name), {"population"})
                if _number_in(-1, name) >= 0
                else ""
            )
            return (
                f"**{row[0]}** is a country in {row[2]}. Its capital is {row[1]}, its currency the {row[3]}, "
                f"and people speak mainly {row[4]}. {people.replace('**', '')}".strip()
            )
    return ""


def _number_in(table: int, name: str) -> int:
    """The row of a thing in a table, or -1."""
    rows = [_key(row.split("|")[0]) for row in _data()["tables"][table]["rows"]]
    return rows.index(_key(name)) if _key(name) in rows else -1


@cache
def _subjects() -> dict[str, list[tuple[int, int]]]:
    """Where each name stands as the subject of a row."""
    index: dict[str, list[tuple[int, int]]] = {}
    for at, table in enumerate(_data()["tables"]):
        for number, row in enumerate(table["rows"]):
            index.setdefault(_key(row.split("|")[0]), []).append((at, number))
    return index


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.split(" ", 1)[0] for name in _subjects())


_ARTICLES = ("a", "an", "the")  # are no part of a name


@cache
def _forms(group: str, column: str) -> frozenset[str]:
    return frozenset(lexicon.stem(word) for word in _data()[group].get(column, "").split())


def _from_tables(question: str) -> str:
    words = re.findall(r"[\w+#.'-]+", question.lower().replace("’s", "'s"))
    words = [plain for word in words if (plain := word.strip(".'").removesuffix("'s"))]
    names = _subjects()
    begins = [at for at, word in enumerate(words) if word in _first_words() or word in _ARTICLES]
    spans = [
        (size, start)
        for size in range(min(6, len(words)), 0, -1)
        for start in begins
        if start + size <= len(words)
        if " ".join(words[start : start + size]) in names
        or _key(" ".join(words[start : start + size])) in names
    ]
    for size, start in spans:
        name = _key(" ".join(words[start : start + size]))
        rest = {lexicon.stem(word) for word in words[:start] + words[start + size :]}
        for at, number in names[name]:
            if said := _row_says(_data()["tables"][at], number, rest):
                return said
    return _reversed(words)


def _row_says(table: dict[str, Any], number: int, rest: set[str]) -> str:
    columns = table["columns"]
    row = dict(zip(columns, table["rows"][number].split("|"), strict=True))
    for column in columns[1:]:
        if column in ("deed",) or not rest & _forms("must", column):
            continue
        if rest - _forms("asks", column) - _filler_stems():
            continue
        return _sentence(columns[0], column, row)
    return ""


def _sentence(subject: str, column: str, row: dict[str, str]) -> str:
    value, name = row[column], row[subject]
    if column == "moons":
        many = (
            "**no** moons" if value == "none" else "**one** moon" if value == "one" else f"**{value}** moons"
        )
        return f"{name} has {many}."
    if column == "who" and subject == "person":
        last = f"{row['born']}–{row['died']}"
        return f"**{name}** ({last}) was {value}."
    if column == "who":
        return f"**{name}** is {value}."
    if column == "year" and subject == "made":
        return f"{name[0].upper()}{name[1:]}: **{value}** ({row['deed']} by {row['maker'].rstrip(',')})."
    if column == "born" or column == "died":
        place = value if "about" in value else f"in **{value}**"
        return f"{name} {'was born' if column == 'born' else 'died'} {place}."
    if column == "language" and (" and " in value):
        return f"The main languages of {name} are **{value}**."
    said = str(_data()["sayings"][column])
    return said.format(name=name, value=value, name_low=name.lower(), deed=row.get("deed", ""))


def relations() -> Iterator[Callable[[str], str]]:
    """What leads from the name of a thing to one of its properties, for each column of the tables."""
    for table in _data()["tables"]:
        rows = [row.split("|") for row in table["rows"]]
        for column in range(1, len(table["columns"])):
            known = {row[0].lower(): row[column] for row in rows}
            yield lambda name, known=known: known.get(name.lower(), "")  # type: ignore[misc]


def rows_of(kind: str) -> tuple[list[str], list[list[str]]]:
    """The columns and rows of the table of a kind of thing, e.g. `country`, if there is one."""
    for table in _data()["tables"]:
        if kind in table["kinds"].split():
            return table["columns"], [row.split("|") for row in table["rows"]]
    return [], []


def _reversed(words: list[str]) -> str:
    """The subject of a value: "Paris is the capital of which country?" """
    rest = {lexicon.stem(word) for word in words}
    for (_, column), values in _values().items():
        if not rest & _forms("must", column):
            continue
        for value, subject in [pair for word in dict.fromkeys(words) for pair in values.get(word, ())]:
            if not set(value) <= set(words):
                continue
            left = rest - {lexicon.stem(word) for word in value} - _forms("asks", column)
            if not left - _filler_stems() - {lexicon.stem("country")}:
                return f"**{subject}**."
    return ""


@cache
def _values() -> dict[tuple[int, str], dict[str, list[tuple[list[str], str]]]]:
    """What a thing may be asked for by: values of a column by their first word, each with its subject."""
    found: dict[tuple[int, str], dict[str, list[tuple[list[str], str]]]] = {}
    for at, table in enumerate(_data()["tables"]):
        for place, column in enumerate(table["columns"]):
            if not place or column not in ("capital", "symbol", "number"):
                continue
            by_word = found.setdefault((at, column), {})
            for line in table["rows"]:
                row = line.split("|")
                if value := row[place].lower().split():
                    by_word.setdefault(value[0], []).append((value, row[0]))
    return found
