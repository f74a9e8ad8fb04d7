"""The form that a person asks an answer to have: one word, yes or no, so many sentences, bullets, capitals.

An answer marks its core in bold; where only that is wanted the rest is left out.
"""

from __future__ import annotations

import json
import re

from nbkit.sim.brain.plain.heard import numbers

_SENTENCE = r"(?<=[.!?])(?<!\bMt\.)(?<!\be\.g\.)\s+(?=[A-Z*“\"])"
_ONLY = (
    r"\b(?:(?:in|with|using|as) (?:just |only |exactly )?(?:one|a single|1) word|one[- ]word answer"
    r"|single word|only the (?:\w+ )?"
    r"(?:answer|name|number|word|result|value|city|letter|year|symbol|date|day|capital)|just the "
    r"(?:\w+ )?(?:answer|name|number|word|result|value"
    r"|city|letter|year|symbol|date|day|capital)|(?:answer|name|number|result|word|value|city|label"
    r"|code) only|nothing else|no explanation|without explanation"
    r"|no other text|just (?:the|give me the) (?:final )?(?:answer|number|name)|(?:reply|respond"
    r"|answer) with (?:only|just|a single|one))\b"
)
_YES_NO = r"\byes\b[\"'”’]? ?(?:or|/) ?[\"'“‘]?no\b|\btrue (?:or|/) false\b"


def listed(items: list[str], text: str) -> str:
    """Items in the form of a list that a request names: bullets, unless it wants others."""
    low = text.lower()
    if re.search(r"\bjson\b|\bpython list\b|\bjavascript array\b", low):
        return json.dumps(items, ensure_ascii=False)
    if len(items) == 1:
        return items[0]
    if re.search(r"\bcomma|\bone line\b|\bsingle line\b|\bcsv\b", low):
        return ", ".join(items)
    if re.search(r"\bnumbered\b|\bordered list\b|\bin order\b|\bsteps\b|\branked?\b|\btop \d|\btop \w+", low):
        return "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1))
    if re.search(
        r"\b(?:one (?:per|on each)|each on (?:a|its own)|separate) lines?\b|\bno bullets\b|\bnewline", low
    ):
        return "\n".join(items)
    return "\n".join(f"- {item}" for item in items)


def shaped(asked: str, said: str) -> str:
    """An answer in the form that the question asks for."""
    low = asked.lower()
    if said.startswith(("```", "{", "[", "<", "|")) or not said:
        return said
    if re.search(_YES_NO, low) and (yes := re.match(r"\W*(yes|no)\b", said, re.IGNORECASE)):
        strict = re.search(r"\b(?:only|just|one word|simply|single)\b", low) or re.search(
            r"\b(?:answer|reply|respond|say)(?: me)?(?: with)? (?:a )?[\"'“‘]?(?:yes|true)\b", low
        )
        word = yes[1].capitalize()
        word = {"Yes": "True", "No": "False"}[word] if "true or false" in low else word
        return word if strict else said
    core = re.findall(r"\*\*(.+?)\*\*", said)
    if core and re.search(_ONLY, low):
        said = ", ".join(core) if len(core) < 4 else core[0]
        said = said.strip(" .")
    said = _limited(low, said)
    return _cased(low, said)


def _limited(low: str, said: str) -> str:
    count = re.search(
        r"\b(?:in|with|within|to|under|at most|max(?:imum)?(?: of)?|no more than|less than|fewer than"
        r"|exactly|about|using)\s+"
        r"(?:(?:just|only|exactly|at most|under|no more than|less than|a maximum of|about|up to)\s+)?"
        r"(\d+|an?|one|two|three|four|five|six|ten|twenty|fifty)"
        r"(?: (?:short|simple|brief|single|complete))* (sentence|word|paragraph|line|character)s?\b",
        low,
    ) or re.search(
        r"\b(one|two|three|single|\d+)[- ](sentence|word|line) (?:summary|answer|description"
        r"|explanation|definition|reply)\b",
        low,
    )
    if count is None:
        return said
    most = int((numbers(count[1]) or [1])[0])
    match count[2]:
        case "sentence":
            whole = said.replace("\n\n", " ") if most > 1 else said.split("\n\n")[0]
            parts = re.split(_SENTENCE, whole)
            return " ".join(parts[:most])
        case "word":
            words = said.split()
            if len(words) <= most:
                return said
            cut = " ".join(words[:most]).rstrip(",;:")
            return cut if cut.endswith((".", "!", "?")) else f"{cut}."
        case "paragraph":
            return "\n\n".join(said.split("\n\n")[:most])
        case "character":
            return said[:most]
    return "\n".join(said.split("\n")[:most])


def _cased(low: str, said: str) -> str:
    if re.search(
        r"\b(?:in|use|using|with) (?:all )?(?:upper-?case|caps|capitals|capital letters)\b|\ball caps\b", low
    ):
        return said.upper()
    if re.search(r"\b(?:in|use|using) (?:all )?lower-?case\b", low):
        return said.lower()
    if re.search(r"\b(?:no|without) (?:markdown|formatting|bold)\b|\bplain text\b", low):
        return re.sub(r"\*\*|`", "", said)
    if re.search(r"\bbullet(?:ed|s| points?| list)\b|\bas a list\b", low) and "- " not in said:
        parts = re.split(_SENTENCE, said)
        return "\n".join(f"- {part}" for part in parts) if len(parts) > 1 else said
    return said
