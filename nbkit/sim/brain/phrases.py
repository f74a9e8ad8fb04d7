"""Phrases cut out of what a person says: the topic, a message to pass on, the value that follows a label."""

from __future__ import annotations

import re
from functools import cache

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.wordlists import group, table, word_set

_COURTESY = re.compile(
    r"^(?:(?:please|hey|hi|hello|so|ok|okay|now|then|and|also|use|using)\b[\s,!]*|"
    r"(?:can|could|would|will) you(?: please)?\s+|i(?:'d| would) (?:like|love) (?:you )?(?:to\s+)?|"
    r"i (?:want|need) (?:you )?(?:to\s+)?|help me(?: to)?\s+|let(?:'s| us)\s+|go ahead and\s+)+",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"^(?:search|look|google|query|find|get|fetch|retrieve|check)(?: me)?(?: up| out)?(?: (?:the"
    r"|our|my) (?:\w+ )?"
    r"(?:web|internet|wiki|docs|documentation|knowledge base|database|files?|index"
    r"|catalog(?:ue)?))?(?: for| about| on)?\s+|"
    r"^(?:tell|show|give|send) me(?: something)?(?: about)?\s+|^(?:explain|describe|define"
    r"|summari[sz]e|discuss)\s+|"
    r"^what do (?:you|we) know about\s+|"
    r"^(?:what|who|where|when|which|how|why)(?:'s|\s+(?:is|are|was|were|do|does|did|can|should"
    r"|would))?(?: i| you| we)?\s+|"
    r"^(?:is|are|do|does|did|can|could|should|will|would|has|have)\s+(?:there\s+|it\s+|i\s+|we\s+)?",
    re.IGNORECASE,
)
_MEANS = re.compile(r"\s+(?:mean|stand for|look like|cost|do|say|refer to)\W*$", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|a|an|any|some|about)\s+", re.IGNORECASE)
_TAIL = re.compile(r"[\s?!.,;:]+$")

_SAYING = r"\b(?:saying"
_PASSED_ON = (
    _SAYING
    + r"|that says|which says|reading|telling (?:him|her|them|everyone)(?: that)?"
    + r"|(?:with|containing) (?:just |only )?(?:the |this |a )?"
    + r"(?:words?|lines?|text|message|body|contents?|phrase)"
    + r"|that (?:contains|reads)|containing|to say(?: that)?|to tell \w+(?: that)?)\b:?\s+(.+)",
    r"\b(?:tell|text|inform|message|notify|write|email|comment|reply|respond|announce|mention|post|say)\s+"
    r"(?:\S+\s+){1,5}?that\s+(.+)",
    r"\bremind (?:me|us|him|her|them) (?:to|about|that|of)\s+(.+)",
    r"\b(?:note|remember|remark) that\s+(.+)",
    r"\b(?:about|regarding|concerning)\s+(.+)",
    r":\s+(\S.+)$",
    r"\b(?:task|todo|to-do|reminder|note|issue|ticket|bug)\b(?: to| about| for| that|:)\s+(.+)",
    r"\b(?:add|put|append|write)\s+(.+?)\s+(?:to|on|in|into|onto) (?:my|the|our|a)\b",
)
_EXCHANGED = re.compile(
    r"\b(?:replace|change|rename|swap|substitute|turn)\s+(?:(?:all|every|each|the)\s+)?"
    r"(?:(?:occurrences?|word|text|line|string|name) (?:of )?)?"
    r"(?P<old>[\"“'`].+?[\"”'`]|\S+(?:\s\S+){0,3}?)\s+(?:with|by|to|into|for)\s+"
    r"(?:the (?:word|text|line|string)\s+)?"
    r"(?P<new>[\"“'`].+?[\"”'`]|\S+(?:\s\S+){0,3}?)(?=\s+(?:in|inside|within|on|of|everywhere)\b|[.,;!?]?(?:\s|$))",
    re.IGNORECASE,
)
_NAMED = r"\b(?:called|named|titled|entitled|(?:with|under|by) the (?:name|title)(?: of)?)\s+(.+)"
_ENDS = re.compile(
    r"\s+(?:[a-z]{3,}ing (?:to|at|from|on|with|in|for)|with|at|on|in|for|from|to|by|and"
    r"|using|due|starting|before|after|as|where|which"
    r"|that|since|until|while|if|because|but|then|via|per|please|is|are|should|will)\b.*$|[,;?!].*$"
    r"|\.(?:\s.*)?$",
    re.IGNORECASE,
)
_BY_OR_TO = re.compile(
    r"\b([a-z]+)\s+(?:it |this |that |them |one )?(?:to|by|with|as)\s+(?=\S)", re.IGNORECASE
)
_IDENTIFIER = re.compile(r"(?=\S*[\d_/@#.-]\S)(?=\S*[A-Za-z])[\w#@/~][\w./@#:+-]*")
_CAPITALS = re.compile(
    r"[A-Z][\w'’&.-]*\w(?:\s+(?:(?:of|de|da|la|von|van|the|&)\s+)?[A-Z][\w'’&-]*"
    r"|\s+\d{1,6}(?=\s*(?:[.,;?!]|$)))*|[A-Z]\b"
)
_NO_VALUES = lexicon.STOP | lexicon.OPENERS


