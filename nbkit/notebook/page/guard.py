"""A change at the page that would break signed thinking: it says so first, and what can be done instead.

Code may do it at once (the array may be illegal on purpose); it asks beforehand with `chat.bound_to(path)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from nbkit.errors import UsageError, counted
from nbkit.loop.array import bound
from nbkit.notebook.views.message_views import path_of
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.array.history import BlockNode
    from nbkit.loop.calls.decisions import EditInput
    from nbkit.loop.calls.pending import Pending
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.views.stage import Stage

Change = Callable[["Conversation"], None]

BETA = "thinking-binding-controls-2026-08-01"
NAMED = 3  # blocks that are named in the question; of more there is the number


class Question(UsageError):
    """Nothing was changed yet: the page asks again with one of the `choices` as `anyway`."""

    def __init__(self, words: str, choices: list[Json]) -> None:
        super().__init__(words)
        self.choices = choices


def change(stage: Stage, message: Json, edit: Change) -> None:
    """Do it, as one step of undo; where it breaks signed thinking, in the way that the page has chosen.

    Raises `Question` where it hasn't yet.
    """
    chat, anyway = stage.conversation, message.get("anyway")
    chat.turn.allow("change the array")
    tried = _tried(chat, edit)
    broken = [] if tried is None else bound.broken(chat.outgoing(), tried.outgoing())
    broken = [(path, node) for path, node in broken if bound.seal(node) not in stage.given_up]
    if not broken or tried is None:
        _do(chat, edit)
    elif anyway == "fork":
        _told(stage, message, f"{stage.bind(tried)} is a fork with this change")
    elif anyway == "strip":
        _do(chat, edit, lambda: chat.strip_thinking(broken[0][0]))
    elif anyway == "drop":
        _do(chat, edit, lambda: _let_drop(chat))
    elif anyway == "keep":
        stage.given_up |= {bound.seal(node) for _, node in broken}
        _do(chat, edit)
    else:
        raise Question(_words(chat, broken), _choices(chat, len(broken)))


def rewriting(chat: Conversation, call: Pending, decision: EditInput, message: Json) -> EditInput:
    """Return how an input is to be edited; a call is bound to by the thinking behind it in its message."""
    path = path_of(chat.history, call.block_id)
    bound_here = chat.bound_to(path) if path and decision.rewrite else []
    match message.get("anyway"):
        case "tell":
            return replace(decision, rewrite=False)
        case "keep":
            return decision
    if not bound_here:
        return decision
    raise Question(
        f"The thinking in {' and '.join(bound_here)} is signed for this call as it is. With another input "
        f"in the array {chat.outgoing().fields.get('model')} refuses it (R36).",
        [
            _choice(
                "tell", "Leave the call", "The tool runs with your input, and the result tells the model so."
            ),
            _choice("keep", "Rewrite it all the same", "Sent, it is refused. One way to see the real 400."),
        ],
    )


def _tried(chat: Conversation, edit: Change) -> Conversation | None:
    """Return a fork in which it is done; None where no thinking could break, which is nearly always."""
    if not bound.binds(chat.outgoing()) or next(bound.signed(chat.history), None) is None:
        return None
    other = chat.fork()
    _do(other, edit)
    return other


def _do(chat: Conversation, edit: Change, *more: Callable[[], None]) -> None:
    with chat.changing():
        edit(chat)
        for each in more:
            each()


def _let_drop(chat: Conversation) -> None:
    """Have the API leave out thinking that doesn't fit any more, and say so in its reply (R37)."""
    thinking = chat.outgoing().fields.get("thinking")
    given = thinking if isinstance(thinking, dict) else {"type": "adaptive"}
    chat.edit("thinking", {**given, "block_binding": {"prefix_mismatch_behavior": "drop_block"}})
    if BETA not in chat.betas:
        chat.betas = [*chat.betas, BETA]


def _told(stage: Stage, message: Json, words: str) -> None:
    name = words.partition(" ")[0]
    view = stage.views.get(str(message.get("view")))
    if view is not None:
        view.told = f"{words}: {name} in a cell shows it, %claude use {name} makes it the current one"
    stage.refresh()


def _words(chat: Conversation, broken: Sequence[tuple[str, BlockNode]]) -> str:
    many = len(broken) > 1
    # Where they stand now, not where they would after the change.
    paths = [path_of(chat.history, node.id) or path for path, node in broken]
    where = " and ".join(paths) if len(paths) <= NAMED else counted(len(paths), "block")
    return (
        f"The thinking in {where} is signed for exactly what stands before it. After this change "
        f"{chat.outgoing().fields.get('model')} refuses {'them' if many else 'it'} (R36)."
    )


def _choices(chat: Conversation, count: int) -> list[Json]:
    blocks = "it" if count == 1 else f"these {count} blocks"
    waits = " The API may refuse that while the calls of that turn are open (R34)." if chat.pending else ""
    return [
        _choice("fork", "Change a fork", "This conversation stays as it is; the fork goes into a variable."),
        _choice(
            "strip", "Remove the thinking", f"Change it here, and take {blocks} out of the array.{waits}"
        ),
        _choice("drop", "Let the API drop it", f"Change it here, and send drop_block with the beta {BETA}."),
        _choice(
            "keep", "Do it all the same", "Change it here; sent, it is refused. One way to see the real 400."
        ),
    ]


def _choice(anyway: str, label: str, why: str) -> Json:
    return {"anyway": anyway, "label": label, "why": why}
