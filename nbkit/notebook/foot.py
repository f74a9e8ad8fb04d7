"""What the foot of a view offers, and what it has to know for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


def controls(conversation: Conversation) -> Json:
    """Return what can be done now that the array and its open calls don't tell."""
    return {
        "undo": conversation.can_undo,
        "redo": conversation.can_redo,
        "max_steps": conversation.max_steps,
    }
