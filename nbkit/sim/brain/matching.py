"""Which tool a sentence asks for: by name, description, parameters and enum values, weighed by how rare a
word is among the tools at hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nbkit.sim.brain import kinds, lexicon, schemas, values
from nbkit.sim.brain.candidates import FOUND
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

ENOUGH = 2.0
ENOUGH_TO_TRY = 1.2  # where nothing can be said without a tool

_NAME, _CONCEPT, _DESCRIPTION, _PARAMETER, _EVIDENCE, _GENERIC = 3.0, 2.2, 1.0, 1.2, 0.8, 0.5
_LOOKS_UP = frozenset(
    lexicon.stem(word) for word in word_set("search lookup wikipedia wiki web docs knowledge retrieve faq")
)
_WONDERS = re.compile(r"\b(?:what|who|when|where|how|why|which|latest|find|know)\b", re.IGNORECASE)
_TELLING = word_set("expression email url path currency language code")


class Matcher:
    """The tools of one request, ready to be asked which of them a text wants."""

    def __init__(self, tools: Sequence[Tool], *, curious: bool = True) -> None:
        self.tools = tools
        self._curious = curious  # whether a tool that looks things up is worth asking
        self._words = {tool.name: _Words(tool) for tool in tools}
        self._common = Counter(
            word for words in self._words.values() for word in {*words.name, *words.description}
        )

    def best(self, said: Said, least: float | None = None) -> Tool | None:
        """The tool that fits best, or None when none fits well enough; among equals the first."""
        if least is None:
            least = ENOUGH_TO_TRY if self._curious and len(self.tools) == 1 else ENOUGH
        scored = [(self.score(tool, said), -at) for at, tool in enumerate(self.tools)]
        if not scored or max(scored)[0] < least:
            return None
        return self.tools[-max(scored)[1]]

    def score(self, tool: Tool, said: Said) -> float:
        words = self._words[tool.name]
        if re.search(rf"(?<!\w){re.escape(tool.name)}(?!\w)", said.text) and (
            "_" in tool.name or f"`{tool.name}`" in said.text
        ):
            return 12.0
        total = 0.0
        for stem in dict.fromkeys(lexicon.stems(said.text)):
            total += self._word(stem, words)
        evidence = self._evidence(tool, said)
        if words.looks_up and self._curious and _WONDERS.search(said.text):
            total += ENOUGH
        if not total and evidence < 2:
            return 0.0
        total += _NAME * bool(
            re.search(r"\b(?:use|call|run|try) (?:the|your|a|any) tools?\b", said.text, re.IGNORECASE)
        )
        return total + _EVIDENCE * evidence

    def _word(self, stem: str, words: _Words) -> float:
        rare = 1 / max(1, self._common[stem])
        generic = stem in _GENERIC_STEMS
        name = max((lexicon.alike(stem, one) for one in words.name), default=0.0)
        if name:
            return name * (_GENERIC if generic else _NAME * (0.5 + rare / 2))
        if lexicon.concepts(stem) & words.concepts:
            return _CONCEPT * (_GENERIC if generic else 1)
        described = max((lexicon.alike(stem, one) for one in words.description), default=0.0)
        if described:
            return described * (_GENERIC / 2 if generic else _DESCRIPTION * (0.5 + rare / 2))
        return _PARAMETER * max((lexicon.alike(stem, one) for one in words.parameters), default=0.0)

    def _evidence(self, tool: Tool, said: Said) -> float:
        """How many required parameters the text has a telling value for."""
        found = 0.0
        for name, schema in leaves(tool.schema):
            kind = kinds.kind_of(name, schema)
            if kind in kinds.ENTITIES or kind in _TELLING:
                hits = [c for c in values.candidates(name, schema, said) if c.strength >= FOUND]
                found += bool(hits) * (2.5 if kind in _TELLING else 1.0)
        return min(found, 4.0)


class _Words:
    """The stems of one tool, by where they stand."""

    def __init__(self, tool: Tool) -> None:
        self.name = set(_stems(tool.name))
        self.description = set(_stems(tool.description)) - self.name
        parameters = [(name, schema) for name, schema in leaves(tool.schema)]
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
        self.looks_up = bool(self.name & _LOOKS_UP)


def leaves(schema: Json, root: Json | None = None, depth: int = 0) -> Iterable[tuple[str, Json]]:
    """The named parameters of a schema that hold no others."""
    root = schema if root is None else root
    for name, part in (schema.get("properties") or {}).items():
        part = schemas.resolve(part, root)
        for option in schemas.variants(part, root)[:1]:
            part = {**option, "description": part.get("description", option.get("description", ""))}
        inner = schemas.resolve(part.get("items") or {}, root) if schemas.type_of(part) == "array" else part
        if inner.get("properties") and depth < 4:
            yield from leaves(inner, root, depth + 1)
        else:
            yield name, {**inner, "description": part.get("description", inner.get("description", ""))}


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]


def _stems(text: str) -> list[str]:
    return lexicon.stems(text)


_GENERIC_STEMS = frozenset(lexicon.stem(word) for word in lexicon.GENERIC)
