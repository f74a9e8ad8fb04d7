"""`%%claude` in a real IPython at a pseudo-terminal: live text, calls as prompts, nothing that steers it."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from nbkit.errors import NbkitError
from nbkit.loop.conversation import Conversation
from nbkit.notebook.terminal import Terminal
from scripted import Scripted, says

pexpect = pytest.importorskip("pexpect")  # it comes with IPython, but not on Windows

ROOT = Path(__file__).parent.parent
TOOL = """def get_weather(city: str) -> str: "Current weather in a city."; return "22 °C in " + city"""
EVIL = TOOL.replace('"22 °C in " + city', r'"\x1b[2J\x9b1m\u202egpj\x07!"')
CHOICES = "r run · l look · e edit"


class Shell:
    """IPython as a person sees it, without the editor of its prompt."""

    def __init__(self, folder: Path, *, rows: int = 50, columns: int = 200) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANTHROPIC_")}
        environment = {**kept, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(folder), "TERM": "dumb"}
        options = ["-m", "IPython", "--no-banner", "--simple-prompt", "--no-confirm-exit", "--colors=nocolor"]
        self.child = pexpect.spawn(
            sys.executable, options, env=environment, cwd=str(folder), encoding="utf-8", timeout=60,
            dimensions=(rows, columns),
        )  # fmt: skip
        self.cell("%load_ext nbkit", "import nbkit")

    def cell(self, *cells: str) -> None:
        """Type cells at the next prompts; one of several lines ends with two empty ones."""
        for cell in cells:
            self.child.expect(r"In \[\d+\]: $")
            lines = cell.split("\n")
            for line in (
                [*lines, "", ""] if cell.startswith("%%") else [*lines, ""] if "def " in cell else lines
            ):
                self.child.sendline(line)

    def until(self, words: str) -> str:
        """Return what is shown up to these words."""
        self.child.expect_exact(words)
        return str(self.child.before).replace("\r\n", "\n")

    def answer(self, text: str) -> str:
        """Type an answer at the next question; return what was shown before it."""
        self.child.expect(r"\n> $|(variable}|JSON): $")
        shown = str(self.child.before).replace("\r\n", "\n")
        self.child.sendline(text)
        return shown

    def interrupt(self) -> None:
        """Press Ctrl-C until it is heard: Python misses one that comes just before it waits for a key."""
        for _ in range(10):
            self.child.sendintr()
            if self.child.expect_exact(["the pause stays", pexpect.TIMEOUT], timeout=5) == 0:
                return

    def prompt(self) -> str:
        """Return what is shown up to the next prompt, which stays to be answered."""
        self.child.expect(r"\nIn \[\d+\]: $")
        shown = str(self.child.before).replace("\r\n", "\n")
        self.child.sendline("")
        return shown


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.child.close(force=True)


def test_a_turn_is_read_as_it_comes_and_a_call_is_run_at_its_prompt(shell: Shell) -> None:
    shell.cell(TOOL, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    asked = shell.answer("r")
    assert "[simulated · claude-sonnet-5]" in asked
    assert re.search(r'^call toolu_\w+: get_weather\(city="Paris"\)$', asked, re.MULTILINE)
    assert '1/1 get_weather(city="Paris")' in asked
    assert CHOICES in asked
    shown = shell.prompt()
    assert "its result (the tool ran): 22 °C in Paris" in shown
    assert "22 °C" in shown.split("the tool ran")[1].split("\n", 1)[1]
    assert "(end_turn; " in shown


def test_each_of_two_calls_is_asked_about_in_turn(shell: Shell) -> None:
    shell.cell(TOOL, "%%claude --tools get_weather\nWhat is the weather in Oslo and in Bergen?")
    assert '1/2 get_weather(city="Oslo")' in shell.answer("l")
    assert "its result (waits to be seen, the tool ran): 22 °C in Oslo" in shell.answer("e")
    assert "its result is 22 °C in Oslo" in shell.answer("hail")
    assert '2/2 get_weather(city="Bergen")' in shell.answer("e")
    assert '"city": "Bergen"' in shell.answer("{city}")
    assert "no variable of that name" in shell.answer("messages")
    assert "0 user: What is the weather" in shell.answer("x too far")
    shown = shell.prompt()
    assert "refused, the tool did not run" in shown
    assert "(end_turn; " in shown
    shell.cell('[each["decision"]["type"] for each in chat.decisions]')
    assert "['approve', 'edit_result', 'refuse']" in shell.prompt()


@pytest.mark.parametrize("leave", ["interrupt", "end", "enter"])
def test_leaving_the_question_leaves_the_pause(shell: Shell, leave: str) -> None:
    shell.cell(TOOL, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    shell.child.expect(r"\n> $")
    if leave == "interrupt":
        shell.interrupt()
    else:
        shell.child.sendline() if leave == "enter" else shell.child.sendeof()
        shell.until("the pause stays")
    assert ": %claude decide asks again" in shell.prompt()
    shell.cell("%claude")
    assert "chat is paused on get_weather (toolu_" in shell.prompt()
    shell.cell("%claude decide")
    shell.answer("f snow")
    assert "snow" in shell.prompt().partition("(thinking)")[2]


def test_an_interrupted_tool_is_asked_about_again(shell: Shell) -> None:
    slow = TOOL.replace("return", "print('it begins'); __import__('time').sleep(60); return")
    shell.cell(slow, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    shell.answer("r")
    shell.until("it begins")
    shell.child.sendintr()
    assert "may have run" in shell.answer("s")
    assert "chat is ready to send; 3 messages" in shell.prompt()


def test_code_and_commands_show_their_turns_too(shell: Shell) -> None:
    shell.cell(TOOL, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    shell.answer("")
    shell.cell("%claude run 1")
    assert "every call has its result: %claude continue sends them" in shell.prompt()
    shell.cell("%claude continue")
    assert "22 °C" in shell.until("(end_turn; ")
    shell.cell("reply = chat.send('hello')")
    assert "[simulated · claude-sonnet-5]\n" in shell.until("(end_turn; ")
    shell.cell("%claude policy allow", "%%claude\nAnd in Rome?")
    assert "its result (the tool ran): 22 °C in Rome" in shell.until("(end_turn; ")
    shell.cell("chat")
    assert "user:\n  And in Rome?" in shell.prompt()


def test_nothing_that_a_tool_or_a_model_wrote_steers_the_terminal(shell: Shell) -> None:
    shell.cell(EVIL, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    shown = shell.answer("r") + shell.prompt()
    shell.cell("chat", "%claude messages")
    shown += shell.until("\n3 assistant")
    assert shown.count("\\u001b[2J\\u009b1m\\u202egpj\\u0007!") >= 3
    assert not set(shown) & set("\x1b\x9b\u202e\x07")


def test_help_is_as_wide_as_the_terminal_and_breaks_no_word(tmp_path: Path) -> None:
    narrow = Shell(tmp_path, rows=200, columns=80)
    told = ""
    for asks, words in {
        "%claude help": "the only open call needs none.",
        "%claude help whatif": "The conversation stays as it is.",
        "%claude help break": "in code: chat.breakpoints",
        "%claude?": "the only open call needs none.",
        "%%claude --help": "begin a fresh conversation",
        "%%claude?": "begin a fresh conversation",
    }.items():
        narrow.cell(asks)
        told = narrow.prompt()
        assert words in told
        assert max(map(len, told.splitlines())) <= 80
    # The options stand below one another.
    usage, options = told.split("options:")
    assert usage.split("usage: ")[1].splitlines()[1].index("[") == len("usage: %%claude ")
    assert "  --max-tokens MAX_TOKENS\n                        the longest reply in tokens" in options
    narrow.child.close(force=True)


def test_what_is_wrong_is_told_with_its_fix(shell: Shell) -> None:
    shell.cell(TOOL, "%%claude --tools get_weather\nShould I take an umbrella in Paris?")
    shell.answer("r")
    shell.cell("chat.delete('messages.2.content.0')", "%claude problems")
    assert "fix: " in shell.prompt()
    shell.cell("%%claude\nAnd now?")
    assert "InvalidRequest: not sent, the API would refuse it" in shell.prompt()
    shell.cell("%claude fix")
    assert "done: " in shell.prompt()


def test_a_picture_that_fails_breaks_no_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    odd = {**says("a \x1b[31mred\u202e answer"), "usage": {"input_tokens": 1, "output_tokens": "many"}}
    chat = Conversation(client=Scripted([odd, says("fine")]))
    chat.add_observer(Terminal(chat, lambda: "1"))
    monkeypatch.setattr(sys, "stdout", out := io.StringIO())
    with suppress(NbkitError, ValueError):  # what the loop itself says to such a reply is tested there
        chat.send("hello")
    assert "a \\u001b[31mred\\u202e answer" in out.getvalue()
    out.close()
    chat.send("and again")
    assert chat.messages[-1]["content"][0]["text"] == "fine"
