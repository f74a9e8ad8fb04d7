"""`%%claude` and `%claude` in a real shell and in a real kernel."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import pytest
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import nbkit
from nbkit.loop.saved.store import MIME
from nbkit.notebook.magics import TRANSFORMS, ClaudeMagics

SETUP = """
import nbkit
@nbkit.tool
def get_weather(city: str) -> str:
    "Current weather in a city."
    return f"22 °C in {city}"
"""
ASK = "%%claude --tools get_weather\nShould I take an umbrella in Paris?"


class Kernel:
    """What of a kernel the cells look at: which cell runs, and whether anybody can answer."""

    def __init__(self) -> None:
        self.parent: dict[str, Any] = {}

    def get_parent(self, channel: str) -> dict[str, Any]:
        return self.parent


class Screen(DisplayPublisher):
    """Takes the place of the display publisher and keeps what each cell shows."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.outputs: dict[str, dict[str, Any]] = {}
        self.shown: list[str] = []

    def publish(  # type: ignore[override]
        self, data: Any, metadata: Any = None, *, transient: Any = None, update: bool = False
    ) -> None:
        id = (transient or {}).get("display_id", f"unnamed-{len(self.shown)}")
        self.outputs[id] = data
        if not update:
            self.shown.append(id)


class Notebook:
    """A shell that believes it is a kernel, driven cell by cell."""

    def __init__(self, *, attended: bool = False) -> None:
        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        self.shell = InteractiveShell(config=config)  # type: ignore[no-untyped-call]
        self.kernel = Kernel()
        self.screen = Screen()
        self.attended = attended
        self.runs = itertools.count(1)
        self.shell.kernel = self.kernel  # type: ignore[attr-defined]
        self.run("%load_ext nbkit")
        self.shell.display_pub = self.screen
        self.run(SETUP)

    def run(self, source: str, cell: str | None = None) -> None:
        """Run a cell and raise what it raised."""
        self.kernel.parent = {
            "header": {"msg_id": str(next(self.runs))},
            "content": {"allow_stdin": self.attended},
            "metadata": {"cellId": cell},
        }
        self.shell.run_cell(source).raise_error()  # type: ignore[no-untyped-call]

    @property
    def chat(self) -> nbkit.Conversation:
        chat: nbkit.Conversation = self.shell.user_ns["chat"]
        return chat

    def variable(self, name: str) -> Any:
        return self.shell.user_ns[name]

    def html(self, cell: str) -> str:
        text: str = self.screen.outputs[f"nbkit-chat-{cell}"]["text/html"]
        return text

    def said(self) -> list[str]:
        """The words of the person, in order."""
        return [message["content"] for message in self.chat.messages if isinstance(message["content"], str)]

    def saved(self, folder: Path) -> Path:
        """Save what the cells show as a notebook."""
        page = nbformat.v4.new_notebook()
        for id in self.screen.shown:
            cell = nbformat.v4.new_code_cell("%%claude")
            cell.outputs = [nbformat.v4.new_output("display_data", self.screen.outputs[id])]
            page.cells.append(cell)
        path = folder / "saved.ipynb"
        nbformat.write(page, path)
        return path


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    made = Notebook()
    yield made
    made.run("%unload_ext nbkit")


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    """The same with a page, so outputs can be updated."""
    monkeypatch.chdir(tmp_path)
    made = Notebook(attended=True)
    yield made
    made.run("%unload_ext nbkit")


def error_of(work: Callable[[], object]) -> str:
    with pytest.raises(nbkit.NbkitError) as caught:
        work()
    return str(caught.value)


def test_a_cell_says_its_text_and_shows_the_turn(notebook: Notebook) -> None:
    notebook.run("%%claude\nSay hello", "c1")
    assert notebook.said() == ["Say hello"]
    assert notebook.chat.state.name == "IDLE"
    assert "Say hello" in notebook.html("c1")
    assert notebook.screen.outputs["nbkit-chat-c1"][MIME]["messages"] == notebook.chat.messages