def trimmed(text: str, spans: list[tuple[int, int]]) -> str:
    """A phrase up to where another value begins, without the words that lead to that one."""
    cuts = [start for start, end in spans if start > 3]
    if any(start <= 0 < end <= 8 for start, end in spans) and not cuts and re.match(r"\d+ [A-Z]", text):
        return text.partition(" ")[2]
    kept = text[: min(cuts)] if cuts else text
    words = kept.split()
    while kept != text and len(words) > 1 and words[-1].lower().strip(",;:") in _LEADS_ON:
        words = words[:-1]
    return " ".join(words).strip(" ,;:")


_LEADS_ON = lexicon.STOP | word_set(
    "since between under above within without via assigned published written dated before after until"
    " starting class year page limit max per branch named called labelled tagged than over up top"
)


def without_courtesy(text: str) -> str:
    """A wish without the words that make it polite."""
    return _COURTESY.sub("", text.strip())


def opening_verb(text: str) -> int:
    """Where the verb of an order stands, or would stand."""
    return len(text) - len(without_courtesy(text))


def topic(text: str) -> str:
    """What a question is about: courtesies, question words and the final mark taken off."""
    first = re.split(r"\n\n|(?<=[?!])\s+(?=[A-Z])|(?<=[a-z]{2}\.)\s+(?=[A-Z])", text.strip())[0].strip()
    short = _COURTESY.sub("", first)
    asks_what = re.match(r"what (?:do|does|did)\b", short, re.IGNORECASE)
    short = _ASKING.sub("", short, count=1)
    short = _MEANS.sub("", short) if asks_what else short
    short = _TAIL.sub("", _ARTICLE.sub("", short))
    return short or _TAIL.sub("", first) or text.strip()


def passed_on(text: str) -> tuple[str, int, int] | None:
    """The words that a person wants written or sent: "saying …", "remind me to …", after a colon."""
    for pattern in _PASSED_ON:
        if found := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            phrase = _TAIL.sub("", found[1]) if "\n" not in found[1] else found[1].strip()
            if pattern.startswith(":"):
                phrase = found[1].strip().removesuffix(".")
            if not pattern.startswith(_SAYING):
                phrase = _without_when(phrase)
            if phrase:
                return phrase, found.start(1), found.start(1) + len(phrase)
    return None


def said_in(text: str) -> tuple[str, int, int] | None:
    """The words that a translation is asked of: "how do you say good night in Japanese"."""
    found = re.search(
        r"\b(?:say|translate|pronounce|spell|traduce|übersetze|traduis)\s+"
        r"(?:the (?:word|phrase|sentence)s?\s+)?"
        r"(.+?)\s+(?:in|into|to|al?|en|ins?|auf)\s+(?:the\s+)?[A-Z]",
        text,
    )
    return (found[1], found.start(1), found.end(1)) if found else None


def odd(text: str) -> tuple[str, int, int] | None:
    """A long token that is no word, with what follows it in its clause: a notation, a hash, a key."""
    found = re.search(r"(?<!\S)(?=\S*\d)(?=\S*[^\w\s])\S{12,}(?:\s[^?!,;\n]*)?", text)
    return (found[0].strip(), found.start(), found.start() + len(found[0].strip())) if found else None


def role(text: str) -> tuple[str, int, int] | None:
    """What follows "as a": a position, a part."""
    found = re.search(r"\bas (?:an? )?([a-z][a-z-]+(?: [a-z-]+){0,3})", text)
    if found is None or found[1].split()[0] in lexicon.STOP:
        return None
    phrase = _ENDS.sub("", found[1])
    return phrase, found.start(1), found.start(1) + len(phrase)


