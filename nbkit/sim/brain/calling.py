"""What is to be called, and what is answered from results: it plans the calls that a question needs, makes
those that are still to make, and answers from the values that came back.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from nbkit.sim.brain import (
    answering,
    arithmetic,
    conversing,
    endings,
    grounding,
    lexicon,
    manners,
    naming,
    planning,
    reading,
    recall,
    remedies,
    scene,
    structure,
    verses,
)
from nbkit.sim.brain.arguments import Context, fill_value
from nbkit.sim.brain.excerpts import Passage
from nbkit.sim.brain.intent import Intent, plainly
from nbkit.sim.brain.lexicon import enumerated
from nbkit.sim.brain.planning import Plan, Planned
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.scene import Call, Outcome, Scene

RETRIES = 1


def intended(seen: Scene) -> Intent:
    """Decide the reply where tools, results, documents or a schema have a part in it."""
    if seen.tools and seen.choice in ("any", "tool"):
        return _must_call(seen)
    return _may_call(seen)


def _must_call(seen: Scene) -> Intent:
    planned = _open(seen, planning.forced(seen, seen.now.asked, _known(seen)), forced=True)
    if not planned:
        return _answer(seen)
    if planned[0].tool == endings.tool_for_the_answer(seen):
        planned = planned[:1]
    return Intent(calls=tuple(_answering(seen, call) for call in _calls(seen, planned)))


def _may_call(seen: Scene) -> Intent:
    if seen.tools and seen.choice == "auto":
        if last := endings.tool_for_the_answer(seen):
            others = tuple(tool for tool in seen.tools if tool != last)
            intent = _may_call(dataclasses.replace(seen, tools=others))
            named = dataclasses.replace(seen, choice="tool", forced=last.name)
            return intent if intent.calls else _must_call(named)
        again = _retries(seen)
        if again:
            return Intent(
                "The error looks temporary. I try the same call once more.", "I'll try that once more.", again
            )
        if (first := remedies.remedy(seen)) is not None:
            return Intent(
                "A call failed for want of another one. I make that, and then the same call again.",
                f"I'll use `{first.name}` for this.",
                (first,),
            )
        plan = _plan(seen)
        planned = _open(seen, plan)
        if told := recall.lead(seen, planned):
            told = manners.applied(seen.system, told, seen.now.question)
            return Intent("The results that I have answer this.", told)
        if planned and not _asks_back(seen, plan, planned):
            planned = planned if seen.parallel else planned[:1]
            said = "" if manners.bare(seen.system) else _announced(planned)
            return Intent(_why(planned, conversing.quoted(seen)), said, _calls(seen, planned))
        if planned:
            return Intent(_lack(plan), _question(planned[0]))
    return _answer(seen)


def _plan(seen: Scene) -> Plan:
    text = scene.last_words(seen.now.asked)
    if verses.is_creative(text) and not planning.said_in(seen, text).of("path", "email", "phone", "hashtag"):
        return Plan()  # no tool knows more about it, and it goes nowhere
    return planning.make(seen, text, _known(seen), curious=not conversing.knows(seen, text))


def _known(seen: Scene) -> dict[str, Any]:
    return reading.known([Reading(outcome) for outcome in seen.now.outcomes])


def _open(seen: Scene, plan: Plan, *, forced: bool = False) -> list[Planned]:
    """The calls that are still to make. What earlier results answer is not asked again, unless it is meant to
    be.
    """
    rest = planning.left(plan, seen.now.outcomes)
    if forced:
        return rest or plan.calls[:1]
    if any(Reading(outcome).refused for outcome in seen.now.outcomes):
        return []
    if conversing.wants_it_fresh(seen.now.question):
        return rest
    earlier = [
        outcome.call for exchange in seen.before for outcome in exchange.outcomes if not outcome.is_error
    ]
    return [planned for planned in rest if planned.call not in earlier]


def _calls(seen: Scene, planned: list[Planned]) -> tuple[Call, ...]:
    calls = tuple(one.call for one in planned)
    return calls if seen.parallel else calls[:1]


def _retries(seen: Scene) -> tuple[Call, ...]:
    """The calls of this moment whose failure looks temporary and that were not tried again yet."""
    tried = [outcome.call for outcome in seen.now.outcomes]
    again = [
        outcome.call
        for outcome in seen.fresh
        if Reading(outcome).temporary and tried.count(outcome.call) <= RETRIES
    ]
    names = {tool.name for tool in seen.tools}
    return tuple(call for call in again if call.name in names)[: None if seen.parallel else 1]


def _asks_back(seen: Scene, plan: Plan, planned: list[Planned]) -> bool:
    """Whether nothing can be called before the person says more: every required value of the only call is
    missing.
    """
    if len(planned) > 1 or seen.now.outcomes:
        return False
    lacking = [one for one in planned[0].filled.missing if one in plan.missing]
    return bool(lacking) and not planned[0].filled.used and planned[0].filled.strength < 2


def _lack(plan: Plan) -> str:
    return (
        f"A call needs {enumerated(lexicon.humanize(one.name) for one in plan.missing)}, which was "
        f"not said. I ask."
    )


def _question(planned: Planned) -> str:
    names = [f"**{lexicon.humanize(one.name)}**" for one in planned.filled.missing]
    return f"I can use `{planned.tool.name}` for that. Which {enumerated(names)} {planning.ASKED_BACK}"


def _announced(planned: list[Planned]) -> str:
    """What a person reads before a call."""
    names = list(dict.fromkeys(one.tool.name for one in planned))
    if len(names) == 1 and len(planned) > 1:
        labels = naming.labels([one.call for one in planned])
        noun = naming.noun(planned[0].call)
        return (
            f"I'll check {noun} for {enumerated(labels)}."
            if _reads(names[0]) and not naming.is_action(planned[0].call)
            else f"I'll use `{names[0]}` for {enumerated(labels)}."
        )
    lines = [naming.command_of(one.call) for one in planned]
    if all(lines):
        return f"I'll run {enumerated(f'`{line}`' for line in lines)}."
    if all(_reads(one.tool.name) and not naming.is_action(one.call) for one in planned):
        return f"I'll check {enumerated(naming.subject(one.call) for one in planned)}."
    return f"I'll use {enumerated(f'`{name}`' for name in names)} for this."


def _reads(name: str) -> bool:
    words = lexicon.words(name)
    return (len(words) > 1 and words[0] in lexicon.READS) or not any(word in lexicon.VERBS for word in words)


def _why(planned: list[Planned], asked: str) -> str:
    """The reasoning before a call, said shortly."""
    lines = [f"The user wants to know: “{asked}”"]
    for one in planned[:4]:
        arguments = ", ".join(
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in one.filled.input.items()
        )
        lines.append(
            f"{one.tool.name} fits" + (f", with {arguments}." if arguments else "; it needs no arguments.")
        )
    if len(planned) > 1:
        lines.append("These calls do not depend on each other, so I make them together.")
    return " ".join(lines)


def _answer(seen: Scene) -> Intent:
    """Answer without a call: from results, or as well as one can."""
    if seen.output_schema is not None:
        return Intent("The answer has to be JSON of the given schema.", _structured(seen))
    found = _grounded(seen)
    if found:
        titles = enumerated(dict.fromkeys(f"“{one.title}”" for one in found if one.title))
        thinking = f"The answer stands in {titles or 'what I was given'}."
        return Intent(thinking, blocks=tuple(grounding.blocks(found)))
    outcomes = seen.now.outcomes or _remembered(seen)
    if not outcomes:
        return plainly(seen)
    text = answering.answer(planning.question(seen), outcomes)
    sources = enumerated(dict.fromkeys(outcome.call.name for outcome in outcomes))
    return Intent(
        f"The results of {sources} are there. I answer from their values.",
        manners.applied(
            seen.system, text, seen.now.question, reading.known([Reading(one) for one in outcomes])
        ),
    )


def _grounded(seen: Scene) -> list[Passage]:
    """What the documents and search results say about the question, if it is theirs to answer."""
    text = scene.last_words(seen.now.asked)
    if not seen.sources or arithmetic.expressions(text):
        return []
    if seen.now.outcomes and not any(_is_source(outcome) for outcome in seen.now.outcomes):
        return []
    return grounding.best(text, seen.sources)


def _is_source(outcome: Outcome) -> bool:
    content = outcome.content if isinstance(outcome.content, list) else []
    return any(block.get("type") in ("document", "search_result") for block in content)


def _remembered(seen: Scene) -> list[Outcome]:
    """Earlier results that a question without results of its own is about."""
    earlier = [outcome for exchange in seen.before for outcome in exchange.outcomes if not outcome.is_error]
    if not earlier:
        return []
    bare = not planning.said_in(seen, seen.now.question).mentions
    if not seen.tools or (bare and conversing.refers_back(seen.now.question)):
        return earlier if conversing.refers_back(seen.now.question) else []
    wanted = [one.call for one in _plan(seen).calls]
    same = [outcome for outcome in earlier if outcome.call in wanted]
    if same:
        return same
    return earlier if conversing.refers_back(seen.now.question) else []


def _structured(seen: Scene) -> str:
    """JSON of the wanted schema: what the answer says under the keys that ask for one, the rest from what was
    said and from results.
    """
    schema = seen.output_schema or {}
    said = planning.said_in(seen, seen.now.asked)
    outcomes = seen.now.outcomes or _remembered(seen)
    found = reading.known([Reading(outcome) for outcome in outcomes])
    value = fill_value(schema, Context(said, known=found, careful=True))
    return json.dumps(structure.answered(schema, value, _in_words(seen, outcomes)), ensure_ascii=False)


def _answering(seen: Scene, call: Call) -> Call:
    """A call that had to be made, with the answer where its tool takes one."""
    schema = next(tool.schema for tool in seen.tools if tool.name == call.name)
    return Call(call.name, structure.answered(schema, dict(call.input), _in_words(seen, seen.now.outcomes)))


def _in_words(seen: Scene, outcomes: list[Outcome]) -> str:
    if outcomes:
        return answering.answer(planning.question(seen), outcomes)
    return conversing.knows(seen, scene.last_words(seen.now.question))
