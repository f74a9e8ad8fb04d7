"""A scenario's form: what it is about, and its replies, of which the first one that fits is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbkit.errors import UsageError, quoted
from nbkit.sim.faults.fault import Fault, make, nearest, parse
from nbkit.sim.faults.fault_kinds import KINDS
from nbkit.sim.scenario import templates
from nbkit.sim.scenario.block_form import blocks
from nbkit.sim.scenario.conditions import Condition, conditions
from nbkit.sim.scenario.event_form import LONGEST_WAIT, Item, events
from nbkit.sim.scenario.located import Path
from nbkit.sim.scenario.mistakes import Mistakes
from nbkit.sim.scenario.situation import Situation
from nbkit.wire.blocks import Json

TOP = ("title", "teaches", "try", "request", "betas", "replies")
REPLY = (
    "when",
    "say",
    "events",
    "fault",
    "delay",
    "stop_reason",
    "stop_sequence",
    "stop_details",
    "container",
    "max_tokens",
    "model",
)
STOP_REASONS = (
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "tool_use",
    "pause_turn",
    "refusal",
    "model_context_window_exceeded",
    "compaction",
)

Say = list[Json] | Callable[[Json], Any]


@dataclass(frozen=True, slots=True)
class Script:
    """One reply and when to give it. Without `say` and `events` the brain answers, faults and all."""

    conditions: Sequence[Condition] = ()
    say: Say | None = None
    events: list[Item] | None = None
    faults: Sequence[Fault] = ()
    ending: Mapping[str, Any] = field(default_factory=dict)

    def fits(self, seen: Situation) -> dict[str, Any] | None:
        """Return what the conditions found, or None where one of them doesn't fit."""
        found: dict[str, Any] = {}
        return found if all(condition(seen, found) for condition in self.conditions) else None


def scripts(value: Any, path: Path, mistakes: Mistakes) -> list[Script]:
    """Read the replies of a scenario."""
    if not isinstance(value, list) or not value:
        mistakes.tell(path, "a scenario has a list of replies, with at least one")
        return []
    return [_script(item, (*path, at), mistakes) for at, item in enumerate(value)]


def _script(value: Any, path: Path, mistakes: Mistakes) -> Script:
    given = mistakes.keys(path, value, REPLY, "a reply")
    if isinstance(value, Mapping) and not {"say", "events", "fault", "delay"} & set(value):
        mistakes.tell(path, "a reply needs one of say, events, fault and delay")
    if "say" in given and "events" in given:
        mistakes.tell((*path, "events"), "say either say or events")
    for name in set(templates.unknown([given.get("say"), given.get("events")])):
        guess = ", ".join(templates.NAMES)
        mistakes.tell((*path, "say"), f"{{{name}}} names nothing (allowed: {guess}); a brace is written {{{{")
    said = given.get("say")
    return Script(
        conditions(given.get("when"), (*path, "when"), mistakes),
        _said(given, path, mistakes) if said is not None else None,
        events(given["events"], (*path, "events"), mistakes) if "events" in given else None,
        _faults(given, path, mistakes),
        _ending(given, path, mistakes),
    )


def _said(given: Mapping[str, Any], path: Path, mistakes: Mistakes) -> Say:
    said = given["say"]
    return said if callable(said) else blocks(said, (*path, "say"), mistakes)


def said_now(said: Any) -> list[Json]:
    """Read what a function of a Python scenario says to one request. Raises `UsageError`."""
    mistakes = Mistakes("what say() returned", None)
    read = blocks(said, (), mistakes)
    mistakes.finish()
    return read


def _faults(given: Mapping[str, Any], path: Path, mistakes: Mistakes) -> list[Fault]:
    found = []
    if "delay" in given:
        try:
            found.append(make("delay", {"seconds": given["delay"]}, KINDS))
        except UsageError:
            mistakes.tell((*path, "delay"), f"should be seconds from 0 to {LONGEST_WAIT}")
    value = given.get("fault")
    for item in value if isinstance(value, list) else [value]:
        try:
            found += _fault(item)
        except UsageError as error:
            mistakes.tell((*path, "fault"), f"{error} (faults: {', '.join(KINDS)})")
    return found


def _fault(value: Any) -> list[Fault]:
    if value is None:
        return []
    if isinstance(value, str):
        return parse(value, KINDS)
    if isinstance(value, Mapping):
        return [make(str(name), options or {}, KINDS) for name, options in value.items()]
    raise UsageError(f"a fault is a text or a mapping, not {quoted(value)}")


def _ending(given: Mapping[str, Any], path: Path, mistakes: Mistakes) -> Json:
    reason = given.get("stop_reason")
    if reason is not None and reason not in STOP_REASONS:
        guess = nearest(str(reason), STOP_REASONS)
        mistakes.tell(
            (*path, "stop_reason"), f"unknown {quoted(reason)}{guess} (allowed: {', '.join(STOP_REASONS)})"
        )
    for key in ("stop_details", "container"):
        if given.get(key) is not None and not isinstance(given[key], Mapping):
            mistakes.tell((*path, key), f"should be a mapping, not {quoted(given[key])}")
    for key in ("stop_sequence", "model"):
        mistakes.text((*path, key), given.get(key))
    most = given.get("max_tokens")
    if most is not None and (isinstance(most, bool) or not isinstance(most, int) or most < 0):
        mistakes.tell((*path, "max_tokens"), f"should be a whole number, not {quoted(most)}")
    return {key: given[key] for key in REPLY[5:] if key in given}