def test_the_cell_ends_at_a_pause_and_says_so_once(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run(ASK, "c1")
    assert notebook.chat.state.name == "PAUSED"
    assert capsys.readouterr().out == ""
    for shown in (notebook.screen.outputs["nbkit-chat-c1"]["text/plain"], notebook.html("c1")):
        assert shown.count("paused: waiting for a decision on get_weather(city=") == 1
        assert "or set unattended=" in shown


def test_decisions_from_another_cell_show_in_the_turn(watched: Notebook) -> None:
    watched.run(ASK, "c1")
    watched.run('chat.decide(next(iter(chat.pending)), nbkit.Fake("30 °C"))', "c2")
    assert "faked" in watched.html("c1")
    watched.run("chat.resume()", "c3")
    assert watched.chat.state.name == "IDLE"
    assert "30 °C" in watched.html("c1")
    assert "paused" not in watched.html("c1")


def test_where_nobody_watches_a_later_cell_tells_the_rest_of_the_turn_itself(
    notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run(ASK, "c1")
    first = dict(notebook.screen.outputs["nbkit-chat-c1"])
    notebook.run('for id in chat.pending: chat.decide(id, nbkit.Fake("30 °C"))', "c2")
    assert "has its result: 30 °C" in notebook.screen.outputs["nbkit-chat-c2"]["text/plain"]
    [kept] = nbkit.load(notebook.saved(tmp_path)).pending.values()
    assert kept.result == next(iter(notebook.chat.pending.values())).result
    notebook.run("_ = chat.resume()", "c3")
    assert "30 °C" in notebook.html("c3")
    notebook.run("chat.messages", "c4")
    notebook.run('chat.delete("messages.3")', "c5")
    assert notebook.screen.outputs["nbkit-chat-c1"] == first
    assert notebook.screen.shown == [f"nbkit-chat-c{number}" for number in (1, 2, 3, 5)]
    loaded = nbkit.load(notebook.saved(tmp_path))
    assert loaded.messages == notebook.chat.messages
    assert len(loaded.messages) == 3


def test_what_changes_nothing_shows_nothing_where_nobody_watches(notebook: Notebook) -> None:
    notebook.run(ASK, "c1")
    with pytest.raises(nbkit.NbkitError):
        notebook.run("chat.decide('toolu_nobody', nbkit.Approve())", "c2")
    assert notebook.screen.shown == ["nbkit-chat-c1"]


def test_turns_taken_back_where_nobody_watches_stay_away_after_loading(
    notebook: Notebook, tmp_path: Path
) -> None:
    notebook.run("%%claude\nfirst", "c1")
    notebook.run("%%claude\nsecond", "c2")
    notebook.run("chat.undo()", "c3")
    assert nbkit.load(notebook.saved(tmp_path)).messages == notebook.chat.messages
    notebook.run("%%claude\nthird", "c4")
    assert nbkit.load(notebook.saved(tmp_path)).messages == notebook.chat.messages


def test_unattended_runs_the_loop_to_its_end(notebook: Notebook) -> None:
    notebook.run(ASK.replace("%%claude", "%%claude --unattended allow"), "c1")
    assert notebook.chat.state.name == "IDLE"
    assert "22 °C in Paris" in str(notebook.chat.messages)


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


def test_a_command_that_goes_on_says_what_came_of_it_where_nobody_watches(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    held = "chat is stopped by a breakpoint before a request: %claude continue or chat.resume() goes on\n"
    notebook.run("%claude break request", "c1")
    notebook.run(ASK, "c2")
    notebook.run("%claude step", "c3")
    notebook.run("%claude run 1", "c4")
    capsys.readouterr()
    for cell, said in {"end": held, "continue": "chat waits for what you say\n"}.items():
        notebook.run(f"%claude {cell}")
        assert capsys.readouterr().out == said


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


def test_a_refused_connection_is_one_sentence_and_leaves_the_array(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = 'nbkit.Anthropic(base_url="http://127.0.0.1:9")'
    notebook.run(f"chat = nbkit.Conversation(client=nbkit.Client({provider}, retries=0))", "c1")
    error_of(lambda: notebook.run("%%claude\nhello", "c2"))
    shown = capsys.readouterr()
    assert "TransportError: " in shown.out
    assert "Traceback" not in shown.out
    assert notebook.chat.messages == []
    assert "hello" in notebook.html("c2")
    assert "not part of the conversation" in notebook.html("c2")
    assert MIME not in notebook.screen.outputs["nbkit-chat-c2"]
    notebook.run("chat.client = nbkit.connect('simulator')", "c3")
    notebook.run("%%claude\nhello again", "c2")
    assert notebook.said() == ["hello again"]
    assert "not part of the conversation" not in notebook.html("c2")


class Cutting:
    """A conversation's connection that is interrupted after some events."""

    def __init__(self, real: Any, after: int, error: BaseException) -> None:
        self.target, self._real, self._after, self._error = real.target, real, after, error

    def stream(self, *args: Any, **kwargs: Any) -> Any:
        return Cut(self._real.stream(*args, **kwargs), self._after, self._error)


class Cut:
    def __init__(self, real: Any, after: int, error: BaseException) -> None:
        self._real, self._after, self._error = real, after, error

    def __enter__(self) -> Cut:
        self._stream = self._real.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._real.__exit__(*exception)

    @property
    def message(self) -> Any:
        return self._stream.message

    def __iter__(self) -> Iterator[Any]:
        for count, item in enumerate(self._stream):
            if count == self._after:
                raise self._error
            yield item


def test_an_interrupted_stream_is_one_sentence_and_its_text_stays_visible(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.run("%%claude\nfirst", "c1")
    before = notebook.chat.messages
    real = notebook.chat.client
    notebook.chat.client = Cutting(real, 5, KeyboardInterrupt())  # type: ignore[assignment]
    said = error_of(lambda: notebook.run("%%claude\nsecond", "c2"))
    assert "stopped while the reply was streaming" in said
    assert "Traceback" not in capsys.readouterr().out
    assert notebook.chat.messages == before
    assert "cut off; not part of the conversation" in notebook.html("c2")
    drawn = magics_of(notebook).session.stages[id(notebook.chat)].views["chat-c2"].drawn
    assert drawn is not None
    assert all(message.get("loose") for message in drawn["messages"])
    notebook.chat.client = real
    notebook.run("%%claude\nsecond", "c2")
    assert notebook.said() == ["first", "second"]
    assert "cut off" not in notebook.html("c2")


def test_a_variable_that_is_no_conversation_is_left_alone(
    notebook: Notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    notebook.shell.user_ns["chat"] = "mine"
    notebook.run("%%claude\nhello", "c1")
    notebook.run("%%claude\nagain", "c2")
    assert notebook.shell.user_ns["chat"] == "mine"
    assert capsys.readouterr().out.count("chat is a variable of yours (str)") == 1


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


def magics_of(notebook: Notebook) -> ClaudeMagics:
    found = notebook.shell.magics_manager.registry["ClaudeMagics"]
    assert isinstance(found, ClaudeMagics)
    return found


def test_unloading_takes_everything_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = Notebook()
    transformers = len(notebook.shell.input_transformers_cleanup)
    notebook.run("%unload_ext nbkit")
    for kind in ("cell", "line"):
        assert "claude" not in notebook.shell.magics_manager.magics[kind]
    assert len(notebook.shell.input_transformers_cleanup) == transformers - len(TRANSFORMS)
    assert not hasattr(nbkit.NbkitError, "_render_traceback_")


REAL = """
chat = nbkit.Conversation(client=nbkit.Anthropic(key="k", base_url="https://api.example.com"))
chat.client.named = False
"""


def test_a_first_real_call_where_nobody_can_say_yes_is_refused(notebook: Notebook) -> None:
    notebook.run(REAL, "c1")
    said = error_of(lambda: notebook.run("%%claude\nhello", "c2"))
    assert "api.example.com" in said
    assert "name the provider in code" in said
    assert notebook.chat.messages == []


def test_the_same_holds_for_a_first_real_call_that_code_makes(notebook: Notebook) -> None:
    notebook.run(REAL, "c1")
    assert "nobody is here to confirm it" in error_of(lambda: notebook.run("chat.send('hello')", "c2"))
    assert "nobody is here to confirm it" in error_of(
        lambda: notebook.run("import asyncio\nasyncio.run(chat.asend('hello'))", "c3")
    )
    assert notebook.chat.messages == []


def test_a_first_real_call_is_confirmed_in_the_page(notebook: Notebook) -> None:
    notebook.attended = True
    notebook.run(REAL, "c1")
    notebook.run("%%claude\nhello", "c2")
    session = magics_of(notebook).session
    view = session.stages[id(notebook.chat)].views["chat-c2"]
    assert view.drawn is not None
    assert (view.drawn["state"], "api.example.com" in view.drawn["notice"]) == ("confirm", True)
    assert "not sent yet" in notebook.html("c2")
    assert "waits for a yes" in error_of(lambda: notebook.run("%%claude\nand more", "c3"))
    asyncio.run(decline(session))
    assert notebook.chat.messages == []
    assert "nothing left this machine" in view.drawn["notice"]


async def decline(session: Any) -> None:
    session.receive({"kind": "decline", "view": "chat-c2", "request": "1"})


def test_code_that_goes_on_says_yes(notebook: Notebook) -> None:
    notebook.attended = True
    notebook.run(REAL, "c1")
    notebook.run("%%claude\nhello", "c2")
    notebook.run("chat.client = nbkit.connect('simulator')\nchat.resume()", "c3")
    assert notebook.chat.state.name == "IDLE"
    assert "not sent yet" not in notebook.html("c2")


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> list[Any]:
    """The same notebook run twice in real kernels."""
    cells = [
        f"import sys; sys.path.insert(0, {str(root)!r})\n%load_ext nbkit",
        SETUP,
        ASK,
        "%%claude --chat other\nSay *hello* <img src=x onerror=alert(1)>",
        "%%claude\nAnd in London?",
    ]
    runs = []
    for turn in ("one", "two"):
        page = nbformat.v4.new_notebook()
        for number, source in enumerate(cells):
            cell = nbformat.v4.new_code_cell(source, id=f"c{number}")
            page.cells.append(cell)
        client = nbclient.NotebookClient(
            page,
            allow_errors=True,
            record_timing=False,
            resources={"metadata": {"path": str(tmp_path_factory.mktemp(turn))}},
        )
        runs.append(client.execute())
    return runs


def test_a_notebook_run_twice_is_the_same_byte_for_byte(executed: list[Any]) -> None:
    assert nbformat.writes(executed[0]) == nbformat.writes(executed[1])


def test_a_kernel_without_a_page_pauses_in_one_sentence_and_stops_there(executed: list[Any]) -> None:
    _, _, asked, other, refused = executed[0].cells
    assert [output.output_type for output in asked.outputs] == ["display_data"]
    assert set(asked.outputs[0].data) == {"text/html", "text/plain", MIME}
    assert asked.outputs[0].data["text/plain"].count("paused:") == 1
    assert "&lt;img src=x onerror" in other.outputs[0].data["text/html"]
    (error,) = refused.outputs
    assert (error.output_type, error.ename) == ("error", "TurnError")
    assert len(error.traceback) == 1
    assert "widgets" not in executed[0].metadata


def test_a_table_of_what_ifs_is_shown_as_html_and_text_where_nobody_is_at_the_page() -> None:
    notebook = Notebook()
    notebook.run("%%claude --tools get_weather\nShould I take an umbrella in Paris?", "c1")
    notebook.run("tried = nbkit.what_if(chat, nbkit.Fake('snow'), nbkit.Fake('sun'))")
    data, _ = notebook.shell.display_formatter.format(notebook.variable("tried"))  # type: ignore[union-attr]
    assert "<table" in data["text/html"]
    assert "tried[0].chat" in data["text/html"]
    assert "snow" in data["text/plain"]
