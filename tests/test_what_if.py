"""What if: forks of one conversation, each gone on with in its own way, beside each other."""

import asyncio
import json
import threading
from collections.abc import Sequence
from typing import Any

import pytest

import nbkit
from nbkit import Approve, Conversation, EditInput, Fake, Refuse, UsageError, what_if
from nbkit.study.executor import Concurrent

Json = dict[str, Any]
ran: list[str] = []


@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    ran.append(city)
    return {"Paris": "light rain, 11 °C"}.get(city, "sunny, 20 °C")


def paused(text: str = "What is the weather in Paris?", **more: Any) -> Conversation:
    ran.clear()
    chat = Conversation(tools=[get_weather], **more)
    chat.send(text)
    assert chat.state.value == "paused"
    return chat


def test_results_are_tried_side_by_side_and_the_original_stays_paused() -> None:
    chat = paused()
    before = chat.messages
    tried = what_if(
        chat,
        snow=Fake("snow, -3 °C"),
        no=Refuse("not now"),
        real=Approve(),
        rome=EditInput({"city": "Rome"}),
    )
    assert [each.name for each in tried] == ["snow", "no", "real", "rome"]
    assert "-3 °C" in tried["snow"].answer
    assert "not now" in tried["no"].answer
    assert "11 °C" in tried["real"].answer
    assert "20 °C" in tried["rome"].answer
    assert sorted(ran) == ["Paris", "Rome"]  # faked and refused ones don't run
    assert chat.messages == before
    assert chat.state.value == "paused"
    assert not chat.decisions


def test_each_case_is_a_conversation_that_goes_on() -> None:
    fork = what_if(paused(), snow=Fake("snow, -3 °C"))["snow"].chat
    assert not fork.problems()
    fork.send("Thanks!")
    assert fork.messages[-1]["role"] == "assistant"


def test_models_and_prompts_answer_the_same_request() -> None:
    chat = paused()
    chat.decide(next(iter(chat.pending)), Fake("hail, 1 °C"))
    chat.resume()
    tried = what_if(chat, {"model": "claude-haiku-4-5"}, "And what did I ask?", [{"max_tokens": 9}, "Hi"])
    assert [each.chat.model for each in tried] == ["claude-haiku-4-5", "claude-sonnet-5", "claude-sonnet-5"]
    assert "hail" in tried[0].answer  # the last request again, with its results
    assert tried[0].chat.messages[:-1] == chat.messages[:-1]
    assert tried[1].chat.messages[-2] == {"role": "user", "content": "And what did I ask?"}
    assert tried[2].tokens <= 9
    assert [each.name for each in tried][:2] == ["model: claude-haiku-4-5", "And what did I ask?"]


def test_a_function_may_change_a_fork_as_it_likes() -> None:
    def without_tools(fork: Conversation) -> None:
        fork.rewind(0)
        fork.tools = []
        fork.insert("messages.0", {"role": "user", "content": "Reply with exactly: PONG"})

    tried = what_if(paused(), without_tools)
    assert tried["without_tools"].answer == "PONG"


def test_what_goes_wrong_in_one_case_is_its_own() -> None:
    tried = what_if(paused(), {"max_tokens": -1}, snow=[Fake("snow")], bad=[Fake("x"), {"max_tokens": -1}])
    assert tried[0].error is None
    assert "waits on get_weather(city='Paris')" in str(tried[0])  # nobody decided its call
    assert tried["snow"].error is None
    assert isinstance(tried["bad"].error, nbkit.InvalidRequest)
    assert "max_tokens" in str(tried["bad"])


def test_calls_that_nobody_decides_leave_a_fork_paused_and_say_so() -> None:
    chat = paused("What is the weather in Paris and in Rome?")
    assert len(chat.pending) == 2
    first, second = chat.pending
    with pytest.raises(UsageError, match="say which with call="):
        what_if(chat, Fake("snow"))
    tried = what_if(chat, {first: Fake("snow"), second: Fake("hail")}, half={first: Fake("snow")})
    assert "snow" in tried[0].answer
    assert "hail" in tried[0].answer
    assert [call["input"]["city"] for call in tried["half"].calls][-1] == "Rome"
    assert "get_weather(city='Rome')" in str(tried["half"])


@pytest.mark.parametrize("cases", [(), (7,), ([3],), (None,)])
def test_what_is_no_case_is_told_before_anything_is_sent(cases: Sequence[Any]) -> None:
    with pytest.raises(UsageError):
        what_if(paused(), *cases)


def test_a_prompt_at_a_pause_is_told_apart_from_a_result() -> None:
    with pytest.raises(UsageError, match="paused"):
        what_if(paused(), "snow")


def test_it_runs_where_a_loop_runs_already() -> None:
    async def cell() -> str:
        return str(what_if(paused_chat, snow=Fake("snow, -3 °C"))["snow"].answer)

    paused_chat = paused()
    assert "-3 °C" in asyncio.run(cell())


def test_awaited_it_gives_the_same() -> None:
    chat = paused()
    awaited = asyncio.run(nbkit.awhat_if(chat, snow=Fake("snow"), sun=Fake("sun")))
    assert [each.answer for each in awaited] == [
        each.answer for each in what_if(chat, snow=Fake("snow"), sun=Fake("sun"))
    ]


def test_all_run_at_once_and_no_more_than_they_may() -> None:
    most, now, lock = 0, 0, threading.Lock()
    together = threading.Barrier(4, timeout=20)

    @nbkit.tool
    def get_weather(city: str) -> str:
        "Current weather in a city."
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        together.wait()  # passes only when four of them are here
        with lock:
            now -= 1
        return "sunny"

    chat = Conversation(tools=[get_weather], policy=nbkit.allow)
    tried = what_if(
        chat, *[f"What is the weather in {city}?" for city in CITIES], executor=Concurrent(at_once=4)
    )
    assert [each.error for each in tried] == [None] * len(CITIES)
    assert most == 4


CITIES = ("Paris", "Rome", "Oslo", "Madrid", "Berlin", "Vienna", "Lisbon", "Prague")


def test_another_executor_may_bring_them_on() -> None:
    seen: list[Json] = []

    async def elsewhere(chats: Sequence[Any]) -> None:
        for chat in chats:
            seen.append(chat.request())
            await chat.aresume()

    tried = what_if(Conversation(), "Hello", "Count to 3", executor=elsewhere)
    assert [each["messages"][-1]["content"] for each in seen] == ["Hello", "Count to 3"]
    assert tried[1].answer == "1, 2, 3."


def test_the_table_shows_what_came_and_runs_nothing_of_it() -> None:
    cases: dict[str, Any] = {"snow": Fake("snow"), "<script>evil": Fake("22 <b>degrees</b>")}
    tried = what_if(paused(), **cases)
    html = tried._repr_html_()
    assert "<script" not in html
    assert "<b>" not in html
    assert "&lt;script" in html
    assert html.count("<tr>") == 3
    assert "snow" in repr(tried)
    with pytest.raises(KeyError, match="there is snow, <script>evil"):
        tried["rain"]


def test_a_fork_can_be_saved_and_loaded(tmp_path: Any) -> None:
    fork = what_if(paused(), snow=Fake("snow, -3 °C"))["snow"].chat
    fork.save(tmp_path / "snow.json")
    assert nbkit.load(tmp_path / "snow.json").messages == fork.messages
    assert json.loads((tmp_path / "snow.json").read_text(encoding="utf-8"))
