"""Server tools in a history: resolved or pending, and what code's own calls ask of their answer."""

from __future__ import annotations

from typing import Any

import pytest

from asking import (
    SEARCH_TOOL,
    TOOL,
    ask,
    assistant,
    found,
    mended,
    refused,
    result,
    rules,
    search,
    text,
    use,
    user,
)

CODE: dict[str, Any] = {"type": "code_execution_20250825", "tool_id": "srvtoolu_1"}
BOTH = [TOOL, SEARCH_TOOL]


@pytest.mark.parametrize(
    ("messages", "wanted"),
    [
        ([user("q"), assistant(search()), user("go on")], ["R22"]),
        ([user("q"), assistant(search(), use()), user(result(), text())], ["R22"]),
        ([user("q"), assistant(found(), text("x")), user("y")], ["R29"]),
        ([user("q"), assistant(use(), search(), found()), user(result())], ["tool_use_not_last"]),
    ],
)
def test_a_broken_server_pair_is_told_and_can_be_mended(messages: list[Any], wanted: list[str]) -> None:
    request = ask(*messages, tools=BOTH)
    assert rules(request) == wanted
    assert refused(mended(request)) == []


@pytest.mark.parametrize(
    "messages",
    [
        [user("q"), assistant(search(), found(), text("so")), user("thanks")],
        [user("q"), assistant(search(), found(), use()), user(result())],
        [user("q"), assistant(search(), use()), user(result())],
        [
            user("q"),
            assistant(search(), use()),
            user(result()),
            assistant(found(), text("so")),
            user("thanks"),
        ],
        [user("q"), assistant(search())],
        [user("q"), assistant(text("first"), search(), found())],
    ],
)
def test_a_legal_neighbour_is_let_through(messages: list[Any]) -> None:
    assert refused(ask(*messages, tools=BOTH)) == []


def test_the_words_name_tool_and_id() -> None:
    (problem,) = refused(ask(user("q"), assistant(search()), user("go on"), tools=BOTH))
    assert problem.message == (
        "messages.1: `web_search` tool use with id `srvtoolu_1` was found without a corresponding "
        "`web_search_tool_result` block"
    )
    assert problem.path == "messages.1.content.0"


def test_a_pending_server_tool_stays_offered() -> None:
    (problem,) = refused(ask(user("q"), assistant(search())))
    assert problem.rule == "R23"
    assert problem.message.endswith("but no `web_search` tool was provided")


def test_code_waits_for_results_alone_in_its_container() -> None:
    running = {"type": "server_tool_use", "id": CODE["tool_id"], "name": "code_execution", "input": {}}
    messages = [user("q"), assistant(running, use(caller=CODE)), user(result())]
    coding = {"tools": [TOOL, {"type": "code_execution_20250825", "name": "code_execution"}]}
    assert rules(ask(*messages, **coding)) == ["R32b"]
    assert refused(ask(*messages, **coding, container="container_1")) == []
    assert refused(ask(*messages, **coding, container={"id": "container_1"})) == []
    more = [*messages[:2], user(result(), text())]
    assert "R32b" in rules(ask(*more, **coding, container="container_1"))


def test_a_call_made_directly_needs_no_container() -> None:
    assert refused(ask(user("q"), assistant(use(caller={"type": "direct"})), user(result()))) == []


@pytest.mark.parametrize("garbled", [[], {}, None, 3])
def test_a_garbled_id_of_a_server_tool_is_a_problem_and_no_other_exception(garbled: object) -> None:
    code = {"type": "server_tool_use", "id": garbled, "name": "code_execution", "input": {}}
    searched = {"type": "web_search_tool_result", "tool_use_id": garbled, "content": []}
    request = ask(user("x"), assistant(code, searched, use()), user(result()))
    assert "shape" in rules(request) or "R26" in rules(request)


def test_what_searches_with_code_goes_on_in_its_container() -> None:
    """anthropics/anthropic-sdk-typescript#1114, anthropic-sdk-python#1801: no entry for code, but an id."""
    running = {"type": "server_tool_use", "id": CODE["tool_id"], "name": "code_execution", "input": {}}
    inner = {**search("srvtoolu_inner"), "caller": {**CODE, "type": "code_execution_20260120"}}
    offered = {"tools": [TOOL, {"type": "web_search_20260209", "name": "web_search"}]}
    paused = [user("q"), assistant(running, inner)]
    called = [user("q"), assistant(running, inner, use()), user(result())]
    for messages in (paused, called):
        (problem,) = refused(ask(*messages, **offered))
        assert (problem.rule, problem.path) == ("R32b", "container")
        assert refused(ask(*messages, **offered, container="container_1")) == []
    assert refused(ask(user("q"), assistant(running, use()), user(result()), **offered)) == []
    older = {"tools": [TOOL, SEARCH_TOOL]}
    assert "R23" in rules(ask(user("q"), assistant(running, use()), user(result()), **older))
