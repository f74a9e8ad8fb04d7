"""From a conversation to the snapshot of a view, and which view shows what."""

from __future__ import annotations

import json
from typing import Any

import pytest

import nbkit
from nbkit.errors import APIError, InvalidRequest, StreamError, TransportError
from nbkit.loop.calls.breaks import Argument
from nbkit.notebook.fill import Filled
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.record.wording import doing, pause, pause_without_page
from nbkit.notebook.views.snapshot import Frame, error_view, snapshot
from nbkit.notebook.views.stage import Stage
from nbkit.notebook.views.view import View
from nbkit.rules.problem import Problem
from nbkit.wire.messages import Message
from page_state import page_state


@nbkit.tool
def get_weather(city: str) -> str:
    """Current weather in a city."""
    return f"22 °C in {city}"


class Screen:
    """Keeps what is shown and what is sent to the page."""

    def __init__(self) -> None:
        self.outputs: dict[str, Any] = {}
        self.sent: list[dict[str, Any]] = []

    def show(self, view: str, bundle: dict[str, Any]) -> None:
        assert view not in self.outputs
        self.outputs[view] = bundle

    def update(self, view: str, bundle: dict[str, Any]) -> None:
        assert view in self.outputs
        self.outputs[view] = bundle

    def here(self, stage: Stage) -> None:
        """A page is there: what code does shows where it was."""

    def written(self, stage: Stage) -> None:
        stage.save()

    def closed(self, stage: Stage, view: View) -> bool:
        return False

    def send(self, message: dict[str, Any]) -> None:
        self.sent.append(json.loads(json.dumps(message)))


def paused() -> nbkit.Conversation:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator")
    chat.send("Should I take an umbrella in Paris?")
    return chat


def whole(chat: nbkit.Conversation, **fields: Any) -> dict[str, Any]:
    return snapshot(chat, Frame("v", 0, len(chat.history), **fields), chat.problems())


def test_a_snapshot_is_json_and_the_same_for_the_same_conversation() -> None:
    assert json.dumps(whole(paused())) == json.dumps(whole(paused()))


def test_a_pause_has_a_card_for_each_call() -> None:
    chat = paused()
    shot = whole(chat)
    (card,) = shot["cards"]
    assert (shot["state"], card["state"], card["name"]) == ("paused", "open", "get_weather")
    assert card["input"] == {"city": "Paris"}
    assert card["can_run"]
    assert card["schema"]["required"] == ["city"]
    blocks = [block for message in shot["messages"] for block in message["blocks"]]
    assert [block["wire"]["id"] for block in blocks if block["id"] == card["block"]] == [card["id"]]


def test_a_decided_call_shows_its_result_before_it_is_sent() -> None:
    chat = paused()
    chat.decide(next(iter(chat.pending)), nbkit.Fake("30 °C", is_error=True))
    (card,) = whole(chat)["cards"]
    assert card["state"] == "decided"
    assert card["decision"]["type"] == "fake"
    assert card["result"] == {"content": "30 °C", "is_error": True}


def test_a_result_that_waits_to_be_seen_is_a_card_to_look_at() -> None:
    chat = paused()
    chat.decide(next(iter(chat.pending)), nbkit.Approve(look=True))
    (card,) = whole(chat)["cards"]
    assert (card["state"], card["result"]["content"]) == ("look", "22 °C in Paris")


def test_a_call_whose_run_was_broken_off_is_open_and_says_that_it_may_have_run() -> None:
    @nbkit.tool(name="get_weather")
    def broken(city: str) -> str:
        raise KeyboardInterrupt

    chat = nbkit.Conversation(tools=[broken], client="simulator")
    chat.send("What is the weather in Paris and in Oslo?")
    with pytest.raises(KeyboardInterrupt):
        chat.decide(next(iter(chat.pending)), nbkit.Approve())
    drawn = whole(chat)
    first, second = drawn["cards"]
    assert (first["state"], first["may_have_run"]) == ("open", True)
    assert "decide again, with Run, Fake or Refuse, or end the turn with Stop" in drawn["error"]["message"]
    assert "may_have_run" not in second
    assert 'get_weather(city="Paris") (which was started and may have run)' in pause(drawn)
    assert "which was started and may have run" in doing(chat)


