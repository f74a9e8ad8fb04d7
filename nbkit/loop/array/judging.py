"""What the rules say of a conversation's own array, where more is known than a request shows: who made what.

A field that nbkit doesn't know is an error in what a person wrote. In a block that the server sent, and that
nobody has changed, it is newer than our facts: it goes back as it came, and never stands in the way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace as replaced

from nbkit.loop.array.history import History
from nbkit.rules.problem import Fix, Problem, replace

STREAMS = "A conversation streams its replies, and 0 only fills the cache: there is nothing to stream."
LET_ANSWER = Fix("set max_tokens to 1024", (replace("max_tokens", 1024),))
NEWER = "The server sent this itself, in a newer form than nbkit knows; it goes back as it came."


Known = dict[int, tuple[Problem, Problem]]  # by the identity of the first


def lenient(problems: Iterable[Problem], history: History, known: Known | None = None) -> list[Problem]:
    """Return the problems, with unknown fields in the server's own blocks as `unknown` instead of `error`.

    `known` keeps what was said of the very same problem, for arrays with many that are told again and again.
    """
    known = {} if known is None else known
    return [
        _lenient(each, history, known) if each.rule == "R10" and each.level == "error" else each
        for each in problems
    ]


def _lenient(problem: Problem, history: History, known: Known) -> Problem:
    found = known.get(id(problem))
    if found is None:
        is_newer = _newer(problem, history)
        said = replaced(problem, level="unknown", why=NEWER, fix=None) if is_newer else problem
        found = known[id(problem)] = problem, said
    return found[1]


def by_whoever_answers(problems: Iterable[Problem]) -> list[Problem]:
    """Return the problems, with a model that the API has retired as `unknown`: others may still have it.

    A conversation always streams, so what forbids that is mended elsewhere than in `stream`. It has the
    headers in its hand too: what a beta switches on is not taken away, the beta is sent.
    """
    return [_said_to_a_conversation(each) for each in problems]


def _said_to_a_conversation(problem: Problem) -> Problem:
    match problem.rule, problem.path:
        case "R76", _ if problem.level == "error":
            return replaced(problem, level="unknown")
        case "R69", "stream":
            return replaced(problem, path="max_tokens", why=STREAMS, fix=LET_ANSWER)
        case "R79", _ if problem.beta:
            return replaced(problem, fix=Fix(f"send the beta {problem.beta}", (), (problem.beta,)))
    return problem


def _newer(problem: Problem, history: History) -> bool:
    match problem.path.split("."):
        case ["messages", message, "content", block, *_] if message.isdecimal() and block.isdecimal():
            at, index = int(message), int(block)
        case _:
            return False
    blocks = history[at].blocks if at < len(history) else ()
    return index < len(blocks) and blocks[index].by.by in ("model", "simulator")
