"""The machine by itself: what comes next, which moves it refuses, and that a refused move changes nothing."""

from collections.abc import Callable

import pytest

from nbkit.errors import ToolError, TurnError
from nbkit.loop.actions import Ask, Done, Pause, Run, Send
from nbkit.loop.calls.decisions import Approve, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.turn import MOVES, State, Turn
from nbkit.wire.blocks import Json
from nbkit.wire.messages import Fault, Message
from scripted import call, calls, reply, says

USER = {"role": "user", "content": "hello"}


def begun(*replies: Json, faults: tuple[Fault, ...] = ()) -> Turn:
    """A turn that has said hello and taken these replies."""
    turn = Turn()
    turn.begin(limit=25)
    turn.say(USER, {})
    for each in replies:
        turn.sent()
        turn.received(Message(each, faults), "model")
    return turn


def passed(turn: Turn) -> Turn:
    """The same after every policy passed."""
    while isinstance(action := turn.next(), Ask):
        turn.passed(action.pending.call.id)
    return turn


PLACES: dict[State, Callable[[], Turn]] = {
    State.IDLE: Turn,
    State.READY: begun,
    State.PAUSED: lambda: begun(calls(call("toolu_1"))),
}


def streaming() -> Turn:
    turn = begun()
    turn.sent()
    return turn


def running() -> Turn:
    turn = begun(calls(call("toolu_1")))
    turn.decide("toolu_1", Approve(), "person")
    turn.started("toolu_1")
    return turn


PLACES |= {State.STREAMING: streaming, State.RUNNING: running}
TRIES: dict[str, Callable[[Turn], object]] = {
    "send a message": lambda turn: turn.say(USER, {}),
    "send a request": lambda turn: turn.sent(),
    "take a reply": lambda turn: turn.received(Message(says("hi")), "model"),
    "decide a call": lambda turn: turn.decide("toolu_1", Fake("x"), "person"),
    "run a tool": lambda turn: turn.started("toolu_1"),
    "take a result": lambda turn: turn.ran("toolu_1", "x", False),
    "stop the turn": lambda turn: turn.stop(),
    "change the array": lambda turn: turn.change(turn.line),
}


@pytest.mark.parametrize("state", State)
def test_each_state_is_read_off_the_data(state: State) -> None:
    assert PLACES[state]().state is state


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", TRIES)
def test_an_illegal_move_raises_names_the_state_and_changes_nothing(state: State, move: str) -> None:
    turn = PLACES[state]()
    if state in MOVES[move]:
        return
    line = turn.line
    with pytest.raises(TurnError) as raised:
        TRIES[move](turn)
    assert move in str(raised.value)
    assert state.value in str(raised.value)
    assert turn.line is line
    assert turn.state is state


def test_a_text_reply_ends_the_turn() -> None:
    turn = begun(says("hi"))
    assert turn.next() == Done()
    assert turn.state is State.IDLE


def test_policies_are_asked_then_the_turn_pauses() -> None:
    turn = begun(calls(call("toolu_1"), call("toolu_2")))
    asked = turn.next()
    assert isinstance(asked, Ask)
    assert asked.pending.call.id == "toolu_1"
    turn.decide("toolu_1", Fake("22"), "policy")
    assert isinstance(turn.next(), Ask)
    turn.passed("toolu_2")
    assert turn.next() == Pause()
    assert turn.state is State.PAUSED


def test_approved_calls_run_and_then_the_results_go_out_in_call_order() -> None:
    turn = passed(begun(calls(call("toolu_1"), call("toolu_2"))))
    turn.decide("toolu_2", Fake("second"), "person")
    approved = turn.decide("toolu_1", Approve(), "person")
    assert turn.next() == Run((approved,))
    turn.started("toolu_1")
    assert turn.state is State.RUNNING
    turn.ran("toolu_1", "first", False)
    assert turn.next() == Send()
    turn.answer()
    assert [block.wire["content"] for block in turn.line.history[-1].blocks] == ["first", "second"]


def test_pause_turn_sends_the_array_again_as_it_is() -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "x"}}
    turn = begun(reply(search, stop_reason="pause_turn"))
    assert turn.state is State.READY
    assert turn.next() == Send()
    assert turn.line.history[-1].blocks[0].wire == search


@pytest.mark.parametrize("word", ["end_turn", "stop_sequence", "max_tokens", "something_new"])
def test_other_and_unknown_stop_reasons_end_the_turn(word: str) -> None:
    turn = begun(reply({"type": "text", "text": "so"}, stop_reason=word))
    assert turn.next() == Done()


def test_a_refusal_adds_nothing_and_ends_the_turn() -> None:
    turn = begun(reply({"type": "text", "text": "I"}, stop_reason="refusal"))
    assert len(turn.line.history) == 1
    assert turn.next() == Done()