def test_what_a_conversation_is_at_names_the_breakpoint_or_the_limit_that_holds_it() -> None:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator", policy=nbkit.allow, name="mine")
    chat.breakpoints = nbkit.Break(on="request")
    chat.send("Should I take an umbrella in Paris?")
    assert doing(chat) == "is stopped by a breakpoint before a request: mine.resume() goes on"
    chat.breakpoints = [nbkit.Break("get_weather", when=Argument("city", "Paris"))]
    chat.resume()
    (id,) = chat.pending
    at = 'stopped at a call of get_weather where city equals "Paris"'
    assert doing(chat) == f"is paused on get_weather ({id}), {at}"
    chat.decide(id, nbkit.Approve())
    assert doing(chat) == "is ready to send"
    chat.rewind(1)
    chat.breakpoints = []
    with pytest.raises(nbkit.TurnError):
        chat.run_to_end(max_tokens=1)
    assert doing(chat).startswith("is stopped because the turn has used ")


def test_a_call_without_a_function_says_why_it_cannot_run() -> None:
    chat = nbkit.Conversation(tools=[get_weather.definition()], client="simulator")
    chat.send("Should I take an umbrella in Paris?")
    (card,) = whole(chat)["cards"]
    assert not card["can_run"]
    assert "no function" in card["why_not"]


def test_a_pause_says_that_a_forced_tool_choice_holds_no_more() -> None:
    chat = nbkit.Conversation("claude-haiku-4-5", tools=[get_weather], client="simulator")
    forced = {"tool_choice": {"type": "tool", "name": "get_weather"}, "thinking": None}
    chat.send("Should I take an umbrella in Paris?", options=forced)
    shot = whole(chat)
    assert shot["released"] == "tool get_weather"
    assert "tool_choice tool get_weather held for the first request of this turn only" in plain(shot)
    assert "released" not in whole(chat, last=False)


def test_only_the_view_with_the_end_shows_pause_and_state() -> None:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator")
    chat.send("Hello")
    chat.send("Should I take an umbrella in Paris?")
    first = snapshot(chat, Frame("v", 0, 2, last=False), ())
    assert (first["state"], first["cards"], len(first["messages"])) == ("idle", [], 2)
    assert first["messages"] == whole(chat)["messages"][:2]


def test_problems_stand_at_their_block_or_their_message_or_by_themselves() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.send("Hello")
    problems = [
        Problem("A", "messages.1.content.0.text", "in a block"),
        Problem("B", "messages.1", "at a message"),
        Problem("C", "messages.1.content.99", "in a block that is not there"),
        Problem("D", "max_tokens", "anywhere"),
    ]
    shot = snapshot(chat, Frame("v", 0, 2), problems)
    message = shot["messages"][1]
    block = message["blocks"][0]
    assert [(p["rule"], p["at"]) for p in shot["problems"]] == [
        ("A", block["id"]),
        ("B", message["id"]),
        ("C", message["id"]),
        ("D", None),
    ]
    assert shot["problems"][3]["key"] == "D@max_tokens"


def test_an_edit_keeps_ids_and_tells_what_stood_there() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.send("Hello")
    before = whole(chat)["messages"][0]["blocks"][0]
    chat.edit("messages.0.content", "changed")
    after = whole(chat)["messages"][0]["blocks"][0]
    assert (after["id"], after["by"], after["wire"]["text"]) == (before["id"], "edit", "changed")
    assert "Hello" in after["note"]


def test_the_note_of_an_edited_call_tells_only_what_is_otherwise() -> None:
    chat = paused()
    at = len(chat.messages[1]["content"]) - 1

    def note() -> str:
        return str(whole(chat)["messages"][1]["blocks"][at]["note"])

    chat.edit(f"messages.1.content.{at}.input", {"city": "Oslo"})
    assert note() == 'it was {"city": "Paris"}'
    chat.undo()
    chat.edit(f"messages.1.content.{at}.name", "get_time")
    assert note() == 'it was {"name": "get_weather"}'


