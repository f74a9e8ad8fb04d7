"""Which tool a sentence asks for: by the deed, and by name, description, parameters and enum values, weighed
by how rare a word is among the tools at hand. What a tool is called and for counts far more than all else
that its description tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache

from nbkit.sim.brain import deeds, kinds, lexicon, phrases, programs, schemas, values, vocabulary, wordings
from nbkit.sim.brain.arguments import Context, fill
from nbkit.sim.brain.candidates import FOUND, Candidate
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.tool_words import GENERIC_STEMS, ToolWords, dull, leaves
from nbkit.sim.brain.wordlists import table, word_set
from nbkit.wire.blocks import Json

ENOUGH = 1.7
ENOUGH_TO_TRY = 1.2  # where nothing can be said without a tool

_NAME, _CONCEPT, _DESCRIPTION, _PARAMETER, _EVIDENCE, _GENERIC = 3.0, 2.2, 1.0, 1.2, 2.4, 0.5
_WONDERS = re.compile(r"\b(?:what|who|when|where|how|why|which|latest|find|know)\b", re.IGNORECASE)
_TELLING = word_set("expression email url path currency language code uuid ip address")
_TOOL_MEANT = re.compile(r"\b(?:use|call|run|try) (?:the|your|a|any) tools?\b", re.IGNORECASE)


class Matcher:
    """The tools of one request, ready to be asked which of them a text wants."""

    def __init__(self, tools: Sequence[Tool], *, curious: bool = True) -> None:
        self.tools = tools
        self._choosing = len(tools) > 1
        self._curious = curious  # whether a tool that looks things up is worth asking
        self._words = {tool.name: ToolWords(tool) for tool in tools}
        self._common = Counter(
            word for words in self._words.values() for word in {*words.name, *words.purpose}
        )
        self._shared = Counter(number for words in self._words.values() for number in words.concepts)
        first = Counter(words.first for words in self._words.values())
        self._prefixes = {word for word, count in first.items() if count > 2}
        self._deeds = {stem for words in self._words.values() for stem in words.made.named}
        self._found: dict[tuple[str, float], Tool | None] = {}
        self._asked: dict[str, tuple[dict[str, float], frozenset[str]]] = {}

    def best(self, said: Said, least: float | None = None) -> Tool | None:
        """The tool that fits best, or None when none fits well enough; among equals the first."""
        if least is None:
            least = ENOUGH_TO_TRY if self._curious and len(self.tools) == 1 else ENOUGH
        if (said.text, least) not in self._found:
            self._found[said.text, least] = self._best(said, least)
        return self._found[said.text, least]

    def _best(self, said: Said, least: float) -> Tool | None:
        scored = sorted(((self.score(tool, said), -at) for at, tool in enumerate(self.tools)), reverse=True)
        if not self._choosing:
            return self.tools[0] if scored and scored[0][0] >= least else None
        floor = max(0, scored[0][0] - _NEAR) if scored and least > 0 else -99.0
        close = [(score, at) for score, at in scored[:_CLOSE] if score > floor]
        shell = next((tool for tool in self.tools if self._can_be_typed(tool, said)), None)
        if len(close) == 1 and close[0][0] >= least and shell is None:
            return self.tools[-close[0][1]]
        fits = {at: _fit(self.tools[-at], said) for _, at in close}
        share = 1.0 if self._orders(said) else 0.3
        close = [pair for pair in close if pair[0] + share * max(0, fits[pair[1]] - 0.5) >= least]
        close.sort(key=lambda pair: (pair[0] + fits[pair[1]], pair[1]), reverse=True)
        best = self.tools[-close[0][1]] if close else None
        if best is None or fits[close[0][1]] < 1 or self._worded(best, said)[1] < _NAMED:
            return shell or best
        return best

    def _can_be_typed(self, tool: Tool, said: Said) -> bool:
        """Whether a tool is a shell, and what is asked is done with a command: when no other tool is fit."""
        return self._words[tool.name].is_shell and programs.command(said) is not None

    def is_noun(self, word: str) -> bool:
        """Whether a verb is but a noun in the names of these tools: the "pull" of `get_pull_request`."""
        return lexicon.stem(word) not in self._deeds and any(
            word in words.made.besides for words in self._words.values()
        )

    def does(self, tool: Tool, said: Said) -> float:
        """How well a tool does what a text asks for, whatever it is done to."""
        return deeds.agreement(deeds.asked(said.text), self._words[tool.name].made)

    def _orders(self, said: Said) -> bool:
        """Whether a text tells to do something: then a tool that all of it fits may have few of its words."""
        deed = deeds.asked(said.text)
        return self._choosing and deed is not None and not deed.is_question

    def score(self, tool: Tool, said: Said) -> float:
        if _is_named(tool, said.text):
            return 12.0
        total, object, done = self._worded(tool, said)
        evidence, telling = self._evidence(tool, said)
        if self._words[tool.name].looks_up and self._curious and _WONDERS.search(said.text):
            total, object = total + ENOUGH, object + ENOUGH
        alone = self._curious and len(self.tools) == 1
        if (
            not object
            and done <= 0
            and not (evidence == 1 and (telling >= 1 or alone))
            and not (alone and telling >= 1)
        ):
            return 0.0
        if self._choosing and object < 1:
            if evidence == 1 and total < 0 and done >= 0:
                total /= 2
            evidence *= 0.5
        if self._choosing:
            total += _plurality(tool, said)
        total += _NAME * bool(_TOOL_MEANT.search(said.text))
        return total + _EVIDENCE * evidence + min(telling, 2)

    def worded(self, tool: Tool, said: Said) -> float:
        """How much the words alone speak for a tool; what is quoted is passed on, not asked."""
        return self._worded(tool, said)[0]

    def _worded(self, tool: Tool, said: Said) -> tuple[float, float, float]:
        """What all words count, what those count that name what is acted on, and what the deed does."""
        words = self._words[tool.name]
        if said.text not in self._asked:
            self._asked[said.text] = _asked_stems(said, self._choosing), frozenset(lexicon.words(said.text))
        asked, spoken = self._asked[said.text]
        names = [str(mention.value) for mention in said.of("name") if " " in str(mention.value)]
        named = {stem for name in names for stem in lexicon.stems(name)}
        if not self._choosing:
            total = sum(self._word(stem, words, named=stem in named) for stem in asked)
            return total, total, 0.0
        deed = deeds.asked(said.text)
        verbs = {*deeds.plain_verbs(words.made), deed.stem} if deed else set()
        object = sum(
            weight * self._word(stem, words, named=stem in named)
            for stem, weight in asked.items()
            if stem not in verbs
        ) + min(1, sum(self._aside(stem, words) for stem in asked))
        done = deeds.agreement(deed, words.made)
        if not done and deed is not None and deed.stem in self._deeds:
            done = -2.5  # another tool is named by the very verb
        if done > 0 and deed is not None:
            least = 0.0 if deed.is_question else 1.0 if self._is_own(deed, words) else 0.4
            done *= min(1, least + object / 1.5) if self._curious or not deed.is_question else 0
        return object + done + self._exactness(words, asked, spoken), object, done

    def _is_own(self, deed: deeds.Deed, words: ToolWords) -> bool:
        """Whether a tool is the only one that is named by a verb, and that is not a verb of any tool."""
        if deed.stem not in words.made.named or deed.stem in GENERIC_STEMS:
            return False
        return sum(deed.stem in other.made.named for other in self._words.values()) == 1

    def _aside(self, stem: str, words: ToolWords) -> float:
        """What a word counts that stands only in the further text of a description."""
        return _ASIDE if stem in words.aside and stem not in GENERIC_STEMS else 0.0

    def _exactness(self, words: ToolWords, asked: dict[str, float], spoken: frozenset[str]) -> float:
        """A little for words in the very form of the name (`issues`), something off for those not said."""
        extra = words.nouns - self._prefixes
        unsaid = [one for one in extra if not any(lexicon.alike(one, stem) for stem in asked)]
        akin = {number for stem in asked for number in lexicon.concepts(stem)}
        unsaid = [one for one in unsaid if not lexicon.concepts(one) & akin]
        meta = words.meta and not any(one in asked or lexicon.concepts(one) & akin for one in words.meta)
        return 0.3 * len(spoken & words.spelled) - min(1.6, 0.8 * len(unsaid)) - (4.0 if meta else 0.0)

    def _word(self, stem: str, words: ToolWords, *, named: bool = False) -> float:
        rare = 1 / max(1, self._common[stem])
        generic = stem in GENERIC_STEMS
        name = max((lexicon.alike(stem, one) for one in words.name), default=0.0)
        if name:
            return name * (_GENERIC if generic else _NAME * (0.5 + rare / 2))
        told = words.purpose if self._choosing else words.description
        described = max((lexicon.alike(stem, one) for one in told), default=0.0)
        described *= _GENERIC if generic else _DESCRIPTION * (0.6 + 0.6 * rare)
        akin = 0.0 if named else self._akin(stem, words, generic=generic)
        if akin:
            return max(akin, described) if self._choosing else akin
        if described:
            return described
        return _PARAMETER * max((lexicon.alike(stem, one) for one in words.parameters), default=0.0)

    def _akin(self, stem: str, words: ToolWords, *, generic: bool) -> float:
        """What a word of nearly the same meaning counts: more in a name than in a description."""
        concepts = words.concepts if words.first not in self._prefixes else words.concepts_without_first
        shared = lexicon.concepts(stem) & concepts
        if not shared:
            return 0.0
        few = 1 / min(self._shared[number] for number in shared)
        weight = _CONCEPT if not self._choosing or shared & words.concepts_of_name else _CONCEPT / 2
        return weight * (_GENERIC if generic else 0.4 + 0.6 * few)

    def _evidence(self, tool: Tool, said: Said) -> tuple[float, float]:
        """The share of the parameters that matter which a text has values for, and how telling these are."""
        found = asked = telling = 0.0
        besides = False  # something was said for an optional parameter
        for name, schema, required in leaves(tool.schema):
            counts = required or not self._choosing
            shaped = any(values.patterned(said, schema))
            if shaped or _says_one(schema, said):
                if counts or shaped:
                    telling, found, asked = telling + 1, found + 1, asked + 1
                else:
                    telling += 0 if besides else _BESIDES
                besides = True
                continue
            if self._choosing and wordings.is_glob(schema) and any(wordings.globs(said)):
                found, asked, telling = found + required, asked + required, telling + required
                besides = True
                continue
            kind = kinds.kind_of(name, schema)
            if required and kind == "thing" and len(self.tools) == 1 and phrases.odd(said.text):
                telling, found, asked = telling + 1, found + 1, asked + 1
            if kind == "channel" and self._choosing and required and said.of("hashtag"):
                telling, found, asked = telling + 1, found + 1, asked + 1
                continue
            if self._choosing and required and phrases.labelled(said.text, name):
                telling, found, asked = telling + 0.4, found + 1, asked + 1
                continue
            if not (kind in kinds.ENTITIES or kind in _TELLING) or not (required or self._choosing):
                continue
            hit = any(
                c.strength >= FOUND and not self._is_loose(c) for c in values.candidates(name, schema, said)
            )
            besides |= hit
            if not required:
                continue
            asked += 1
            if hit:
                found += 1
                plainly = kind in _TELLING and (kind != "address" or said.of("address"))
                telling += 1.0 if plainly else _CODED if kind == "id" and said.of("id") else 0.4
        share = found / asked if asked else 0.0
        if self._choosing and self._curious and besides and share < 1:
            share += _OPTIONAL * (1 - share)
        return share, telling

    def _is_loose(self, found: Candidate) -> bool:
        """Whether a value could be of any kind: what is quoted, where there are tools to choose from."""
        return self._choosing and found.mention is not None and found.mention.kind == "quoted"


_CODED = 1.0  # something like ABC-123
_NAMED = 0.5  # less than this is no word of what a tool works on
_BESIDES = 0.5  # one of an optional parameter's words was said
_OPTIONAL = 0.3  # what an optional parameter counts for which something was said
_NEAR = 2.0
_CLOSE = 4


def _plurality(tool: Tool, said: Said) -> float:
    """Whether a tool that needs a list of something is given one, or a single thing."""
    for name in tool.schema.get("required") or ():
        part = schemas.resolve((tool.schema.get("properties") or {}).get(name) or {}, tool.schema)
        item = schemas.resolve(part.get("items") or {}, tool.schema)
        if schemas.type_of(part) != "array" or schemas.type_of(item) != "string":
            continue
        kind = kinds.kind_of(name, {**item, "description": part.get("description", "")})
        found = said.of(kind)
        if found:
            return 1.0 if len(said.joined(found[0])) > 1 else -0.8
    return 0.0


def _fit(tool: Tool, said: Said) -> float:
    """How well what was said fills a tool's schema: the share of its required values that are there."""
    said = Said(said.text, said.today, dull(tool))
    required = tool.schema.get("required") or ()
    if not required:
        return 0.5 if fill(tool.schema, Context(said)).strength >= FOUND else 0.0
    parts = tool.schema.get("properties") or {}
    needed = {**tool.schema, "properties": {name: parts[name] for name in required if name in parts}}
    vague = fill(needed, Context(said)).vague
    return 1.5 * (1 - vague / len(required)) - 0.5 * min(2, vague)


