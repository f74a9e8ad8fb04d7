"""`%%claude` and `%claude` in a real shell: what is said, with which options, and what is not understood."""

from __future__ import annotations

from pathlib import Path

import pytest

import nbkit
from in_shell import ASK, SETUP, Notebook, error_of
from nbkit.loop.saved.store import MIME
from nbkit.notebook.magics import TRANSFORMS


def test_a_cell_says_its_text_and_shows_the_turn(notebook: Notebook) -> None:
    notebook.run("%%claude\nSay hello", "c1")
    assert notebook.said() == ["Say hello"]
    assert notebook.chat.state.name == "IDLE"
    assert "Say hello" in notebook.html("c1")
    assert notebook.screen.outputs["nbkit-chat-c1"][MIME]["messages"] == notebook.chat.messages


def test_out_holds_the_reply_when_the_loop_has_ended(notebook: Notebook) -> None:
    notebook.run(ASK.replace("%%claude", "%%claude --out answer"), "c1")
    assert notebook.variable("answer") is None
    notebook.run("chat.decide(next(iter(chat.pending)), nbkit.Approve()); chat.resume()", "c2")
    answer = notebook.variable("answer")
    assert "22 °C in Paris" in answer.text
    notebook.run("%%claude\nThanks", "c3")
    assert notebook.variable("answer") is answer


def test_a_breakpoint_is_named_by_the_cell_that_waits_for_a_reply_and_by_the_status(
    watched: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    watched.run("%claude break request", "c1")
    watched.run("%%claude --out answer\nSay hello", "c2")
    held = "chat is stopped by a breakpoint before a request: %claude continue or chat.resume() goes on"
    assert f"answer is None until the turn is over: {held}" in capsys.readouterr().out
    watched.run("%claude", "c3")
    assert f"{held}; 1 message" in capsys.readouterr().out
    watched.run("%claude continue", "c4")
    assert watched.variable("answer").stop_reason == "end_turn"
    watched.run("%claude", "c5")
    assert "chat waits for what you say" in capsys.readouterr().out


def test_variables_are_filled_in_and_shown(notebook: Notebook) -> None:
    notebook.shell.user_ns["city"] = "Paris"
    notebook.run('%%claude\nHello {city}, {nothing}, {"city": 1}, {In}', "c1")
    assert notebook.said() == ['Hello Paris, {nothing}, {"city": 1}, {In}']
    assert "filled in: {city} = Paris; {nothing} stays as written" in notebook.html("c1")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("%%claude --bogus\nhello", "unrecognized arguments: --bogus"),
        ("%%claude --max-tokens many\nhello", "invalid int value"),
        ("%%claude --tools nothing_here\nhello", "no tool is called nothing_here"),
        ("%%claude --tools chat_name\nhello", "chat_name is a str"),
        ("%%claude --out 1x\nhello", "no name of a variable"),
        ("%%claude --out class\nhello", "no name of a variable"),
        ("%%claude --system 'open\nhello", "quotation"),
        ("%%claude\n   \n", "the cell is empty"),
        ("%%claude", "the cell is empty"),
        ("%claude dance", "no such command"),
        ("%claude use 1x", "name the variable"),
        ("%claude undo", "nothing to undo"),
    ],
)
def test_what_is_not_understood_is_one_sentence_and_stops_run_all(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], cell: str, words: str
) -> None:
    notebook.shell.user_ns["chat_name"] = "x"
    assert words in error_of(lambda: notebook.run(cell, "c1"))
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err
    assert "nbkit/notebook" not in shown.out + shown.err
    assert notebook.screen.outputs == {}


def test_a_variable_that_is_no_conversation_is_left_alone(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.shell.user_ns["chat"] = "mine"
    notebook.run("%%claude\nhello", "c1")
    notebook.run("%%claude\nagain", "c2")
    assert notebook.shell.user_ns["chat"] == "mine"
    assert capsys.readouterr().out.count("chat is a variable of yours (str)") == 1


def test_options_of_a_turn_go_out_with_it_alone(notebook: Notebook) -> None:
    notebook.run("%%claude --model claude-haiku-4-5 --max-tokens 99 --system 'Be terse.'\nhello", "c1")
    assert notebook.screen.outputs["nbkit-chat-c1"]["text/plain"].startswith(
        "[simulated · claude-haiku-4-5-20251001]"
    )
    assert notebook.chat.model == "claude-sonnet-5"
    assert notebook.chat.request()["max_tokens"] != 99
    assert notebook.chat.system == "Be terse."


def test_the_line_magic_does_what_the_methods_do(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run(ASK, "c1")
    notebook.run("%claude tools", "c2")
    notebook.run("%claude", "c3")
    printed = capsys.readouterr().out
    assert "get_weather: Current weather in a city." in printed
    assert "chat is paused on get_weather (toolu_" in printed
    notebook.run("%claude stop", "c4")
    assert notebook.chat.state.name != "PAUSED"
    notebook.run("%claude model claude-haiku-4-5", "c5")
    assert notebook.chat.model == "claude-haiku-4-5"
    notebook.run("%claude use other", "c6")
    notebook.run("%%claude\nhello", "c7")
    assert notebook.shell.user_ns["other"].messages[0]["content"] == "hello"
    notebook.run("%claude help", "c8")
    notebook.run("%%claude --help", "c9")
    assert "--unattended" in capsys.readouterr().out


def test_a_tool_redefined_during_the_pause_is_the_one_that_runs(notebook: Notebook) -> None:
    notebook.run(ASK, "c1")
    notebook.run(SETUP.replace("22 °C", "40 °C"), "c2")
    notebook.run("chat.decide(next(iter(chat.pending)), nbkit.Approve())", "c3")
    assert "40 °C in Paris" in str(next(iter(notebook.chat.pending.values())).result)


def test_unloading_takes_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = Notebook()
    transformers = len(notebook.shell.input_transformers_cleanup)
    notebook.run("%unload_ext nbkit")
    for kind in ("cell", "line"):
        assert "claude" not in notebook.shell.magics_manager.magics[kind]
    assert len(notebook.shell.input_transformers_cleanup) == transformers - len(TRANSFORMS)
    assert not hasattr(nbkit.NbkitError, "_render_traceback_")
