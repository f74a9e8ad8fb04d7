"""Plain talk without tools: greetings, arithmetic, what was said before, and an honest word where a small
model knows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nbkit.sim.brain import arithmetic, lexicon, lore, manners, places, scene, verses
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.scene import Scene

_GREETING = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|afternoon|evening)|greetings|howdy)\b[\s!,.]*(?:there"
    r"|claude|everyone)?[\s!.?]*(?:how are you(?: today| doing)?)?[\s!.?]*$"
    r"|^how are you(?: today| doing)?[\s!.?]*$",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"^(?:thanks?(?: you)?|thank you|great|perfect|cool|nice|awesome|ok(?:ay)?|got it)\b[^?]{0,40}$",
    re.IGNORECASE,
)
_WHO = re.compile(r"\b(?:who|what) are you\b|\byour name\b", re.IGNORECASE)
_REPEAT = re.compile(
    r"^(?:please |just |simply |only )*(?:say|repeat|echo|reply with|respond with|answer with|write|print"
    r"|output)(?: (?:after me|just|only|exactly|the (?:words?|numbers?|letters?)(?= \S+[.!]?$)|the words?"
    r"|this))*[: ]+[\"“'`]?(.+?)[\"”'`]?(?: and nothing else)?[.!]?$",
    re.IGNORECASE | re.DOTALL,
)
_COUNT = re.compile(r"\bcount (?:from (\d+) )?(?:up )?to (\d+)", re.IGNORECASE)
_CAPITAL = re.compile(r"\bcapital(?: city)? of (?:the )?([A-Z][\w ]+)", re.IGNORECASE)
_FACT = re.compile(
    r"\bmy ([a-z][\w ]{1,40}?) (?:is|are|was|=) ([^.,;!?\n]+?)(?=\s+and (?:i|my)\b|[.,;!?\n]|$)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:has|have|had|not|and|did)\b", re.IGNORECASE)  # no name of a thing
_NAMED = re.compile(r"\b(?:i am|i'm|call me) ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)")
_RECALL = re.compile(
    r"\b(?:what(?:'s| is| was| are)|who(?:'s| is)|do you (?:know|remember)|tell me"
    r"|remember) my ([a-z][\w ]{1,40}?)(?: again)?\s*[?.!]*$",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"\bwhat (?:did i|was my|have i) .*\b(?:ask|say|said|question|message|told)\b", re.IGNORECASE
)
_BACK = re.compile(
    r"\b(?:it|that|this|those|these|them|they|he|she|which (?:one|of)|the (?:first|second|last"
    r"|other|same)|again|result|above|warmer|colder|cheaper|better|you (?:said|told|found))\b",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:what(?:'s| is) |calculate |compute )?[\d(](?:[\d\s.+*/^()x×÷-]|times|plus|minus|divided "
    r"by){2,60}[=?.\s]*",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:weather|forecast|stock|share price|news|score|traffic|exchange rate|right now|currently"
    r"|latest|tonight|last night"
    r"|this week|price of|open now)\b",
    re.IGNORECASE,
)
_DEED = re.compile(
    r"(?:please |can you |could you )*(?:book|set|turn|switch|remind|play|open|close|send|call|order"
    r"|buy|schedule|start|run"
    r"|delete|create an? (?:event|file|ticket|reminder)|find me|search|post|pay|cancel|save|download"
    r"|upload|lock|unlock)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:please |can |could |would |will )*(?:what|who|whom|when|where|why|how|which|is|are|do|does"
    r"|did|was|were|tell|give"
    r"|show|explain|find|list|name|write|describe|make|create|help|translate|convert|define|compare|draw)\b",
    re.IGNORECASE,
)
_FRESH = re.compile(
    r"\b(?:check|look|try|ask|call|run|do|fetch|get|roll|send)\b.{0,60}\bagain\b|\b(?:once more"
    r"|another time|refresh|re-?check|retry|re-?run)\b",
    re.IGNORECASE,
)


def reply(seen: Scene) -> str:
    """Answer plain talk in a few sentences of Markdown that refer to it."""
    text = scene.last_words(seen.now.question)
    early = _greeting(seen, text) or (_SUM.fullmatch(text) and _arithmetic(seen, text)) or _counted(text)
    if early and not seen.system:
        return early
    return _plainly(seen, text, early or _told(seen, text)) or _unknown(seen, text)


def _counted(text: str) -> str:
    """A row of numbers where nothing else is asked."""
    found = re.fullmatch(r"(?:please )?count (?:from \d+ )?(?:up )?to \d+[.!]?", text, re.IGNORECASE)
    return _counted_to(text) if found else ""


def _plainly(seen: Scene, text: str, early: str = "") -> str:
    from nbkit.sim.brain import plain  # with its tables: only for a question that needs them

    said = early or plain.said(seen, text) or knows(seen, text) or verses.written(plain.without_form(text))
    return plain.in_form(seen, said) if said else ""


def knows(seen: Scene, text: str) -> str:
    """What can be said without a tool, or ""."""
    return next((said for rule in _RULES if (said := rule(seen, text))), "")


def continued(seen: Scene) -> str:
    """Go on where a prefilled reply stops."""
    text = reply(seen)
    if text.startswith(seen.prefill):
        return text[len(seen.prefill) :] or "."
    if seen.prefill.rstrip().endswith(("{", "[", ":")) and seen.prefill.lstrip()[:1] in "{[":
        return '"answer": "' + text.replace("\\", "").replace('"', "'").replace("\n", " ") + '"}'
    return (
        " " + text[0].lower() + text[1:]
        if seen.prefill[-1:].isalnum() or seen.prefill[-1:] == ","
        else " " + text
    )


def wants_it_fresh(text: str) -> bool:
    """Whether a question wants a call made again that was made before."""
    return bool(_FRESH.search(text))


def refers_back(text: str) -> bool:
    return bool(_BACK.search(text))


def _greeting(seen: Scene, text: str) -> str:
    if not _GREETING.match(text):
        return ""
    if re.search(r"\bhow are you\b", text, re.IGNORECASE):
        return "I'm fine, thank you. What can I do for you?"
    able = f" I can use {enumerated(f'`{tool.name}`' for tool in seen.tools[:5])}." if seen.tools else ""
    return f"Hello! What can I do for you?{able}"


def _thanks(seen: Scene, text: str) -> str:
    thanks = seen.before or text.lower().startswith("thank")
    return "You're welcome!" if _THANKS.match(text) and thanks else ""


def _who(seen: Scene, text: str) -> str:
    if not _WHO.search(text):
        return ""
    role = manners.role(seen.system)
    if role:
        return f"I am {role}."
    return (
        "I am a small language model: I answer from what you write here, and from the results of "
        "the tools you give me."
    )


def _tools(seen: Scene, text: str) -> str:
    if not re.search(r"\b(?:what|which) (?:can you do|tools?)\b", text, re.IGNORECASE):
        return ""
    lines = [
        f"- `{tool.name}`: {tool.description.splitlines()[0] if tool.description else 'no description'}"
        for tool in seen.tools
    ]
    return (
        "I can call these tools:\n\n" + "\n".join(lines)
        if lines
        else "I have no tools here. I can calculate, and shorten, search, count, sort or rate a text that "
        "you give me; what I don't know I say. With tools I can look things up and act."
    )


def _arithmetic(seen: Scene, text: str) -> str:
    found = arithmetic.expressions(text)
    if not found:
        return ""
    lines = []
    for expression, _, _ in found:
        value = arithmetic.evaluated(expression)
        if value is not None:
            pretty = re.sub(
                r"(?<=\w)\s*([*/+-])\s*",
                lambda sign: f" {({'*': '×', '/': '÷'}).get(sign[1], sign[1])} ",
                expression.replace("**", "^"),
            )
            lines.append(f"{pretty} = **{value}**")
    return "\n".join(lines)


def _repeat(seen: Scene, text: str) -> str:
    found = _REPEAT.match(text)
    if (
        found is None
        or verses.written(text)
        or len(found[1].split()) > 60
        or found[1].split()[0].lower() in ("a", "an", "me", "some", "something")
    ):
        return ""
    return found[1].strip()


def _errand(seen: Scene, text: str) -> str:
    """Something to do to a text that stands in the message: maybe below what asks for it."""
    from nbkit.sim.brain import errands  # with all that hears what a text mentions

    return errands.done(text) or errands.done(seen.now.question)


def _count(seen: Scene, text: str) -> str:
    return _counted_to(text)


def _counted_to(text: str) -> str:
    found = _COUNT.search(text)
    if found is None:
        return ""
    first, last = int(found[1] or 1), min(int(found[2]), int(found[1] or 1) + 499)
    return ", ".join(str(number) for number in range(first, last + 1)) + "."


def _capital(seen: Scene, text: str) -> str:
    found = _CAPITAL.search(text)
    capital = places.capital_of(found[1].strip()) if found else None
    return f"The capital of {found[1].strip()} is **{capital}**." if found and capital else ""


def _recalled(seen: Scene, text: str) -> str:
    """What the array says of the person: all that a stateless model can know."""
    wanted = _RECALL.search(text)
    if wanted is None:
        return ""
    unknown = f"I don't know your {wanted[1].strip()}: it is not in the messages I was sent."
    return _told(seen, text) or unknown


def _told(seen: Scene, text: str) -> str:
    """What the person told of what is theirs, or ""."""
    wanted = _RECALL.search(text)
    if wanted is None:
        return ""
    told: dict[str, str] = {}
    for exchange in seen.exchanges:
        said = exchange.asked
        told |= {lexicon.stem(hit[1].split()[-1]): hit[2].strip() for hit in _FACT.finditer(said)}
        if introduced := _NAMED.search(said):
            told[lexicon.stem("name")] = introduced[1]
    key = lexicon.stem(wanted[1].split()[-1])
    return f"Your {wanted[1].strip()} is **{told[key]}**." if key in told else ""


def _noted(seen: Scene, text: str) -> str:
    hits = [(hit[1], hit[2].strip()) for hit in _FACT.finditer(text) if not _CLAUSE.search(hit[1])] + [
        ("name", hit[1]) for hit in _NAMED.finditer(text)
    ]
    if not hits or text.rstrip().endswith("?"):
        return ""
    return f"Noted: your {enumerated(f'{key} is **{value}**' for key, value in hits)}."


def _earlier(seen: Scene, text: str) -> str:
    if not _FIRST.search(text) or not seen.before:
        return ""
    which = seen.before[0] if re.search(r"\bfirst\b", text, re.IGNORECASE) else seen.before[-1]
    return f"You wrote: “{which.question.strip()[:300]}”"


def _topic(seen: Scene, text: str) -> str:
    return lore.told(text)


def _verse(seen: Scene, text: str) -> str:
    return verses.written(text)


def _image(seen: Scene, text: str) -> str:
    if not any(block.get("type") in ("image", "document") for block in seen.now.blocks):
        return ""
    from nbkit.sim.brain import reading

    shown = [
        reading.image(block.get("source") or {}) for block in seen.now.blocks if block.get("type") == "image"
    ]
    papers = [
        block.get("title") or "a document" for block in seen.now.blocks if block.get("type") == "document"
    ]
    if not shown and not papers:
        return ""
    if any(one.title in papers or not one.title for one in seen.sources) and not shown:
        return f"I find nothing about that in {enumerated(papers)}."
    return f"You sent me {enumerated([*shown, *papers])}. I can measure it, but I can't see what it shows."


def _unknown(seen: Scene, text: str) -> str:
    """An honest word, short, that names what was asked."""
    hint = "a tool that can look it up" if not seen.tools else "a result of one of the tools"
    if seen.tools and any(exchange.outcomes for exchange in seen.exchanges):
        hint = "another result"
    asked = quoted(seen, 120).rstrip(" .")
    if not asked:
        return "What can I do for you?"
    if _DEED.match(text) and not text.rstrip().endswith("?"):
        return f"I can't do that without a tool for it: *{asked}* Give me one in `tools`, and I'll call it."
    if _NOW.search(text):
        return f"I have no live data, so I can't say: *{asked}* With {hint} I could."
    if text.rstrip().endswith("?") or _ASKING.match(text):
        return (
            f"I don't know that by heart: *{asked}* Tell me the facts, or give me {hint}, and I'll "
            f"answer from them."
        )
    return f"I don't know what to make of *{asked}* yet. What would you like me to do with it?"


def quoted(seen: Scene, most: int = 200) -> str:
    """The question as it was put, on one line, cut where it is long."""
    words = " ".join(scene.last_words(seen.now.asked).split())
    return words if len(words) <= most else words[: most - 3].rstrip() + "…"


_RULES: tuple[Callable[[Scene, str], str], ...] = (
    _greeting,
    _thanks,
    _who,
    _tools,
    _image,
    _recalled,
    _noted,
    _earlier,
    _errand,
    _count,
    _arithmetic,
    _verse,
    _repeat,
    _capital,
    _topic,
)
