"""Sentences put in another way: more formal, more casual, passive; and sentences with a given word."""

from __future__ import annotations

import re

from nbkit.sim.brain.plain import words_talk
from nbkit.sim.brain.plain.heard import capital, given, numbers

_FORMAL = {
    "hey": "Hello,",
    "hi": "Hello,",
    "can u": "could you please",
    "can you": "could you please",
    "u": "you",
    "ur": "your",
    "r": "are",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "thx": "thank you",
    "thanks": "thank you",
    "pls": "please",
    "plz": "please",
    "yeah": "yes",
    "nope": "no",
    "asap": "as soon as possible",
    "don't": "do not",
    "can't": "cannot",
    "won't": "will not",
    "i'm": "I am",
    "it's": "it is",
    "didn't": "did not",
    "isn't": "is not",
    "we're": "we are",
    "i'll": "I will",
    "kids": "children",
    "guys": "everyone",
    "btw": "by the way",
    "fyi": "for your information",
    "a lot of": "many",
    "get": "receive",
    "buy": "purchase",
    "help": "assist",
    "ask for": "request",
    "need": "require",
    "sorry": "I apologize",
    "ok": "in order",
    "i": "I",
}
_CASUAL = {
    "hello": "hey",
    "dear": "hi",
    "could you please": "can you",
    "would you please": "can you",
    "do not": "don't",
    "cannot": "can't",
    "will not": "won't",
    "i am": "I'm",
    "it is": "it's",
    "going to": "gonna",
    "want to": "wanna",
    "thank you": "thanks",
    "yes": "yeah",
    "purchase": "buy",
    "assist": "help",
    "assistance": "help",
    "require": "need",
    "children": "kids",
    "as soon as possible": "asap",
    "i would like": "I'd like",
    "kind regards": "cheers",
    "receive": "get",
    "request": "ask for",
}
_PASSIVE = (
    r"^(?P<who>(?:(?:the|a|an|my|our|his|her|their) )?[\w' ]+?) (?P<verb>\w+) (?P<what>(?:the|a|an|my|our"
    r"|his|her|their|all the|two|three|many) [\w ]+?)(?P<rest> (?:in|on|at|yesterday|last|with|after"
    r"|before|for)\b.*)?[.!]?$"
)


def said(text: str) -> str:
    """A sentence in the form that is wanted, or ""."""
    if len(text) > 1500:
        return ""
    for rule in (_toned, _passive, _with_word, _repeated, _replaced):
        if answer := rule(text.strip()):
            return answer
    return ""


def _toned(text: str) -> str:
    found = re.search(
        r"\b(?:more |sound |less |in an? |as an? )?(formal|professional|polite|casual|informal"
        r"|friendly|friendlier)\b",
        text[:120],
        re.IGNORECASE,
    )
    source = (
        given(text)
        if found
        and re.search(
            r"\b(?:make|rewrite|rephrase|turn|say|reword|convert|put|change|sound)\b",
            text[:60],
            re.IGNORECASE,
        )
        else ""
    )
    if found is None or not source:
        return ""
    casual = found[1].lower() in ("casual", "informal") or "less formal" in text.lower()
    return toned(source, casual=casual)


def toned(source: str, *, casual: bool = False) -> str:
    """A text in formal or in casual words."""
    words = _CASUAL if casual else _FORMAL
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    put = re.sub(
        rf"(?<![\w'])(?:{pattern})(?![\w'])", lambda hit: words[hit[0].lower()], source, flags=re.IGNORECASE
    )
    parts = [capital(part.strip()) for part in re.split(r"(?<=[.!?])\s+", put.strip()) if part.strip()]
    put = re.sub(r",\s*,", ",", " ".join(parts))
    asks = not casual and re.search(r"\b(?:could|would|can|will) you\b", put)
    return put if put[-1:] in ".!?" else f"{put}{'?' if asks else '.'}"