def test_a_message_of_any_shape_can_be_shown() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = [{"role": "user", "content": 3}, "nonsense", {}]
    assert [m["blocks"][0]["wire"] for m in whole(chat)["messages"]] == [
        {"role": "user", "content": 3},
        {"message": "nonsense"},
        {},
    ]


def test_what_was_filled_in_and_what_the_view_adds_is_there() -> None:
    shot = whole(paused(), filled=(Filled("city", "Paris"),), notice="word", state="confirm")
    assert (shot["filled"], shot["notice"], shot["state"]) == (
        [{"name": "city", "value": "Paris"}],
        "word",
        "confirm",
    )


@pytest.mark.parametrize(
    ("error", "view"),
    [
        (
            APIError(400, "invalid_request_error", "messages.2.content.0: unexpected"),
            ("400 invalid_request_error", "messages.2.content.0: unexpected", "messages.2.content.0"),
        ),
        (InvalidRequest([Problem("R1", "messages.0", "m")]), ("not sent", None, "messages.0")),
        (StreamError("it broke"), ("the reply broke off", "it broke", None)),
        (TransportError("refused"), ("no answer", "refused", None)),
        (KeyboardInterrupt(), ("stopped", "stopped before the end", None)),
    ],
)
def test_an_error_is_a_title_a_sentence_and_a_place(error: BaseException, view: tuple[Any, ...]) -> None:
    shown = error_view(error)
    assert shown is not None
    assert shown["title"] == view[0]
    assert view[1] in (None, shown["message"])
    assert shown["path"] == view[2]
    assert shown.get("sent", False) == isinstance(error, (APIError, StreamError, TransportError))


def test_what_had_arrived_of_a_cut_reply_is_shown_and_marked() -> None:
    chat = nbkit.Conversation(client="simulator")
    partial = Message({"role": "assistant", "content": [{"type": "text", "text": "half a"}]})
    chat.error = StreamError("it broke", partial=partial)
    (message,) = whole(chat)["messages"]
    assert (message["id"], message["blocks"][0]["wire"]["text"]) == ("partial", "half a")
    assert "not part of the conversation" in message["blocks"][0]["note"]


def test_patches_and_snapshots_add_up_to_what_was_said() -> None:
    """What a page that only listens has on its screen when the reply has come, patch by patch."""
    chat = nbkit.Conversation(client="simulator")
    screen = Screen()
    stage = Stage(chat, screen, lambda: 0.0)
    view = stage.view("chat-c1")
    with stage.stretch(view):
        chat.send("Tell me something")
    texts: dict[str, str] = {}
    last = ""
    for message in screen.sent:
        for op in message.get("ops", ()):
            if op["op"] == "block" and not op["block"].get("streaming"):
                last = texts[op["block"]["id"]]
                assert op["block"]["wire"].get(op["block"]["type"]) == last
            elif op["op"] == "block":
                texts[op["block"]["id"]] = ""
            elif op["op"] == "grow":
                texts[op["block"]] += op["value"]
    assert chat.last is not None
    assert last == chat.last.text
    assert [message["seq"] for message in screen.sent] == list(range(1, len(screen.sent) + 1))
    assert page_state(screen.sent)["state"] == "idle"
    assert page_state(screen.sent)["messages"] == whole(chat)["messages"]


def test_messages_that_no_cell_made_go_into_the_first_record_and_not_into_its_picture() -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.send("from code")
    screen = Screen()
    stage = Stage(chat, screen, lambda: 0.0)
    with stage.stretch(stage.view("chat-c1")):
        chat.send("from a cell")
    bundle = screen.outputs["chat-c1"]
    assert "from code" not in bundle["text/plain"]
    assert bundle["application/vnd.nbkit.turn+json"]["messages"] == chat.messages


