"""A summary of an array, for whoever goes on with it in the array's place."""

from __future__ import annotations

from nbkit.sim.brain import scene
from nbkit.sim.brain.scene import Exchange
from nbkit.wire.blocks import Json

MOST, LONGEST = 12, 160  # exchanges, the last ones; characters of what was said


def summary(request: Json) -> str:
    """Return what was asked, called and answered, shortly."""
    exchanges = scene.read(request).exchanges
    lines = [_told(one) for one in exchanges[-MOST:] if one.asked or one.outcomes]
    left_out = len(exchanges) - MOST
    head = "Summary of the conversation so far:"
    more = [f"- {left_out} earlier questions are left out here."] if left_out > 0 else []
    return "\n".join([head, *_earlier(request), *more, *lines])


def _earlier(request: Json) -> list[str]:
    """What a summary before this one says."""
    blocks = [
        block
        for message in request["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
    ]
    said = [block.get("content") for block in blocks if block.get("type") == "compaction"]
    return [line for text in said[-1:] if text for line in str(text).splitlines()[1:]]


def _told(one: Exchange) -> str:
    called = [f"{each.call.name}({_values(each.call.input)})" for each in one.outcomes]
    parts = [f"The user: “{_short(one.asked)}”" if one.asked else "The conversation began with results."]
    parts += [f"Called: {', '.join(called[:6])}."] if called else []
    parts += [f"Answered: “{_short(one.answer)}”"] if one.answer else []
    return f"- {' '.join(parts)}"


def _values(given: Json) -> str:
    return _short(", ".join(f"{key}: {value}" for key, value in given.items()))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST].rstrip()}…"
