"""A result that is large, or that the API would refuse, is seen by somebody before it is sent."""

import asyncio
import io
import json
from typing import Any

import pytest
from PIL import Image

import nbkit
from nbkit import Approve, EditInput, EditResult, Fake, Refuse, UsageError
from nbkit.loop.calls.policy import allow, by_name
from nbkit.loop.calls.replaying import scripted
from nbkit.loop.conversation import Conversation
from nbkit.loop.turn import State
from nbkit.wire.blocks import Json
from scripted import Scripted, call, calls, says

ROWS = "\n".join(f"row {at}" for at in range(20_000))
given: list[str] = []


@nbkit.tool
def get_rows(city: str) -> Any:
    given.append(city)
    return ROWS if city != "small" else "one row"


@nbkit.tool
async def get_picture(city: str) -> Any:
    buffer = io.BytesIO()
    Image.new("1", (9000, 10)).save(buffer, "PNG")
    return ["wide", buffer.getvalue()]


def talk(name: str = "get_rows", city: str = "Paris", **more: Any) -> Conversation:
    given.clear()
    client = Scripted([calls(call("toolu_1", name=name, city=city)), says("done")])
    return Conversation(tools=[get_rows, get_picture], client=client, **more)


def sent(chat: Conversation) -> Json:
    block: Json = chat.messages[2]["content"][0]
    return block


@pytest.mark.parametrize("how", [{"policy": allow}, {"unattended": Approve()}])
def test_a_large_result_waits_whatever_the_policies_approve(how: Any) -> None:
    chat = talk(**how)
    chat.send("go")
    pending = chat.pending["toolu_1"]
    assert chat.state is State.PAUSED
    assert pending.looking
    assert pending.too_much == (
        f"the result is large: {len(ROWS):,} characters, about 70,175 tokens, "
        "$0.14 with every request that it is in"
    )
    with pytest.raises(nbkit.TurnError, match="paused on toolu_1"):
        chat.resume()
    assert given == ["Paris"]


def test_run_to_end_stops_there_too_and_a_small_one_goes_through() -> None:
    chat = talk()
    chat.send("go")
    chat.run_to_end()
    assert chat.pending["toolu_1"].looking
    small = talk(city="small", policy=allow)
    assert small.send("go").text == "done"


def test_a_person_uses_all_of_it_and_a_replay_of_the_log_does_so_alone() -> None:
    chat = talk()
    chat.send("go")
    chat.decide("toolu_1", Approve())
    assert chat.pending["toolu_1"].looking
    chat.decide("toolu_1", Approve())
    assert chat.resume().text == "done"
    assert sent(chat)["content"] == ROWS
    again = talk(policy=scripted(json.loads(json.dumps(chat.decisions))))
    assert again.send("go").text == "done"
    assert again.messages == chat.messages


def test_an_edited_input_is_replayed_with_its_large_result() -> None:
    chat = talk(city="small")
    chat.send("go")
    chat.decide("toolu_1", EditInput({"city": "Rome"}))
    chat.decide("toolu_1", Approve())
    chat.resume()
    again = talk(city="small", policy=scripted(chat.decisions))
    again.send("go")
    assert again.messages == chat.messages
    assert given == ["Rome"]


def test_it_can_be_shortened_faked_or_refused() -> None:
    chat = talk(max_result=500)
    chat.send("go")
    chat.decide("toolu_1", Approve())
    short = chat.shortened("toolu_1")
    assert isinstance(short, str)
    assert short.startswith("row 0\nrow 1\n")
    assert short.endswith("\nrow 19999")
    assert "characters left out" in short
    chat.decide("toolu_1", EditResult(short))
    assert chat.pending["toolu_1"].too_much is None
    assert chat.resume().text == "done"
    assert sent(chat)["content"] == short
    for decision in (Fake("few"), Refuse("too much")):
        other = talk(max_result=500)
        other.send("go")
        other.decide("toolu_1", Approve())
        other.decide("toolu_1", decision)
        assert other.resume().text == "done"


def test_what_is_shortened_fits() -> None:
    chat = talk(policy=allow, max_result=300)
    chat.send("go")
    chat.decide("toolu_1", EditResult(chat.shortened("toolu_1")))
    assert chat.resume().text == "done"
    for most in (60, 300, 5000):
        again = talk(policy=allow, max_result=most)
        again.send("go")
        short = again.shortened("toolu_1")
        other = talk(policy=allow, max_result=most)
        other.tools = [nbkit.Tool.from_definition(get_rows.definition(), lambda city, short=short: short)]
        assert other.send("go").text == "done"


def test_a_policy_that_says_large_or_no_limit_lets_it_through() -> None:
    assert talk(policy=by_name(get_rows=Approve(large=True))).send("go").text == "done"
    assert talk(policy=allow, max_result=None).send("go").text == "done"
    assert talk(policy=allow, max_result=100_000).send("go").text == "done"
    for odd in (0, -1, "10", True, 1.5):
        with pytest.raises(UsageError, match="max_result is a number of tokens"):
            talk(max_result=odd)


def test_a_policy_may_shorten_it_itself() -> None:
    chat = talk(policy=lambda call, history: EditResult("short") if given else Approve())
    assert chat.send("go").text == "done"
    assert sent(chat)["content"] == "short"


def test_a_picture_that_the_api_refuses_is_not_sent_unseen() -> None:
    chat = talk("get_picture", policy=allow)
    asyncio.run(chat.asend("go"))
    pending = chat.pending["toolu_1"]
    assert pending.too_much is not None
    assert pending.too_much.startswith("the API would refuse this result: ")
    assert "8000 pixels" in pending.too_much
    short = chat.shortened("toolu_1")
    assert short == [{"type": "text", "text": "wide"}, {"type": "text", "text": "[image left out]"}]
    chat.decide("toolu_1", EditResult(short))
    assert chat.resume().text == "done"


def test_large_errors_wait_as_well() -> None:
    @nbkit.tool
    def get_rows(city: str) -> Any:
        raise ValueError(ROWS)

    chat = talk(policy=allow)
    chat.tools = [get_rows]
    chat.send("go")
    assert chat.pending["toolu_1"].too_much is not None


def test_it_is_still_waiting_after_saving_and_loading(tmp_path: Any) -> None:
    chat = talk(policy=allow)
    chat.send("go")
    chat.save(tmp_path / "a.json")
    again = nbkit.load(tmp_path / "a.json", client="simulator", policy=allow)
    again.tools, again.client = [get_rows], Scripted([says("done")])
    assert again.pending["toolu_1"].too_much == chat.pending["toolu_1"].too_much
    with pytest.raises(nbkit.TurnError, match="paused"):
        again.resume()
    again.decide("toolu_1", Approve())
    assert again.resume().text == "done"
    assert sent(again)["content"] == ROWS
