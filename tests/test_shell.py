"""A script is read into commands and words as bash would read it, and nothing of it is run."""

from __future__ import annotations

import subprocess
from shutil import which

import pytest

from nbkit.errors import UsageError
from nbkit.study.shell import commands

WORDS = [
    r"""'it'\''s'""",
    r'''"say \"hi\" \$1 \\ \n \
on"''',
    r"""$'tab\there \'q\' \x41\u00e9\101\\n'""",
    r"a\ b\"c\
d",
    "{\"a\":'b'}",
    "'# no comment'#either",
    "'a\nb' \"c\nd\"",
    "--x='y z'\"w\"v",
]


@pytest.mark.parametrize("text", WORDS)
def test_words_are_those_of_bash(text: str) -> None:
    if which("bash") is None:
        pytest.skip("there is no bash here to compare with")
    told = subprocess.run(
        ["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, timeout=30
    )
    (command,) = commands(text)
    assert [word.text for word in command.words] == told.stdout.decode().split("\0")[:-1]


def test_comments_continuations_and_operators_part_the_commands() -> None:
    script = "# one 'quote\nA=1 curl \\\r\n  x & y; z|w #rest\n(a)\u00a0b"
    read = [[word.text for word in command.words] for command in commands(script) if command.words]
    assert read == [["A=1", "curl", "x"], ["y"], ["z"], ["w"], ["a"], ["\u00a0b"]]


def test_a_word_knows_its_line() -> None:
    found = [(word.text, word.line) for command in commands("a\n'b\nc' d\n\\\ne") for word in command.words]
    assert found == [("a", 1), ("b\nc", 2), ("d", 3), ("e", 5)]


@pytest.mark.parametrize(
    ("delimiter", "text"),
    [("<<EOF", 'a "$X" \\ $1\n'), ("<<'EOF'", 'a "$X" \\\\ \\$1\n'), ('<<-"EOF"', 'a "$X" \\\\ \\$1\n')],
)
def test_a_here_document_is_what_comes_in(delimiter: str, text: str) -> None:
    command, after = commands(f'cat {delimiter} -x\na "$X" \\\\ \\$1\nEOF\nnext')
    assert command.text is not None
    assert (command.text.text, [word.text for word in command.words]) == (text, ["cat", "-x"])
    assert after.words[0].text == "next"


def test_what_only_a_shell_knows_stays_as_it_is_written_and_is_named_without_its_default() -> None:
    (command,) = commands('a"$KEY"${OTHER:-secret}`date`$(jq .) $ $1 "100$"')
    first, *rest = command.words
    assert first.text == "a$KEY${OTHER:-secret}`date`$(jq .)"
    assert [each.shown for each in first.expansions] == ["$KEY", "$OTHER", "a $(…)", "a $(…)"]
    assert [word.text for word in rest] == ["$", "$1", "100$"]


def test_a_pipe_leads_from_one_command_to_the_next() -> None:
    _, last = commands("echo x | curl -d @-")
    assert last.before is not None
    assert [word.text for word in last.before.words] == ["echo", "x"]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("x\ny 'z", "the ' quote in line 2 is never closed"),
        ('"z', 'the " quote in line 1 is never closed'),
        ("$'z", "the $' quote in line 1"),
        ("`z", "the ` in line 1"),
        ("a $(b\n", "the $( in line 1 is never closed"),
        ("a <<END\nb", "the here-document in line 1 never ends: add its END"),
        ("$(" * 100, "nests its $(…) more than 20 levels"),
        ("a " * 200_000, "more than 100,000 words"),
        ("$a" * 200_000, "more than 100,000 words"),
    ],
)
def test_a_script_that_breaks_off_says_where(script: str, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        commands(script)
    assert message in str(refused.value)


@pytest.mark.parametrize("script", ["", "\\", "<", "a <", "&>|", ")", "$", "a\r", "<<<", "\f", "("])
def test_odd_ends_are_read_to_the_end(script: str) -> None:
    assert commands(script)


@pytest.mark.parametrize("script", [">(", "a <<", '"\\'])
def test_an_end_in_the_middle_of_something_says_where(script: str) -> None:
    with pytest.raises(UsageError, match="line 1"):
        commands(script)
