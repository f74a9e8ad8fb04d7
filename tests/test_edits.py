"""The editor's edits: what the page asks, by ids, and what stands in the array then."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbkit
from nbkit.errors import NbkitError, UsageError
from nbkit.notebook.page.moves import move
from nbkit.notebook.views.message_views import message_views
from nbkit.notebook.views.stage import Stage
from test_snapshot import Screen

USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Paris"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22 °C"}


A = {"role": "user", "content": "a"}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


class Editor:
    """A conversation of four messages, and a page that asks."""

    def __init__(self) -> None:
        self.chat = nbkit.Conversation(client="simulator")
        self.chat.messages = [
            {"role": "user", "content": "hello"},
            {"role": "assistant", "content": [text("I look"), USE]},
            {"role": "user", "content": [RESULT]},
            {"role": "assistant", "content": [text("It is warm.")]},
        ]
        self.stage = Stage(self.chat, Screen(), lambda: 0.0)

    def id(self, message: int, block: int | None = None) -> str:
        node = self.chat.history[message]
        return node.id if block is None else node.blocks[block].id

    def ask(self, kind: str, **message: Any) -> list[Any]:
        move(self.stage, {"kind": kind, **message})
        return self.contents()

    def work(self, kind: str, **message: Any) -> None:
        """Ask for something that takes time, and wait until it is done."""
        work = move(self.stage, {"kind": kind, **message})
        assert work is not None
        asyncio.run(work)

    def contents(self) -> list[Any]:
        return [message["content"] for message in self.chat.messages]


@pytest.fixture
def editor() -> Editor:
    return Editor()


def test_a_block_or_one_field_of_it_gets_another_value(editor: Editor) -> None:
    assert editor.ask("edit", id=editor.id(0, 0), field="text", value="bye")[0] == "bye"
    assert editor.ask("edit", id=editor.id(0, 0), value=text("bye bye"))[0] == "bye bye"
    assert editor.ask("edit", id=editor.id(1, 1), field="input", value={"city": "Oslo"})[1][1]["input"] == {
        "city": "Oslo"
    }
    editor.ask("edit", id=editor.id(2), field="role", value="assistant")
    assert editor.chat.messages[2]["role"] == "assistant"


def test_a_cache_breakpoint_is_set_and_cleared(editor: Editor) -> None:
    cached = editor.ask("edit", id=editor.id(0, 0), field="cache_control", value={"type": "ephemeral"})
    assert cached[0] == [{**text("hello"), "cache_control": {"type": "ephemeral"}}]
    assert editor.ask("clear", id=editor.id(0, 0), field="cache_control")[0] in ("hello", [text("hello")])


def test_something_new_goes_in_front_of_a_block_a_message_or_to_an_end(editor: Editor) -> None:
    assert editor.ask("insert", before=editor.id(0, 0), value=text("well,"))[0] == [
        text("well,"),
        text("hello"),
    ]
    assert editor.ask("insert", into=editor.id(1), value=text("end"))[1][-1] == text("end")
    assert editor.ask("insert", before=editor.id(1), value={"role": "user", "content": "x"})[1] == "x"
    assert editor.ask("insert", value={"role": "user", "content": "last"})[-1] == "last"


@pytest.mark.parametrize(
    ("ids", "gap", "expected"),
    [
        ([(1, 0)], {"into": 1}, [["hello"], ["f", "I look"], ["22 °C"], ["It is warm."]]),
        ([(1, 1)], {"before": (1, 0)}, [["hello"], ["f", "I look"], ["22 °C"], ["It is warm."]]),
        ([(2, 0)], {"before": (3, 0)}, [["hello"], ["I look", "f"], ["22 °C", "It is warm."]]),
        ([(3, 0)], {"before": (1, 0)}, [["hello"], ["It is warm.", "I look", "f"], ["22 °C"]]),
        ([(3,)], {"before": (0,)}, [["It is warm."], ["hello"], ["I look", "f"], ["22 °C"]]),
        ([(0,)], {}, [["I look", "f"], ["22 °C"], ["It is warm."], ["hello"]]),
        ([(0,), (1,)], {"before": (3,)}, [["22 °C"], ["hello"], ["I look", "f"], ["It is warm."]]),
        ([(1, 0), (1, 1)], {"before": (0, 0)}, [["I look", "f", "hello"], ["22 °C"], ["It is warm."]]),
    ],
)
def test_blocks_and_messages_move_where_the_gap_is(
    editor: Editor, ids: list[Any], gap: dict[str, Any], expected: list[Any]
) -> None:
    named = {key: editor.id(*([at] if isinstance(at, int) else at)) for key, at in gap.items()}
    editor.ask("move", ids=[editor.id(*at) for at in ids], **named)
    words = [
        [
            str(block.wire.get("text") or block.wire.get("name") or block.wire.get("content"))
            for block in node.blocks
        ]
        for node in editor.chat.history
    ]
    assert words == expected


def test_several_go_at_once_and_come_back_at_once(editor: Editor) -> None:
    before = editor.contents()
    assert len(editor.ask("delete", ids=[editor.id(1), editor.id(2)])) == 2
    editor.ask("undo")
    assert editor.contents() == before
    assert len(editor.ask("duplicate", ids=[editor.id(0), editor.id(3)])) == 6


def test_copies_stand_together_behind_the_last_of_what_was_selected(editor: Editor) -> None:
    a, b, c, d = (text(each) for each in "abcd")
    editor.chat.messages = [{"role": "user", "content": [a, b, c, d]}, {"role": "user", "content": [a, b, c]}]
    before = editor.contents()
    ids = [editor.id(*at) for at in [(1, 0), (1, 2), (0, 2), (0, 0), (0, 1)]]
    assert editor.ask("duplicate", ids=ids) == [[a, b, c, a, b, c, d], [a, b, c, a, c]]
    editor.ask("undo")
    assert editor.contents() == before


def test_text_is_cut_joined_and_wrapped(editor: Editor) -> None:
    assert editor.ask("split", id=editor.id(0, 0), at=2)[0] == [text("he"), text("llo")]
    assert editor.ask("merge", id=editor.id(0, 0))[0] == [text("hello")]
    assert editor.ask("wrap", id=editor.id(0))[0] == "hello"
    assert editor.ask("wrap", id=editor.id(0))[0] == [text("hello")]


@pytest.mark.parametrize(
    ("pasted", "messages"),
    [
        (json.dumps(USE), [{"role": "user", "content": [USE]}]),
        (json.dumps([USE, text("x")]), [{"role": "user", "content": [USE, text("x")]}]),
        (json.dumps({"role": "assistant", "content": "hi"}), [{"role": "assistant", "content": "hi"}]),
        (json.dumps({"model": "m", "messages": [A]}), [A]),
        ("just words", [{"role": "user", "content": [text("just words")]}]),
        ("{no json", [{"role": "user", "content": [text("{no json")]}]),
        ("[1, 2]", [{"role": "user", "content": [text("[1, 2]")]}]),
    ],
)
def test_json_that_was_copied_is_pasted_as_what_it_is(
    editor: Editor, pasted: str, messages: list[dict[str, Any]]
) -> None:
    editor.ask("paste", text=pasted)
    assert editor.chat.messages[4:] == messages
    editor.ask("undo")
    editor.ask("paste", text=pasted, before=editor.id(1, 0))
    if "role" in pasted:
        assert editor.chat.messages[2 : 2 + len(messages)] == messages
    else:
        assert editor.contents()[1][:-2] == messages[0]["content"]


def test_system_tools_and_parameters_are_set_by_their_path(editor: Editor) -> None:
    editor.ask("set", path="system", value="Be brief.")
    editor.ask("set", path="max_tokens", value=100)
    editor.ask("set", path="tools", value=[{"name": "f", "input_schema": {"type": "object"}}])
    editor.ask("set", path="tools.0.description", value="says f")
    request = editor.chat.request()
    assert (request["system"], request["max_tokens"]) == ("Be brief.", 100)
    assert request["tools"][0]["description"] == "says f"
    editor.ask("set", path="system")
    assert "system" not in editor.chat.request()
    editor.ask("set", fields={"max_tokens": 7, "temperature": 1, "betas": ["x-2026"], "thinking": None})
    request = editor.chat.request()
    assert (request["max_tokens"], request["temperature"], "thinking" in request) == (7, 1, False)
    assert editor.chat.betas == ("x-2026",)
    editor.ask("undo")
    assert editor.chat.request()["max_tokens"] == 100
    assert not editor.chat.betas


@pytest.mark.parametrize(
    "message",
    [
        {"kind": "edit", "id": "b99", "value": 1},
        {"kind": "edit"},
        {"kind": "delete", "ids": []},
        {"kind": "delete", "ids": ["m1", "b99"]},
        {"kind": "move", "ids": ["m1"], "before": "m99"},
        {"kind": "split", "id": "b1"},
        {"kind": "merge", "id": "m4"},
        {"kind": "paste", "text": " "},
        {"kind": "set", "path": "messages.0", "value": 1},
        {"kind": "clear", "id": "b1", "field": "cache_control"},
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_changes_nothing(
    editor: Editor, message: dict[str, Any]
) -> None:
    before = editor.chat.messages
    with pytest.raises(UsageError):
        move(editor.stage, message)
    assert editor.chat.messages == before


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_move_loses_or_doubles_a_block(data: st.DataObject) -> None:
    editor = Editor()
    for _ in range(6):
        places = [node.id for node in editor.chat.history] + [
            block.id for node in editor.chat.history for block in node.blocks
        ]
        ids = data.draw(st.lists(st.sampled_from(places), min_size=1, max_size=3, unique=True))
        before = data.draw(st.sampled_from(places))
        blocks = sorted(block.id for node in editor.chat.history for block in node.blocks)
        try:
            editor.ask("move", ids=ids, before=before)
        except NbkitError:
            pass
        assert sorted(block.id for node in editor.chat.history for block in node.blocks) == blocks


def test_a_string_that_becomes_another_block_is_shown_as_the_list_that_it_is(editor: Editor) -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://a/b.png"}}
    assert editor.ask("edit", id=editor.id(0, 0), value=picture)[0] == [picture]
    shown, *_ = message_views(editor.chat.history)
    assert "as_string" not in shown
    editor.ask("edit", id=editor.id(0, 0), value=text("hello"))
    assert message_views(editor.chat.history)[0]["as_string"]


def test_an_end_that_is_not_to_be_is_told_when_it_is_to_go_out_and_mended(editor: Editor) -> None:
    editor.chat.tools = [{"name": "f", "input_schema": {"type": "object"}}]
    assert editor.stage.problems() == []
    with pytest.raises(UsageError, match=r"not sent, the API would refuse this: see messages\.3"):
        editor.ask("send")
    (problem,) = editor.stage.problems()
    assert problem.rule == "R15"
    editor.ask("fix", key=problem.key)
    assert editor.contents()[-1] == "Please go on."
    assert editor.stage.problems() == []


def test_an_empty_array_says_what_is_missing(editor: Editor) -> None:
    editor.chat.messages = []
    with pytest.raises(UsageError, match="see messages"):
        editor.ask("send")
    assert [problem.rule for problem in editor.stage.problems()] == ["R2"]


def test_an_answer_that_was_begun_is_sent_where_the_model_goes_on_with_it(editor: Editor) -> None:
    editor.chat.model, editor.chat.params = "claude-sonnet-4-5", {"max_tokens": 100}
    editor.chat.messages = [A, {"role": "assistant", "content": "The answer is"}]
    work = move(editor.stage, {"kind": "send"})
    assert work is not None
    asyncio.run(wait_for(work))
    assert [message["role"] for message in editor.chat.messages] == ["user", "assistant", "assistant"]


async def wait_for(work: Awaitable[Any]) -> None:
    await work
