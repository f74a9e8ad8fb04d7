"""Whether the simulated model thinks in this reply, and what is shown of it (contract, 2.3)."""

from __future__ import annotations

from nbkit.facts.facts import Model
from nbkit.rules.turns import THINKING
from nbkit.sim.tokens import per_piece
from nbkit.wire.blocks import Json


def thinking_of(request: Json, model: Model) -> tuple[bool, bool]:
    """Return whether the reply may hold thinking, and whether its text is hidden."""
    thinking = request.get("thinking") or {}
    kind = thinking.get("type") or model.thinking_default  # a binding may stand alone
    on = kind in ("adaptive", "enabled")
    messages = request["messages"]
    if kind == "between_tools":  # a note on results, and nothing up front
        on = is_between_tools(request)
    elif on and _can_be_off(model):  # R48: it can't be switched on in mid-loop, and nobody is told
        loop = _open_loop(messages)
        on = not loop or any(block.get("type") in THINKING for block in loop)
    forced = (request.get("tool_choice") or {}).get("type") in ("any", "tool")
    display = thinking.get("display") or model.display_default
    hidden = display == "omitted" or (display == "updates" and not is_between_tools(request))
    return on and not forced, hidden


def is_between_tools(request: Json) -> bool:
    """Whether results have just come in: what the model says now is on its progress."""
    return any(block.get("type") == "tool_result" for block in _last_said(request["messages"]))


def _can_be_off(model: Model) -> bool:
    return model.thinking_default == "off" or bool({"disabled", "between_tools"} & {*model.thinking})


def budget_of(request: Json) -> int | None:
    """Return how many pieces of thinking `budget_tokens` allows, None where nothing limits it."""
    budget = (request.get("thinking") or {}).get("budget_tokens")
    return None if budget is None else int(budget / per_piece(request["model"]))


def _last_said(messages: list[Json]) -> list[Json]:
    """The blocks of the last message that isn't the system's."""
    return next((_blocks(message) for message in reversed(messages) if message["role"] != "system"), [])


def _open_loop(messages: list[Json]) -> list[Json]:
    """Return what the assistant said in the tool loop that the request answers; empty where none is open."""
    said: list[Json] = []
    for message in reversed(messages):
        blocks = _blocks(message)
        if message["role"] == "assistant":
            said += blocks
        elif message["role"] == "user" and not all(block.get("type") == "tool_result" for block in blocks):
            break
    return said


def _blocks(message: Json) -> list[Json]:
    content = message["content"]
    return [{"type": "text"}] if isinstance(content, str) else content
