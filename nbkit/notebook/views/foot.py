"""What the foot of a view offers, and what it has to know for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.loop.calls import breaks
from nbkit.notebook.record.wording import always
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


def controls(conversation: Conversation, *, last: bool = False) -> Json:
    """Return what can be done now that the array and its open calls don't tell; more where it goes on."""
    return {
        **(_where_it_goes_on(conversation) if last else {}),
        "undo": conversation.can_undo,
        "redo": conversation.can_redo,
        "max_steps": conversation.max_steps,
    }


def _where_it_goes_on(conversation: Conversation) -> Json:
    """Return what holds from now on, where the turn will stop, and what a pause has besides its cards."""
    waits = bool(conversation.turn.line.pending)
    standing = [{"tool": name, "words": always(name, rule)} for name, rule in conversation.always.items()]
    return {
        "breakpoints": [breaks.to_json(each) for each in conversation.breakpoints],
        "tools": _tools(conversation),
        **({"always": standing} if standing else {}),
        **({"remark": conversation.remark} if waits else {}),
    }


def _tools(conversation: Conversation) -> list[Json]:
    """Return the tools that can be called, with the names of their arguments."""
    found: dict[str, list[str]] = {}
    for tool in conversation.tools:
        schema = tool.input_schema
        properties = schema.get("properties") if isinstance(schema, dict) else None
        found[tool.name] = list(properties) if isinstance(properties, dict) else []
    for pending in conversation.turn.line.pending:
        found.setdefault(pending.call.name, list(pending.call.input))
    return [{"name": name, "arguments": arguments} for name, arguments in found.items()]
