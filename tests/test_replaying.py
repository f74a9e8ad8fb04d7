"""The log of what was decided decides again: the same array, however often, and nobody is asked."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nbkit.loop.calls.decisions import Approve, Decision, EditInput, EditResult, Fake, Refuse, Stop
from nbkit.loop.calls.policy import Policy
from nbkit.loop.calls.replaying import scripted
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json
from scripted import Scripted, Step, call, calls, says

flags = st.sampled_from([None, True, False])
decisions: st.SearchStrategy[Decision] = st.one_of(
    st.builds(Approve, look=st.booleans(), is_error=flags),
    st.builds(
        EditInput,
        st.sampled_from([{"city": "Rome"}, {"city": "Atlantis"}]),
        rewrite=st.booleans(),
        look=st.booleans(),
    ),
    st.builds(EditResult, st.sampled_from(["22", ""]), is_error=flags),
    st.builds(Fake, st.sampled_from(["22", "", [{"type": "text", "text": "x"}]]), is_error=st.booleans()),
    st.builds(Refuse, st.sampled_from(["", "no"]), is_error=st.booleans()),
)
moves = st.lists(st.tuples(st.integers(0, 2), decisions), max_size=8)


def get_weather(city: str) -> str:
    if city == "Atlantis":
        raise LookupError("no such city")
    return f"22 °C in {city}"


def conversation(policy: Policy | None) -> Conversation:
    steps: list[Step] = [calls(*[call(f"toolu_{n}") for n in turn]) for turn in ((1, 2, 3), (4,))]
    return Conversation(client=Scripted([*steps, says("done")]), tools=[Tool(get_weather)], policy=policy)


def decided(chat: Conversation, rounds: list[list[tuple[int, Decision]]]) -> None:
    """What a person does: this and that, and at last an answer to whatever is still open."""
    for each in rounds:
        for at, decision in each:
            ids = list(chat.pending)
            try:
                chat.decide(ids[at % len(ids)], decision)
            except Exception:  # noqa: BLE001  # not every decision can be
                continue
        for id, pending in chat.pending.items():
            if not pending.settled:
                chat.decide(id, Approve() if pending.looking else Refuse("at last"))
        chat.resume()


@given(st.lists(moves, min_size=2, max_size=2))
@settings(max_examples=60, deadline=None)
def test_it_gives_the_same_array_as_often_as_it_is_played(rounds: list[list[tuple[int, Decision]]]) -> None:
    by_hand = conversation(None)
    by_hand.send("weather?")
    decided(by_hand, rounds)
    policy = scripted(json.loads(json.dumps(by_hand.decisions)))
    assume(not _edited_twice(by_hand.decisions))
    for _ in range(2):
        again = conversation(policy)
        again.send("weather?")
        assert (again.messages, again.state) == (by_hand.messages, State.IDLE)
        assert {record["who"] for record in again.decisions} == {"policy"}


def _edited_twice(log: list[Json]) -> bool:
    """An input that was rewritten, and then kept while the tool ran with another one."""
    rewritten = set()
    for record in log:
        if record["decision"]["type"] == "edit_input":
            if not record["decision"]["rewrite"] and record["id"] in rewritten:
                return True
            rewritten |= {record["id"]} if record["decision"]["rewrite"] else set()
    return False


def test_an_input_that_was_edited_in_two_ways_is_left_to_a_person() -> None:
    first = conversation(None)
    first.send("weather?")
    first.decide("toolu_1", EditInput({"city": "Rome"}))
    first.decide("toolu_1", EditInput({"city": "Bern"}, rewrite=False))
    again = conversation(scripted(first.decisions, rest=Refuse()))
    again.send("weather?")
    assert again.state is State.PAUSED
    assert "two edits of this input" in str(again.error)


def test_it_is_played_again_behind_a_rewind_and_on_both_sides_of_a_fork() -> None:
    first = conversation(None)
    first.send("weather?")
    decided(first, [[(0, Approve(look=True)), (0, EditResult("40"))], []])
    chat = conversation(scripted(first.decisions))
    other = chat.fork()
    other.client = conversation(None).client
    for each in (chat, other):
        each.send("weather?")
        assert each.messages == first.messages
    chat.client = conversation(None).client
    chat.rewind(0)
    chat.send("weather?")
    assert chat.messages == first.messages


def test_a_turn_that_was_stopped_is_stopped_again() -> None:
    for by_decision in (False, True):
        first = conversation(None)
        first.send("weather?")
        first.decide("toolu_1", Fake("22"))
        if by_decision:
            first.decide("toolu_2", Stop())
        else:
            first.stop()
        again = conversation(scripted(first.decisions))
        again.send("weather?")
        assert (again.messages, again.state) == (first.messages, first.state)
        assert first.decisions == [record | {"who": "person"} for record in again.decisions]


def test_another_run_is_left_to_a_person_from_where_it_is_another() -> None:
    first = conversation(None)
    first.send("weather?")
    decided(first, [[], []])
    chat = conversation(scripted(first.decisions))
    chat.client = Scripted([calls(call("toolu_1"), call("toolu_9")), says("done")])
    chat.send("weather?")
    assert chat.state is State.PAUSED
    assert "messages.1 calls get_weather (toolu_9), and the log goes on with get_weather (toolu_2)" in str(
        chat.error
    )
    results: list[Json | None] = [each.result for each in chat.pending.values()]
    assert [result is not None for result in results] == [True, False]


def test_decisions_that_were_written_down_are_used_up() -> None:
    written: list[Any] = [Fake("1"), {"type": "refuse", "reason": "2"}]
    chat = conversation(scripted(written))
    chat.send("weather?")
    assert [each.settled for each in chat.pending.values()] == [True, True, False]
    assert chat.error is None
