"""What speaks for a tool beside its words: values that a text has for its parameters, and how well they fill
what it requires.
"""

from __future__ import annotations

import re

from nbkit.sim.brain import kinds, phrases, schemas, values, vocabulary, wordings
from nbkit.sim.brain.arguments import Context, fill
from nbkit.sim.brain.candidates import FOUND, Candidate
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.scene import Tool
from nbkit.sim.brain.tool_words import dull, leaves
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

_TELLING = word_set("expression email url path currency language code uuid ip address")
_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|ALTER|DROP) (?=\S)")
_CODED = 1.0  # something like ABC-123
_BESIDES = 0.5  # one of an optional parameter's words was said
_OPTIONAL = 0.3  # what an optional parameter counts for which something was said


def evidence(tool: Tool, said: Said, *, choosing: bool, curious: bool) -> tuple[float, float]:
    """The share of the parameters that matter which a text has values for, and how telling these are."""
    found = asked = telling = 0.0
    besides = False  # something was said for an optional parameter
    for name, schema, required in leaves(tool.schema):
        weight = _shaped(name, schema, said, required=required, choosing=choosing)
        if weight is not None and (required or not choosing or weight > 1):
            found, asked, telling = found + (1 if weight >= 1 else 0.6), asked + 1, telling + min(weight, 1)
        elif weight is not None:
            telling += 0 if besides else _BESIDES
        if weight is not None:
            besides = True
            continue
        kind = kinds.kind_of(name, schema)
        if required and kind == "thing" and not choosing and phrases.odd(said.text):
            found, asked, telling = found + 1, asked + 1, telling + 1
        if not (kind in kinds.ENTITIES or kind in _TELLING) or not (required or choosing):
            continue
        hit = any(
            one.strength >= FOUND and not (choosing and _is_loose(one))
            for one in values.candidates(name, schema, said)
        )
        besides |= hit
        if required:
            found, asked = found + hit, asked + 1
            telling += _weight(kind, said) if hit else 0
    share = found / asked if asked else 0.0
    if choosing and curious and besides and share < 1:
        share += _OPTIONAL * (1 - share)
    return share, telling + (_same_statement(tool, said) if choosing else 0)


def _shaped(name: str, schema: Json, said: Said, *, required: bool, choosing: bool) -> float | None:
    """How telling it is that a text has just what a parameter takes, by its shape or by its name; 2 where
    that counts for an optional one, too.
    """
    if any(values.patterned(said, schema)):
        return 2
    if _says_one(schema, said):
        return 1
    if not choosing:
        return None
    if wordings.is_glob(schema) and any(wordings.globs(said)):
        return 1
    if not required:
        return None
    kind = kinds.kind_of(name, schema)
    if (kind in ("query", "code") and _SQL.search(said.text)) or (kind == "channel" and said.of("hashtag")):
        return 1
    return 0.4 if phrases.labelled(said.text, name) else None


def _same_statement(tool: Tool, said: Said) -> float:
    """A little where a tool is for the very statement of SQL that was given."""
    found = _SQL.search(said.text)
    return 0.5 * (found is not None and found[1].split()[0] in tool.description)


def _weight(kind: str, said: Said) -> float:
    if kind == "id" and said.of("id"):
        return _CODED
    return 1.0 if kind in _TELLING and (kind != "address" or said.of("address")) else 0.4


def _is_loose(found: Candidate) -> bool:
    """Whether a value could be of any kind: what is quoted, where there are tools to choose from."""
    return found.mention is not None and found.mention.kind == "quoted"


def _says_one(schema: Json, said: Said) -> bool:
    """Whether one of the values of an enum was said: a word of three letters or more."""
    values = [one for one in schema.get("enum", ()) if isinstance(one, str) and len(one) > 2]
    return any(any(vocabulary.said_terms(said.text, {one.lower().replace("_", " ")})) for one in values[:50])


def plurality(tool: Tool, said: Said) -> float:
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


def fit(tool: Tool, said: Said) -> float:
    """How well what was said fills a tool's schema: the share of its required values that are there."""
    said = Said(said.text, said.today, dull(tool))
    required = tool.schema.get("required") or ()
    if not required:
        return 0.5 if fill(tool.schema, Context(said)).strength >= FOUND else 0.0
    parts = tool.schema.get("properties") or {}
    needed = {**tool.schema, "properties": {name: parts[name] for name in required if name in parts}}
    vague = fill(needed, Context(said)).vague
    return 1.5 * (1 - vague / len(required)) - 0.5 * min(2, vague)