def acted_on(text: str, dull: frozenset[str] = frozenset()) -> tuple[str, int, int] | None:
    """What an order is about: the "nginx" of "Restart nginx on web03", the "kitchen light" of "Turn on the
    kitchen light"; words that are `dull` do not end it.
    """
    bare = without_courtesy(text)
    found = _ACTED_ON.match(bare)
    if found is None or found[1].lower() not in lexicon.VERBS or found[2].split()[0] in lexicon.STOP:
        return None
    words = found[2].split()
    while len(words) > 1 and (words[-1] in dull or words[-1] in lexicon.STOP):
        words.pop()
    phrase = " ".join(words)
    start = len(text) - len(bare) + found.start(2)
    return phrase, start, start + len(phrase)


_ACTED_ON = re.compile(
    r"([A-Za-z]+)\s+(?:up\s+|off\s+|on\s+|down\s+)?(?:the\s+|my\s+|our\s+|an?\s+)?"
    r"([a-z][\w-]*(?: (?!(?:in|on|off|at|to|for|from|of|with|by|as|into|and|or|that|which|is|are|via|named"
    r"|called|under|until|because)\b)[a-z][\w-]*){0,2})(?=[\s,;!?]|\.(?:\s|$)|$)"
)


def exchanged(text: str, side: str) -> tuple[str, int, int] | None:
    """One side of "replace A with B": A is the `from` side, B the `to` side."""
    found = _EXCHANGED.search(text)
    if found is None:
        return None
    group = "old" if side == "from" else "new"
    start, end = found.span(group)
    if found[group][0] in "\"“'`":
        start, end = start + 1, end - 1
    return text[start:end], start, end


def named(text: str) -> tuple[str, int, int] | None:
    """What follows "called", "named", "titled"."""
    found = re.search(_NAMED, text, re.IGNORECASE)
    if found is None:
        return None
    quoted = re.match(r"[\"“'‘`](.+?)[\"”'’`](?!\w)", found[1])
    phrase = quoted[1] if quoted else _ENDS.sub("", found[1])
    return phrase, found.start(1), found.start(1) + len(phrase)


def labelled(text: str, name: str, *, long: bool = False) -> tuple[str, int, int] | None:
    """The value after a label: "priority high", "limit is 5", "city: Paris"; None without the label.

    A `long` value, a text or a title, goes on to the end of its clause; another one ends with its own kind of
    word: an identifier, a run of capitals, or plain words up to the next preposition.
    """
    spoken = lexicon.humanize(name).lower()
    weak = spoken in lexicon.STOP or len(spoken) < 3 or spoken in _WEAK_LABELS
    found = _label(spoken, weak).search(text)
    if found is None and not weak and spoken.endswith((" id", " name", " code", " number", " key", " no")):
        found = _label(spoken.rpartition(" ")[0], False).search(text)
    if found is None and " " in spoken and long:  # the "card" of a card message, before its words in quotes
        found = re.search(
            rf"\b{re.escape(spoken.split()[0])}\b(?: that)?(?: says| reads| saying)?:?\s+(?=[\"“])",
            text,
            re.I,
        )
    if found is None and not weak and " " not in spoken:
        found = _verbal(text, spoken)
    if found is None:
        return None
    value = value_at(text, found.end(), long=long, whole=found[0].rstrip()[-1] in ":=")
    if value is None or (value[0].split()[0] in _NO_VALUES and not weak):
        return None
    return value


@cache
def _label(spoken: str, weak: bool) -> re.Pattern[str]:
    words = r"[\s_-]*".join(re.escape(word) for word in spoken.split())
    words += r"(?:l?ed)?" if len(spoken) > 4 else ""
    link = (
        r"(?:\s*(?:=|:|\bis\b|\bequals?\b|\bset to\b)\s*|(?-i:\s+(?=[A-Z\d\"“`'])))"
        if weak
        else (
            r"(?:\s*[=:]\s*|\s+(?:is|are|of|to|as|set to|should be|equal to|reading|named|called)\s+"
            r"|\s+)(?:the\s+)?"
        )
    )
    return re.compile(rf"(?<![\w-]){words}{link}(?=\S)", re.IGNORECASE)


def _verbal(text: str, spoken: str) -> re.Match[str] | None:
    """A verb that means the label: "assign it to" for an assignee, "written by" for a writer."""
    stem = lexicon.stem(spoken)
    for hit in _BY_OR_TO.finditer(text):
        if len(hit[1]) > 4 and lexicon.alike(lexicon.stem(hit[1]), stem):
            return hit
    return None


def introduced(text: str, name: str) -> tuple[str, int, int] | None:
    """What follows other words that lead to a value: "because of" to a reason."""
    leads = _INTRODUCES.get(name)
    found = re.search(rf"\b(?:{leads})\s+(?=[^\W\d])", text, re.IGNORECASE) if leads else None
    return value_at(text, found.end(), long=True, whole=True) if found else None


