"""Policies answer or pass; joined, the first answer wins."""

from collections.abc import Sequence

import pytest

from nbkit.errors import TurnError, UsageError
from nbkit.loop.array.history import Messages
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, to_json
from nbkit.loop.calls.pending import refusal
from nbkit.loop.calls.policy import Policy, allow, ask, by_name, deny, first_of, policy_of, reuse, when
from nbkit.loop.calls.replaying import scripted
from nbkit.wire.blocks import Json, ToolUse

CALL = ToolUse({"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}})
OTHER = ToolUse({**CALL.raw, "id": "toolu_2", "name": "other"})


def answers(policy: Policy, *calls: ToolUse) -> list[Decision | None]:
    return [policy(call, []) for call in calls]


def test_the_three_plain_policies() -> None:
    assert allow(CALL, []) == Approve()
    assert ask(CALL, []) is None
    assert isinstance(deny(CALL, []), Refuse)


def test_by_name_answers_for_its_names_with_decisions_or_policies() -> None:
    assert answers(by_name(get_weather=Fake("22")), CALL, OTHER) == [Fake("22"), None]
    assert answers(by_name(get_weather=allow, other=None), CALL, OTHER) == [Approve(), None]


def test_the_first_answer_wins() -> None:
    policy = first_of(by_name(other=Refuse("no")), ask, allow, deny)
    assert answers(policy, CALL, OTHER) == [Approve(), Refuse("no")]


def test_a_script_is_played_in_order_and_then_passes() -> None:
    script = scripted([Fake("1"), to_json(Refuse("2"))])
    assert answers(script, CALL, CALL, CALL) == [Fake("1"), Refuse("2"), None]


def log(*decisions: Decision) -> list[Json]:
    return [
        {"id": "toolu_1", "name": "get_weather", "decision": to_json(each), "who": "person"}
        for each in decisions
    ]


@pytest.mark.parametrize(
    ("taken", "played"),
    [
        ([Approve()], [Approve(), None]),
        ([Fake("1"), Fake("2")], [Fake("2"), None]),
        ([Approve(look=True)], [Approve(look=True), None]),
        ([Approve(look=True), Approve()], [Approve(look=True), Approve()]),
        ([Approve(look=True), EditResult("x")], [Approve(look=True), EditResult("x")]),
        ([Approve(), EditResult("x"), EditResult("y")], [Approve(look=True), EditResult("y")]),
        ([Fake("1", is_error=True), EditResult("x")], [Fake("x", is_error=True), None]),
        ([EditInput({"a": 1}, rewrite=False), Refuse("no")], [Refuse("no"), None]),
        (
            [EditInput({"a": 1}), Refuse("no")],  # the call in the array is another one by then
            [EditInput({"a": 1}, look=True), EditResult(refusal(Refuse("no")), is_error=True)],
        ),
        ([EditInput({"a": 1}), Approve()], [EditInput({"a": 1}), None]),
    ],
)
def test_a_log_is_played_without_the_detours_and_as_often_as_its_calls_come(
    taken: list[Decision], played: list[Decision | None]
) -> None:
    script = scripted(log(*taken))
    result: Json = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22"}
    for _ in range(2):
        assert [script(CALL, Messages(Pieces(), seen)) for seen in (None, result)] == played


def test_a_log_that_does_not_fit_says_where() -> None:
    history: list[Json] = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": [OTHER.raw]}]
    script = scripted(log(Approve()))
    with pytest.raises(
        TurnError, match=r"messages\.1 calls other \(toolu_2\), and the log goes on with get_weather"
    ):
        script(OTHER, history)
    with pytest.raises(TurnError, match=r"messages\.1 calls other \(toolu_1\), in the log a call of get"):
        script(ToolUse({**OTHER.raw, "id": "toolu_1"}), history)
    history[1]["content"].insert(0, CALL.raw)
    with pytest.raises(TurnError, match=r"\(toolu_2\), and the log ends before"):
        script(OTHER, history)
    assert scripted(log(Approve()), rest=deny)(OTHER, history) == deny(OTHER, [])
    assert scripted(log(Approve()), rest=ask)(OTHER, history) is None


def test_a_function_a_decision_or_nobody_can_be_a_policy() -> None:
    def mine(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        return Refuse(call.name)

    assert policy_of(mine)(CALL, []) == Refuse("get_weather")
    assert policy_of(Fake("x"))(CALL, []) == Fake("x")
    assert policy_of(None)(CALL, []) is None
    with pytest.raises(UsageError, match="a policy is"):
        policy_of("allow")


def pay(**input: object) -> ToolUse:
    return ToolUse({**CALL.raw, "name": "pay", "input": input})


def test_conditions_on_arguments() -> None:
    small = when("pay", Approve(), amount=lambda amount: amount < 100, currency="EUR")
    assert answers(small, pay(amount=5, currency="EUR"), pay(amount=500, currency="EUR")) == [Approve(), None]
    assert answers(small, pay(amount=5, currency="USD"), pay(amount=5), CALL) == [None, None, None]
    assert answers(first_of(small, deny), pay(amount=500, currency="EUR")) == [deny(CALL, [])]


def test_the_last_result_for_the_same_input_is_used_again() -> None:
    history: list[Json] = []
    for id, text in (("toolu_a", "old"), ("toolu_b", "new")):
        history += [
            {"role": "assistant", "content": [{**CALL.raw, "id": id}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": text}]},
        ]
    history.append({"role": "assistant", "content": [CALL.raw]})
    assert reuse(CALL, history) == Fake("new")
    assert reuse(ToolUse({**CALL.raw, "input": {"city": "Rome"}}), history) is None
    assert reuse(CALL, history[-1:]) is None
    history[3]["content"][0]["is_error"] = True
    assert reuse(CALL, history) == Fake("new", is_error=True)
