"""Short sessions to lose something in: requests of one conversation, one history each."""

from __future__ import annotations

import copy
from typing import Any

from asking import (
    Json,
    ask,
    assistant,
    result,
    text,
    thought,
    use,
    user,
)
from nbkit import check_session

LONG = "It was a bright cold day in April, and the clocks were striking thirteen. " * 20


BOUND = "claude-opus-5-5"


def session(*histories: list[Json], **params: Any) -> list[Json]:
    """One request for each history, copied as if it had come over the wire."""
    return [copy.deepcopy(ask(*history, **params)) for history in histories]


def told(requests: list[Json], replies: list[Any] | None = None) -> list[tuple[str, str]]:
    return [(problem.rule, problem.level) for problem in check_session(requests, replies)]


Q = user("q")


A = assistant("Paris is the capital.")


ROUND = assistant(thought(), text("Let me look."), use())


DONE = user(result())


TWO = assistant(use("a", input={"city": "Rome"}), use("b", input={"city": "Oslo"}))


BOTH = user(result("a", "warm"), result("b", "cold"))


SAID = assistant("It is warm.")


HIT = {"type": "web_search_result", "url": "https://a.example", "title": "A", "encrypted_content": "E"}


EXCHANGES = [message for k in range(6) for message in (user(f"question {k}"), assistant(f"answer {k}"))]


ROUNDS = [
    message
    for k in range(6)
    for message in (assistant(use(f"toolu_{k}", input={"k": k})), user(result(f"toolu_{k}", f"found {k}")))
]
