"""The words of one tool, by where they stand: in its name, in what says its purpose, in the rest of its
description, in its parameters. All of it follows from the tool's own JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nbkit.sim.brain import deeds, kinds, lexicon, schemas, wordings
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.wordlists import group, word_set
from nbkit.wire.blocks import Json

GENERIC_STEMS = frozenset(lexicon.stem(word) for word in lexicon.GENERIC)
_NO_NOUNS = GENERIC_STEMS | word_set("or and to in")
_META = frozenset(lexicon.stem(word) for word in group("meta"))
_LOOKS_UP = frozenset(
    lexicon.stem(word) for word in word_set("search lookup wikipedia wiki web docs knowledge retrieve faq")
)
_WHERE = frozenset(lexicon.stem(word) for word in word_set("base company faq help internal internet support"))


class ToolWords:
    """The stems of one tool, by where they stand."""

    def __init__(self, tool: Tool) -> None:
        spelled = lexicon.words(tool.name.rpartition("__")[2])  # without its server
        self.made = deeds.made_for(tool.name, tool.description)
        self.name = {stem for stem in lexicon.stems(tool.name) if not stem.isdigit()}
        self.first = lexicon.stem(spelled[0]) if spelled else ""  # maybe that of a whole family of tools
        self.nouns = {lexicon.stem(word) for word in spelled} & self.name - self.made.named - _NO_NOUNS
        self.takes_words = any(
            schemas.type_of(schema) == "string"
            and "enum" not in schema
            and kinds.kind_of(name, schema) not in kinds.ENTITIES - {"id", "person", "company"}
            for name, schema, _ in leaves(tool.schema)
        )
        self.is_shell = any(
            needed and kinds.kind_of(name, schema) == "code" and wordings.is_command(schema)
            for name, schema, needed in leaves(tool.schema)
        )
        self.spelled = {word for word in spelled if lexicon.stem(word) in self.nouns}
        self.meta = self.name & _META  # what a tool is named by that manages the work itself
        self.description = set(lexicon.stems(tool.description)) - self.name
        self.purpose = set(lexicon.stems(deeds.purpose(tool.description))) - self.name
        self.aside = self.description - self.purpose
        texts = [
            f"{name} {' '.join(str(one) for one in schema.get('enum', ()))}"
            for name, schema, _ in leaves(tool.schema)
        ]
        self.parameters = {stem for text in texts for stem in lexicon.stems(text)}
        first_sentence = re.split(r"(?<=[.!?])\s", tool.description, maxsplit=1)[0]
        told = (self.name | set(lexicon.stems(first_sentence))) - GENERIC_STEMS
        self.concepts = _concepts(told)
        self.concepts_of_name = _concepts(self.name - GENERIC_STEMS)
        self.concepts_without_first = _concepts(told - {self.first})
        self.looks_up = bool(self.name & _LOOKS_UP) and self.name <= _LOOKS_UP | GENERIC_STEMS | _WHERE


def _concepts(stems: set[str]) -> frozenset[int]:
    return frozenset(number for stem in stems for number in lexicon.concepts(stem))


def dull(tool: Tool) -> frozenset[str]:
    """The words that name a tool and its parameters: they say what is asked for, not what it is asked of."""
    return frozenset(lexicon.words(" ".join([tool.name, *(tool.schema.get("properties") or ())])))


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
