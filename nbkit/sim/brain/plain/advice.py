"""Questions without one answer: opinions, choices, what to eat or read; and riddles and quotes to share."""

from __future__ import annotations

import hashlib
import re

from nbkit.sim.brain.plain import lists
from nbkit.sim.brain.plain.heard import bare

_RIDDLES = (
    ("What has keys but opens no lock?", "A piano."),
    ("What gets wetter the more it dries?", "A towel."),
    ("What has hands but cannot clap?", "A clock."),
    ("What goes up but never comes down?", "Your age."),
    ("What has a neck but no head?", "A bottle."),
    ("What has cities but no houses?", "A map."),
)
_QUOTES = (
    ("The unexamined life is not worth living.", "Socrates, as Plato tells it"),
    ("If I have seen further, it is by standing on the shoulders of giants.", "Isaac Newton"),
    ("To be, or not to be, that is the question.", "William Shakespeare, Hamlet"),
    ("I think, therefore I am.", "René Descartes"),
    ("The only thing we have to fear is fear itself.", "Franklin D. Roosevelt"),
)
_WISHES = {
    "eat|cook|have for dinner|for dinner|for lunch": "dinner",
    "this weekend|on the weekend": "weekend",
    "gift|present|give (?:him|her|them|my)": "gift",
}


def said(text: str) -> str:
    """Something helpful to a question that has no one answer, or ""."""
    if len(text) > 300:
        return ""
    for rule in (_shared, _suggested, _offered, _weighed):
        if answer := rule(text.strip()):
            return answer
    return ""


def _pick(text: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(text.lower().encode()).digest()[:4]) % count


def _shared(text: str) -> str:
    if not re.match(
        r"(?:please |can you |could you )?(?:tell|give|share|say|ask|teach|show|surprise|do you know"
        r"|what(?:'s| is)|inspire|motivate|i want|another)\b",
        text,
        re.IGNORECASE,
    ):
        return ""
    if re.search(r"\briddle\b|\bbrain ?teaser\b", text, re.IGNORECASE):
        question, answer = _RIDDLES[_pick(text, len(_RIDDLES))]
        return f"{question}\n\n(Answer: {answer})"
    if re.search(r"\bquote\b|\bquotation\b|\bsaying\b|\binspire me|\bmotivate me", text, re.IGNORECASE):
        words, author = _QUOTES[_pick(text, len(_QUOTES))]
        return f"“{words}” — {author}"
    if re.search(
        r"\b(?:something|anything)(?: interesting| new| fun| cool| random)?\W*$|\bsurprise me",
        text,
        re.IGNORECASE,
    ):
        facts = lists.of("fact")
        return facts[_pick(text, len(facts))]
    return ""


def _suggested(text: str) -> str:
    if not re.search(
        r"\bwhat (?:should|can|could|shall|do) (?:i|we|you)\b|\bany (?:ideas|suggestions)\b"
        r"|\brecommend\b|\bsuggest\b",
        text,
        re.IGNORECASE,
    ):
        return ""
    for pattern, topic in _WISHES.items():
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return "Some ideas:\n\n" + "\n".join(f"- {one}" for one in lists.ideas(topic)[:4])
    found = re.search(r"\b(read|watch|play)\b", text, re.IGNORECASE)
    kind = {"read": "book", "watch": "movie", "play": "board game"}.get(found[1].lower(), "") if found else ""
    return "Some ideas:\n\n" + "\n".join(f"- {one}" for one in lists.of(kind)[:4]) if kind else ""


def _offered(text: str) -> str:
    if found := re.match(
        r"(?:please |hey,? |hi,? )*(?:can|could|will|would) you (?:please )?help(?: me)?(?: with| "
        r"to)? (.+?)\W*$|i need (?:some )?help (?:with|on) (.+?)\W*$",
        text,
        re.IGNORECASE,
    ):
        what = re.sub(r"\bmy\b", "your", found[1] or found[2])
        return (
            f"Gladly. Show me what you have of {what}, and tell me where you are stuck."
            if not re.match(r"(?:write|find|fix|solve|understand|plan)\b", what)
            else f"Gladly. Tell me more: to {what}, what do you have so far?"
        )
    if re.match(r"(?:can|may|could) i ask (?:you )?(?:a|something|some)\b", text, re.IGNORECASE):
        return "Of course. What would you like to know?"
    if re.match(
        r"tell me about (?:yourself|you)\b|introduce yourself|describe yourself", text, re.IGNORECASE
    ):
        return (
            "I am a small language model: I answer from what you write here, from a little that I know "
            "by heart, and from the results of the tools you give me."
        )
    if found := re.match(
        r"(?:hi|hello|hey)\b[,! ]*(?:there[,! ]*)?(?:my name is|i'?m|i am|this is) ([A-Z][\w'-]*)\W*$",
        text,
        re.IGNORECASE,
    ):
        return f"Nice to meet you, **{found[1]}**! What can I do for you?"
    return ""


def _weighed(text: str) -> str:
    """An opinion is not pretended; what to weigh is said."""
    found = re.match(
        r"what do you think (?:about|of) (.+?)\W*$|what(?:'s| is) your opinion (?:on|about|of) "
        r"(.+?)\W*$|is it (?:ethical|right|wrong|good|bad|okay|ok|moral|better|worth it|worth) to "
        r"(.+?)\W*$|should (?:i|we|people) (.+?)\W*$|is (.+?) (?:good or bad|worth it|a good "
        r"idea)\W*$",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    about = next(one for one in found.groups() if one)
    if choice := re.match(r"(.+?) or (.+)", about):
        one, other = bare(choice[1]), bare(choice[2])
        return (
            f"That depends on what matters most to you. Think of cost, time and how easily you can "
            f"change your mind later, once for “{one}” and once for “{other}”. If one wins on two of the "
            f"three, take it."
        )
    return (
        f"I have no opinion of my own on “{bare(about)}”, but good questions are: who gains by it, who "
        f"pays for it, and what happens without it? Tell me which side you want to see, and I'll give "
        f"you reasons for it."
    )
