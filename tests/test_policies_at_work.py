"""Who decides when nobody clicks: a policy, alone or as far as it knows."""

from collections.abc import Sequence
from typing import Any

from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.calls.policy import allow, by_name, deny
from nbkit.loop.calls.replaying import scripted
from nbkit.wire.blocks import Json, ToolUse
from scripted import (
    PAUSE,
    TWO,
    Step,
    Weather,
    call,
    calls,
    chat,
    says,
)


def test_a_policy_that_fails_or_answers_nonsense_leaves_the_call_to_a_person() -> None:
    def broken(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        raise RuntimeError("oops")

    def yes(call: ToolUse, history: Sequence[Json]) -> Any:
        return True

    for policy in (broken, yes):
        weather = Weather()
        conversation, _ = chat(PAUSE, weather=weather, policy=policy, unattended=allow)
        conversation.send("weather?")
        assert conversation.state.value == "paused"
        assert "decide it yourself" in str(conversation.error)
        assert weather.asked == []


def test_unattended_is_asked_only_where_nobody_is() -> None:
    for attended, state in ((False, "idle"), (True, "paused")):
        conversation, _ = chat(PAUSE, says("done"), unattended=Fake("22"))
        conversation.attended = attended
        conversation.send("weather?")
        assert conversation.state.value == state
    assert conversation.decisions == []


def test_a_policy_sees_the_array_and_can_not_change_it() -> None:
    seen: list[Json] = []

    def nosy(call: ToolUse, history: Sequence[Json]) -> Decision | None:
        call.input["city"] = "Rome"
        seen.extend(history)
        history[0]["content"] = "changed"
        return Refuse()

    conversation, _ = chat(PAUSE, says("ok"), policy=nosy)
    conversation.send("weather?")
    assert seen[0] == {"role": "user", "content": "weather?"}
    assert conversation.messages[0] == seen[0] | {"content": "weather?"}
    assert conversation.messages[1]["content"][0]["input"] == {"city": "Paris"}


def test_a_policy_may_ask_for_a_look_and_let_it_go() -> None:
    weather = Weather()
    answers: list[Decision] = [Approve(look=True), EditResult("edited")]
    conversation, script = chat(PAUSE, says("done"), weather=weather, policy=scripted(answers))
    conversation.send("weather?")
    assert script.requests[1]["messages"][2]["content"][0]["content"] == "edited"
    looking, _ = chat(PAUSE, weather=weather, policy=Approve(look=True))
    looking.send("weather?")
    assert looking.state.value == "paused"
    assert weather.asked == ["Paris", "Paris"]


def test_a_policy_set_later_is_asked_when_the_conversation_goes_on() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    conversation.policy = deny
    assert conversation.resume().text == "done"


def test_a_policy_may_stop_the_turn() -> None:
    conversation, script = chat(TWO, policy=by_name(get_weather=Stop()))
    assert conversation.send("weather?").stop_reason == "tool_use"
    assert len(script.requests) == 1
    assert [block["is_error"] for block in conversation.messages[2]["content"]] == [True, True]


def test_the_log_of_a_person_can_be_played_without_one() -> None:
    def steps() -> list[Step]:
        return [TWO, calls(call("toolu_3", city="Rome")), says("done")]

    by_hand, _ = chat(*steps())
    by_hand.send("weather?")
    by_hand.decide("toolu_2", Approve(look=True))
    by_hand.decide("toolu_2", EditResult("40"))
    by_hand.decide("toolu_1", Fake("1"))
    by_hand.decide("toolu_1", Approve())
    by_hand.resume()
    by_hand.decide("toolu_3", EditInput({"city": "Bern"}))
    by_hand.resume()
    replayed, _ = chat(*steps(), policy=scripted(by_hand.decisions))
    replayed.send("weather?")
    assert replayed.messages == by_hand.messages
    assert {record["who"] for record in replayed.decisions} == {"policy"}
