"""Questions about English words: opposites, synonyms, rhymes, plurals, past tenses, and small corrections."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain.plain import shape
from nbkit.sim.brain.plain.heard import capital, count_wanted, given, word_meant

_GATE = (
    r"\b(?:opposite|antonyms?|synonyms?|another word|rhymes?|rhyming|plural|singular|past|tense"
    r"|grammar|spelling|correct"
    r"|proofread|fix|typos?|conjugate|comparative|superlative|part of speech|similar to)\b"
)


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(Path(__file__).with_name("words.json").read_text(encoding="utf-8"))
    return data


def said(text: str) -> str:
    """The answer to a question about an English word, or a text that is put right; else ""."""
    if not re.search(_GATE, text[:200], re.IGNORECASE):
        return ""
    for rule in (_corrected, _opposite, _synonym, _rhyme, _plural, _past, _compared):
        if answer := rule(text):
            return answer
    return ""


def _word(text: str) -> str:
    return word_meant(text).lower().strip(" ?.!")


def _opposite(text: str) -> str:
    if not re.search(r"\b(?:opposites?|antonyms?)\b", text, re.IGNORECASE):
        return ""
    word = _word(text)
    return f"The opposite of {word} is **{known}**." if (known := opposite(word)) else ""


def opposite(word: str) -> str:
    """The opposite of a word, or ""."""
    for pair in _data()["opposites"]:
        one, other = pair.split()
        if word in (one, other):
            return str(other if word == one else one)
    return ""


def _synonym(text: str) -> str:
    if not re.search(
        r"\b(?:synonyms?|another word|other words?|similar to|words? that means?)\b", text, re.IGNORECASE
    ):
        return ""
    word = _word(text)
    for row in _data()["synonyms"]:
        group = row.split()
        if word in group:
            others = [one for one in group if one != word]
            wanted = count_wanted(
                text, 1 if re.search(r"\ban?(?:other)? (?:synonym|word)\b", text, re.I) else 3
            )
            return f"**{others[0]}**" if wanted == 1 else shape.listed(others[:wanted], text)
    return ""


def _rhyme(text: str) -> str:
    if not re.search(r"\brhym(?:es?|ing)\b", text, re.IGNORECASE) or re.search(
        r"\bpoem|\bsong|\bwrite", text, re.I
    ):
        return ""
    word = _word(text)
    for row in _data()["rhymes"]:
        group = row.split()
        if word in group:
            others = [one for one in group if one != word]
            wanted = count_wanted(text, 3)
            return ", ".join(others[:wanted])
    return ""


def _plural(text: str) -> str:
    if re.search(r"\bsingular\b", text, re.IGNORECASE):
        word = _word(text)
        known = {plural: one for one, plural in _data()["plurals"].items()}
        return f"The singular of {word} is **{known.get(word) or word.removesuffix('s')}**." if word else ""
    if not re.search(r"\bplural\b", text, re.IGNORECASE):
        return ""
    word = _word(re.sub(r"\?|\bplural form\b", "", text))
    return f"The plural of {word} is **{plural(word)}**." if word and word != "plural" else ""


def plural(word: str) -> str:
    """The plural of an English noun."""
    if word in _data()["plurals"]:
        return str(_data()["plurals"][word])
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if re.search(r"[^aeiou]y$", word) else f"{word}s"


def _past(text: str) -> str:
    if not re.search(r"\bpast\b|\bconjugate\b", text, re.IGNORECASE):
        return ""
    found = re.search(
        r"\bpast (?:simple |participle|tense )?.*?(?:of|for) (?:the verb )?(?:to )?[\"'“]?([a-z]+)",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    word = found[1].lower()
    tense, participle = past(word)
    if "participle" in text.lower():
        return f"The past participle of {word} is **{participle}**."
    return f"The past tense of {word} is **{tense}**."


def past(verb: str) -> tuple[str, str]:
    """Past tense and past participle of an English verb."""
    for row in _data()["verbs"]:
        base, tense, participle = row.split()
        if base == verb:
            return tense, participle
    if verb.endswith("e"):
        regular = f"{verb}d"
    elif re.search(r"[^aeiou]y$", verb):
        regular = f"{verb[:-1]}ied"
    elif re.fullmatch(r"[^aeiou]*[aeiou][^aeiouwxy]", verb):
        regular = f"{verb}{verb[-1]}ed"
    else:
        regular = f"{verb}ed"
    return regular, regular


def is_verb(word: str) -> bool:
    """Whether a word is a form of a verb that is known."""
    return any(word in row.split() for row in _data()["verbs"])


def base(verb: str) -> str:
    """The base of a verb in any of its forms."""
    for row in _data()["verbs"]:
        if verb in row.split():
            return str(row.split()[0])
    for ending, put in (("ied", "y"), ("ed", ""), ("ed", "e"), ("es", ""), ("s", "")):
        stem = verb.removesuffix(ending) + put
        if verb.endswith(ending) and (past(stem)[0] == verb or ending.endswith("s")):
            return stem
    return verb


def _compared(text: str) -> str:
    found = re.search(r"\b(comparative|superlative)\b.*?\bof [\"'“]?([a-z]+)", text, re.IGNORECASE)
    if found is None:
        return ""
    word = found[2].lower()
    odd = {
        "good": ("better", "best"),
        "bad": ("worse", "worst"),
        "far": ("farther", "farthest"),
        "little": ("less", "least"),
    }
    at = 0 if found[1].lower() == "comparative" else 1
    if word in odd:
        return f"**{odd[word][at]}**"
    if len(word) > 6 or word.endswith(("ful", "ous", "ing")):
        return f"**{('more', 'most')[at]} {word}**"
    stem = word[:-1] + "i" if word.endswith("y") else word[:-1] if word.endswith("e") else word
    stem += stem[-1] if re.fullmatch(r"[^aeiou]+[aeiou][^aeiouwxy]", word) else ""
    return f"**{stem}{('er', 'est')[at]}**"


def _corrected(text: str) -> str:
    """A text without the usual mistakes: spelling, capitals, verbs after he and she, past with yesterday."""
    asks = (
        r"\b(?:fix|correct|check|improve|proofread)\b.{0,40}\b(?:grammar|spelling|typos?|mistakes?"
        r"|errors?|sentence|text|punctuation)\b|\bproofread\b|\bcorrect:|\bgrammar:"
    )
    source = given(text) if re.search(asks, text[:160], re.IGNORECASE) else ""
    if not source or "```" in text:
        return ""
    wrong = _data()["misspelled"]

    def right(found: re.Match[str]) -> str:
        word = wrong.get(found[0].lower(), found[0])
        return capital(word) if found[0][0].isupper() else str(word)

    fixed = re.sub(r"[A-Za-z']+", right, source)
    for pattern, put in _data()["grammar"].items():
        fixed = re.sub(pattern, put, fixed, flags=re.IGNORECASE)
    if re.search(r"\byesterday\b|\blast (?:week|night|year|month)\b|\bago\b", fixed, re.IGNORECASE):
        fixed = re.sub(r"\b(I|you|he|she|it|we|they) ([a-z]+)\b", _in_the_past, fixed, flags=re.IGNORECASE)
    else:
        fixed = re.sub(r"\b(he|she|it) ([a-z]+)\b(?! not)", _third_person, fixed, flags=re.IGNORECASE)
    fixed = re.sub(r"(?<![\w'])i(?=['’ ])", "I", fixed)
    fixed = re.sub(r"(?<=[.!?]\s)([a-z])", lambda hit: hit[0].upper(), re.sub(r"\s+([,.!?;:])", r"\1", fixed))
    fixed = capital(fixed.strip())
    return fixed if fixed[-1] in ".!?" else f"{fixed}."


def _in_the_past(found: re.Match[str]) -> str:
    who, verb = found.groups()
    base = verb.lower()
    known = {row.split()[0] for row in _data()["verbs"]}
    if base not in known and base.removesuffix("s") in known:
        base = base.removesuffix("s")
    return f"{who} {past(base)[0]}" if base in known else found[0]


def _third_person(found: re.Match[str]) -> str:
    who, verb = found.groups()
    known = {row.split()[0] for row in _data()["verbs"]} | set(_data()["regular"].split())
    if verb.lower() not in known:
        return found[0]
    odd = {"go": "goes", "do": "does", "have": "has", "be": "is"}
    return f"{who} {odd.get(verb.lower(), plural(verb.lower()))}"
