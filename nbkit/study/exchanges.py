"""Requests and replies that stand in a file one after the other, put together."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

from nbkit.errors import UsageError
from nbkit.study.entries import Imported

# So many requests may be under way at once before the first of them is answered.
UNDER_WAY = 16


def paired(entries: Iterable[Imported], name: str) -> Iterator[Imported]:
    """Yield the requests, each with the reply that stands in an entry of its own.

    It is that of the request with the same name, else of the last one that has none. Raises `UsageError`
    where there are only replies in the file called `name`.
    """
    waiting: deque[Imported] = deque()
    is_found, is_reply = False, False
    for each in entries:
        if each.kind == "request":
            is_found = True
            waiting.append(each)
            if len(waiting) > UNDER_WAY:
                yield waiting.popleft()
        elif each.kind == "reply":
            is_reply = True
            at = _asked(waiting, each.name)
            if at is not None:
                waiting[at] = replace(waiting[at], reply=each.reply, is_answered=True, unused=each.unused)
    yield from waiting
    if is_reply and not is_found:
        raise UsageError(f"{name} holds what the API answered, not what it was asked: check what was sent")


def _asked(waiting: deque[Imported], name: str | None) -> int | None:
    open_ones = [at for at, each in enumerate(waiting) if not each.is_answered]
    named = [at for at in open_ones if name is not None and waiting[at].name == name]
    return max(named or open_ones, default=None)