_INTRODUCES: dict[str, str] = {
    word: leads for word, leads in table("labels").items() if word in ("reason", "cause", "purpose", "note")
}


def value_at(
    text: str, start: int, *, long: bool = False, whole: bool = False
) -> tuple[str, int, int] | None:
    """The value that begins at a place of a text, with its own place."""
    line = text[start:].split("\n", 1)[0]
    if quoted := re.match(r"[\"“'`]([^\"”'`]+)[\"”'`]", line):
        return quoted[1], start, start + quoted.end()
    if long:
        phrase = _LONG_END.split(line, maxsplit=1)[0].strip()
        phrase = phrase if whole or len(phrase.split()) > 3 else _ENDS.sub("", phrase).strip()
    elif token := _IDENTIFIER.match(line):
        phrase = token[0].rstrip(".,;:!?")
    elif run := _CAPITALS.match(line):
        phrase = run[0]
    else:
        phrase = re.split(r"(?<=[a-z])\s+(?=\d)", _ENDS.sub("", line).strip(), maxsplit=1)[0].strip()
    return (phrase, start, start + len(phrase)) if phrase else None


_LONG_END = re.compile(
    r"[;?!]|\.(?=\s|$)|,\s+(?=[a-z]+ (?:is|=|:|[A-Z0-9\"]))"
    r"|,?\s+(?:saying|that says|telling (?:him|her|them)|(?:and|with) (?:the |a )?"
    r"(?:text|body|message|content|subject)\b)"
)


@cache
def _before(spoken: str) -> re.Pattern[str]:
    words = r"[\s_-]*".join(re.escape(word) for word in spoken.split())
    return re.compile(
        rf"\b(?:the|my|our|a|an) ((?:[a-z][\w-]* )?[\w-]+) {words}\b(?! (?:named|called))", re.IGNORECASE
    )


def before_label(text: str, name: str) -> tuple[str, int, int] | None:
    """The word before a label: the "checkout" of "the checkout deployment"."""
    spoken = re.sub(r"(?<=\w) (?:name|id)$", "", lexicon.humanize(name).lower())
    if not spoken or spoken.split()[-1] not in text.lower():
        return None
    found = _before(spoken).search(text)
    if (
        found is None
        or found[1].lower().split()[-1] in lexicon.STOP | lexicon.VERBS
        or lexicon.alike(found[1].lower(), name)
    ):
        return None
    first, _, rest = found[1].rpartition(" ")
    start = found.start(1)
    if first and (first.lower() in lexicon.STOP | _ADJECTIVES):
        start, first = found.end(1) - len(rest), ""
    phrase = text[start : found.end(1)]
    return (phrase, start, found.end(1)) if phrase.lower() not in _ADJECTIVES else None


def counted(text: str) -> tuple[str, int, int] | None:
    """The thing that is counted: "2 large pizzas" gives the pizzas."""
    found = re.search(
        r"\b(?:\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|dozen)\s+(?:x\s+)?"
        r"(?:(?:g|kg|mg|ml|l|cl|oz|lbs?|cups?|grams?|liters?|litres?|pounds?)\s+(?:of\s+)?)?"
        r"([a-z][\w'-]*(?:\s+(?!(?:to|and|or|for|in|on|at|with|from|of|into|by|per)\b)[\w'-]+){0,3})",
        text,
        re.IGNORECASE,
    )
    return (found[1], found.start(1), found.end(1)) if found else None


def listed(phrase: str) -> list[str]:
    """Split an enumeration into its items."""
    parts = re.split(
        r"\s*(?:,\s*(?:and|or)\s+|,|;|\s+(?:and|or|&|et|y|und|oder)\s+|\n+[-*]?)\s*", phrase.strip()
    )
    return [part.strip(" \"'“”.?!") for part in parts if part.strip(" \"'“”.?!")]


_ADJECTIVES = group("adjectives")
_WEAK_LABELS = word_set(
    "name text title message type value time date number user id query city location data"
)


def _without_when(phrase: str) -> str:
    """A reminder's text does not hold its own date."""
    before = ""
    while phrase != before:
        before = phrase
        phrase = (
            re.sub(
                r"\s+(?:(?:on|at|by|in)\s+)?(?:today|tomorrow|tonight|next \w+|at \d[\d:.]*(?: ?[ap]m)?"
                r"|at noon|on \w+day|with (?:high|low|medium) priority)$",
                "",
                phrase,
                flags=re.IGNORECASE,
            ).strip()
            or phrase
        )
    return phrase
