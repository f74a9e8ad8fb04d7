"""Open calls, messages and problems as compact lines, for whoever reads them as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nbkit.notebook.record import plain, wording
from nbkit.notebook.views.message_views import block_view

if TYPE_CHECKING:
    from nbkit.loop.array.history import History
    from nbkit.loop.calls.pending import Pending
    from nbkit.loop.conversation import Conversation
    from nbkit.rules.problem import Problem

LONGEST = 100
AROUND = 30  # characters in front of what was looked for
# What nobody reads, and is long.
UNREADABLE = frozenset({"data", "signature", "encrypted_content", "encrypted_index"})


def calls(conversation: Conversation) -> Iterator[str]:
    """Each open call with its number, its id and what is known of it."""
    for number, (id, pending) in enumerate(conversation.pending.items(), 1):
        yield f"{number} {wording.signature(pending.call.name, pending.call.input)}  {id}"
        yield from (f"  {line}" for line in about(pending))


def about(pending: Pending) -> Iterator[str]:
    """What there is to know of a call before it is decided, and of what has come of it."""
    if pending.why_not and not pending.settled:
        yield f"can’t be run: {pending.why_not}"
    if pending.may_have_run and pending.decision is None:
        yield "it was started and broken off: it may have run"
    if pending.printed:
        yield f"it printed: {wording.shorten(pending.printed, LONGEST)}"
    if pending.result is not None:
        yield f"{standing(pending)}: {wording.shorten(plain.content(pending.result.get('content')), LONGEST)}"
    if pending.too_much:
        yield f"large: {pending.too_much}"
    yield from (f"odd: {doubt}" for doubt in pending.doubts)


def standing(pending: Pending) -> str:
    """What a result is: seen or still to be seen, made by whom, an error or none."""
    made = wording.BY.get(pending.by.by, "") if pending.by else ""
    words = ["waits to be seen" if pending.looking else "", made]
    words.append("is_error" if (pending.result or {}).get("is_error") else "")
    said = ", ".join(word for word in words if word)
    return f"its result ({said})" if said else "its result"


def messages(history: History) -> Iterator[str]:
    """One line for each message: its index, as in `messages.2`, its role, and how each block begins."""
    for index, node in enumerate(history):
        blocks = [block_view(block) for block in node.blocks]
        said = " | ".join(wording.shorten(plain.words(block), LONGEST) for block in blocks)
        if node.whole:
            said = wording.shorten(wording.pretty(node.whole[0]), LONGEST)
        yield f"{index} {node.role}: {said}"


def blocks(messages: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Each block with its path; a content that is a string is one."""
    for at, message in enumerate(messages):
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield f"messages.{at}.content", content
        for number, block in enumerate(content if isinstance(content, list) else ()):
            yield f"messages.{at}.content.{number}", block


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in UNREADABLE and key != "type":
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def found(messages: Iterable[Any], words: str) -> Iterator[str]:
    """A line for each block that has these words in it: its path, and what stands around them."""
    for path, block in blocks(messages):
        text = "\n".join(_strings(block))
        at = text.lower().find(words.lower())
        if at >= 0:
            begin = max(at - AROUND, 0)
            line = wording.shorten(text[begin:], LONGEST)
            yield f"{path}: {'…' if begin else ''}{line}"


def problems(found: Iterable[Problem]) -> Iterator[str]:
    """Each problem with its number, its place, the API's words and its fix."""
    for number, problem in enumerate(found, 1):
        yield f"{number} {problem.rule} {problem.level} at {problem.path or 'the request'}: {problem.message}"
        if problem.fix:
            yield f"  fix: {problem.fix.label}"
