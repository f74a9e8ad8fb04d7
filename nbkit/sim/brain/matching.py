"""Which tool a sentence asks for: by name, description, parameters and enum values, weighed by how rare a
word is among the tools at hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nbkit.sim.brain import kinds, lexicon, phrases, schemas, values, vocabulary
from nbkit.sim.brain.arguments import Context, fill
from nbkit.sim.brain.candidates import FOUND
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.wordlists import word_set
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
        self._curious = curious  # whether a tool that looks things up is worth asking
        self._words = {tool.name: _Words(tool) for tool in tools}
        self._common = Counter(
            word for words in self._words.values() for word in {*words.name, *words.description}
        )
        self._shared = Counter(number for words in self._words.values() for number in words.concepts)

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
        names = [str(mention.value) for mention in said.of("name") if " " in str(mention.value)]
        named = {stem for name in names for stem in lexicon.stems(name)}
        return sum(self._word(stem, words, named=stem in named) for stem in _asked_stems(said))

    def _word(self, stem: str, words: _Words, *, named: bool = False) -> float:
        rare = 1 / max(1, self._common[stem])
        generic = stem in _GENERIC_STEMS
        name = max((lexicon.alike(stem, one) for one in words.name), default=0.0)
        if name:
            return name * (_GENERIC if generic else _NAME * (0.5 + rare / 2))
        if not named and (shared := lexicon.concepts(stem) & words.concepts):
            few = 1 / min(self._shared[number] for number in shared)
            return _CONCEPT * (_GENERIC if generic else 0.4 + 0.6 * few)
        described = max((lexicon.alike(stem, one) for one in words.description), default=0.0)
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


def _asked_stems(said: Said) -> list[str]:
    text = said.text
    for quoted in reversed(said.of("quoted", "code")):
        rest = text[: quoted.start] + " " + text[quoted.end :]
        text = rest if len(rest.split()) > 1 else text
    return list(dict.fromkeys(lexicon.stems(text)))


def _says_one(schema: Json, said: Said) -> bool:
    """Whether one of the values of an enum was said: a word of three letters or more."""
    values = [one for one in schema.get("enum", ()) if isinstance(one, str) and len(one) > 2]
    return any(any(vocabulary.said_terms(said.text, {one.lower().replace("_", " ")})) for one in values[:50])


class _Words:
    """The stems of one tool, by where they stand."""

    def __init__(self, tool: Tool) -> None:
        self.name = {stem for stem in _stems(tool.name) if not stem.isdigit()}
        self.description = set(_stems(tool.description)) - self.name
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
