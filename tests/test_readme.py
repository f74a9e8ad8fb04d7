"""What the README prints can be typed: its cells run one after the other, as printed."""

import re
from pathlib import Path

from in_shell import Notebook
from nbkit.notebook.commands import dispatch

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def cells(section: str) -> list[str]:
    """Return the fenced cells of a section."""
    text = README.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return re.findall(r"^```(?:python)?\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def test_the_cells_of_use_run_in_their_order() -> None:
    notebook = Notebook()
    for cell in cells("Use"):
        notebook.run(cell)
    end = notebook.chat.messages[-1]
    assert (len(cells("Use")), end["role"]) == (5, "assistant")
    assert "light rain" in end["content"][-1]["text"]
    assert notebook.variable("other").pending


def test_they_run_where_a_button_was_pressed_first() -> None:
    notebook = Notebook()
    first, ask, *rest = cells("Use")
    for cell in (first, ask, "%claude run 1", "%claude continue", *rest):
        notebook.run(cell)
    assert "light rain" in notebook.chat.messages[-1]["content"][-1]["text"]


def test_the_words_of_claude_that_it_names_are_known() -> None:
    [words] = re.findall(
        r"^`%claude` does in a word.*?:(.*?)\(`%claude help`", README, re.MULTILINE | re.DOTALL
    )
    named = re.findall(r"`([^`]+)`", words)
    assert named
    for each in named:
        assert dispatch.find(each.split()[0]).word == each.split()[0]


def test_what_is_installed_is_the_clone() -> None:
    """On package indexes the name may be another project's."""
    installed = re.findall(r"pip install '([^']+)'", README)
    assert {each.partition("[")[0] for each in installed} == {"."}
