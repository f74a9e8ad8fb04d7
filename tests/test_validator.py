"""One walk finds everything, in the API's order, without touching the request and without ever failing."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from asking import ask, assistant, mended, refused, result, text, thought, use, user
from nbkit.rules.validator import check, check_history

WORDS = st.sampled_from(
    [
        *(
            "type",
            "text",
            "tool_use",
            "tool_result",
            "thinking",
            "image",
            "id",
            "tool_use_id",
            "name",
            "input",
        ),
        *("content", "source", "role", "user", "assistant", "system", "messages", "cache_control", "tools"),
        *("input", "signature", "model", "max_tokens", "toolu_1", "claude-sonnet-5"),
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
BLOCKS = st.one_of(
    JSON,
    st.builds(use, st.sampled_from(["a", "b", "c.d"])),
    st.builds(result, st.sampled_from(["a", "b", "c.d"])),
    st.builds(text, st.sampled_from(["", " ", "words"])),
    st.builds(thought, st.sampled_from(["", "sig"])),
)
MESSAGES = st.one_of(
    JSON,
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["user", "assistant", "system"]),
        st.one_of(JSON, st.lists(BLOCKS, max_size=4)),
    ),
)
REQUESTS = st.builds(
    lambda messages, extra: {**ask(), "messages": messages, **extra},
    st.one_of(JSON, st.lists(MESSAGES, max_size=5)),
    st.dictionaries(WORDS, JSON, max_size=2),
)


def conversation(rounds: int) -> list[dict[str, Any]]:
    messages = []
    for n in range(rounds):
        call = assistant(thought("x" * 400), text("Let me look."), use(f"toolu_{n}"))
        messages += [user(f"question {n} " * 20), call, user(result(f"toolu_{n}", "15 degrees " * 40))]
        messages += [assistant("It is 15 degrees.")]
    return [*messages, user("Thanks.")]


@settings(max_examples=150, deadline=None)
@given(REQUESTS)
def test_no_request_makes_it_fail_or_change_the_request(request: Any) -> None:
    before = json.dumps(request)
    problems = check(request) + check_history(request)
    json.dumps([problem.to_json() for problem in problems])
    assert json.dumps(request) == before


@settings(max_examples=100, deadline=None)
@given(st.lists(MESSAGES, min_size=1, max_size=5))
def test_every_fix_can_be_applied_and_takes_its_problem_away(messages: list[Any]) -> None:
    request = ask(*messages)
    before = copy.deepcopy(request)
    left = refused(mended(request))
    assert request == before
    assert not [problem for problem in left if problem.fix]


def test_problems_come_message_by_message() -> None:
    request = ask(
        user(text("")),
        assistant(use()),
        user("no"),
        assistant(text("a"), text("")),
        user(result("z"), text("")),
    )
    indices = [int(problem.path.split(".")[1]) for problem in refused(request)]
    assert indices == [0, 1, 3, 4, 4]


def test_every_problem_says_why_in_plain_words() -> None:
    request = ask(user(text("")), assistant(use()), user("no"), max_tokens=0, stream=True, temperature=1)
    problems = check(request)
    assert len(problems) > 3
    assert all(problem.why.endswith(".") and problem.message for problem in problems)
