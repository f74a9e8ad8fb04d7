"""What a system prompt or a question wishes of the form of an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from nbkit.sim.brain import tongues
from nbkit.sim.brain.wordlists import table

_ONE_WORD = re.compile(
    r"\b(?:in|with|using|use|only|just|exactly)\s+(?:exactly |only |just )?(?:one|a single|1)[ -]word\b"
    r"|\b(?:one|single)[ -]word (?:only|answers?|repl(?:y|ies)|responses?)\b",
    re.IGNORECASE,
)
_FEW_WORDS = re.compile(
    r"\b(?:at most|no more than|more than|fewer than|less than|under|up to|maximum(?: of)?|max|within|in)\s+"
    r"(\d{1,3}|[a-z]+) words\b",
    re.IGNORECASE,
)
_JSON = re.compile(
    r"\b(?:only|just|valid|raw|pure|strict)\b[^.\n]{0,24}\bJSON\b|\bJSON\b[^.\n]{0,12}\bonly\b"
    r"|\b(?:respond|reply|answer|output|return|responses?|answers?)\b[^.\n]{0,30}\b(?:in|with|as|be)\s+"
    r"(?:an? )?(?:valid |raw )?JSON\b",
    re.IGNORECASE,
)
_KEYS = re.compile(r"\b(?:keys?|fields?|properties)\b:?\s+([^.\n]+)", re.IGNORECASE)
_BULLETS = re.compile(
    r"\b(?:use|in|as|with) (?:only )?(?:bullets?|bullet points?|a bulleted list)\b", re.IGNORECASE
)
_ONE_SENTENCE = re.compile(r"\b(?:one|single) sentence\b|\bvery brief|\bas short as possible", re.IGNORECASE)
_NO_MARKS = re.compile(
    r"\b(?:no|without|don't use|do not use|never use) markdown\b|\bplain text\b", re.IGNORECASE
)
_UPPER = re.compile(r"\b(?:all caps|upper-?case|capital letters)\b", re.IGNORECASE)
_LOWER = re.compile(r"\b(?:all|only|in) lower-?case\b", re.IGNORECASE)


_START = r"(?:start|begin|open|prefix|prepend|precede)\w*"
_END = r"(?:end|finish|close|sign off|sign|append|conclude)\w*"


@dataclass(frozen=True, slots=True)
class Wishes:
    """The form that is wanted; what is empty, false or 0 is not wished for."""

    language: str = ""
    one_word: bool = False
    most_words: int = 0
    one_sentence: bool = False
    json: bool = False
    keys: tuple[str, ...] = ()
    bullets: bool = False
    without_marks: bool = False
    upper: bool = False
    lower: bool = False
    first: str = ""
    last: str = ""

    @property
    def bare(self) -> bool:
        """Whether nothing but the answer is wanted: no word before a call."""
        return self.one_word or self.json or bool(self.language)


@lru_cache(64)  # the system prompt comes again with every request of a conversation
def of_system(text: str) -> Wishes:
    """Read what a system prompt wishes."""
    if not text:
        return Wishes()
    most = _FEW_WORDS.search(text)
    is_json = bool(_JSON.search(text))
    return Wishes(
        tongues.wanted(text),
        bool(_ONE_WORD.search(text)),
        _number(most[1]) if most else 0,
        bool(_ONE_SENTENCE.search(text)),
        is_json,
        _keys(text) if is_json else (),
        bool(_BULLETS.search(text)),
        bool(_NO_MARKS.search(text)),
        bool(_UPPER.search(text)),
        bool(_LOWER.search(text)),
        _wanted(text, _START),
        _wanted(text, _END),
    )


def of(system: str, question: str) -> Wishes:
    """Read what a system prompt wishes, and a question that says how it is to be answered."""
    if _ONE_WORD.search(question) or _JSON.search(question):
        return of_system(f"{system}\n{question}")
    return of_system(system)


def _number(word: str) -> int:
    numbers: dict[str, float] = table("numbers")
    return int(word) if word.isdigit() else int(numbers.get(word.lower(), 0))


def _keys(text: str) -> tuple[str, ...]:
    sample = re.findall(r"[\"'](\w+)[\"']\s*:", text)
    listed = _KEYS.search(text)
    found = sample or (re.findall(r"\b(?!and\b|or\b|the\b|only\b)[A-Za-z_]\w*", listed[1]) if listed else [])
    return tuple(dict.fromkeys(found))


def _wanted(system: str, verb: str) -> str:
    found = re.search(
        rf"\b{verb}\b(?: \w+){{0,4}}? (?:with|by)(?: the)?"
        rf"(?: (?:exact )?(?:words?|phrase|text|tag|emoji|letters|line|prefix|sentence|string)\b)?:? *",
        system,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    rest = system[found.end() :]
    quoted = re.match(r"(?:\w+ ){0,3}?[\"“'‘]([^\"”’\n]+?)[\"”'’](?!\w)", rest)
    if quoted:
        return quoted[1]
    if re.match(r"an? (?:\w+ )?greeting\b", rest, re.IGNORECASE):
        return "Hello!"
    token = re.match(
        r"\[[^\]\n]+\]:?|(?!an? |your |the |it|that |all |no )\S[^\n.;,]{0,40}?(?:!+|:|(?=[.;,\n]| and |$))",
        rest,
    )
    return token[0].strip() if token else ""
