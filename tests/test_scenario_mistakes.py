"""What is wrong in a scenario is told with its place."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from nbkit.errors import UsageError
from nbkit.sim.scenario.scenario import Scenario
from nbkit.sim.simulator import Simulator
from played import scenario, whole

MISTAKES = """\
titel: A typo
replies:
  - when: {usr: hi, turn: soon}
    say:
      - tool_us: f
      - 12
      - text: "{resutl.x}"
    stop_reason: tool_user
  - fault: overlaoded
  - when: {user: /(/}
  - events:
      - blok: 1
"""


def test_every_mistake_is_told_with_its_line_what_is_allowed_and_the_nearest() -> None:
    with pytest.raises(UsageError) as raised:
        Scenario.parse(MISTAKES, "mine.yaml")
    lines = str(raised.value).splitlines()
    expected = [
        (1, "titel", "did you mean 'title'?"),
        (3, "usr", "did you mean 'user'?"),
        (3, "turn", "a whole number"),
        (4, "say", "{resutl} names nothing"),
        (5, "say.0", "did you mean 'tool_use'?"),
        (6, "say.1", "put numbers in quotes"),
        (8, "stop_reason", "did you mean 'tool_use'?"),
        (9, "fault", "did you mean 'overloaded'?"),
        (10, "replies.2", "needs one of say, events, fault"),
        (10, "user", "not a regular expression"),
        (12, "events.0", "did you mean 'block'?"),
    ]
    assert len(lines) == len(expected)
    for line, (number, where, said) in zip(lines, expected, strict=True):
        assert line.startswith(f"mine.yaml:{number}: "), line
        assert where in line
        assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1", "mine.yaml:1: not YAML"),
        ("", "mine.yaml:1: a scenario is a mapping of title"),
        ("- 1", "not a list"),
        ("title: x", "a list of replies"),
        ("replies: []", "at least one"),
        ("request: []\nbetas: x\nreplies:\n- say: x", "mine.yaml:2: betas: should be a list of names"),
        ("request: [a]\nreplies:\n- say: x", "mine.yaml:1: request: should be fields of a request"),
        ("title: a\ntitle: b", "mine.yaml:2: 'title' is there twice"),
        ("title: &x a", "anchors (&x) are not read"),
        ("title: !!python/object/apply:os.system ['true']", "tags (tag:yaml.org,2002:python"),
        ("a: " + "[" * 100 + "]" * 100, "nested more than"),
        ("a: [" + "1," * 30000 + "]", "more than 20,000 values"),
        ("#" * 600_000, "characters"),
        ("title: \x07", "not YAML"),
    ],
)
def test_what_is_no_scenario_is_told(text: str, said: str) -> None:
    with pytest.raises(UsageError) as raised:
        Scenario.parse(text, "mine.yaml")
    assert said in str(raised.value)
    assert "Traceback" not in str(raised.value)


def test_mistakes_in_python_are_told_by_their_path() -> None:
    with pytest.raises(UsageError, match=r"Scenario: replies.0.wen: unknown key; did you mean 'when'"):
        scenario({"wen": {}, "say": "x"})
    with pytest.raises(UsageError, match=r"no scenario 'one_cal'.*did you mean 'one_call'"):
        Simulator(scenario="one_cal")
    with pytest.raises(UsageError, match="not an int"):
        Simulator(scenario=3)  # type: ignore[arg-type]


def test_words_of_yaml_are_read_as_they_look() -> None:
    made = Scenario.parse(
        "replies:\n  - say: {tool_use: f, input: {a: no, b: 12:30, c: 2026-01-01, d: 010}}\n"
    )
    given = whole(made)["content"][0]["input"]
    assert given == {"a": "no", "b": "12:30", "c": "2026-01-01", "d": "010"}


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no device without an end here")
def test_a_file_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="at most"):
        Scenario.load(tmp_path / "long.yaml")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
def test_an_address_that_can_not_be_written_is_told_in_a_sentence() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "nbkit", "serve", "--port", "0"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert (done.returncode, done.stderr.decode().count("\n")) == (2, 1)
