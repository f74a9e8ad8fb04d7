"""Phrases cut out of what a person says: the topic, a message to pass on, the value that follows a label."""

from __future__ import annotations

import re

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.wordlists import group, word_set

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
_ARTICLE = re.compile(r"^(?:the|a|an|any|some|about)\s+", re.IGNORECASE)
_TAIL = re.compile(r"[\s?!.,;:]+$")

_SAYING = r"\b(?:saying"
_PASSED_ON = (
    _SAYING + r"|that says|which says|reading|telling (?:him|her|them|everyone)(?: that)?|with the (?:text"
    r"|message|body|content)|"
    r"with (?:text|message|body|content)|to say(?: that)?|to tell \w+(?: that)?)\b:?\s+(.+)",
    r"\bremind (?:me|us|him|her|them) (?:to|about|that|of)\s+(.+)",
    r"\b(?:note|remember|remark) that\s+(.+)",
    r"\b(?:about|regarding|concerning)\s+(.+)",
    r":\s+(\S.+)$",
    r"\b(?:task|todo|to-do|reminder|note|issue|ticket|bug)\b(?: to| about| for| that|:)\s+(.+)",
    r"\b(?:add|put|append|write)\s+(.+?)\s+(?:to|on|in|into|onto) (?:my|the|our|a)\b",
)
_NAMED = r"\b(?:called|named|titled|entitled|(?:with|under|by) the (?:name|title)(?: of)?)\s+(.+)"
_ENDS = re.compile(
    r"\s+(?:with|at|on|in|for|from|to|by|and|using|due|starting|before|after|as|where|which"
    r"|that)\b.*$|[,.;?!].*$",
    re.IGNORECASE,
)


def topic(text: str) -> str:
    """What a question is about: courtesies, question words and the final mark taken off."""
    first = re.split(r"\n\n|(?<=[?!])\s+(?=[A-Z])|(?<=[a-z]{2}\.)\s+(?=[A-Z])", text.strip())[0].strip()
    short = _COURTESY.sub("", first)
    short = _ASKING.sub("", short, count=1)
    short = _TAIL.sub("", _ARTICLE.sub("", short))
    return short or _TAIL.sub("", first) or text.strip()


def passed_on(text: str) -> tuple[str, int, int] | None:
    """The words that a person wants written or sent: "saying …", "remind me to …", after a colon."""
    for pattern in _PASSED_ON:
        if found := re.search(pattern, text, re.IGNORECASE | re.DOTALL):
            phrase = _TAIL.sub("", found[1]) if "\n" not in found[1] else found[1].strip()
            if not pattern.startswith(_SAYING):
                phrase = _without_when(phrase)
            if phrase:
                return phrase, found.start(1), found.start(1) + len(phrase)
    return None


def named(text: str) -> tuple[str, int, int] | None:
    """What follows "called", "named", "titled"."""
    found = re.search(_NAMED, text, re.IGNORECASE)
    if found is None:
        return None
    phrase = found[1].strip("\"'“”") if found[1][:1] in "\"'“" else _ENDS.sub("", found[1])
    return phrase, found.start(1), found.start(1) + len(phrase)


def labelled(text: str, name: str) -> tuple[str, int, int] | None:
    """The value after a label: "priority high", "limit is 5", "city: Paris"; None without the label."""
    spoken = lexicon.humanize(name).lower()
    words = r"[\s_-]*".join(re.escape(word) for word in spoken.split())
    weak = spoken in lexicon.STOP or len(spoken) < 3 or spoken in _WEAK_LABELS
    link = (
        r"\s*(?:=|:|\bis\b|\bequals?\b|\bset to\b)\s*"
        if weak
        else (
            r"(?:\s*[=:]\s*|\s+(?:is|are|of|to|as|set to|should be|equal to|reading|named|called)\s+"
            r"|\s+)(?:the\s+)?"
        )
    )
    found = re.search(rf"(?<![\w-]){words}{link}(?=\S)", text, re.IGNORECASE)
    if found is None:
        return None
    rest = text[found.end() :]
    quoted = re.match(r"[\"“'`]([^\"”'`]+)[\"”'`]", rest)
    if quoted:
        return quoted[1], found.end(), found.end() + quoted.end()
    phrase = _ENDS.sub("", rest.split("\n")[0]).strip()
    if not phrase or (phrase.split()[0].lower() in lexicon.STOP | lexicon.OPENERS and not weak):
        return None
    return phrase, found.end(), found.end() + len(phrase)


def before_label(text: str, name: str) -> tuple[str, int, int] | None:
    """The word before a label: the "checkout" of "the checkout deployment"."""
    words = r"[\s_-]*".join(re.escape(word) for word in lexicon.humanize(name).lower().split())
    found = re.search(rf"\b(?:the|my|our|a|an) ([\w-]+) {words}\b(?! (?:named|called))", text, re.IGNORECASE)
    if (
        found is None
        or found[1].lower() in lexicon.STOP | lexicon.VERBS
        or lexicon.alike(found[1].lower(), name)
    ):
        return None
    return (found[1], found.start(1), found.end(1)) if found[1].lower() not in _ADJECTIVES else None


def counted(text: str) -> tuple[str, int, int] | None:
    """The thing that is counted: "2 large pizzas" gives the pizzas."""
    found = re.search(
        r"\b(?:\d+|a|an|one|two|three|four|five|six|seven|eight|nine|ten|dozen)\s+(?:x\s+)?"
        r"([a-z][\w'-]*(?:\s+(?!(?:to|and|or|for|in|on|at|with|from|of|into|by|per)\b)[\w'-]+){0,3})",
        text,
        re.IGNORECASE,
    )
    return (found[1], found.start(1), found.end(1)) if found else None


def listed(phrase: str) -> list[str]:
    """Split an enumeration into its items."""
    parts = re.split(r"\s*(?:,\s*(?:and|or)\s+|,|;|\s+and\s+|\s+or\s+|\s+&\s+|\n+[-*]?)\s*", phrase.strip())
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
