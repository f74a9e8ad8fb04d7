"""From a question to the calls that answer it: which clauses want which tool, one call for each thing asked,
and what is still to do when some calls have been made. A plan is made anew for every request, from the
array alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nbkit.sim.brain import dates, kinds, lexicon, phrases
from nbkit.sim.brain.arguments import Context, Filled, Missing, fill
from nbkit.sim.brain.candidates import FOUND, GUESSED
from nbkit.sim.brain.clauses import clauses_of, parts_of, pointing
from nbkit.sim.brain.hearing import Mention, Said
from nbkit.sim.brain.matching import Matcher
from nbkit.sim.brain.scene import Call, Outcome, Scene, Tool
from nbkit.sim.brain.tool_words import dull, leaves

ASKED_BACK = "do you mean?"  # how a question back ends, so that the next message is known as its answer
_LONGEST = 3000  # characters of one text that are looked at closely
_NEAR = 12  # exchanges that "and in Oslo?" may lean on
_LOOK_BACK = 20  # exchanges that are remembered for what a call lacks
MOST = 8  # calls in one reply

_ELLIPTIC = re.compile(
    r"^\W*(?:and|what about|how about|or|also|same (?:for|in|with)|now|then|but)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A call to make, and what it lacks."""

    tool: Tool
    filled: Filled
    follows: bool = False  # it works with what the calls before it have made

    @property
    def call(self) -> Call:
        return Call(self.tool.name, self.filled.input)


@dataclass(slots=True)
class Plan:
    calls: list[Planned] = field(default_factory=list)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def missing(self) -> list[Missing]:
        return [one for planned in self.calls for one in planned.filled.missing if one.kind in kinds.ENTITIES]


def said_in(scene: Scene, text: str) -> Said:
    recent = [exchange.asked[:_LONGEST] for exchange in scene.exchanges[-_LOOK_BACK:]]
    if len(text) > _LONGEST:  # what is asked stands at the beginning or at the end
        text = f"{text[: _LONGEST // 2]}\n{text[-_LONGEST // 2 :]}"
    return Said(text, dates.today_in("\n".join([scene.system, *recent])))


def make(scene: Scene, text: str, known: Mapping[str, Any], *, curious: bool = True) -> Plan:
    """Plan every call that `text` asks for, as if none had been made; `curious` asks tools that look things
    up.
    """
    matcher = Matcher(scene.tools, curious=curious)
    memory = _memory(scene)
    said = said_in(scene, pointing(text, memory[: len(scene.before)]))
    context = Context(said, memory, known)
    plan = Plan(known=known)
    clauses = clauses_of(matcher, said)
    for clause in clauses:
        if clause.tool is not None:
            made = _calls(clause.tool, clause.text, context, whole=len(clauses) == 1)
            plan.calls += [replace(one, follows=clause.follows) for one in made]
    if not plan.calls:
        plan.calls = _continued(scene, matcher, context)
    plan.calls = _with_suppliers(scene, plan, context)[:MOST]
    return plan


def forced(scene: Scene, text: str, known: Mapping[str, Any]) -> Plan:
    """Plan at least one call, of the named tool or of the one that fits best.

    When any tool will do and what was asked for is done, it is one that wasn't called yet: programs have
    one for the answer.
    """
    said = said_in(scene, text)
    context = Context(said, _memory(scene), known)
    tool = next((tool for tool in scene.tools if tool.name == scene.forced), None)
    if scene.choice == "any":
        plan = make(scene, text, known)
        called = {outcome.call.name for outcome in scene.now.outcomes}
        others = [tool for tool in scene.tools if tool.name not in called]
        if plan.calls and (left(plan, scene.now.outcomes) or not others):
            return plan
        best = Matcher(others or scene.tools).best(said, 0.0)
        tool = best or (others[-1] if others and called else None)
    return Plan(_calls(tool, text, context, whole=True) if tool else [])


