"""Fill an `input_schema` from what the user said. What comes out keeps the schema; what was not said is left
out, remembered from earlier, or, where it is required, guessed and reported as missing.

A stretch of text serves one parameter: the surest takes it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbkit.sim.brain import allotment, choices, kinds, phrases, schemas, values, vocabulary
from nbkit.sim.brain.allotment import fitting
from nbkit.sim.brain.candidates import FOUND, GUESSED, KNOWN, LABELLED, MADE_UP, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Mention, Said, Taken
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json

_DEEPEST = 6
_TRANSFERABLE = word_set(
    "email url place latitude longitude ticker timezone phone"
)  # one per kind, whatever its key


@dataclass(frozen=True, slots=True)
class Missing:
    """A required parameter that nothing was said about."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Filled:
    """Arguments, what in them had to be made up, and which mentions went into them."""

    input: Json
    missing: tuple[Missing, ...] = ()
    used: tuple[Mention, ...] = ()
    strength: int = 0
    spans: tuple[tuple[int, int], ...] = ()
    vague: int = 0  # required values that are a guess, or made up


@dataclass(frozen=True, slots=True)
class Context:
    """Where arguments come from: the words, earlier words, values out of results, and the input of an earlier
    call.
    """

    said: Said
    memory: Sequence[Said] = ()
    known: Mapping[str, Any] = field(default_factory=dict)
    base: Json = field(default_factory=dict)
    careful: bool = False  # whether an empty list is better than a guess


def fill(schema: Json, context: Context, taken: Iterable[tuple[int, int]] = (), depth: int = 0) -> Filled:
    """Return arguments for an object schema; the stretches in `taken` are not used."""
    filler = Filler(schema, context, Taken(list(taken)))
    whole = schemas.resolve(schema, schema)
    filler.allotted = allotment.allot(whole, schema, context.said, filler.taken)
    found = filler.object(whole, "", depth, context.base)
    return Filled(
        found.value,
        tuple(filler.missing),
        tuple(filler.used),
        found.strength,
        tuple(filler.taken.spans),
        filler.vague,
    )


def fill_value(schema: Json, context: Context) -> Any:
    """Return a value for any schema, as structured output wants it."""
    filler = Filler(schema, context, Taken())
    whole = schemas.resolve(schema, schema)
    if whole.get("properties"):
        filler.allotted = allotment.allot(whole, schema, context.said, filler.taken)
    return filler.value(schema, "", 0, True, None).value


