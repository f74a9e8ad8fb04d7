"""The words of a text that say what is asked, and how much each tells of it."""

from __future__ import annotations

import re
from functools import cache

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.wordlists import table


def asked_stems(said: Said, choosing: bool) -> dict[str, float]:
    """The stems of what is asked, with their weight: what is quoted is passed on, and what stands behind
    "saying" or inside a path or an address tells less of the deed.
    """
    text = said.text
    for quoted in reversed(said.of("quoted", "code")):
        before = _LABEL.sub("", text[: quoted.start]) if choosing else text[: quoted.start]
        rest = before + " " + text[quoted.end :]
        text = rest if len(rest.split()) > 1 else text
    if not choosing:
        return dict.fromkeys(lexicon.stems(text), 1.0)
    weights: dict[str, float] = {}
    implied: list[str] = []
    for mention in said.of(*_IMPLIED):  # "folder" is no kind of mention, but a path without a suffix
        text = text.replace(said.text[mention.start : mention.end], " ")
        suffix = re.search(r"\.(\w{1,5})$", str(mention.value)) if mention.kind == "path" else None
        kind = "folder" if mention.kind == "path" and suffix is None else mention.kind
        implied += [*_IMPLIED[kind].split(), *(suffix.groups() if suffix else ())]
    implied += [word for pattern, words in _wondered() if pattern.search(text) for word in words.split()]
    implied += ["code"] * bool(_IDENTIFIER.search(said.text))
    head, *rest_of_it = _CONTENT.split(text, maxsplit=1)
    for part, weight in ((head, 1.0), (" ".join(rest_of_it), _LATER), (" ".join(implied), _IMPLICIT)):
        for stem in lexicon.stems(part):
            weights.setdefault(stem, weight)
    return weights


_IMPLIED = {
    "path": "file",
    "folder": "folder directory",
    "url": "url page",
    "email": "email",
    "repository": "repository",
    "hashtag": "channel",
    "hostname": "host",
}


_IDENTIFIER = re.compile(r"\b[a-z]+_[a-z_]+\b|\b[a-z]+[A-Z]\w*|\b\w+\(\)")


@cache
def _wondered() -> list[tuple[re.Pattern[str], str]]:
    return [(re.compile(pattern, re.IGNORECASE), words) for pattern, words in table("wondered")]


_LABEL = re.compile(r"\b(?:text|words?|lines?|contents?|strings?|phrase|message)\s+$", re.IGNORECASE)
_CONTENT = re.compile(
    r"(?-i:\b(?=(?:SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|WITH) ))|"
    r"\b(?:saying|telling|that says|which says|titled|entitled|called|named|because"
    r"|with (?:the |a )?(?:text|contents?|body|message|words?|subject|title|note|comment))\b|:\s",
    re.IGNORECASE,
)
_LATER, _IMPLICIT = 0.4, 0.6
