"""Which turn a cell shows: run again, edited, on another branch, of another conversation, brought back."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbkit
from in_shell import ASK, Notebook, error_of, magics_of
from nbkit.loop.saved.store import MIME


def test_decisions_from_another_cell_show_in_the_turn(watched: Notebook) -> None:
    watched.run(ASK, "c1")
    watched.run('chat.decide(next(iter(chat.pending)), nbkit.Fake("30 °C"))', "c2")
    assert "faked" in watched.html("c1")
    watched.run("chat.resume()", "c3")
    assert watched.chat.state.name == "IDLE"
    assert "30 °C" in watched.html("c1")
    assert "paused" not in watched.html("c1")


def test_another_cell_on_a_pause_raises_one_sentence_and_changes_nothing(notebook: Notebook) -> None:
    notebook.run(ASK, "c1")
    before = notebook.chat.messages
    said = error_of(lambda: notebook.run("%%claude\nAnd London?", "c2"))
    assert said.startswith("chat is paused on get_weather (toolu_")
    assert notebook.chat.messages == before


def test_a_cell_run_again_replaces_its_turn(watched: Notebook) -> None:
    watched.run("%%claude\nfirst", "c1")
    watched.run("%%claude\nsecond", "c2")
    watched.run("%%claude\nfirst, edited", "c1")
    assert watched.said() == ["first, edited"]
    assert "not on the current branch" in watched.html("c2")
    assert MIME not in watched.screen.outputs["nbkit-chat-c2"]
    watched.run("%%claude\nsecond again", "c2")
    assert watched.said() == ["first, edited", "second again"]
    assert "not on the current branch" not in watched.html("c2")


def test_the_paused_cell_run_again_replaces_its_pause(notebook: Notebook) -> None:
    notebook.run("%%claude\nfirst", "c1")
    notebook.run(ASK, "c2")
    notebook.run(ASK.replace("Paris", "London"), "c2")
    assert notebook.said() == ["first", "Should I take an umbrella in London?"]
    assert [call.call.input for call in notebook.chat.pending.values()] == [{"city": "London"}]


def test_without_cell_ids_cells_append(notebook: Notebook) -> None:
    notebook.run("%%claude\nfirst")
    notebook.run("%%claude\nfirst")
    assert notebook.said() == ["first", "first"]
    assert notebook.screen.shown == ["nbkit-chat-1", "nbkit-chat-2"]


def test_an_edit_shows_the_problem_at_its_block_and_undo_takes_it_back(watched: Notebook) -> None:
    watched.run(ASK, "c1")
    watched.run("chat.decide(next(iter(chat.pending)), nbkit.Approve()); chat.resume()", "c1b")
    watched.run('chat.delete("messages.2.content.0")', "c2")
    assert "tool_use" in watched.html("c1")
    assert "error" in watched.html("c1")
    watched.run("%claude undo", "c3")
    assert watched.chat.problems() == []
    assert "border-left: 3px solid rgba(214" not in watched.html("c1")


def test_a_later_cell_stands_on_the_edited_array(watched: Notebook) -> None:
    watched.run("%%claude\nfirst", "c1")
    watched.run("%%claude\nsecond", "c2")
    before = watched.screen.outputs["nbkit-chat-c2"][MIME]["base"]
    watched.run('chat.edit("messages.0.content", "changed")', "c3")
    after = watched.screen.outputs["nbkit-chat-c2"][MIME]["base"]
    assert before["length"] == after["length"]
    assert before["hash"] != after["hash"]


def test_a_saved_notebook_gives_the_array_back(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run("%%claude\nfirst", "c1")
    notebook.run(ASK, "c2")
    loaded = nbkit.load(notebook.saved(tmp_path))
    assert loaded.messages == notebook.chat.messages
    assert list(loaded.pending) == list(notebook.chat.pending)


def test_a_loaded_conversation_goes_on_in_the_next_cell(notebook: Notebook, tmp_path: Path) -> None:
    notebook.run("%%claude\nfirst", "c1")
    notebook.chat.save(tmp_path / "kept.json")
    notebook.run(f"old = nbkit.load({str(tmp_path / 'kept.json')!r})", "c2")
    notebook.run("%%claude --chat old\nsecond", "c3")
    old = notebook.shell.user_ns["old"]
    assert [m["content"] for m in old.messages if m["role"] == "user"] == ["first", "second"]
    record = notebook.screen.outputs["nbkit-old-c3"]
    assert record[MIME]["messages"] == old.messages
    assert "first" not in record["text/plain"].split("user:")[1].splitlines()[1]


def test_new_begins_a_conversation_in_the_same_variable(notebook: Notebook) -> None:
    notebook.run("%%claude\nfirst", "c1")
    first = notebook.chat
    notebook.run("%%claude --new\nfresh", "c1")
    assert notebook.chat is not first
    assert notebook.said() == ["fresh"]
    stage, _ = magics_of(notebook).session.found({"view": "chat-c1"})
    assert stage.conversation is notebook.chat
    first.send("from code")
    assert "fresh" in notebook.html("c1")


def test_a_conversation_shows_itself_whole_and_stays_current(watched: Notebook) -> None:
    watched.run("%%claude\nfirst", "c1")
    watched.run("chat", "c2")
    assert "first" in watched.html("c2-all")
    watched.run("%%claude\nsecond", "c3")
    assert "second" in watched.html("c2-all")


def test_a_conversation_made_by_hand_is_called_by_its_variable(watched: Notebook) -> None:
    watched.run("%%claude\nfirst", "c1")
    watched.run("import nbkit\nother = nbkit.Conversation()\nother", "c2")
    assert watched.shell.user_ns["other"].name == "other"
    watched.run("named = nbkit.Conversation(name='mine')\nnamed", "c3")
    assert watched.shell.user_ns["named"].name == "mine"
    watched.run("also = chat\nalso", "c4")
    assert watched.chat.name == "chat"


def test_the_autosave_lies_beside_the_notebook_and_an_earlier_one_is_told_to_the_page_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "work.ipynb"))
    first = Notebook()
    first.run("%%claude\nfirst", "c1")
    assert (tmp_path / ".nbkit" / ".gitignore").read_text() == "*\n"
    kept = nbkit.load(tmp_path / ".nbkit" / "work-chat.jsonl")
    assert kept.messages == first.chat.messages
    second = Notebook()
    second.run("%%claude\nsecond", "c1")
    view = magics_of(second).session.stages[id(second.chat)].views["chat-c1"]
    assert view.drawn is not None
    assert 'chat = nbkit.load(".nbkit/work-chat.jsonl") (“first”)' in view.drawn["notice"]
    assert "earlier" not in str(second.screen.outputs)
    assert nbkit.load(tmp_path / ".nbkit" / "work-chat.jsonl").messages == kept.messages
    assert nbkit.load(tmp_path / ".nbkit" / "work-chat.2.jsonl").messages == second.chat.messages
    second.run("%unload_ext nbkit")


def test_a_conversation_that_code_brought_back_is_autosaved_before_any_cell_shows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = Notebook()
    first.run(ASK, "c2")
    second = Notebook()
    second.run("chat = nbkit.load('.nbkit/chat.jsonl', tools=[get_weather])", "c1")
    second.run("chat.decide(next(iter(chat.pending)), nbkit.Approve())", "c2")
    kept = nbkit.load(tmp_path / ".nbkit" / "chat.2.jsonl")
    assert [each.started for each in kept.pending.values()] == [True]
    assert next(iter(kept.pending.values())).result == next(iter(second.chat.pending.values())).result
