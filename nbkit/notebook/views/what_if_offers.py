"""What a row of a what-if can change, and what one that comes from the page does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError
from nbkit.facts import facts
from nbkit.loop.calls.decisions import from_json
from nbkit.loop.turn import State
from nbkit.study.cases import Change
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

RELOAD = "the page sent rows that this kernel doesn't understand: reload the page"


def offers(chat: Conversation) -> Json:
    """Return what a row can change beside the open calls, which are on the page already."""
    system = chat.system
    return {
        "models": [
            min((each.id, *each.aliases), key=len) for each in facts.models() if each.lifecycle != "retired"
        ],
        "model": chat.model,
        "system": system if isinstance(system, str) else "",
        "tools": [tool.name for tool in chat.tools],
        "prompts": chat.state is State.IDLE,
        "last_prompt": _text_of(chat, _asked_at(chat)),
    }


def change(chat: Conversation, asked: object) -> Change:
    """Return what a row of the page changes, as `what_if` takes it. Raises `UsageError` for another shape."""
    if not isinstance(asked, Mapping):
        raise UsageError(RELOAD)
    parts: list[Change] = []
    decisions, prompt = asked.get("decisions") or {}, asked.get("prompt")
    settings = _settings(chat, asked)
    if not isinstance(decisions, Mapping) or not isinstance(prompt, str | None):
        raise UsageError(RELOAD)
    if decisions:
        parts.append({str(id): from_json(each) for id, each in decisions.items()})
    if prompt:
        if asked.get("instead") is True:
            parts.append(Back(_asked_at(chat)))
        parts.append(prompt)
    return [*parts, settings] if settings else parts


def _settings(chat: Conversation, asked: Mapping[str, Any]) -> Json:
    settings: Json = {}
    model, system, without = asked.get("model"), asked.get("system"), asked.get("without") or []
    if (
        not isinstance(model, str | None)
        or not isinstance(system, str | None)
        or not isinstance(without, list)
    ):
        raise UsageError(RELOAD)
    if model:
        settings["model"] = model
    if system is not None:
        settings["system"] = system or None
    if without:
        settings["tools"] = [tool for tool in chat.tools if tool.name not in without]
    return settings


class Back:
    """Go back to before the last thing that a person said."""

    def __init__(self, to: int) -> None:
        self._to = to

    def __call__(self, fork: Conversation) -> None:
        fork.rewind(self._to)


def _asked_at(chat: Conversation) -> int:
    """Return the index of the last user message that isn't only results."""
    for at in reversed(range(len(chat.history))):
        node = chat.history[at]
        if node.role == "user" and any(block.wire.get("type") != "tool_result" for block in node.blocks):
            return at
    return 0


def _text_of(chat: Conversation, at: int) -> str:
    blocks = chat.history[at].blocks if at < len(chat.history) else ()
    return "\n\n".join(str(each.wire["text"]) for each in blocks if isinstance(each.wire.get("text"), str))
