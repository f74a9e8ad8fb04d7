"""The answer from results: what follows from them first, then every value they hold, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nbkit.sim.brain import kinds, lexicon, reading, showing
from nbkit.sim.brain.conclusions import conclude, succeeded
from nbkit.sim.brain.hearing import enumerated
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.scene import Call, Outcome
from nbkit.sim.brain.wordlists import word_set

_NOUNS = {
    "convert": "the conversion",
    "translate": "the translation",
    "calculate": "the result",
    "compute": "the result",
    "evaluate": "the result",
    "compare": "the comparison",
    "summarize": "the summary",
}


def answer(question: str, outcomes: Sequence[Outcome]) -> str:
    """Answer a question from the outcomes of its calls."""
    readings = [Reading(outcome) for outcome in _latest(outcomes)]
    good = [one for one in readings if not one.outcome.is_error and not one.refused]
    names = labels([one.outcome.call for one in good])
    parts = []
    told = [(one, label) for one, label in zip(good, names, strict=True) if not one.empty]
    if told:
        lead = conclude(
            _without_values(question, good),
            [one for one, _ in told],
            [label if len(told) > 1 else "" for _, label in told],
        )
        parts.append(_statement(lead, told[0][0]) if len(told) == 1 else _several(lead, told))
    parts += [_nothing(one) for one in good if one.empty]
    parts += [_failure(one) for one in readings if one not in good]
    return "\n\n".join(parts)


def _without_values(question: str, readings: Sequence[Reading]) -> str:
    """The question without what went into the calls: a "latest" in a tag asks for nothing."""
    for one in readings:
        for _, value in reading.leaves(one.outcome.call.input):
            if isinstance(value, str) and 3 < len(value) < 200:
                question = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", question, flags=re.IGNORECASE)
    return question


def _latest(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """One outcome for each call: the last, so that a retry that worked replaces the failure before it."""
    found: dict[str, Outcome] = {}
    for outcome in outcomes:
        key = f"{outcome.call.name} {outcome.call.input}"
        if key in found and found[key].is_error:
            del found[key]
        elif key in found:
            key += f" {len(found)}"
        found[key] = outcome
    return list(found.values())


def _statement(lead: str, one: Reading) -> str:
    """What one result says, after what follows from it."""
    about = subject(one.outcome.call)
    value = one.value
    if showing.is_short(value):
        said = _sentence(about, value, one)
        return f"{lead} {said}" if lead else said
    if (
        isinstance(value, list)
        and len(value) == len(one.parts) > 1
        and all(isinstance(part, str) for part in value)
    ):
        body = "\n\n".join(
            showing.block(part) if not showing.is_short(part) else showing.bold(part) for part in value
        )
    else:
        body = showing.block(value)
    call = one.outcome.call
    if _is_action(call):
        head = lead or ("Done." if succeeded([one]) else "")
        return f"{head} `{call.name}` returned:\n\n{body}".strip()
    return f"{lead} {about[0].upper()}{about[1:]}:\n\n{body}".strip()


def _sentence(about: str, value: Any, one: Reading) -> str:
    text = showing.inline(value)
    if (isinstance(value, str) and re.match(r"[A-Z].*\s.*[.!]$", value.strip())) or _is_action(
        one.outcome.call
    ):
        head = (
            "Done: "
            if _is_action(one.outcome.call) and succeeded([one])
            else f"`{one.outcome.call.name}` says: "
        )
        return f"{head}{text}{_stop(text)}"
    return f"{about[0].upper()}{about[1:]}: {text}{_stop(text)}"


def _several(lead: str, told: Sequence[tuple[Reading, str]]) -> str:
    lines = []
    for one, label in told:
        if showing.is_short(one.value) or (
            isinstance(one.value, dict) and len(one.leaves) <= 6 and _is_flat(one.value)
        ):
            lines.append(f"- {label}: {showing.inline(one.value)}")
        else:
            inner = "\n".join(f"  {line}" for line in showing.block(one.value).splitlines())
            gap = "\n" if inner.lstrip().startswith(("|", ">")) else ""
            lines.append(f"- {label}:\n{gap}{inner}")
    body = "\n".join(lines)
    return f"{lead}\n\n{body}" if lead else f"Here is what I found:\n\n{body}"


def _is_flat(value: dict[str, Any]) -> bool:
    return not any(isinstance(item, dict | list) for item in value.values())


def _nothing(one: Reading) -> str:
    shown = f" ({showing.shown(one.value)})" if one.parts else ""
    if _is_action(one.outcome.call):
        return f"`{one.outcome.call.name}` ran and returned nothing{shown}."
    return (
        f"`{one.outcome.call.name}` returned nothing{shown}, so I can't tell you {subject(one.outcome.call)}."
    )


def _failure(one: Reading) -> str:
    call = one.outcome.call
    why = showing.inline(one.value).strip() if one.parts else ""
    if one.refused:
        reason = f": {why}" if why else ""
        return (
            f"The call to `{call.name}` was not allowed{reason}{_stop(reason)} So I can't tell you "
            f"{subject(call)}, and I won't try again unless you ask."
        )
    said = f": {why}" if why else " and did not say why"
    said += _stop(said)
    if _is_action(call):
        return f"That did not work. The tool `{call.name}` failed{said}"
    return f"I could not get {subject(call)}. The tool `{call.name}` failed{said}"


def _stop(text: str) -> str:
    """The full stop that a sentence still needs."""
    return "" if text.rstrip("*").endswith((".", "!", "?", "…")) else "."


def subject(call: Call) -> str:
    """What a call is about: "the weather in Paris"."""
    return f"{noun(call)}{about(call)}"


def noun(call: Call) -> str:
    """What a tool gives, by its name: "the weather"."""
    words = lexicon.words(call.name)
    if words and words[0] in _NOUNS:
        return _NOUNS[words[0]]
    if words and words[0] in ("is", "has", "can", "are"):
        return f"`{call.name}`"
    while len(words) > 1 and words[0] in lexicon.VERBS | {"to", "for", "by", "from", "in", "my", "the"}:
        words = words[1:]
    name = " ".join(words)
    alone = len(lexicon.words(call.name)) == 1 and name in lexicon.VERBS
    return "the result" if alone or name.endswith(("ator", "ulate")) else f"the {name}"


def about(call: Call) -> str:
    """The arguments as a person would add them: " in Paris", " from Oslo to Rome", " for 17*23"."""
    ends = {"from": "", "to": ""}
    told: dict[str, list[str]] = {"place": [], "point": [], "other": [], "number": []}
    for path, value in list(reading.leaves(call.input))[:20]:
        name = next((part for part in reversed(path) if not part.isdigit()), "")
        text = showing.shown(value)
        kind = kinds.kind_of(name, {})
        if value is None or isinstance(value, bool) or not text or len(text) > 60 or "\n" in text:
            continue
        side = next((side for part in reversed(path) if (side := kinds.side_of(part))), "")
        if kind in ("latitude", "longitude"):
            told["point"].append(text)
        elif kind in ("unit", "date", "time", "datetime", "currency", "email", "postcode"):
            continue
        elif side in ends and not isinstance(value, int | float):
            ends[side] = ends[side] or text
        elif kind == "place":
            told["place"].append(text)
        elif isinstance(value, int | float):
            told["number"].append(text)
        else:
            told["other"].append(f"`{text}`" if kind in ("code", "expression", "path", "thing") else text)
    route = "".join(f" {side} {text}" for side, text in ends.items() if text)
    if told["place"]:
        return f" in {enumerated(told['place'][:4])}{route}"
    if told["point"]:
        return f" at {', '.join(told['point'][:2])}{route}"
    others = told["other"][:2] or ([] if route else told["number"][:2])
    return (f" for {', '.join(others)}" if others and not route else "") + route


def labels(calls: Sequence[Call]) -> list[str]:
    """A short name for each call: what differs in its arguments, else what it is about."""
    if len({call.name for call in calls}) > 1:
        return [subject(call)[4:] if subject(call).startswith("the ") else subject(call) for call in calls]
    found = []
    for call in calls:
        others = [other.input for other in calls if other is not call]
        differs = [
            value for key, value in call.input.items() if any(other.get(key) != value for other in others)
        ]
        texts = [showing.shown(leaf) for value in differs for _, leaf in reading.leaves(value)]
        found.append(", ".join(text for text in texts if text)[:80] or subject(call)[4:])
    return found


def _is_action(call: Call) -> bool:
    """Whether a call does something rather than look something up."""
    first = lexicon.words(call.name)[:1]
    acts = (
        lexicon.VERBS
        - lexicon.READS
        - word_set(
            "calculate compare convert count estimate explain measure predict rank rate recommend "
            "suggest sum summarize validate analyze analyse classify detect solve simulate track "
            "translate verify weigh describe define parse format help identify"
        )
    )
    return bool(first) and first[0] in acts
