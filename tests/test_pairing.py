"""Every call has its result right after it, every result its call; and each fix makes the array legal."""

from __future__ import annotations

from typing import Any

import pytest

from asking import ask, assistant, mended, refused, result, rules, text, use, user
from nbkit.rules.validator import check, check_history

BROKEN: dict[str, tuple[list[Any], list[str]]] = {
    "answered by text only": ([user("q"), assistant(use()), user("go on")], ["R19"]),
    "nothing after it": ([user("q"), assistant(use())], ["R19"]),
    "one of two missing": ([user("q"), assistant(use("a"), use("b")), user(result("a"))], ["R19"]),
    "two of two missing": ([user("q"), assistant(use("a"), use("b")), user("x")], ["R19", "R19"]),
    "the assistant goes on": ([user("q"), assistant(use()), assistant("done")], ["R19"]),
    "answered a turn later": (
        [user("q"), assistant(use()), user("wait"), assistant("ok"), user(result())],
        ["R19", "R20"],
    ),
    "text before the result": ([user("q"), assistant(use()), user(text(), result())], ["R21"]),
    "text between results": (
        [user("q"), assistant(use("a"), use("b")), user(result("a"), text(), result("b"))],
        ["R21"],
    ),
    "text message before the result": ([user("q"), assistant(use()), user("wait"), user(result())], ["R21"]),
    "an orphan alone": ([user("q"), assistant("a"), user(result("z"))], ["R20"]),
    "an orphan first of all": ([user(result("z"), text())], ["R20"]),
    "an orphan beside a result": ([user("q"), assistant(use()), user(result(), result("z"))], ["R20"]),
    "a result for a server tool's id": ([user("q"), assistant("a"), user(result("srvtoolu_1"))], ["R20"]),
    "two results of one call": ([user("q"), assistant(use()), user(result(), result())], ["R25"]),
    "the same id twice": ([user("q"), assistant(use(), use()), user(result())], ["R24"]),
    "the same id in a later turn": (
        [user("q"), assistant(use()), user(result()), assistant(use()), user(result())],
        ["R24"],
    ),
    "another toolset's name": (
        [user("q"), assistant(use(toolset_name="computer")), user(result(toolset_name="browser"))],
        ["R32"],
    ),
    "no toolset's name": ([user("q"), assistant(use(toolset_name="computer")), user(result())], ["R32"]),
}
LEGAL: dict[str, list[Any]] = {
    "one call": [user("q"), assistant(use()), user(result())],
    "text after the result": [user("q"), assistant(use()), user(result(), text())],
    "two results in another order": [
        user("q"),
        assistant(use("a"), use("b")),
        user(result("b"), result("a")),
    ],
    "results in two messages": [
        user("q"),
        assistant(use("a"), use("b")),
        user(result("a")),
        user(result("b")),
    ],
    "results in two messages, then text": [
        user("q"),
        assistant(use("a"), use("b")),
        user(result("a")),
        user(result("b"), text()),
    ],
    "calls in two messages": [
        user("q"),
        assistant(use("a")),
        assistant(use("b")),
        user(result("a"), result("b")),
    ],
    "text after a call of long ago": [
        user("q"),
        assistant(use(), text()),
        user(result()),
        assistant("a"),
        user("b"),
    ],
    "a result without content": [
        user("q"),
        assistant(use()),
        user({"type": "tool_result", "tool_use_id": "toolu_1"}),
    ],
    "two rounds": [user("q"), assistant(use("a")), user(result("a")), assistant(use("b")), user(result("b"))],
    "ids of another make": [user("q"), assistant(use("call-1_x")), user(result("call-1_x"))],
    "a toolset's name echoed": [
        user("q"),
        assistant(use(toolset_name="computer")),
        user(result(toolset_name="computer")),
    ],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pair_is_told_by_its_rule(name: str) -> None:
    messages, wanted = BROKEN[name]
    assert rules(ask(*messages)) == wanted


@pytest.mark.parametrize("name", LEGAL)
def test_a_legal_neighbour_is_let_through(name: str) -> None:
    assert refused(ask(*LEGAL[name])) == []


@pytest.mark.parametrize("name", BROKEN)
def test_the_fixes_make_it_legal(name: str) -> None:
    request = mended(ask(*BROKEN[name][0]))
    assert refused(request) == []


def test_the_problem_marks_the_call_and_names_the_message() -> None:
    problems = refused(ask(user("q"), assistant(text(), use("a"), use("b"), use("c")), user(result("b"))))
    assert [problem.path for problem in problems] == ["messages.1.content.1", "messages.1.content.3"]
    assert {problem.message for problem in problems} == {
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: a, c. "
        "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
    }


def test_the_answer_of_the_fix_is_an_error_result_before_everything_else() -> None:
    request = mended(ask(user("q"), assistant(use("a"), use("b")), user("never mind")))
    kinds = [(block["type"], block.get("is_error")) for block in request["messages"][2]["content"]]
    assert kinds == [("tool_result", True), ("tool_result", True), ("text", None)]
    assert request["messages"][2]["content"][2]["text"] == "never mind"


def test_a_fix_adds_a_message_where_none_follows() -> None:
    request = mended(ask(user("q"), assistant(use())))
    assert [message["role"] for message in request["messages"]] == ["user", "assistant", "user"]


def test_a_lost_result_is_put_back_where_it_was_lost_not_behind_the_answer() -> None:
    request = mended(ask(user("q"), assistant(use()), assistant(text()), user("go on")))
    assert [message["role"] for message in request["messages"]] == [
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]


def test_a_call_with_a_reply_behind_it_is_no_pause_even_when_nothing_is_sent() -> None:
    at_rest = ask(user("q"), assistant(use()))
    lost = ask(user("q"), assistant(use()), assistant(text()))
    assert check_history(at_rest) == []
    assert [problem.rule for problem in check_history(lost)] == ["R19"]


def test_removing_the_last_block_removes_the_message() -> None:
    request = mended(ask(user("q"), assistant("a"), user(result("z")), user("b")))
    assert request["messages"] == [user("q"), assistant("a"), user("b")]


def test_a_history_may_end_in_open_calls() -> None:
    request = ask(user("q"), assistant(use()))
    assert [p for p in check_history(request) if p.level == "error"] == []
    assert rules(request) == ["R19"]


def test_an_open_call_in_the_middle_of_a_history_is_a_problem_all_the_same() -> None:
    request = ask(user("q"), assistant(use()), user("go on"))
    assert [p.rule for p in check_history(request) if p.level == "error"] == ["R19"]


def test_tool_blocks_without_tools_are_only_warned_of() -> None:
    request = ask(user("q"), assistant(use()), user(result()))
    del request["tools"]
    assert [(problem.rule, problem.level) for problem in check(request)] == [("R31", "warning")]
