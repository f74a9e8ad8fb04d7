"""Messages that nbkit didn't write: given to a conversation, or in a file as a request or a list."""

import json
from pathlib import Path
from typing import Any

import pytest

import nbkit
from nbkit.errors import LoadError, UsageError

USE = {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris"}}
MESSAGES = [
    {"role": "user", "content": "Should I take an umbrella in Paris?"},
    {"role": "assistant", "content": [{"type": "text", "text": "I look."}, USE]},
]
TOOL = {
    "name": "get_weather",
    "description": "Current weather.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
BODY = {
    "model": "claude-opus-4-5",
    "max_tokens": 99,
    "stream": False,
    "system": "Be brief.",
    "stop_sequences": ["END"],
    "tools": [TOOL],
    "messages": MESSAGES,
}


def written(folder: Path, data: Any, name: str = "request.json") -> Path:
    path = folder / name
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def test_a_conversation_begins_with_an_array_of_mine() -> None:
    chat = nbkit.Conversation(messages=MESSAGES, tools=[TOOL], client=nbkit.Simulator())
    assert chat.messages == MESSAGES
    chat.decide("toolu_1", nbkit.Fake("light rain"))
    assert "light rain" in chat.resume().text


def test_it_may_be_an_illegal_one_and_says_so() -> None:
    chat = nbkit.Conversation(messages=[{"role": "user", "content": []}, {"role": "nobody"}])
    assert chat.problems()


@pytest.mark.parametrize("wrong", ["hello", {"role": "user"}, 5])
def test_what_is_no_list_is_refused(wrong: Any) -> None:
    with pytest.raises(UsageError, match="messages takes a list"):
        nbkit.Conversation(messages=wrong)


def test_messages_are_no_parameter_and_the_way_is_named() -> None:
    chat = nbkit.Conversation()
    with pytest.raises(UsageError, match=r"chat\.messages = \[\.\.\.\]"):
        chat.params = {"messages": MESSAGES}


def test_the_body_of_a_request_is_taken_over_as_it_is(tmp_path: Path) -> None:
    chat = nbkit.load(written(tmp_path, BODY), client=nbkit.Simulator())
    assert chat.messages == MESSAGES
    assert list(chat.pending) == ["toolu_1"]
    chat.decide("toolu_1", nbkit.Fake("light rain"))
    request = chat.request()
    assert {**request, "messages": MESSAGES, "stream": False} == BODY
    assert len(request["messages"]) == 3
    assert "light rain" in chat.resume().text


def test_its_tools_are_declarations_until_functions_are_bound(tmp_path: Path) -> None:
    path = written(tmp_path, BODY)
    with pytest.raises(nbkit.NbkitError, match="no function"):
        nbkit.load(path).decide("toolu_1", nbkit.Approve())

    def get_weather(city: str) -> str:
        """Current weather."""
        return f"22 °C in {city}"

    chat = nbkit.load(path, tools=[get_weather])
    assert chat.decide("toolu_1", nbkit.Approve()).result == {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": "22 °C in Paris",
    }


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_list_of_messages_is_as_in_a_new_conversation(tmp_path: Path, mark: str) -> None:
    chat = nbkit.load(written(tmp_path, mark + json.dumps(MESSAGES)))
    assert chat.request() == nbkit.Conversation(messages=MESSAGES).request()
    again = tmp_path / "saved.json"
    chat.save(again)
    assert nbkit.load(again).messages == MESSAGES


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "not one of messages"),
        ([1, 2], "not one of messages"),
        ([BODY, BODY], "not one of messages"),
        ({"model": "claude-sonnet-5"}, r"chat\.messages = \[\.\.\.\]"),
        ({"messages": "hello"}, r"chat\.messages = \[\.\.\.\]"),
        (5, r"chat\.messages = \[\.\.\.\]"),
        ({**BODY, "tools": [5]}, "no tool definition"),
        ({**BODY, "tools": {"name": "get_weather"}}, "not a list"),
        ('[{"role": "user", "content": NaN}]', "NaN|nan"),
        ("[" * 100_000, "damaged|deep|no JSON"),
        ("hello", "no JSON"),
    ],
)
def test_what_is_neither_is_called_so(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(LoadError, match=words):
        nbkit.load(written(tmp_path, data))


@pytest.mark.parametrize("messages", [[], [5, None, "x"], [{"role": 7, "content": {"a": [None]}}]])
@pytest.mark.parametrize(
    "more", [{}, {"model": 5, "max_tokens": "many", "system": 7, "betas": "x", "thinking": []}]
)
def test_what_may_be_repaired_is_kept_and_judged(tmp_path: Path, messages: Any, more: Any) -> None:
    chat = nbkit.load(written(tmp_path, {"messages": messages, **more}))
    assert chat.messages == messages
    assert chat.problems() or not messages
    chat.edit("messages", MESSAGES[:1])
    assert chat.messages == MESSAGES[:1]
