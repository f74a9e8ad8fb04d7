"""A fault, and how it is written: `overloaded; after=3`, several with commas between them.

Names are those of the table in `fault_kinds`. A mistake is told with what is allowed there and the nearest
spelling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal

from nbkit.errors import UsageError

OptionKind = Literal["count", "seconds", "word"]
Stage = Literal["error", "events", "bytes", "connection"]

LONGEST = 3600.0  # seconds
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Option:
    """A parameter of a fault; `default` is what holds where it isn't said.

    `choices` are the words that are allowed, `least` and `most` what a count may be.
    """

    name: str
    kind: OptionKind
    default: Any
    what: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = LARGEST


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A fault that can be asked for: what it does in one line, and its parameters.

    `stage` is where it happens: in place of the answer, among its events, in its bytes, or to the connection.
    """

    name: str
    stage: Stage
    what: str
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, asked for. `options` holds a value for every parameter of its kind."""

    name: str
    stage: Stage
    options: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, attempt: int) -> bool:
        """Whether it happens at this attempt, where 0 is the first one."""
        attempts = self.options.get("attempts")
        return attempts is None or attempt < attempts


def parse(text: str, kinds: Mapping[str, FaultKind]) -> list[Fault]:
    """Read faults as they are written in a header. Raises `UsageError` for what is none."""
    return [_one(part, kinds) for part in text.split(",") if part.strip()]


def _one(text: str, kinds: Mapping[str, FaultKind]) -> Fault:
    name, *pairs = [part.strip() for part in text.split(";")]
    options: dict[str, str] = {}
    for pair in filter(None, pairs):
        key, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"{name}: write its parameters as name=value, not {pair!r}")
        options[key.strip()] = value.strip()
    return make(name, options, kinds)


def make(name: str, options: Mapping[str, Any], kinds: Mapping[str, FaultKind]) -> Fault:
    """Return the fault of this name. Raises `UsageError` for what can't be one."""
    kind = kinds.get(_spelled(name))
    if kind is None:
        raise UsageError(f"unknown fault {name!r}{nearest(_spelled(name), kinds)}")
    known = {option.name: option for option in kind.options}
    values = {option.name: option.default for option in kind.options}
    for key, value in options.items():
        option = known.get(_spelled(str(key)))
        if option is None:
            allowed = ", ".join(known) or "none"
            guess = nearest(_spelled(str(key)), known)
            raise UsageError(f"{kind.name} has no parameter {key!r}{guess} (it has: {allowed})")
        values[option.name] = _value(kind, option, value)
    return Fault(kind.name, kind.stage, values)


def nearest(word: str, words: Iterable[str]) -> str:
    """Return `; did you mean …?`, or nothing where nothing is near."""
    found = get_close_matches(word, list(words), n=1, cutoff=0.55)
    return f"; did you mean {found[0]!r}?" if found else ""


def _spelled(name: str) -> str:
    return name.strip().lower().replace("-", "_")


def _value(kind: FaultKind, option: Option, value: Any) -> Any:
    where = f"{kind.name}; {option.name}={value}"
    if option.kind == "word":
        word = str(value).lower() if isinstance(value, bool) else str(value)
        if option.choices and word not in option.choices:
            allowed = ", ".join(option.choices)
            raise UsageError(f"{where}: should be one of {allowed}{nearest(word, option.choices)}")
        if not (word.isascii() and word.isprintable()):
            raise UsageError(f"{kind.name}; {option.name}: should be printable ASCII")
        return word
    if str(value).lower() == "none" and option.default is None:
        return None
    least, most = (option.least, option.most) if option.kind == "count" else (0, LONGEST)
    number = _number(value)
    if option.kind == "count" and number != int(number):
        number = -1.0
    if not least <= number <= most:
        what = "a whole number" if option.kind == "count" else "seconds"
        raise UsageError(f"{where}: should be {what} from {least} to {most:g}")
    return int(number) if option.kind == "count" else number


def _number(value: Any) -> float:
    """The number that is meant; -1 where none is."""
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        return -1.0
    return number if number == number and abs(number) < 1e12 else -1.0