def question(scene: Scene) -> str:
    """What has to be answered: a question that leans on the one before, with that one."""
    now = scene.now.asked
    if scene.before and _leans(scene, said_in(scene, scene.now.question)):
        return f"{scene.before[-1].asked}\n{now}"
    return now


def _leans(scene: Scene, said: Said) -> bool:
    """Whether a text is short for a question: "and in Oslo?", or the answer to what was asked back."""
    short = len(said.text.split()) <= 5 and bool(said.mentions)
    return bool(_ELLIPTIC.search(said.text)) or short or _asked_back(scene)


def _asked_back(scene: Scene) -> bool:
    previous = scene.before[-1]
    return previous.answer.endswith(ASKED_BACK) and not previous.outcomes


def left(plan: Plan, done: Sequence[Outcome]) -> list[Planned]:
    """What of a plan is still to do. Calls are counted by tool: an input that a person edited is no new
    question.
    """
    rest = []
    for name in dict.fromkeys(planned.tool.name for planned in plan.calls):
        wanted = [planned for planned in plan.calls if planned.tool.name == name]
        made = [outcome.call.input for outcome in done if outcome.call.name == name]
        distinct = [one for at, one in enumerate(made) if one not in made[:at]]
        count = len(wanted) - len(distinct)
        open_ones = [planned for planned in wanted if planned.filled.input not in distinct]
        rest += open_ones[-count:] if count > 0 else []
    ordered = [planned for planned in plan.calls if planned in rest]
    waiting = next((at for at, planned in enumerate(ordered) if at and planned.follows), len(ordered))
    return ordered[:waiting]


def _memory(scene: Scene) -> list[Said]:
    """Earlier words, the latest first; the system prompt last."""
    earlier = [said_in(scene, exchange.asked) for exchange in reversed(scene.before[-_LOOK_BACK:])]
    return [*earlier, said_in(scene, scene.system)] if scene.system else earlier


def _calls(tool: Tool, clause: str, context: Context, *, whole: bool) -> list[Planned]:
    """One call for each thing that the clause names; a clause that lacks something borrows from the whole
    text.
    """
    said = Said(context.said.text if whole else clause, context.said.today, dull(tool))
    memory = [*context.memory] if whole else [context.said, *context.memory]
    inner = Context(said, memory, context.known, context.base)
    first = fill(tool.schema, inner)
    made = [first]
    for mention in _others(first, said):
        taken = [(used.start, used.end) for used in said.joined(mention) if used != mention]
        again = fill(tool.schema, inner, taken)
        if mention in again.used and again.input not in [one.input for one in made]:
            made.append(again)
    if len(made) == 1:
        made = _parallel_parts(tool, inner, first) or _enumerated(tool, first) or made
    return [Planned(tool, one) for one in made]


def _others(first: Filled, said: Said) -> list[Mention]:
    """The mentions that stand beside a used one in an enumeration, and that no parameter has used."""
    found: list[Mention] = []
    for used in first.used:
        if used not in said.mentions:
            continue
        group = said.joined(used)
        if len(group) == 2 and said.text[group[0].end : group[1].start].strip() == ",":
            continue  # a mere comma: the second may say more of the first
        if not any(one in first.used for one in group if one != used):
            found += [one for one in group if one != used and one not in found]
    return found


def _parallel_parts(tool: Tool, context: Context, whole: Filled) -> list[Filled]:
    """The parts of an enumeration of wholes: "100 USD to EUR and 50 GBP to JPY"."""
    required = len(tool.schema.get("required") or ())
    if not required or any("items" in part for part in (tool.schema.get("properties") or {}).values()):
        return []
    parts = [context.said.text[start:end] for start, end in parts_of(context.said)]
    made = []
    for part in parts:
        filled = fill(tool.schema, Context(Said(part, context.said.today)))
        if filled.missing or filled.strength < FOUND or len(filled.used) < min(required, 2):
            continue
        made.append(filled)
    if len(made) < 2 or len(made) != len(parts):
        return []
    used = {mention.value for mention in whole.used}
    return made if any(mention.value not in used for one in made for mention in one.used) else []


