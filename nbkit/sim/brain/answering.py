"""The answer from results: what follows from them first, then every value they hold, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from nbkit.sim.brain import lexicon, reading, showing
from nbkit.sim.brain.conclusions import conclude
from nbkit.sim.brain.naming import about, is_action, labels, noun, subject
from nbkit.sim.brain.reading import Reading
from nbkit.sim.brain.scene import Call, Outcome
from nbkit.sim.brain.verdicts import succeeded

_FEW = 4  # values that are told in one line


def _only_offers(outcome: Outcome) -> bool:
    """Whether a result is nothing but names of tools: a search for tools answers no question."""
    content = outcome.content
    kinds = {block.get("type") for block in content} if isinstance(content, list) else set()
    return kinds == {"tool_reference"}


def answer(question: str, outcomes: Sequence[Outcome]) -> str:
    """Answer a question from the outcomes of its calls."""
    told_of = [outcome for outcome in outcomes if not _only_offers(outcome)]
    readings = [Reading(outcome) for outcome in _latest(told_of or outcomes)]
    good = [one for one in readings if not one.outcome.is_error and not one.refused]
    names = labels([one.outcome.call for one in good])
    parts = []
    told = [(one, label) for one, label in zip(good, names, strict=True) if not one.empty]
    if told:
        lead = conclude(
            _without_values(question, good),
            [one for one, _ in told],
            [label if len(told) > 1 else "" for _, label in told],
            question,
        )
        parts.append(_statement(lead, told[0][0]) if len(told) == 1 else _several(lead, told))
    parts += [_nothing(one, question) for one in good if one.empty]
    parts += [_failure(one) for one in readings if one not in good]
    return "\n\n".join(parts)


def lead(question: str, outcomes: Sequence[Outcome]) -> str:
    """Only what follows from outcomes for a question, or ""."""
    readings = [one for one in map(Reading, _latest(outcomes)) if not one.refused and not one.empty]
    if not readings:
        return ""
    names = labels([one.outcome.call for one in readings])
    told = [name if len(readings) > 1 else "" for name in names]
    return conclude(_without_values(question, readings), readings, told, question)


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
    call, value = one.outcome.call, one.value
    if showing.is_short(value):
        said = _sentence(subject(call), value, one)
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
    if is_action(call):
        head = lead or ("Done." if succeeded([one]) else "")
        if head and _line(value):
            return f"{head} {_rest(value, head)}".strip()
        if not head and _line(value):
            text = showing.inline(value)
            return f"`{call.name}` returned {text}{_stop(text)}"
        return f"{head} `{call.name}` returned:\n\n{body}".strip()
    if lead and (rest := _rest(value, lead)) is not None:
        return f"{lead} {rest}".strip()
    about = subject(call)
    return f"{lead} {about[0].upper()}{about[1:]}:\n\n{body}".strip()


def _rest(value: Any, lead: str) -> str | None:
    """What of a few plain values was not said yet, in one line; None where they are more."""
    if not isinstance(value, dict) or len(value) > 2 * _FEW or not _is_flat(value):
        return None
    left = {key: one for key, one in value.items() if showing.bold(one) not in lead}
    text = showing.inline(left) if left else ""
    if len(text) > 200 or "\n" in text:
        return None
    return f"{text[0].upper()}{text[1:]}{_stop(text)}" if text else ""


def _line(value: Any) -> str:
    """A few plain values in one line, or ""."""
    if not isinstance(value, dict) or not 0 < len(value) <= _FEW or not _is_flat(value):
        return ""
    text = showing.inline(value)
    return f"{text[0].upper()}{text[1:]}{_stop(text)}" if len(text) <= 200 and "\n" not in text else ""


def _sentence(about: str, value: Any, one: Reading) -> str:
    text = showing.inline(value)
    call = one.outcome.call
    if is_action(call):
        if succeeded([one]) or value is True:
            return f"Done: {text}{_stop(text)}"
        return _says(call, text)
    if isinstance(value, str) and re.match(r"[A-Z].*\s.*[.!]$", value.strip()):
        return _says(call, text)
    return f"{about[0].upper()}{about[1:]}: {text}{_stop(text)}"


def _says(call: Call, text: str) -> str:
    return f"`{call.name}` says: {text}{_stop(text)}"


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


def _nothing(one: Reading, question: str) -> str:
    call = one.outcome.call
    shown = f" ({showing.shown(one.value)})" if one.parts else ""
    if is_action(call):
        return f"`{call.name}` ran and returned nothing{shown}."
    if one.parts and _holds_an_empty_list(one.value):  # it looked, and there was none
        what = lexicon.plural(noun(call).removeprefix("the ").strip("`"))
        known = "result" not in what and "`" not in noun(call)
        first = "No: there" if _asks_whether(question) else "There"
        found = f"are no {what}{about(call)}" if known else f"is nothing to tell about {subject(call)}"
        return f"{first} {found}. `{call.name}` returned nothing{shown}."
    return f"`{call.name}` returned nothing{shown}, so I can't tell you {subject(call)}."


def _holds_an_empty_list(value: Any) -> bool:
    return value == [] or (
        isinstance(value, dict) and any(_holds_an_empty_list(one) for one in value.values())
    )


def _asks_whether(question: str) -> bool:
    return bool(
        re.search(r"(?:^|[.!?]\s+)(?:is|are|was|were|do|does|did|have|has|can)\b", question, re.IGNORECASE)
    )


def _failure(one: Reading) -> str:
    call = one.outcome.call
    why = _reason(one)
    if one.refused:
        reason = f": {why}" if why else ""
        return (
            f"The call to `{call.name}` was not allowed{reason}{_stop(reason)} So I can't tell you "
            f"{subject(call)}, and I won't try again unless you ask."
        )
    said = f": {why}" if why else " and did not say why"
    said += _stop(said)
    if is_action(call):
        return f"That did not work. The tool `{call.name}` failed{said}"
    return f"I could not get {subject(call)}. The tool `{call.name}` failed{said}"


def _reason(one: Reading) -> str:
    """What an error says: its message first, with what stands beside it."""
    if not one.parts:
        return ""
    value = one.value
    if isinstance(value, str) and value.lstrip().startswith("Traceback"):
        return showing.bold(value.strip().splitlines()[-1])
    told = [(path[-1].lower(), leaf) for path, leaf in one.leaves if path and leaf not in (None, "")]
    messages = [leaf for key, leaf in told if key in _MESSAGES and isinstance(leaf, str)]
    if len(messages) != 1 or len(told) > _FEW:
        return showing.inline(value).strip()
    others = ", ".join(
        f"{lexicon.humanize(key)} {showing.shown(leaf)}" for key, leaf in told if leaf != messages[0]
    )
    return showing.bold(messages[0]) + (f" ({others})" if others else "")


_MESSAGES = frozenset(("message", "detail", "error", "reason", "description", "msg", "error_message"))


def _stop(text: str) -> str:
    """The full stop that a sentence still needs."""
    return "" if text.rstrip("*").endswith((".", "!", "?", "…")) else "."
