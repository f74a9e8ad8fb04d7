"""Questions about words as rows of letters: counting, reversing, anagrams, the alphabet, places."""

from __future__ import annotations

import re
from collections import Counter

from nbkit.sim.brain.plain.heard import count_wanted, given, numbers, unquoted, word_meant

_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
_PLACES = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NTH = rf"(?P<nth>{'|'.join(_PLACES)}|last|\d+(?:st|nd|rd|th))"
_GATE = (
    r"\b(?:letters?|characters?|words?|vowels?|consonants?|syllables?|alphabet\w*|reverse[ds]?|backwards?"
    r"|palindromes?|anagrams?|spell|uppercase|lowercase|starts?|ends?|acronym|how many|sentences?"
    r"|pig latin)\b"
)


def said(text: str) -> str:
    """The answer to a question about letters and words, or ""."""
    if (
        len(text) > 4000
        or not re.search(_GATE, text[:300], re.IGNORECASE)
        or re.search(
            r"\b(?:function|code|program|script|regex|python|javascript|sql)\b", text[:200], re.IGNORECASE
        )
    ):
        return ""
    for rule in (
        _alphabet,
        _occurrences,
        _counted,
        _palindrome,
        _anagram,
        _longest,
        _acronym,
        _nth,
        _spelled,
        _turned,
        _started,
    ):
        if answer := rule(text):
            return answer
    return ""


def _alphabet(text: str) -> str:
    if not re.search(r"\balphabet\b", text, re.IGNORECASE):
        return ""
    if found := re.search(rf"\b{_NTH} letter\b", text, re.IGNORECASE):
        at = _place(found["nth"].lower(), 26)
        return f"**{_ALPHABET[at].upper()}**" if -1 <= at < 26 else "The alphabet has only 26 letters."
    found = re.search(r"\b(?:position|number|place)\b.*?\b([b-zA])\b(?! letter)(?=.*alphabet)", text)
    if found:
        return f"**{_ALPHABET.index(found[1].lower()) + 1}**"
    if re.search(r"\bhow many letters\b", text, re.IGNORECASE):
        return "The English alphabet has **26** letters."
    if found := re.search(r"\b(after|before|follows|precedes)\b.*?\b([a-z])\b", text, re.IGNORECASE):
        at = _ALPHABET.index(found[2].lower()) + (1 if found[1].lower() in ("after", "follows") else -1)
        return f"**{_ALPHABET[at].upper()}**" if 0 <= at < 26 else "None: the alphabet ends there."
    if re.search(r"\b(?:recite|list|say|write|give|what)\b", text, re.IGNORECASE):
        row = _ALPHABET[::-1] if re.search(r"\bbackward|\brevers", text, re.IGNORECASE) else _ALPHABET
        return " ".join(row.upper())
    return ""


def _place(nth: str, length: int) -> int:
    return -1 if nth == "last" else _PLACES.index(nth) if nth in _PLACES else int(nth[:-2]) - 1


