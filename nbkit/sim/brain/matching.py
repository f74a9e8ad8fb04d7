"""Which tool a sentence asks for: by the deed, and by name, description, parameters and enum values, weighed
by how rare a word is among the tools at hand. What a tool is called and for counts far more than all else
that its description tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nbkit.sim.brain import deeds, kinds, lexicon, phrases, schemas, values, vocabulary
from nbkit.sim.brain.arguments import Context, fill
from nbkit.sim.brain.candidates import FOUND
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.wordlists import group, word_set
from nbkit.wire.blocks import Json

ENOUGH = 1.7
ENOUGH_TO_TRY = 1.2  # where nothing can be said without a tool

_NAME, _CONCEPT, _DESCRIPTION, _PARAMETER, _EVIDENCE, _GENERIC = 3.0, 2.2, 1.0, 1.2, 2.4, 0.5
_LOOKS_UP = frozenset(
    lexicon.stem(word) for word in word_set("search lookup wikipedia wiki web docs knowledge retrieve faq")
)
_WHERE = frozenset(lexicon.stem(word) for word in word_set("base company faq help internal internet support"))
_WONDERS = re.compile(r"\b(?:what|who|when|where|how|why|which|latest|find|know)\b", re.IGNORECASE)
_TELLING = word_set("expression email url path currency language code uuid ip address")
_TOOL_MEANT = re.compile(r"\b(?:use|call|run|try) (?:the|your|a|any) tools?\b", re.IGNORECASE)


class Matcher:
    """The tools of one request, ready to be asked which of them a text wants."""

    def __init__(self, tools: Sequence[Tool], *, curious: bool = True) -> None:
        self.tools = tools
        self._choosing = len(tools) > 1
        self._curious = curious  # whether a tool that looks things up is worth asking
        self._words = {tool.name: _Words(tool) for tool in tools}
        self._common = Counter(
            word for words in self._words.values() for word in {*words.name, *words.purpose}
        )
        self._shared = Counter(number for words in self._words.values() for number in words.concepts)
        first = Counter(words.spelled_first for words in self._words.values())
        self._prefixes = {lexicon.stem(word) for word, count in first.items() if count > 2}
        self._asked: dict[str, tuple[dict[str, float], frozenset[str]]] = {}

    def best(self, said: Said, least: float | None = None) -> Tool | None:
        """The tool that fits best, or None when none fits well enough; among equals the first."""
        if least is None:
            least = ENOUGH_TO_TRY if self._curious and len(self.tools) == 1 else ENOUGH
        scored = sorted(((self.score(tool, said), -at) for at, tool in enumerate(self.tools)), reverse=True)
        if not scored or scored[0][0] < least:
            return None
        close = [(score, at) for score, at in scored[:_CLOSE] if score > scored[0][0] - 1]
        if len(close) > 1:
            close.sort(key=lambda pair: (pair[0] + _fit(self.tools[-pair[1]], said), pair[1]), reverse=True)
        return self.tools[-close[0][1]]

    def score(self, tool: Tool, said: Said) -> float:
        if _is_named(tool, said.text):
            return 12.0
        total = self.worded(tool, said)
        evidence, telling = self._evidence(tool, said)
        if self._words[tool.name].looks_up and self._curious and _WONDERS.search(said.text):
            total += ENOUGH
        alone = self._curious and len(self.tools) == 1
        if not total and not (evidence == 1 and (telling >= 1 or alone)) and not (alone and telling >= 1):
            return 0.0
        total += _NAME * bool(_TOOL_MEANT.search(said.text))
        return total + _EVIDENCE * evidence + min(telling, 2)

    def worded(self, tool: Tool, said: Said) -> float:
        """How much the words alone speak for a tool; what is quoted is passed on, not asked."""
        words = self._words[tool.name]
        if said.text not in self._asked:
            self._asked[said.text] = _asked_stems(said, self._choosing), frozenset(lexicon.words(said.text))
        asked, spoken = self._asked[said.text]
        names = [str(mention.value) for mention in said.of("name") if " " in str(mention.value)]
        named = {stem for name in names for stem in lexicon.stems(name)}
        if not self._choosing:
            return sum(self._word(stem, words, named=stem in named) for stem in asked)
        deed = deeds.asked(said.text)
        weights = [
            weight * self._word(stem, words, named=stem in named)
            for stem, weight in asked.items()
            if deed is None or stem != deed.stem
        ]
        object = sum(weights) + min(1, sum(self._aside(stem, words) for stem in asked))
        done = deeds.agreement(deed, words.made)
        if done > 0:
            done *= min(1, 0.4 + object / 1.5)
        return object + done + self._exactness(words, asked, spoken)

    def _aside(self, stem: str, words: _Words) -> float:
        """What a word counts that stands only in the further text of a description."""
        return _ASIDE if stem in words.aside and stem not in _GENERIC_STEMS else 0.0

    def _exactness(self, words: _Words, asked: dict[str, float], spoken: frozenset[str]) -> float:
        """A little for words in the very form of the name (`issues`), something off for those not said."""
        extra = words.nouns - self._prefixes
        unsaid = [one for one in extra if not any(lexicon.alike(one, stem) for stem in asked)]
        akin = {number for stem in asked for number in lexicon.concepts(stem)}
        unsaid = [one for one in unsaid if not lexicon.concepts(one) & akin]
        meta = words.meta and not words.meta & set(asked)
        return 0.3 * len(spoken & words.spelled) - min(1.0, 0.5 * len(unsaid)) - (4.0 if meta else 0.0)

    def _word(self, stem: str, words: _Words, *, named: bool = False) -> float:
        rare = 1 / max(1, self._common[stem])
        generic = stem in _GENERIC_STEMS
        name = max((lexicon.alike(stem, one) for one in words.name), default=0.0)
        if name:
            return name * (_GENERIC if generic else _NAME * (0.5 + rare / 2))
        if not named and (shared := lexicon.concepts(stem) & words.concepts):
            few = 1 / min(self._shared[number] for number in shared)
            return _CONCEPT * (_GENERIC if generic else 0.4 + 0.6 * few)
        told = words.purpose if self._choosing else words.description
        described = max((lexicon.alike(stem, one) for one in told), default=0.0)
        if described:
            return described * (_GENERIC if generic else _DESCRIPTION * (0.6 + 0.6 * rare))
        return _PARAMETER * max((lexicon.alike(stem, one) for one in words.parameters), default=0.0)

    def _evidence(self, tool: Tool, said: Said) -> tuple[float, float]:
        """The share of the parameters that matter which a text has values for, and how telling these are."""
        found = asked = telling = 0.0
        for name, schema, required in leaves(tool.schema):
            shaped = any(values.patterned(said, schema))
            if shaped or _says_one(schema, said):
                telling += 1.0
                found, asked = found + 1, asked + 1
                continue
            kind = kinds.kind_of(name, schema)
            if required and kind == "thing" and len(self.tools) == 1 and phrases.odd(said.text):
                telling, found, asked = telling + 1, found + 1, asked + 1
            if not required or not (kind in kinds.ENTITIES or kind in _TELLING):
                continue
            asked += 1
            if any(c.strength >= FOUND for c in values.candidates(name, schema, said)):
                found += 1
                plainly = kind in _TELLING and (kind != "address" or said.of("address"))
                telling += 1.0 if plainly else 0.4
        return (found / asked if asked else 0.0), telling


_CLOSE = 3


def _fit(tool: Tool, said: Said) -> float:
    """How well what was said fills a tool's schema: the share of its required values that are there."""
    filled = fill(tool.schema, Context(said))
    if filled.strength < FOUND:
        return 0.0
    required = sum(1 for *_, needed in leaves(tool.schema) if needed)
    return 1.5 * (1 - len(filled.missing) / required) if required else 0.5


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
    for mention in said.of(*_IMPLIED):
        text = text.replace(said.text[mention.start : mention.end], " ")
        suffix = re.search(r"\.(\w{1,5})$", str(mention.value)) if mention.kind == "path" else None
        implied += [*_IMPLIED[mention.kind].split(), *(suffix.groups() if suffix else ())]
    head, *rest_of_it = _CONTENT.split(text, maxsplit=1)
    for part, weight in ((head, 1.0), (" ".join(rest_of_it), _LATER), (" ".join(implied), _IMPLICIT)):
        for stem in lexicon.stems(part):
            weights.setdefault(stem, weight)
    return weights