class Filler:
    def __init__(self, root: Json, context: Context, taken: Taken) -> None:
        self.root = root
        self.context = context
        self.taken = taken
        self.missing: list[Missing] = []
        self.used: list[Mention] = []
        self.vague = 0
        self.allotted: dict[tuple[str, ...], Candidate] = {}
        self._path: list[str] = []
        self._labels = allotment.labels_of(root)

    def object(self, schema: Json, name: str, depth: int, base: Any) -> Candidate:
        properties = schema.get("properties") or {}
        required = set(schema.get("required") or ())
        base = base if isinstance(base, dict) else {}
        filled: Json = {}
        strength = MADE_UP
        parts = {
            key: allotment.hinted(part, self.root, key, properties, schema, name)
            for key, part in properties.items()
        }
        for key in sorted(parts, key=lambda key: self._claim(parts[key], key, key in required)):
            part = parts[key]
            found = self._property(part, key, depth, key in required, base.get(key))
            if found is not None:
                filled[key], strength = found.value, max(strength, found.strength)
                self.vague += not self._path and key in required and self._is_vague(found, key, parts[key])
        ordered = {key: filled[key] for key in properties if key in filled}
        for key in required - set(properties):
            ordered[key] = choices.free(self, key)
        if not properties and schema.get("additionalProperties") not in (None, False):
            ordered |= choices.pairs(self, schema["additionalProperties"])
            strength = LABELLED if ordered else strength
        return Candidate(ordered, strength)

    def _is_vague(self, found: Candidate, name: str, schema: Any) -> bool:
        """Whether a value is a guess; what is searched may be all that was said."""
        return found.strength < GUESSED or (
            found.strength == GUESSED and kinds.kind_of(name, schema) not in ("query", "topic")
        )

    def _property(self, schema: Any, name: str, depth: int, required: bool, base: Any) -> Candidate | None:
        """Fill one property; an optional one that nothing sure was said about is undone and left out."""
        if depth >= _DEEPEST and not required:
            return None
        before = (len(self.taken.spans), len(self.missing), len(self.used))
        self._path.append(name)
        found = self.value(schema, name, depth + 1, required, base)
        self._path.pop()
        keep = required or found.strength >= KNOWN or (base is not None and found.strength >= REMEMBERED)
        if keep and (required or len(self.missing) == before[1] or found.strength >= FOUND):
            return found
        del self.taken.spans[before[0] :], self.missing[before[1] :], self.used[before[2] :]
        return None

    def value(self, schema: Any, name: str, depth: int, required: bool, base: Any) -> Candidate:
        schema = schemas.resolve(schema, self.root)
        if "const" in schema:
            said = vocabulary.is_said(str(schema["const"]), self.context.said.text)
            return Candidate(schema["const"], LABELLED if said else GUESSED)
        if schema.get("enum"):
            return choices.one_of(self, schema, name, required, base)
        if options := schemas.variants(schema, self.root):
            return self._union(schema, options, name, depth, required, base)
        match schemas.type_of(schema):
            case "object":
                return self.object(schema, name, depth, base)
            case "array":
                return self._array(schema, name, depth, required, base)
            case "boolean":
                return choices.truth(self, schema, name, base)
            case "null":
                return Candidate(None, GUESSED)
            case "integer" | "number":
                return self._number(schema, name, required, base)
            case _:
                return self._string(schema, name, required, base)

    def _union(
        self, schema: Json, options: list[Json], name: str, depth: int, required: bool, base: Any
    ) -> Candidate:
        """Try each alternative, take the one that most was said about."""
        trials = []
        for option in options:
            before = (len(self.taken.spans), len(self.missing), len(self.used))
            found = self.value(option, name, depth, False, base)
            trials.append((_constants_said(option, self), found.strength, -len(self.missing) + before[1]))
            del self.taken.spans[before[0] :], self.missing[before[1] :], self.used[before[2] :]
        best = max(trials)
        if best[1] < REMEMBERED and schemas.nullable(schema):
            return Candidate(schema.get("default"), GUESSED)
        if best[1] < REMEMBERED and schema.get("default") is not None:
            return Candidate(schema["default"], GUESSED)
        return self.value(options[trials.index(best)], name, depth, required, base)

    def _claim(self, schema: Any, name: str, required: bool) -> tuple[int, bool]:
        """Sort key: the surer a property's own value, the earlier it chooses."""
        schema = schemas.resolve(schema, self.root)
        for option in schemas.variants(schema, self.root)[:1]:
            schema = {**option, "description": schema.get("description", option.get("description", ""))}
        if schema.get("enum") or schemas.type_of(schema) in ("object", "boolean"):
            return -FOUND * 3, not required
        if schemas.type_of(schema) == "array":
            item = schemas.resolve(schema.get("items") or {}, self.root)
            telling = item.get("enum") or any(values.patterned(self.context.said, item))
            if item.get("properties") and len(self.context.said.of("number")) > 1:
                return -FOUND * 3 - 2, not required  # its entries, before a text that holds all of them
            return -(FOUND if telling else GUESSED) * 3, not required
        found = values.numbers if schemas.type_of(schema) in ("integer", "number") else values.candidates
        best = max((c.strength for c in found(name, schema, self.context.said)), default=MADE_UP)
        kind = kinds.kind_of(name, schema)
        vague = (
            0 if best != FOUND or kind in kinds.ENTITIES else 1 if kind in ("text", "query", "code") else 2
        )
        return -best * 3 + vague, not required

    def _choose(self, found: Iterable[Candidate], fits: Callable[[Any], Any]) -> Candidate | None:
        """The surest candidate whose text is still free and whose value fits."""
        best: Candidate | None = None
        for one in found:
            candidate: Candidate | None = one
            if one.span is not None and not self.taken.free(*one.span):
                candidate = self._before_others(one)
                if candidate is None:
                    continue
            assert candidate is not None
            if candidate.strength < LABELLED and str(candidate.value) in self._labels:
                continue  # the name of a parameter is no value
            value = fits(candidate.value)
            if value is not None and (best is None or candidate.strength > best.strength):
                best = Candidate(value, candidate.strength, candidate.span, candidate.mention)
        return best

    def _before_others(self, candidate: Candidate) -> Candidate | None:
        """A phrase whose end serves other parameters, without that end."""
        start, end = candidate.span or (0, 0)
        text = self.context.said.text[start:end]
        if text != candidate.value or " " not in text:
            return None
        inside = [(a - start, b - start) for a, b in self.taken.spans if a < end and b > start]
        kept = phrases.trimmed(text, inside)
        if kept and text.endswith(kept) and kept != text:  # without what counts it
            start += len(text) - len(kept)
        if not kept or kept == text or not self.taken.free(start, start + len(kept)):
            return None
        return Candidate(kept, candidate.strength, (start, start + len(kept)))

    def _settle(self, best: Candidate | None, schema: Json, name: str, required: bool) -> Candidate:
        """Take what was chosen, or what the schema itself offers, or make something up and say so."""
        default = schema.get("default")
        if default is not None and (best is None or best.strength <= GUESSED):
            return Candidate(default, GUESSED)
        if best is None:
            if required:
                self.missing.append(Missing(name, kinds.kind_of(name, schema)))
            return Candidate(schemas.made_up(name, schema, self.root), MADE_UP)
        if best.span is not None:
            self.taken.take(*best.span)
        if best.mention is not None:
            self.used.append(best.mention)
        return best

    def _string(self, schema: Json, name: str, required: bool, base: Any) -> Candidate:
        if (allotted := self.allotted.get(tuple(self._path))) is not None:
            return self._settled(allotted)
        found = [*values.candidates(name, schema, self.context.said), *self._remembered(name, schema, base)]
        best = self._choose(found, lambda value: fitting(value, schema))
        if best is None and kinds.kind_of(name, schema) == "id":  # one id may serve two parameters
            best = self._choose([Candidate(c.value, GUESSED) for c in found], lambda v: fitting(v, schema))
        return self._settle(best, schema, name, required)

    def _number(self, schema: Json, name: str, required: bool, base: Any) -> Candidate:
        if (allotted := self.allotted.get(tuple(self._path))) is not None:
            return self._settled(allotted)
        found = [*values.numbers(name, schema, self.context.said), *self._remembered(name, schema, base)]
        best = self._choose(found, lambda value: fitting(value, schema))
        if best is None and required:
            count = (
                len(phrases.listed(self.context.said.text)) if kinds.kind_of(name, schema) == "count" else 0
            )
            best = Candidate(count, GUESSED) if count else None
        return self._settle(best, schema, name, required)

    def _settled(self, best: Candidate) -> Candidate:
        if best.mention is not None:
            self.used.append(best.mention)
        return best

    def _remembered(self, name: str, schema: Json, base: Any) -> list[Candidate]:
        """Values from results (by key), from the earlier call, and from what was said before."""
        found = [
            Candidate(value, KNOWN)
            for key, value in self.context.known.items()
            if choices.same_key(key, name)
        ]
        if base is not None:
            found.append(Candidate(base, REMEMBERED))
        kind = kinds.kind_of(name, schema)
        if kind in _TRANSFERABLE:
            found += [
                Candidate(value, KNOWN)
                for key, value in self.context.known.items()
                if kinds.kind_of(key, {}) == kind
            ]
        if kind in kinds.ENTITIES and schemas.type_of(schema) == "string":
            for said in self.context.memory:
                earlier = [c for c in values.candidates(name, schema, said) if c.strength >= FOUND]
                found += [Candidate(candidate.value, REMEMBERED) for candidate in earlier[:1]]
        return found

    def _array(self, schema: Json, name: str, depth: int, required: bool, base: Any) -> Candidate:
        from nbkit.sim.brain import sequences

        items, strength = sequences.items(self, schema, name, depth, required)
        if not items and isinstance(base, list):
            items, strength = base, REMEMBERED
        return Candidate(sequences.bounded(items, schema, self, name, depth), strength)


def _constants_said(option: Json, filler: Filler) -> int:
    """How many of the constants that mark an alternative were said, less those that were not."""
    parts = [schemas.resolve(part, filler.root) for part in (option.get("properties") or {}).values()]
    said = [
        vocabulary.is_said(str(part["const"]), filler.context.said.text) for part in parts if "const" in part
    ]
    return sum(1 if one else -1 for one in said)
