"""What changes between two requests: cache markers, bound thinking, models, threads."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from asking import (
    TOOL,
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
from scripted import reply
from sessions import BOTH, BOUND, DONE, ROUND, SAID, TWO, A, Q, session, told


def test_a_restored_block_brings_no_cache_marker() -> None:
    marked = assistant(text("Let me look.", cache_control={"type": "ephemeral"}), use())
    requests = session([Q, marked, DONE], [Q, assistant(use()), DONE, SAID, user("b")])
    [problem] = check_session(requests)
    assert problem.fix is not None
    assert problem.fix.apply(requests[1])["messages"][1]["content"][0] == text("Let me look.")


def test_the_path_names_the_later_request_and_the_message_both() -> None:
    requests = session(
        [user("another")], [Q, TWO, BOTH], [Q, TWO, user(result("a", "warm")), SAID, user("b")]
    )
    [problem] = check_session(requests)
    assert problem.path == "requests.2.messages.2"
    assert problem.message.startswith(
        "requests.2.messages.2: the result of b, which request 1 (messages.2.content.1)"
    )
    assert problem.why
    assert json.loads(json.dumps(problem.to_json())) == problem.to_json()


def test_each_loss_is_told_once_not_with_every_request_after_it() -> None:
    lost = [Q, assistant(use()), DONE]
    told_of = told(
        session(
            [Q, assistant(text("x"), use()), DONE],
            [*lost, SAID, user("b")],
            [*lost, SAID, user("b"), A, user("c")],
        )
    )
    assert told_of == [("lost_block", "error")]


# Thinking that is bound to its prefix (R36): any change above it counts.
THOUGHT = assistant(thought(), text("Paris."))


@pytest.mark.parametrize(
    "changed",
    [
        [user("Q"), THOUGHT, user("b"), SAID, user("c")],
        [user("q"), user("more"), THOUGHT, user("b"), SAID, user("c")],
    ],
)
def test_an_edit_above_bound_thinking_breaks_it(changed: list[Json]) -> None:
    histories = [Q, THOUGHT, user("b")], changed
    assert told(session(*histories, model=BOUND)) == [("broken_prefix", "error")]
    assert told(session(*histories)) == []
    drop = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    assert told(session(*histories, model=BOUND, thinking=drop)) == []


def test_the_fix_for_a_broken_prefix_removes_the_thinking() -> None:
    requests = session([Q, THOUGHT, user("b")], [user("Q"), THOUGHT, user("b"), SAID, user("c")], model=BOUND)
    [problem] = check_session(requests)
    assert problem.fix is not None
    requests[1] = problem.fix.apply(requests[1])
    assert requests[1]["messages"][1] == assistant(text("Paris."))
    assert check_session(requests) == []


def test_trimming_is_legitimate_on_a_bound_model_when_the_thinking_goes_too() -> None:
    whole = [Q, THOUGHT, user("b"), assistant(thought("two"), text("Rome.")), user("c")]
    assert told(session(whole, [user("b"), assistant(text("Rome.")), user("c")], model=BOUND)) == []
    assert told(session(whole, [*whole[2:], SAID, user("d")], model=BOUND)) == [("broken_prefix", "error")]


def test_leaving_out_only_older_thinking_is_warned_of_on_a_bound_model() -> None:
    whole = [Q, THOUGHT, user("b"), assistant(thought("two"), use()), DONE]
    less = [Q, assistant(text("Paris.")), *whole[2:], SAID, user("c")]
    assert [level for _, level in told(session(whole, less, model=BOUND))] == ["warning"]


def test_a_changed_system_or_tool_is_told_where_thinking_is_bound_to_it() -> None:
    def both(first: Json, second: Json, **params: Any) -> list[tuple[str, str]]:
        mark = {"cache_control": {"type": "ephemeral"}}
        one = [Q, THOUGHT, user(text("b", **mark))]
        two = [Q, THOUGHT, user("b"), SAID, user(text("c", **mark))]
        return told(
            [copy.deepcopy(ask(*one, **first, **params)), copy.deepcopy(ask(*two, **second, **params))]
        )

    old, new = {"system": "It is nine."}, {"system": "It is ten."}
    assert both(old, new) == []
    assert both(old, {"system": [text("It is nine.")]}, model=BOUND) == []
    assert both(old, new, model=BOUND) == [("changed_system", "warning")]
    other = [{**TOOL, "name": "other"}]
    assert both({}, {"tools": other}) == []
    assert both({}, {"tools": other}, model=BOUND) == [("changed_tools", "warning")]


def test_the_line_of_a_clients_bill_is_no_part_of_the_system() -> None:
    def bill(number: int) -> list[Json]:
        return [text(f"x-anthropic-billing-header: cc_version=2.1; cch={number};"), text("Be brief.")]

    one, two = [Q, THOUGHT, user("b")], [Q, THOUGHT, user("b"), SAID, user("c")]
    assert told([ask(*one, model=BOUND, system=bill(1)), ask(*two, model=BOUND, system=bill(2))]) == []


def test_another_model_drops_bound_thinking() -> None:
    one, two = [Q, THOUGHT, user("b")], [Q, THOUGHT, user("b"), SAID, user("c")]
    requests = [ask(*one, model=BOUND), ask(*two, model="claude-sonnet-5")]
    assert told(requests) == [("changed_model", "warning")]
    without = [Q, assistant(text("Paris.")), user("b"), SAID, user("c")]
    assert told([ask(*one, model=BOUND), ask(*without, model="claude-sonnet-5")]) == []
    assert told([ask(*one, model="claude-sonnet-4-5"), ask(*two, model="claude-sonnet-4-5-20250929")]) == []


def test_thinking_may_go_when_thinking_is_switched_off() -> None:
    one, two = [Q, ROUND, DONE], [Q, assistant(text("Let me look."), use()), DONE]
    requests = [ask(*one), ask(*two, thinking={"type": "disabled"})]
    assert check_session(requests) == []


def test_thinking_that_is_lost_with_its_parameter_is_warned_of() -> None:
    on: Json = {"model": "claude-sonnet-4-5", "thinking": {"type": "enabled", "budget_tokens": 1024}}
    one, two = [Q, ROUND, DONE], [Q, assistant(text("Let me look."), use()), DONE]
    (lost,) = check_session([ask(*one, **on), ask(*two, model=on["model"])])
    assert (lost.rule, lost.level) == ("lost_thinking", "warning")
    assert "`thinking` is gone as well" in lost.why
    assert check_session([ask(*one, **on), ask(*one, model=on["model"])]) == []
    assert check_session([ask(*one, model=on["model"]), ask(*two, model=on["model"])]) == []
    (kept_on,) = check_session([ask(*one, **on), ask(*two, **on)])
    assert kept_on.level == "error"


def test_a_reply_that_is_no_message_is_said_and_not_taken_for_an_empty_one() -> None:
    request = ask(Q)
    first, second = check_session([request, request], [{}, {"type": "error"}])
    assert (first.path, first.level) == ("requests.0", "warning")
    assert "replies[0] is no message" in first.message
    assert "replies[1] is no message" in second.message
    refused = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert check_session([request, request], [refused, ...]) == []
    assert check_session([request, request], [None, {"role": "assistant", "content": []}]) == []


def test_another_systems_question_with_the_same_beginning_is_no_lost_turn() -> None:
    requests = [ask(Q, system="Be brief."), ask(Q, user("Give this a title."), system="You make titles.")]
    assert check_session(requests) == []


def test_a_side_question_in_the_middle_changes_nothing_for_the_conversation() -> None:
    marked = user(text("b", cache_control={"type": "ephemeral"}))
    side = ask(Q, A, marked, user("Title?"), system="You make titles.", tools=[])
    requests = [ask(Q, A, marked), side, ask(Q, A, marked, SAID, user("c"))]
    replies = [reply(text(SAID["content"])), reply(text("A title")), None]
    assert check_session(requests) == []
    assert check_session(requests, replies) == []


def test_a_system_with_the_time_in_it_hides_no_lost_reply() -> None:
    rules = "You are a helpful assistant that answers in one sentence. It is "
    requests = [ask(Q, system=rules + "nine."), ask(Q, user("b"), system=rules + "ten.")]
    assert told(requests, [reply(text("x")), None]) == [("lost_assistant_turn", "error")]


def test_a_request_sent_to_another_model_for_once_changes_nothing() -> None:
    """The server was overloaded, another model was asked; the conversation goes on with the first."""
    whole = [Q, THOUGHT, user("b")]
    requests = [
        ask(*whole, model=BOUND),
        ask(*whole, model="claude-haiku-4-5"),
        ask(*whole, SAID, user("c"), model=BOUND),
    ]
    assert told(requests) == [("changed_model", "warning")]
    assert check_session(requests)[0].path == "requests.1.model"


def test_requests_of_a_thread_are_not_compared() -> None:
    requests = [ask(Q), ask(user("b"), thread={"type": "continue", "previous_message_id": "msg_1"})]
    assert check_session(requests) == []