@pytest.mark.parametrize("content", [[], [{"type": "text", "text": " "}]])
def test_a_reply_with_nothing_to_send_back_adds_nothing(content: list[Json]) -> None:
    turn = begun(reply(*content))
    assert len(turn.line.history) == 1
    assert turn.next() == Done()


@pytest.mark.parametrize("word", ["max_tokens", "model_context_window_exceeded"])
def test_a_cut_call_says_so_and_an_earlier_one_does_not(word: str) -> None:
    turn = begun(reply(call("toolu_1"), call("toolu_2"), stop_reason=word))
    first, second = turn.line.history[-1].blocks
    assert first.by.fault is None
    assert second.by.fault is not None
    assert word in second.by.fault


def test_a_thought_cut_before_its_signature_is_not_kept() -> None:
    thought = {"type": "thinking", "thinking": "well", "signature": ""}
    turn = begun(reply({"type": "text", "text": "so"}, thought, stop_reason="max_tokens"))
    assert [block.wire["type"] for block in turn.line.history[-1].blocks] == ["text"]


def test_garbled_input_is_kept_as_a_fault_with_its_raw_text() -> None:
    fault = Fault(0, "invalid_input", '{"city": Par', "the tool input is no JSON")
    turn = begun(calls(call("toolu_1")), faults=(fault,))
    assert "Par" in str(turn.line.history[-1].blocks[0].by.fault)


def test_what_can_not_run_is_refused_and_nothing_is_recorded() -> None:
    turn = begun(calls(call("toolu_1")))
    with pytest.raises(ToolError, match="no such tool"):
        turn.decide("toolu_1", Approve(), "person", why_not="no such tool")
    assert turn.line.log == ()
    turn.decide("toolu_1", Refuse(), "person", why_not="no such tool")


def test_a_result_is_edited_only_when_there_is_one() -> None:
    turn = begun(calls(call("toolu_1")))
    with pytest.raises(TurnError, match="no result to edit"):
        turn.decide("toolu_1", EditResult("x"), "person")


def test_a_policy_that_looks_is_asked_again_and_a_person_is_not_overruled() -> None:
    turn = begun(calls(call("toolu_1")))
    turn.decide("toolu_1", Approve(look=True), "policy")
    turn.started("toolu_1")
    turn.ran("toolu_1", "22", False)
    assert turn.state is State.PAUSED
    assert isinstance(turn.next(), Ask)
    turn.decide("toolu_1", Approve(look=True), "person")
    turn.begin(limit=25)
    assert turn.next() == Pause()


def test_a_call_that_may_have_run_is_no_policys_business() -> None:
    turn = running()
    turn.interrupted("toolu_1")
    turn.begin(limit=25)
    assert turn.line.pending[0].may_have_run
    assert turn.next() == Pause()


def test_stop_answers_every_open_call_and_keeps_results() -> None:
    turn = begun(calls(call("toolu_1"), call("toolu_2")))
    turn.decide("toolu_1", Fake("22"), "person")
    turn.decide("toolu_2", Stop(), "person")
    first, second = (block.wire for block in turn.line.history[-1].blocks)
    assert first["content"] == "22"
    assert second["is_error"] is True
    assert turn.next() == Done()
    assert turn.state is State.READY


def test_the_number_of_requests_in_a_stretch_is_bounded() -> None:
    turn = begun()
    turn.begin(limit=1)
    turn.sent()
    turn.received(Message(calls(call("toolu_1"))), "model")
    turn.decide("toolu_1", Fake("x"), "policy")
    assert turn.next() == Done(limit=True)


def test_rewriting_keeps_the_first_original() -> None:
    turn = begun(calls(call("toolu_1", city="Paris")))
    turn.decide("toolu_1", EditInput({"city": "Rome"}), "person")
    turn.decide("toolu_1", EditInput({"city": "Oslo"}), "person")
    block = turn.line.history[-1].blocks[0]
    assert block.wire["input"] == {"city": "Oslo"}
    assert block.by.by == "edit"
    assert block.by.original["input"] == {"city": "Paris"}


def test_a_forced_tool_choice_holds_for_one_request_and_other_options_for_the_turn() -> None:
    turn = Turn()
    turn.begin(limit=25)
    turn.say(USER, {"tool_choice": {"type": "any"}, "max_tokens": 100})
    turn.sent()
    turn.received(Message(calls(call("toolu_1"))), "model")
    assert turn.line.options == {"max_tokens": 100}
    turn.decide("toolu_1", Fake("x"), "person")
    turn.answer()
    turn.sent()
    turn.received(Message(says("done")), "model")
    assert turn.line.options == {}