def _is_named(tool: Tool, text: str) -> bool:
    if tool.name not in text or not ("_" in tool.name or f"`{tool.name}`" in text):
        return False
    return bool(re.search(rf"(?<!\w){re.escape(tool.name)}(?!\w)", text))


def _asked_stems(said: Said, choosing: bool) -> dict[str, float]:
    """The stems of what is asked, with their weight: what is quoted is passed on, and what stands behind
    "saying" or inside a path or an address tells less of the deed.
    """
    text = said.text
    for quoted in reversed(said.of("quoted", "code")):
        rest = text[: quoted.start] + " " + text[quoted.end :]
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
    implied += ["code"] * bool(_IDENTIFIER.search(text))
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


_CONTENT = re.compile(
    r"\b(?:saying|telling|that says|which says|titled|entitled|called|named|because"
    r"|with (?:the |a )?(?:text|contents?|body|message|words?|subject|title|note|comment))\b|:\s",
    re.IGNORECASE,
)
_LATER, _IMPLICIT, _ASIDE = 0.4, 0.6, 0.2


def _says_one(schema: Json, said: Said) -> bool:
    """Whether one of the values of an enum was said: a word of three letters or more."""
    values = [one for one in schema.get("enum", ()) if isinstance(one, str) and len(one) > 2]
    return any(any(vocabulary.said_terms(said.text, {one.lower().replace("_", " ")})) for one in values[:50])