def _enumerated(tool: Tool, first: Filled) -> list[Filled]:
    """A call for each of several things in plain words, where a tool takes one: "apples and pears"."""
    properties = tool.schema.get("properties") or {}
    wanted = [key for key in tool.schema.get("required") or () if isinstance(first.input.get(key), str)]
    if len(wanted) != 1 or first.missing or first.used or "enum" in (properties.get(wanted[0]) or {}):
        return []
    (key,), text = wanted, first.input[wanted[0]]
    parts = phrases.listed(text)
    kind = kinds.kind_of(key, properties.get(key) or {})
    if len(parts) < 2 or kind not in _SINGLE or any(len(part.split()) > 3 for part in parts):
        return []
    return [replace(first, input={**first.input, key: part}) for part in parts[:MOST]]


_SINGLE = frozenset(("item", "thing", "title", "topic", "id"))  # a call takes one of them


def _continued(scene: Scene, matcher: Matcher, context: Context) -> list[Planned]:
    """A short question that leans on the one before: "and in Oslo?", or the answer to what was asked back."""
    if not scene.before:
        return []
    text = context.said.text
    if not _leans(scene, context.said):
        return []
    recent = [one for one in scene.before[-_NEAR:] if one.outcomes]
    previous = scene.before[-1] if _asked_back(scene) or not recent else recent[-1]
    if previous.outcomes:
        last = previous.outcomes[-1].call
        tool = next((tool for tool in scene.tools if tool.name == last.name), None)
        leaning = Context(context.said, (), context.known, last.input)
        made = _calls(tool, text, leaning, whole=True) if tool else []
        return [one for one in made if one.filled.strength >= FOUND and one.filled.input != last.input]
    tool = matcher.best(said_in(scene, previous.asked))
    if tool is None or (not _asked_back(scene) and not context.said.mentions):
        return []
    joined = said_in(scene, f"{previous.asked}\n{text}")
    return _calls(tool, joined.text, Context(joined, context.memory, context.known), whole=True)


def _with_suppliers(scene: Scene, plan: Plan, context: Context) -> list[Planned]:
    """Where a call lacks a value that another tool can supply, plan that tool first and leave the call for
    later.
    """
    ready: list[Planned] = []
    for planned in plan.calls:
        lacks = [one for one in planned.filled.missing if one.kind in kinds.ENTITIES]
        supplier = next(
            (found for one in lacks for found in [_supplier(scene, one, planned, context)] if found), None
        )
        if supplier is None:
            ready.append(planned)
        elif supplier.call not in [one.call for one in (*ready, *plan.calls)]:
            ready.append(supplier)
    if len(ready) > 1:  # what lacks something waits for what doesn't
        complete = [one for one in ready if not one.filled.missing]
        return complete or ready
    return ready


def _supplier(scene: Scene, missing: Missing, planned: Planned, context: Context) -> Planned | None:
    """The call of another tool that looks up what is missing, if it lacks nothing itself."""
    wanted = {
        stem for stem in (*lexicon.stems(missing.name), lexicon.stem(missing.kind)) if stem not in _BARE
    }
    groups = (
        {number for stem in wanted for number in lexicon.concepts(stem)} if missing.kind == "place" else set()
    )
    for tool in scene.tools:
        words = lexicon.words(tool.name)
        if tool == planned.tool or (words and words[0] in lexicon.VERBS - lexicon.READS):
            continue
        told = set(lexicon.stems(f"{tool.name} {tool.description.split('.')[0]}"))
        offers = wanted & told or any(lexicon.concepts(stem) & groups for stem in lexicon.stems(tool.name))
        takes = any(
            set(lexicon.stems(name)) == set(lexicon.stems(missing.name)) for name, *_ in leaves(tool.schema)
        )
        if offers and not takes:
            filled = fill(tool.schema, context)
            if not filled.missing and (filled.strength > GUESSED or not tool.schema.get("required")):
                return Planned(tool, filled)
    return None


_BARE = frozenset(("id", "nam", "dat", "tim", "cod", "thing", "text"))
