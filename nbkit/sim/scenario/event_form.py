"""The events of a stream as a scenario writes them, for streams that no message becomes.

events:
  - message_start                            # what isn't said of it is as usual
  - ping
  - start: {text: ""}                        # a block; its index is the next one
  - delta: {text: "Hel"}                     # of it; or thinking, json, signature, citation, or in full
  - stop
  - block: {tool_use: f, input: {a: 1}}      # start, deltas and stop
  - message_delta: {stop_reason: tool_use, usage: {output_tokens: 9}}
  - error: {type: overloaded_error, message: Overloaded}
  - event: {type: future_event}              # any event, as it is
  - bytes: "data: {no JSON\\n\\n"             # as they are
  - wait: 0.5
  - cut                                      # the connection
  - message_stop
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nbkit.errors import quoted
from nbkit.sim.faults.fault import nearest
from nbkit.sim.parts import Part
from nbkit.sim.plan import Dropped
from nbkit.sim.scenario.block_form import block
from nbkit.sim.scenario.located import Path
from nbkit.sim.scenario.mistakes import Mistakes
from nbkit.wire.blocks import Json

Item = tuple[str, Any]
Sent = Json | bytes | float

BARE = ("message_start", "message_delta", "message_stop", "ping", "stop", "cut")
KINDS = (*BARE, "start", "delta", "block", "error", "event", "bytes", "wait")
DELTAS = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
    "signature": ("signature_delta", "signature"),
    "json": ("input_json_delta", "partial_json"),
    "citation": ("citations_delta", "citation"),
}
ENDING = ("stop_reason", "stop_sequence", "stop_details", "container")
LONGEST_WAIT = 3600


def events(value: Any, path: Path, mistakes: Mistakes) -> list[Item]:
    """Read a list of events; each becomes its kind and what is said of it."""
    if not isinstance(value, list):
        mistakes.tell(path, f"should be a list of events, not {quoted(value)}")
        return []
    read = [_event(item, (*path, at), mistakes) for at, item in enumerate(value)]
    return [item for item in read if item is not None]


def _event(value: Any, path: Path, mistakes: Mistakes) -> Item | None:
    kind: Any = value if isinstance(value, str) else None
    said: Any = None
    if isinstance(value, Mapping) and len(value) == 1:
        kind, said = next(iter(value.items()))
    if kind not in KINDS:
        guess = nearest(str(kind), KINDS) if kind is not None else ""
        mistakes.tell(path, f"unknown event {quoted(kind or value)}{guess} (allowed: {', '.join(KINDS)})")
        return None
    if said is None and kind not in BARE:
        mistakes.tell(path, f"{kind} says nothing: write {kind}: …")
        return None
    at = (*path, str(kind))
    return str(kind), _read(str(kind), said, at, mistakes)


def _read(kind: str, said: Any, path: Path, mistakes: Mistakes) -> Any:
    match kind:
        case "start" | "block":
            return block(said, path, mistakes)
        case "delta":
            return _delta(said, path, mistakes)
        case "message_delta":
            return _ending(said or {}, path, mistakes)
        case "wait":
            if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= LONGEST_WAIT:
                mistakes.tell(path, f"should be seconds from 0 to {LONGEST_WAIT}, not {quoted(said)}")
            return said
        case "bytes":
            return mistakes.text(path, said)
        case "event":
            if not isinstance(said, Mapping) or not isinstance(said.get("type"), str):
                mistakes.tell(path, "should be a mapping with a type")
            return said
        case "error":
            return dict(mistakes.keys(path, said, ["type", "message", "details"], "error"))
    if said is not None and not isinstance(said, Mapping):
        mistakes.tell(path, f"should be a mapping, not {quoted(said)}")
    return said


def _delta(said: Any, path: Path, mistakes: Mistakes) -> Any:
    if isinstance(said, Mapping) and "type" in said:
        return dict(said)
    given = mistakes.keys(path, said, DELTAS, "delta")
    if len(given) != 1:
        mistakes.tell(path, f"should have a type, or one of {', '.join(DELTAS)}")
        return {}
    key, value = next(iter(given.items()))
    type, name = DELTAS[key]
    return {"type": type, name: value}


def _ending(said: Any, path: Path, mistakes: Mistakes) -> Json:
    given = dict(mistakes.keys(path, said, [*ENDING, "usage", "delta"], "message_delta"))
    delta = given.pop("delta", None) or {name: given.pop(name) for name in ENDING if name in given}
    return {"delta": {"stop_reason": None, "stop_sequence": None, **delta}, **given}


def sent(items: list[Item], start: Json, part: Callable[[Json], Part], usage: Json) -> Iterator[Sent]:
    """Yield what goes out; `start` is the usual message at its start, `usage` what a message_delta says."""
    index = -1
    for kind, said in items:
        index += kind in ("start", "block")
        match kind:
            case "cut":
                raise Dropped
            case "block":
                yield from _block(index, part(said))
            case "start":
                yield {"type": "content_block_start", "index": index, "content_block": part(said).start}
            case "delta":
                yield {"type": "content_block_delta", "index": max(0, index), "delta": said}
            case "stop":
                yield {"type": "content_block_stop", "index": max(0, index)}
            case "bytes":
                yield said.encode("utf-8", "surrogatepass")
            case "wait":
                yield float(said)
            case _:
                yield _plain(kind, said, start, usage)


def _plain(kind: str, said: Any, start: Json, usage: Json) -> Json:
    """An event of no block."""
    match kind:
        case "message_start":
            return {"type": kind, "message": {**start, **(said or {})}}
        case "message_delta":
            return {"type": kind, "usage": usage, **said}
        case "error":
            return {"type": kind, "error": {"message": "", **said}}
        case "event":
            return dict(said)
    return {"type": kind, **(said or {})}


def _block(index: int, part: Part) -> Iterator[Json]:
    yield {"type": "content_block_start", "index": index, "content_block": part.start}
    for delta, _ in part.deltas():
        if delta is not None:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}
