"""What a person or a policy says of one call: values, and their JSON.

`content` is a string, a list of blocks, or any Python value that becomes one of these. `is_error=None`
leaves it to how the tool went.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, cast, get_args

from nbkit.errors import TurnError
from nbkit.loop.array.history import plain
from nbkit.loop.tools.results import raised, to_content
from nbkit.wire.blocks import Json


@dataclass(frozen=True, slots=True)
class Approve:
    """Run the tool. With `look` its result waits to be seen, until `Approve()` or `EditResult` lets it go.

    A result over the conversation's `max_result` waits, too; `large` lets it through, whatever it weighs.
    """

    look: bool = False
    is_error: bool | None = None
    large: bool = False


@dataclass(frozen=True, slots=True)
class EditInput:
    """Run the tool with another input: `rewrite` the call, or keep it and tell the model in the result."""

    input: Json
    rewrite: bool = True
    look: bool = False
    is_error: bool | None = None


@dataclass(frozen=True, slots=True)
class EditResult:
    """Put another result in the place of the one that is in."""

    content: Any
    is_error: bool | None = None


@dataclass(frozen=True, slots=True)
class Fake:
    """Answer by hand; the tool is not run."""

    content: Any
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer that the call was refused; the tool is not run."""

    reason: str = ""
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Stop:
    """Answer all open calls with error results and end the turn, without sending."""


Decision = Approve | EditInput | EditResult | Fake | Refuse | Stop

KINDS: dict[str, type[Decision]] = {
    "approve": Approve,
    "edit_input": EditInput,
    "edit_result": EditResult,
    "fake": Fake,
    "refuse": Refuse,
    "stop": Stop,
}
NAMES = {kind: name for name, kind in KINDS.items()}
SHAPES: dict[str, tuple[tuple[type, ...], str]] = {
    "look": ((bool,), "true or false"),
    "large": ((bool,), "true or false"),
    "rewrite": ((bool,), "true or false"),
    "is_error": ((bool, type(None)), "true, false or null"),
    "input": ((dict,), "an object"),
    "content": ((str, list), "a string or a list of blocks"),
    "reason": ((str,), "a string"),
}


def is_decision(value: object) -> bool:
    return isinstance(value, get_args(Decision))


def normal(decision: object) -> Decision:
    """Return a decision, given as a value or as JSON, in plain form; else `TurnError`."""
    if is_decision(decision):
        try:
            data = to_json(cast("Decision", decision))
        except Exception as error:  # content is anybody's object
            raise TurnError(
                f"the content of this decision can't be told ({raised(error)}): give a string or blocks"
            ) from error
        return from_json(plain(data, "the decision"))
    if isinstance(decision, dict):
        return from_json(plain(decision, "the decision"))
    raise TurnError(f"{decision!r} is no decision: use Approve(), EditInput(), Fake(), Refuse() or Stop()")


def to_json(decision: Decision) -> Json:
    """Return the decision as JSON; content of any kind is written as what it becomes."""
    values = {each.name: getattr(decision, each.name) for each in fields(decision)}
    if "content" in values:
        values["content"] = to_content(values["content"])
    if values.get("large") is False:
        del values["large"]  # it is rare, and logs are long
    return {"type": NAMES[type(decision)], **values}


def from_json(data: object) -> Decision:
    """Read a decision. Raises `TurnError` with one sentence for any other shape."""
    if not isinstance(data, dict) or data.get("type") not in list(KINDS):
        names = ", ".join(KINDS)
        raise TurnError(f"this is no decision: it needs a type that is one of {names}")
    kind = KINDS[data["type"]]
    known = {each.name for each in fields(kind)}
    values = {key: value for key, value in data.items() if key != "type"}
    for key, value in values.items():
        if key not in known:
            raise TurnError(f"the decision {data['type']} has no field {key!r}: leave it out")
        types, words = SHAPES[key]
        if not isinstance(value, types):
            raise TurnError(f"the field {key!r} of the decision {data['type']} must be {words}")
    if values.get("is_error") is None and kind in (Fake, Refuse):
        values.pop("is_error", None)
    try:
        return kind(**values)
    except TypeError:
        missing = ", ".join(sorted({"input", "content"} & known - set(values)))
        raise TurnError(f"the decision {data['type']} lacks its {missing}") from None
