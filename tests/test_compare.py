"""Two arrays side by side: what is said of each block, and taking one from the other."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nbkit
from nbkit.errors import UsageError
from nbkit.notebook.page.moves import move
from nbkit.notebook.views.stage import Stage
from nbkit.study.compare import Comparison
from test_snapshot import Screen

USE = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Paris"}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22 °C"}


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


ARRAY: list[dict[str, Any]] = [
    {"role": "user", "content": [text("hello")]},
    {"role": "assistant", "content": [text("I look"), USE]},
    {"role": "user", "content": [RESULT]},
    {"role": "assistant", "content": [text("It is warm.")]},
]


def changed(**at: Any) -> list[dict[str, Any]]:
    """The array with other contents, by `m0`, `m1`…; None takes a message away."""
    messages = copy.deepcopy(ARRAY)
    for name, content in at.items():
        messages[int(name[1:])]["content"] = content
    return [message for message in messages if message["content"] is not None]


def states(comparison: Comparison) -> list[str]:
    return [row.state for row in comparison.rows]


@pytest.fixture
def chat() -> nbkit.Conversation:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = ARRAY
    return chat


def test_equal_arrays_have_no_difference() -> None:
    same = nbkit.compare(ARRAY, copy.deepcopy(ARRAY))
    assert same.same
    assert str(same) == "no difference in 5 blocks"
    string = nbkit.compare([{"role": "user", "content": "hello"}], ARRAY[:1])
    assert string.same, "one text may be written as a string or as a block"


def test_a_changed_text_marks_its_words() -> None:
    found = nbkit.compare(ARRAY, changed(m3=[text("It is cold.")]))
    assert states(found) == ["same"] * 4 + ["changed"]
    assert str(found).splitlines() == [
        "  4 blocks the same",
        "~ messages.3.content.0 (assistant, text)",
        "    It is [-warm.-]",
        "    It is {+cold.+}",
    ]


def test_a_cache_breakpoint_is_a_difference_of_its_own() -> None:
    marked = {**text("It is warm."), "cache_control": {"type": "ephemeral"}}
    found = nbkit.compare(ARRAY, changed(m3=[marked]))
    assert states(found)[-1] == "changed"
    assert '{"cache_control": {"type": "ephemeral"}}+}' in str(found)


def test_a_call_is_known_by_its_id_and_a_result_by_its_call() -> None:
    other = {**USE, "input": {"city": "Oslo"}}
    found = nbkit.compare(ARRAY, changed(m1=[other], m2=[{**RESULT, "content": "3 °C"}]))
    assert states(found) == ["same", "removed", "changed", "changed", "same"]
    assert found.rows[2].first is not None
    assert found.rows[2].first.wire == USE


def test_what_went_what_came_and_what_moved() -> None:
    assert states(nbkit.compare(ARRAY, ARRAY[:3])) == ["same"] * 4 + ["removed"]
    assert states(nbkit.compare(ARRAY[:3], ARRAY)) == ["same"] * 4 + ["added"]
    moved = nbkit.compare(ARRAY, changed(m1=[USE, text("I look")]))
    assert sorted(states(moved)) == ["moved"] + ["same"] * 4


def test_requests_differ_in_their_fields_too() -> None:
    first = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": ARRAY}
    found = nbkit.compare(first, {**first, "max_tokens": 20, "system": "Be brief."})
    assert found.fields == [("max_tokens", 10, 20), ("system", None, "Be brief.")]
    assert str(found).splitlines()[:2] == ["~ max_tokens: 10 -> 20", '~ system: none -> "Be brief."']


def test_two_requests_of_one_conversation(chat: nbkit.Conversation) -> None:
    first = chat.request()
    chat.send("And in Oslo?")
    assert set(states(nbkit.compare(first, chat.request()))) == {"same", "added"}


def test_hostile_text_is_no_html() -> None:
    found = nbkit.compare(ARRAY, changed(m3=[text("<img src=x onerror=alert(1)> & more")]))
    html = found._repr_html_()
    assert "<img" not in html
    assert "&lt;img" in html


@pytest.mark.parametrize("given_", ["branch-1", 3, None, {"messages": 3}])
def test_what_cannot_be_compared_is_a_sentence(given_: Any) -> None:
    with pytest.raises(UsageError):
        nbkit.compare(ARRAY, given_)


def test_a_branch_is_compared_by_its_name_and_blocks_are_taken_from_it(chat: nbkit.Conversation) -> None:
    chat.rewind(2)
    chat.edit("messages.1.content.0.text", "I guess")
    found = nbkit.compare(chat, "branch-1")
    assert states(found) == ["same", "changed", "same", "added", "added"]
    found.take(found.rows[1])
    assert chat.messages[1]["content"][0] == text("I look")
    chat.undo()
    assert chat.messages[1]["content"][0] == text("I guess")
    found.take(found.rows[3])
    assert chat.messages[2] == ARRAY[2]
    with pytest.raises(UsageError, match="into a conversation only"):
        nbkit.compare(ARRAY, ARRAY[:1]).take(found.rows[1])


BLOCKS = st.sampled_from(
    [text("a"), text("b"), text("c"), USE, RESULT, {"type": "thinking", "signature": "s"}]
)
ARRAYS = st.lists(
    st.builds(
        lambda role, content: {"role": role, "content": content},
        st.sampled_from(["user", "assistant"]),
        st.lists(BLOCKS, min_size=1, max_size=4),
    ),
    max_size=5,
)


@settings(max_examples=80, deadline=None)
@given(ARRAYS, ARRAYS)
def test_every_block_of_both_stands_in_one_row(first: list[Any], second: list[Any]) -> None:
    rows = nbkit.compare(first, second).rows
    for number, array in enumerate((first, second)):
        there = [each for row in rows if (each := (row.first, row.second)[number]) is not None]
        paths = [f"messages.{at}.content.{n}" for at, m in enumerate(array) for n in range(len(m["content"]))]
        assert sorted(side.path for side in there) == sorted(paths)
    same = [row for row in rows if row.state == "same"]
    assert all(row.first and row.second and row.first.wire == row.second.wire for row in same)


@settings(max_examples=80, deadline=None)
@given(ARRAYS, ARRAYS)
def test_taking_what_differs_one_by_one_ends_with_the_same_blocks(
    first: list[Any], second: list[Any]
) -> None:
    chat = nbkit.Conversation(client="simulator")
    chat.messages = first
    for _ in range(60):
        found = nbkit.compare(chat, second)
        row = next((row for row in found.rows if row.state not in ("same", "moved")), None)
        if row is None:
            break
        found.take(row)
    blocks = [block for message in chat.messages for block in message["content"]]
    wanted = [block for message in second for block in message["content"]]
    assert sorted(map(str, blocks)) == sorted(map(str, wanted))


class Screened:
    def __init__(self, chat: nbkit.Conversation) -> None:
        self.chat = chat
        self.stage = Stage(chat, Screen(), lambda: 0.0)
        self.view = self.stage.view("v", whole=True)

    def ask(self, kind: str, **message: Any) -> dict[str, Any]:
        move(self.stage, {"kind": kind, "view": "v", **message})
        assert self.view.drawing is not None
        return self.view.drawing.head


def test_the_page_lists_switches_renames_and_forgets_branches(chat: nbkit.Conversation) -> None:
    screened = Screened(chat)
    chat.rewind(2)
    head = screened.ask("rename_branch", branch="branch-1", name="warm")
    assert head["branches"] == [
        {"name": "main", "messages": 2, "parts": 2},
        {"name": "warm", "messages": 4, "parts": 2},
    ]
    assert screened.ask("switch", branch="warm")["branches"][0]["name"] == "warm"
    assert len(chat.messages) == 4
    assert "branches" not in screened.ask("drop_branch", branch="main")
    chat.undo()
    assert chat.branches == ["warm", "main"]
    for kind, message in [
        ("drop_branch", {}),
        ("rename_branch", {"name": "main"}),
        ("rename_branch", {"name": " "}),
    ]:
        with pytest.raises(UsageError):
            screened.ask(kind, branch="warm", **message)


def test_the_page_compares_and_takes_a_block_and_undo_gives_it_back(chat: nbkit.Conversation) -> None:
    screened = Screened(chat)
    chat.rewind(2)
    chat.edit("messages.1.content.0.text", "I guess")
    rows = screened.ask("compare", second="branch branch-1")["diff"]["rows"]
    assert [row["state"] for row in rows] == ["same", "changed", "same", "added", "added"]
    row = rows[1]
    assert {"text": "guess", "differs": True} in row["first"]["words"]
    ids = {"first": row["first"]["id"], "second": row["second"]["id"]}
    rows = screened.ask("take", **ids)["diff"]["rows"]
    assert [row["state"] for row in rows] == ["same", "added", "added"]
    with pytest.raises(UsageError, match="nothing was taken"):
        screened.ask("take", first=None, second="nothing")
    chat.undo()
    assert chat.messages[1]["content"][0] == text("I guess")
    assert "diff" not in screened.ask("compare", second=None)


def test_the_page_shows_what_changed_since_the_last_request(chat: nbkit.Conversation) -> None:
    chat.send("And in Oslo?")
    screened = Screened(chat)
    chat.edit("messages.0.content.0.text", "bye")
    states = [row["state"] for row in screened.ask("compare", second="request")["diff"]["rows"]]
    assert states[:2] == ["changed", "same"]
    assert set(states[2:]) == {"removed"}


def test_the_page_compares_any_two_requests_or_branches_in_a_turn_of_its_own_too(
    chat: nbkit.Conversation,
) -> None:
    screened = Screened(chat)
    screened.view.whole = screened.view.unfolded = False
    with screened.stage.stretch(screened.view):
        chat.messages = chat.messages[:1]
        chat.send("And in Oslo?")
        chat.send("And in Rome?")
    chat.rewind(2)
    head = screened.ask("unfold", on=True)
    assert [each["key"] for each in head["arrays"]] == [
        "",
        "branch branch-1",
        "request",
        "request 2",
        "request 1",
    ]
    assert head["arrays"][3]["words"] == "request 2, 4 messages"
    rows = screened.ask("compare", first="request 1", second="request 2")["diff"]["rows"]
    assert rows[0]["state"] == "same"
    assert {row["state"] for row in rows[1:]} == {"added"}
    with pytest.raises(UsageError, match="nothing is compared with the array here"):
        screened.ask("take", first=None, second=rows[1]["second"]["id"])
    for wrong in ({"second": "request 9"}, {"first": "branch none", "second": ""}):
        with pytest.raises(UsageError, match="nothing of that name"):
            screened.ask("compare", **wrong)
    rows = screened.ask("compare", first="branch branch-1", second="request 2")["diff"]["rows"]
    assert {row["state"] for row in rows} <= {"same", "removed"}
    head = screened.ask("rename_branch", branch="branch-1", name="warm")
    assert (head["diff"]["first"], head["diff"]["second"]) == ("branch warm", "request 2")
    assert "arrays" not in screened.ask("unfold", on=False)


def test_the_page_saves_a_copy_to_share(
    chat: nbkit.Conversation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    screened = Screened(chat)
    assert screened.ask("share")["told"].startswith("chat_clean.json is a copy without private results")
    assert nbkit.load("chat_clean.json").messages == chat.clean().messages