_IMPLIED = {
    "path": "file",
    "url": "url page",
    "email": "email",
    "repository": "repository",
    "hashtag": "channel",
    "hostname": "host",
}
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


class _Words:
    """The stems of one tool, by where they stand."""

    def __init__(self, tool: Tool) -> None:
        self.name = {stem for stem in _stems(tool.name) if not stem.isdigit()}
        self.description = set(_stems(tool.description)) - self.name
        self.purpose = set(_stems(deeds.purpose(tool.description))) - self.name
        self.aside = self.description - self.purpose
        self.made = deeds.made_for(tool.name, tool.description)
        spelled = lexicon.words(tool.name)
        self.spelled_first = spelled[0] if spelled else ""
        self.nouns = self.name - self.made.named - _VERB_STEMS
        self.spelled = {word for word in spelled if lexicon.stem(word) in self.nouns}
        self.meta = {stem for stem in self.name if stem in _META}
        parameters = [(name, schema) for name, schema, _ in leaves(tool.schema)]
        texts = [
            f"{name} {' '.join(str(one) for one in schema.get('enum', ()))}" for name, schema in parameters
        ]
        self.parameters = {stem for text in texts for stem in _stems(text)}
        told = [
            stem
            for stem in self.name | set(_stems(_first_sentence(tool.description)))
            if stem not in _GENERIC_STEMS
        ]
        self.concepts = frozenset(number for stem in told for number in lexicon.concepts(stem))
        self.looks_up = bool(self.name & _LOOKS_UP) and self.name <= _LOOKS_UP | _GENERIC_STEMS | _WHERE


def leaves(
    schema: Json, root: Json | None = None, depth: int = 0, *, needed: bool = True
) -> Iterable[tuple[str, Json, bool]]:
    """The named parameters of a schema that hold no others, and whether each has to be there."""
    root = schema if root is None else root
    required = schema.get("required") or ()
    for name, part in (schema.get("properties") or {}).items():
        part = schemas.resolve(part, root)
        wanted = needed and name in required
        options = schemas.variants(part, root)
        for option in options[:1]:
            part = {**option, "description": part.get("description", option.get("description", ""))}
        inner = schemas.resolve(part.get("items") or {}, root) if schemas.type_of(part) == "array" else part
        if len(options) > 1 and depth < 3:
            for option in options:
                yield from leaves(option, root, depth + 2, needed=False)
        elif inner.get("properties") and depth < 4:
            yield from leaves(inner, root, depth + 1, needed=wanted)
        else:
            told = {**inner, "description": part.get("description", inner.get("description", ""))}
            yield name, told, wanted


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _stems(text: str) -> list[str]:
    return lexicon.stems(text)


_GENERIC_STEMS = frozenset(lexicon.stem(word) for word in lexicon.GENERIC)
_VERB_STEMS = frozenset(lexicon.stem(word) for word in lexicon.GENERIC | word_set("or and to in"))
_META = frozenset(lexicon.stem(word) for word in group("meta"))