def restyled(text: str, *, casual: bool = False) -> str:
    """A text of several lines in formal or in casual words, line by line."""
    return "\n".join(
        re.sub(r"\.$", "", toned(line, casual=casual))
        if line.strip() and line.strip()[-1] not in ".!?"
        else toned(line, casual=casual)
        if line.strip()
        else ""
        for line in text.split("\n")
    )


def _passive(text: str) -> str:
    if not re.search(r"\bpassive\b", text[:120], re.IGNORECASE):
        return ""
    found = re.match(_PASSIVE, given(text).strip(), re.IGNORECASE)
    if found is None:
        return ""
    verb = found["verb"].lower()
    many = bool(re.search(r"\b(?:two|three|many|all)\b", found["what"])) or (
        found["what"].endswith("s") and not found["what"].endswith("ss")
    )
    base = words_talk.base(verb)
    now = verb in (base, f"{base}s", f"{base}es")
    be = ("are" if many else "is") if now else ("were" if many else "was")
    who = (
        found["who"][0].lower() + found["who"][1:]
        if re.match(r"(?:The|A|An|My|Our|His|Her|Their)\b", found["who"])
        else found["who"]
    )
    who = {"he": "him", "she": "her", "i": "me", "we": "us", "they": "them"}.get(who.lower(), who)
    return f"{capital(found['what'])} {be} {words_talk.past(base)[1]} by {who}{found['rest'] or ''}."


def _with_word(text: str) -> str:
    found = re.search(
        r"\b(?:use|put) (?:the word )?[\"'“]?([\w-]+)[\"'”]? in (?:a|one) sentence\b|\bsentences? "
        r"(?:with|using|containing|that (?:uses?|contains?|includes?)) (?:the word )?[\"'“]?"
        r"([\w-]+)[\"'”]?\W*$",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    word = found[1] or found[2]
    return (
        f"She wrote the word “{word}” on the board, and everybody in the room thought of something different."
    )


def _repeated(text: str) -> str:
    found = re.match(
        r"(?:please )?(?:write|say|repeat|print|output|type)(?: out)?(?: the words?)? [\"'“]?"
        r"(.+?)[\"'”]? (\w+) times\b(.*)",
        text,
        re.IGNORECASE,
    )
    count = numbers(found[2]) if found else []
    if found is None or not count or not 0 < count[0] <= 100:
        return ""
    between = "\n" if "line" in found[3] else ", " if "comma" in found[3] else " "
    return between.join([found[1]] * int(count[0]))


def _replaced(text: str) -> str:
    if re.search(
        r"\bremove (?:the |all )?duplicates?\b|\bunique (?:items|values|words)\b|\bdeduplicate\b",
        text,
        re.IGNORECASE,
    ):
        items = re.split(r",\s*|\s+and\s+", given(text).strip("[]. "))
        return ", ".join(dict.fromkeys(items)) if len(items) > 1 else ""
    if re.search(r"\balphabetical(?:ly)?\b", text, re.IGNORECASE) and (source := given(text)):
        items = re.split(r",\s*", source.strip(" .")) if "," in source else source.strip(" .").split()
        return (
            ", ".join(sorted(items, key=str.lower, reverse="reverse" in text.lower()))
            if 1 < len(items) < 50
            else ""
        )
    found = re.search(
        r"\breplace (?:all |every |the word )?[\"'“]?([\w-]+)[\"'”]? (?:with|by) [\"'“]?"
        r"([\w-]+)[\"'”]? in:? (.+)",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if found:
        return re.sub(rf"\b{re.escape(found[1])}\b", found[2], found[3].strip("\"'“” "))
    found = re.search(
        r"\bremove (?:all )?(?:the )?(vowels|spaces|punctuation|numbers|digits)\b.*?(?:from|in):? "
        r"(?:the (?:word|text|sentence):? )?(.+)",
        text,
        re.IGNORECASE | re.DOTALL,
    )
    if found is None:
        return ""
    marks = {"vowels": "[aeiouAEIOU]", "spaces": r"\s", "punctuation": r"[^\w\s]"}.get(
        found[1].lower(), r"\d"
    )
    return re.sub(marks, "", found[2].strip("\"'“”"))