def test_after_a_reload_the_next_record_carries_what_the_page_could_not_save() -> None:
    chat = nbkit.Conversation(tools=[get_weather], client="simulator")
    screen = Screen()
    stage = Stage(chat, screen, lambda: 0.0)
    with stage.stretch(stage.view("first")):
        chat.send("Hello")
    with stage.stretch(stage.view("second")):
        chat.send("Should I take an umbrella in Paris?")
    stage.reloaded()
    chat.decide(next(iter(chat.pending)), nbkit.Approve())
    chat.resume()
    with stage.stretch(stage.view("third")):
        chat.send("Thanks")
    told = [message for message in screen.sent if message["kind"] == "output"]
    assert {message["view"] for message in told} == {"second"}
    assert "22 °C in Paris" in told[-1]["bundle"]["text/plain"]
    record = screen.outputs["third"]["application/vnd.nbkit.turn+json"]
    assert (record["base"]["length"], len(record["messages"])) == (2, len(chat.messages) - 2)
    with stage.stretch(stage.view("fourth")):
        chat.send("Bye")
    assert len(screen.outputs["fourth"]["application/vnd.nbkit.turn+json"]["messages"]) == 2


def test_undo_brings_a_view_back_and_redo_takes_it_away() -> None:
    chat = nbkit.Conversation(client="simulator")
    screen = Screen()
    stage = Stage(chat, screen, lambda: 0.0)
    for name in ("first", "second"):
        with stage.stretch(stage.view(name)):
            chat.send(name)
    chat.undo()
    assert "not on the current branch" in screen.outputs["second"]["text/plain"]
    chat.redo()
    assert "not on the current branch" not in screen.outputs["second"]["text/plain"]
    assert stage.last() is stage.views["second"]


def test_a_picture_that_fails_does_not_break_the_conversation(caplog: pytest.LogCaptureFixture) -> None:
    chat = nbkit.Conversation(client="simulator")

    class Broken(Screen):
        def send(self, message: dict[str, Any]) -> None:
            raise OSError("the page is gone")

    stage = Stage(chat, Broken(), lambda: 0.0)
    with stage.stretch(stage.view("v")):
        chat.send("Hello")
    assert len(chat.messages) == 2
    assert "could not be updated" in caplog.text


def test_a_large_result_is_shown_shortened_with_why_it_waits() -> None:
    chat = paused()
    chat.tools = [nbkit.Tool.from_definition(get_weather.definition(), lambda city: "rain\n" * 50_000)]
    chat.decide(next(iter(chat.pending)), nbkit.Approve())
    shot = whole(chat)
    (card,) = shot["cards"]
    assert card["state"] == "look"
    assert card["too_much"].startswith("the result is large: 250,000 characters")
    assert "characters left out" in card["result"]["content"]
    assert len(card["result"]["content"]) < 50_000
    assert "250,000 characters" in html(shot)
    assert "250,000 characters" in plain(shot)
    assert "250,000 characters" in pause_without_page(chat)


def test_a_saved_page_shows_the_beginning_of_a_long_result() -> None:
    chat = paused()
    chat.tools = [nbkit.Tool.from_definition(get_weather.definition(), lambda city: "rain\n" * 50_000)]
    chat.decide(next(iter(chat.pending)), nbkit.Approve(large=True))
    chat.resume()
    for written in (html(whole(chat)), plain(whole(chat))):
        assert "[… 230,000 more characters]" in written
        assert len(written) < 100_000


def test_an_answer_of_the_api_names_the_message_it_is_about_also_where_its_words_do_not() -> None:
    chat = nbkit.Conversation(client="simulator")
    screen = Screen()
    stage = Stage(chat, screen, lambda: 0.0)
    view = stage.view("all", whole=True)
    chat.messages = [{"role": "user", "content": "A colour?"}, {"role": "assistant", "content": "It is"}]
    with pytest.raises(APIError, match="must end with a user message"):
        chat.resume(check=False)
    assert view.drawn is not None
    assert view.drawn["error"]["path"] == "messages.1"
    assert view.drawn["error"]["at"] == view.drawn["messages"][1]["id"]
    assert [each for each in view.drawn["problems"] if each["level"] == "error"] == []
    chat.delete("messages.1")
    assert view.drawn["error"] is None