def _occurrences(text: str) -> str:
    """How many of one letter a word has."""
    found = re.search(
        r"\b(?:how many|count(?: the)?|number of)\b(?: times)?(?: is| are| does)?(?: of)?(?: the)?"
        r"(?: letters?| occurrences of(?: the letter)?)? [\"'‘“`]?([a-z])[\"'’”`]?(?:'s|’s|s)?\b(?: "
        r"letters?| characters?)?"
        r".*?\b(?:in|of|does|appear)\b",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    word = given(text[found.end() - 3 :]) or word_meant(text[found.end() - 3 :].rstrip(" ?"))
    letter = found[1].lower()
    places = [at for at, one in enumerate(word.lower(), 1) if one == letter]
    if not word or not re.search(rf"(?<!\w){re.escape(letter)}(?:'s|’s|s)?(?!\w)", text, re.IGNORECASE):
        return ""
    times = "time" if len(places) == 1 else "times"
    where = f": {'-'.join(word)}" if len(word) <= 30 and " " not in word and places else ""
    return f"The letter {letter} stands **{len(places)}** {times} in “{word}”{where}."


def _counted(text: str) -> str:
    found = re.search(
        r"\b(?:how many|count(?: the)?(?: number of)?|number of|how long is|length of)\b.*?"
        r"\b(letters|characters|vowels|consonants|words|sentences|syllables|word)\b",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    what = found[1].lower()
    many = what in ("words", "sentences", "word")
    subject = given(text) or ("" if many and what != "word" else word_meant(text[found.start() :]))
    if not subject or subject.lower() in ("english", "alphabet", "language", "it", "that", "this"):
        return ""
    letters = [one for one in subject.lower() if one.isalpha()]
    vowels = sum(one in "aeiou" for one in letters)
    count = {
        "vowels": vowels,
        "consonants": len(letters) - vowels,
        "words": len(subject.split()),
        "characters": len(subject),
        "sentences": len(re.findall(r"[.!?]+(?=\s|$)", subject)) or 1,
        "syllables": syllables(subject),
    }.get(what, len(letters))
    noun = "letters" if what == "word" else what
    shown = f"“{subject}”" if len(subject) <= 40 else "It"
    return f"{shown} has **{count}** {noun if count != 1 else noun[:-1]}."


def syllables(word: str) -> int:
    """About how many syllables an English word or line has."""
    total = 0
    for one in re.findall(r"[a-z]+", word.lower()):
        groups = len(re.findall(r"[aeiouy]+", one))
        silent = one.endswith("e") and not one.endswith(("le", "ee", "ie", "oe")) and groups > 1
        total += max(
            1, groups - silent - (one.endswith("ed") and not one.endswith(("ted", "ded")) and groups > 1)
        )
    return total


def _longest(text: str) -> str:
    found = re.search(r"\b(longest|shortest) word\b", text, re.IGNORECASE)
    words = re.findall(r"[\w'’-]+", given(text)) if found else []
    if not found or not words:
        return ""
    return f"**{(max if found[1].lower() == 'longest' else min)(words, key=len)}**"


def _acronym(text: str) -> str:
    words = given(text) if re.search(r"\b(?:acronym|initials|first letters)\b", text, re.IGNORECASE) else ""
    return f"**{''.join(word[0] for word in re.findall(r'[A-Za-z]+', words)).upper()}**" if words else ""


def _palindrome(text: str) -> str:
    found = re.search(r"\bis (.+?) an? palindrome\b|\bpalindrome\b.*?: *(.+)", text, re.IGNORECASE)
    if found is None:
        return ""
    word = re.sub(
        r"^(?:the )?(?:word|phrase|number) ", "", unquoted(found[1] or found[2]).strip(" ?.")
    ).strip("\"'“”‘’")
    row = re.sub(r"\W", "", word.lower())
    if row == row[::-1]:
        return f"**Yes**, “{word}” reads the same backwards."
    return f"**No**, “{word}” backwards is “{word[::-1]}”."


def _anagram(text: str) -> str:
    if not re.search(r"\banagrams?\b", text, re.IGNORECASE):
        return ""
    found = re.search(
        r"\b(?:are|is) [\"'“‘]?([a-z]+)[\"'”’]? (?:and|an anagram of) [\"'“‘]?([a-z]+)", text, re.IGNORECASE
    )
    if found is None:
        return ""
    one, other = found.groups()
    same = Counter(one.lower()) == Counter(other.lower())
    tail = "the same letters" if same else "different letters"
    return f"**{'Yes' if same else 'No'}**, “{one}” and “{other}” have {tail}."


def _nth(text: str) -> str:
    """A word or letter by its place, in a given sentence or word."""
    found = re.search(rf"\b{_NTH} (?P<what>words?|letters?|characters?)\b", text, re.IGNORECASE)
    if found is None or re.search(r"\balphabet\b", text, re.IGNORECASE):
        return ""
    letters = found["what"][0].lower() in "lc"
    subject = given(text) or (word_meant(text[found.end() :]) if letters else "")
    row = list(subject) if letters else re.findall(r"[\w'’-]+", subject)
    at = _place(found["nth"].lower(), len(row))
    return f"**{row[at]}**" if row and -1 <= at < len(row) else ""


def _spelled(text: str) -> str:
    found = re.match(
        r"(?:please )?(?:can you )?(?:how (?:do|would) you |how to )?spell (?:the word )?[\"'“]?"
        r"([a-z]{2,30})[\"'”]?"
        r"(?: backwards?)?[.?!\s]*$",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    word = found[1][::-1] if re.search(r"backward", text, re.IGNORECASE) else found[1]
    return f"**{'-'.join(word)}**"


def _turned(text: str) -> str:
    if not re.search(r"\brevers|\bbackward", text, re.IGNORECASE) or re.search(r"\bcount", text, re.I):
        return ""
    subject = given(text) or re.sub(r"\W*(?:backwards?|in reverse)\W*$", "", text, flags=re.IGNORECASE)
    if re.search(r"\b(?:list|order|sort)\b", text[:60], re.IGNORECASE) and "," in subject:
        return ", ".join(reversed([one.strip(" .[]") for one in subject.split(",")]))
    if re.search(r"\border of (?:the )?words\b|\bwords? order\b", text, re.IGNORECASE):
        return " ".join(reversed(subject.split()))
    word = subject if given(text) else word_meant(subject)
    return f"**{word[::-1]}**" if (word and not numbers(word)) or word.isdigit() else ""


def _started(text: str) -> str:
    """Words with a letter at their start: from the lists that are known."""
    found = re.search(
        r"\b(?:words?|names?|animals?|fruits?|countries|cities|colou?rs?)\b.*?\b(?:start\w*|begin\w*) "
        r"(?:with|by) (?:the )?(?:letter )?[\"'“]?([a-z])\b",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    from nbkit.sim.brain.plain import lists

    kinds = re.findall(r"[a-z]+(?= (?:that |which |whose names? )?(?:start|begin))", text.lower())
    rows = next((things for kind in kinds if (things := lists.of(kind))), lists.of("word"))
    hits = [one for one in rows if one.lower().startswith(found[1].lower())]
    wanted = count_wanted(text, 1 if re.search(r"\ban?\b", text) else 3)
    if len(hits) < wanted and kinds[-1:] in ([], ["word"], ["words"], ["things"], ["thing"]):
        hits += [
            one for one in lists.everything() if one.lower().startswith(found[1].lower()) and one not in hits
        ]
    return ", ".join(hits[:wanted])
