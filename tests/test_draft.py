"""The array as a thing to edit: undo, branches, assignments, fixes; and who made what stays known."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import (
    APIError,
    TurnError,
    UsageError,
)
from nbkit.loop.calls.decisions import Approve, EditInput, Fake, Stop
from nbkit.loop.conversation import Conversation
from nbkit.wire.blocks import Json
from scripted import PAUSE, REFUSED, TWO, chat, results, says


def test_undo_and_redo_take_one_thing_at_a_time() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    states = [conversation.messages]
    conversation.send("weather?")
    states.append(conversation.messages)
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume()
    states.append(conversation.messages)
    conversation.edit("messages.0.content", "bye")
    conversation.undo()
    assert conversation.messages == states[2]
    conversation.undo()
    assert conversation.pending["toolu_1"].settled
    conversation.undo()
    assert conversation.pending["toolu_1"].result is None
    assert conversation.decisions == []
    conversation.undo()
    assert conversation.messages == states[0]
    with pytest.raises(TurnError, match="nothing to undo"):
        conversation.undo()
    for _ in range(4):
        conversation.redo()
    assert conversation.messages[0]["content"] == "bye"
    with pytest.raises(TurnError, match="nothing to redo"):
        conversation.redo()


def test_settings_are_undone_too() -> None:
    conversation, _ = chat()
    conversation.model = "claude-haiku-4-5"
    conversation.edit("system", "Be brief.")
    conversation.edit("max_tokens", 100)
    conversation.edit("tools.0.description", "Words.")
    assert conversation.request()["tools"][0]["description"] == "Words."
    assert conversation.tools[0].function is not None
    conversation.delete("system")
    assert "system" not in conversation.request()
    for _ in range(5):
        conversation.undo()
    assert conversation.request() == chat()[0].request()


def test_rewind_leaves_a_branch_that_can_be_taken_up_again() -> None:
    conversation, _ = chat(says("one"), says("two"), says("other"))
    conversation.send("a")
    conversation.send("b")
    before = conversation.messages
    conversation.rewind(2)
    assert conversation.branches == ["main", "branch-1"]
    conversation.send("c")
    after = conversation.messages
    conversation.switch("branch-1")
    assert conversation.messages == before
    assert conversation.branches == ["branch-1", "main"]
    conversation.switch("main")
    assert conversation.messages == after
    with pytest.raises(UsageError, match="branch-1"):
        conversation.switch("nowhere")
    with pytest.raises(UsageError, match="4 messages"):
        conversation.rewind(9)


def test_rewind_to_a_call_is_a_pause() -> None:
    conversation, _ = chat(PAUSE, says("done"), policy=Fake("22"))
    conversation.send("weather?")
    conversation.rewind(2)
    assert conversation.state.value == "paused"
    assert conversation.decisions == [
        {"id": "toolu_1", "name": "get_weather", "decision": _fake("22"), "who": "policy"}
    ]


def _fake(content: str) -> Json:
    return {"type": "fake", "content": content, "is_error": False}


def test_a_fork_goes_its_own_way() -> None:
    conversation, _ = chat(PAUSE, says("one"), says("other"))
    conversation.send("weather?")
    fork = conversation.fork()
    assert fork.history is conversation.history
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume()
    assert fork.state.value == "paused"
    fork.decide("toolu_1", Fake("40"))
    fork.resume()
    assert fork.messages[-1] != conversation.messages[-1]
    assert fork.name == "chat_fork"
    fork.undo()
    fork.undo()
    fork.undo()
    assert fork.messages == []


def test_an_edit_at_the_pause_keeps_decisions_on_calls_that_are_the_same() -> None:
    conversation, _ = chat(TWO)
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("1"))
    conversation.decide("toolu_2", Fake("2"))
    conversation.edit("messages.0.content", "weather, please")
    conversation.edit("messages.1.content.2.input.city", "Rome")
    assert conversation.pending["toolu_1"].settled
    assert not conversation.pending["toolu_2"].settled
    conversation.delete("messages.1.content.1")
    assert list(conversation.pending) == ["toolu_2"]


def test_a_hand_made_result_ends_the_pause() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "22"}
    conversation.insert("messages.2", {"role": "user", "content": [result]})
    assert conversation.state.value == "ready"
    assert conversation.pending == {}
    assert conversation.resume().text == "done"


def test_assigning_messages_keeps_who_made_what() -> None:
    conversation, _ = chat(says("one"))
    conversation.send("a")
    conversation.messages = [*conversation.messages, {"role": "user", "content": "b"}]
    assert [node.blocks[0].by.by for node in conversation.history] == ["person", "simulator", "person"]
    assert conversation.state.value == "ready"
    conversation.messages[0]["content"] = "no effect"
    assert conversation.messages[0]["content"] == "a"


@pytest.mark.parametrize("messages", [[5], [{"role": "user", "content": {"type": []}}], ["x", None]])
def test_an_array_of_any_shape_is_kept_and_marked(messages: list[Any]) -> None:
    conversation, _ = chat()
    conversation.messages = messages
    assert conversation.messages == messages
    assert conversation.problems()
    conversation.undo()
    assert conversation.messages == []


def test_open_calls_are_no_problem_and_a_broken_result_is_one() -> None:
    conversation, _ = chat(TWO)
    assert conversation.problems() == []
    conversation.send("weather?")
    assert conversation.problems() == []
    conversation.decide("toolu_1", Fake([{"type": "tool_reference"}]))
    assert conversation.problems() == []
    conversation.decide("toolu_2", Fake("2"))
    [problem] = conversation.problems()
    assert problem.path.startswith("messages.2.content.0")


def test_a_fix_is_applied_to_the_request_and_undone() -> None:
    conversation, _ = chat(PAUSE, says("done"))
    conversation.send("weather?")
    conversation.decide("toolu_1", Fake("22"))
    conversation.resume()
    conversation.delete("messages.2")
    [problem] = conversation.problems()
    assert problem.fix is not None
    conversation.apply(problem.fix)
    assert conversation.problems() == []
    conversation.undo()
    assert [problem.rule for problem in conversation.problems()] == ["R19"]


def test_a_fix_at_a_pause_leaves_the_calls_to_be_decided() -> None:
    empty = {"type": "text", "text": ""}
    conversation, _ = chat(PAUSE, says("done"), stop_sequences=[" "])
    conversation.send("weather?", check=False)
    conversation.decide("toolu_1", Fake([{**empty, "cache_control": {"type": "ephemeral"}}]))
    fixes = [problem.fix for problem in conversation.problems()]
    assert len(fixes) == 2
    while problems := conversation.problems():
        fix = problems[0].fix
        assert fix is not None
        conversation.apply(fix)
    assert "cache_control" not in str(results(conversation))
    assert "toolu_1" in conversation.pending
    by = conversation.pending["toolu_1"].by
    assert by is not None
    assert by.by == "edit"
    conversation.decide("toolu_1", Fake("22"))
    assert conversation.resume().text == "done"


def test_an_error_is_forgotten_when_the_array_it_spoke_of_changes() -> None:
    changes: list[Callable[[Conversation], object]] = [
        lambda conversation: conversation.undo(),
        lambda conversation: conversation.edit("messages.0.content", "another"),
    ]
    for change in changes:
        conversation, _ = chat(says("one"), REFUSED)
        conversation.send("a")
        with pytest.raises(APIError):
            conversation.send("b")
        assert conversation.error is REFUSED
        change(conversation)
        assert conversation.error is None


def test_what_it_gives_away_can_not_change_it() -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    before, decided = (
        conversation.messages,
        conversation.decide("toolu_1", EditInput({"city": "Rome"}, rewrite=False)),
    )
    for given in (decided, conversation.pending["toolu_1"]):
        given.call.input["city"] = "Nowhere"
        assert isinstance(given.decision, EditInput)
        given.decision.input["city"] = "Nowhere"
    stopped = conversation.decide("toolu_1", Stop())
    stopped.call.input["city"] = "Nowhere"
    assert conversation.messages[:2] == before
    assert "Nowhere" not in json.dumps([conversation.decisions, conversation.request()])


def test_what_names_nothing_is_one_sentence(tmp_path: Path) -> None:
    conversation, _ = chat(PAUSE)
    conversation.send("weather?")
    unfit: list[Any] = [None, "x", -1, 1.5, []]
    for wrong in unfit:
        with pytest.raises(UsageError, match="can't rewind to"):
            conversation.rewind(wrong)
        with pytest.raises(UsageError, match="there is no branch"):
            conversation.switch(wrong)
        with pytest.raises(TurnError, match="there is no open call"):
            conversation.decide(wrong, Approve())
    for nowhere in (tmp_path / "no" / "chat.json", tmp_path):
        with pytest.raises(UsageError, match="can't be written"):
            conversation.save(nowhere)
    assert list(tmp_path.parent.glob(f"{tmp_path.name}?*")) == []


def test_a_conversation_that_only_fills_the_cache_is_mended_by_what_it_can_change() -> None:
    chat = Conversation(max_tokens=0)
    chat.messages = [{"role": "user", "content": "Hi"}]
    (problem,) = chat.problems()
    assert (problem.rule, problem.path) == ("R69", "max_tokens")
    assert problem.fix is not None
    chat.apply(problem.fix)
    assert chat.problems() == []


def test_a_conversation_sends_the_beta_that_makes_a_field_legal_and_keeps_the_field() -> None:
    chat = Conversation(fallbacks="default")
    chat.messages = [{"role": "user", "content": "Hi"}]
    (problem,) = chat.problems()
    assert problem.fix is not None
    assert problem.fix.label == "send the beta server-side-fallback-2026-07-01"
    chat.apply(problem.fix)
    assert chat.problems() == []
    assert chat.request()["fallbacks"] == "default"
    assert chat.betas == ("server-side-fallback-2026-07-01",)
    chat.undo()
    assert [each.rule for each in chat.problems()] == ["R79"]
