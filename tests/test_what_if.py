"""What if: forks of one conversation, each gone on with in its own way, beside each other."""

import asyncio
import json
import signal
import threading
from collections.abc import Coroutine, Sequence
from typing import Any

import pytest

import nbkit
from nbkit import Approve, Conversation, EditInput, Fake, Refuse, UsageError, what_if
from nbkit.connection import Connection
from nbkit.study.executor import Concurrent
from nbkit.study.word_diff import differing

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


def test_tools_run_side_by_side_too() -> None:
    together = threading.Barrier(2, timeout=20)

    @nbkit.tool
    def get_weather(city: str) -> str:
        "Current weather in a city."
        together.wait()  # passes only when both are here
        return f"sunny in {city}"

    chat = Conversation(tools=[get_weather])
    chat.send("What is the weather in Paris?")
    tried = what_if(chat, Approve(), EditInput({"city": "Rome"}))
    assert [each.name for each in tried] == ["run", 'run with {"city": "Rome"}']
    assert "sunny in Rome" in tried[1].answer


def test_a_tool_that_cannot_run_is_told_before_anything_is_sent() -> None:
    chat = paused()
    with pytest.raises(nbkit.ToolError, match="can't be run"):
        what_if(chat, Approve(), EditInput({"town": "Rome"}))
    assert ran == []


def test_cases_are_named_by_what_they_change() -> None:
    chat = paused()
    [id] = chat.pending
    names = [
        each.name
        for each in what_if(
            chat,
            Fake("snow"),
            Fake("snow"),
            Fake([{"type": "text", "text": "hail"}]),
            Refuse(),
            Refuse("not now"),
            {id: Approve()},
            [{"model": "claude-haiku-4-5", "system": None}, Fake("fog")],
            [{"tools": [get_weather]}, Fake("fog")],
            [{"tools": []}, Fake("fog")],
            lambda fork: fork.stop(),
        )
    ]
    assert names == [
        "snow",
        "snow (2)",
        "hail",
        "refuse",
        "refuse: not now",
        "run",
        "model: claude-haiku-4-5, no system, fog",
        "tools: get_weather, fog",
        "no tools, fog",
        "case 10",
    ]


def test_rows_say_how_each_ended_and_what_it_used() -> None:
    tried = what_if(Conversation(), "Count to 3", [{"max_tokens": 1}, "Count to 3"], [{"model": "new"}, "Hi"])
    whole, cut, unknown = tried
    assert (whole.stop_reason, cut.stop_reason) == ("end_turn", "max_tokens")
    assert whole.input_tokens > 0
    assert whole.tokens > cut.tokens == 1
    assert whole.cost is not None
    assert whole.cost > (cut.cost or 0)
    assert unknown.cost is None
    assert unknown.why.startswith("404 not_found_error")
    assert "Error:" not in str(unknown)


def test_what_differs_from_the_first_answer_is_marked() -> None:
    chat = paused()
    rows = what_if(chat, Fake("snow, -3 °C"), Fake("snow, -3 °C"), Fake("sun, 30 °C")).rows
    assert [each["differs"] for each in rows[0]["answer"]] == [False]
    assert [each["same"] for each in rows] == [False, True, False]
    marked = [each["text"].strip() for each in rows[2]["answer"] if each["differs"]]
    kept = [each["text"].strip() for each in rows[2]["answer"] if not each["differs"]]
    assert "sun" in " ".join(marked)
    assert kept
    assert "".join(each["text"] for each in rows[2]["answer"]) == what_if(chat, Fake("sun, 30 °C"))[0].answer


@pytest.mark.parametrize("words", [400, 20_000])
def test_long_answers_are_compared_in_no_time(words: int) -> None:
    text = "very " * words
    parts = differing(text + "end", text + "other end")  # by the letter it would take hours
    assert "".join(piece for piece, _ in parts) == text + "end"


def test_a_fork_can_be_taken_over_and_given_back() -> None:
    chat = paused()
    before = chat.messages
    tried = what_if(chat, [{"model": "claude-haiku-4-5"}, Fake("snow, -3 °C")], Fake("sun"))
    chat.take(tried[0].chat)
    assert chat.messages == tried[0].chat.messages
    assert chat.model == "claude-haiku-4-5"
    assert chat.state.value == "idle"
    chat.send("Thanks!")
    ids = [node.id for node in chat.history]
    assert len(set(ids)) == len(ids)
    chat.undo()
    chat.undo()
    assert chat.messages == before
    assert chat.model == "claude-sonnet-5"
    assert chat.state.value == "paused"
    chat.take(tried[1].chat)
    assert "sun" in str(chat.messages[-1])
    with pytest.raises(UsageError, match="takes another conversation"):
        chat.take("snow")  # type: ignore[arg-type]


def test_many_requests_are_agreed_to_once_and_before_the_first() -> None:
    asked: list[int] = []

    def no(connection: Any, body: Any, requests: int) -> None:
        asked.append(requests)
        raise UsageError("not sent")

    chat = paused()
    [id] = chat.pending
    Connection.before_sending = no
    try:
        with pytest.raises(UsageError, match="not sent"):
            what_if(chat, Fake("snow"), Approve(), {"max_tokens": 9}, {id: Refuse()})
    finally:
        Connection.before_sending = None
    assert asked == [3]  # the one that nobody decides stays where it is
    assert ran == []


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


def run_as_jupyter(cell: Coroutine[Any, Any, None]) -> None:
    """Run code in a loop that leaves signals alone; that of `asyncio.run` takes the first one for itself."""
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(cell)
    finally:
        loop.close()


@pytest.mark.parametrize("in_a_loop", [False, True])
def test_an_interrupt_ends_all_of_them_and_leaves_nothing_running(in_a_loop: bool) -> None:
    running: list[str] = []
    ended: list[str] = []
    both, heard = threading.Event(), threading.Event()

    @nbkit.tool
    async def get_weather(city: str) -> str:
        "Current weather in a city."
        running.append(city)
        if len(running) == 2:
            both.set()
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            ended.append(city)
            heard.set()
            raise
        return city

    chat = Conversation(tools=[get_weather])
    asyncio.run(chat.asend("What is the weather in Paris?"))

    def press() -> None:
        both.wait(20)
        while (
            not ended
        ):  # a signal that comes just before a thread begins to wait doesn't wake it: pressed again
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            heard.wait(1)

    async def cell() -> None:
        what_if(chat, Approve(), EditInput({"city": "Rome"}))

    threading.Thread(target=press, daemon=True).start()
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        run_as_jupyter(cell()) if in_a_loop else what_if(chat, Approve(), EditInput({"city": "Rome"}))
    assert sorted(running) == sorted(ended) == ["Paris", "Rome"]
    assert threading.active_count() <= before
    assert chat.state.value == "paused"
