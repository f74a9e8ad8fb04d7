"""The small model among many tools: which it chooses, with which input, and when it chooses none.

`data/sim/toolboxes.yaml` holds toolboxes of 8 to 30 tools as projects have them, and what people ask of them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml

from nbkit.sim.brain.intent import think

Json = dict[str, Any]
Calls = list[tuple[str, Json]]

BOXES: Json = yaml.load(
    (Path(__file__).parent / "data/sim/toolboxes.yaml").read_text(), Loader=yaml.BaseLoader
)
FORMATS = ("uri", "email", "date", "time", "date-time")


def schema(takes: Any) -> Json:
    """An input schema out of the short form of the file."""
    if isinstance(takes, dict):
        return {
            "type": "object",
            "properties": {name.rstrip("!"): schema(part) for name, part in takes.items()},
            "required": [name.rstrip("!") for name in takes if name.endswith("!")],
        }
    if isinstance(takes, list) or takes.startswith("["):
        (items,) = takes if isinstance(takes, list) else yaml.load(takes, Loader=yaml.BaseLoader)
        return {"type": "array", "items": schema(items)}
    kind, _, described = takes.partition(". ")
    more = {"description": described} if described else {}
    if "|" in kind:
        return {"type": "string", "enum": kind.split("|"), **more}
    return {"type": "string", "format": kind, **more} if kind in FORMATS else {"type": kind, **more}


TOOLS: dict[str, list[Json]] = {
    box: [
        {"name": name, "description": tool["says"], "input_schema": schema(tool["takes"])}
        for name, tool in parts["tools"].items()
    ]
    for box, parts in BOXES.items()
}


def rounds(tools: list[Json], say: Any, give: str = "Done.") -> Iterator[Calls]:
    """The calls of each reply, until one has none; every call gets the same result."""
    messages: list[Json] = [{"role": "user", "content": say}]
    for _ in range(6):
        intent = think({"model": "m", "max_tokens": 999, "tools": tools, "messages": messages})
        yield [(call.name, call.input) for call in intent.calls]
        if not intent.calls:
            assert intent.text
            return
        ids = [f"t{len(messages)}_{number}" for number in range(len(intent.calls))]
        uses = [
            {"type": "tool_use", "id": id, "name": call.name, "input": call.input}
            for id, call in zip(ids, intent.calls, strict=True)
        ]
        results = [{"type": "tool_result", "tool_use_id": id, "content": give} for id in ids]
        messages += [{"role": "assistant", "content": uses}, {"role": "user", "content": results}]
    raise AssertionError("it goes round in circles")


def holds(want: Json, given: Json) -> bool:
    return all(name in given and fits(value, given[name]) for name, value in want.items())


def fits(want: str, given: Any) -> bool:
    if want.startswith("~"):
        return bool(re.search(want[1:], str(given), re.IGNORECASE))
    if isinstance(given, int | float):
        return float(want) == given
    return str(given) == want


ASKS = [(box, ask) for box, parts in BOXES.items() for ask in parts["asks"]]


@pytest.mark.parametrize(("box", "ask"), ASKS, ids=[f"{box}: {ask['say'][:60]}" for box, ask in ASKS])
def test_what_is_asked_for_is_called_with_what_was_said_and_nothing_else(box: str, ask: Json) -> None:
    tools = {tool["name"]: tool for tool in TOOLS[box]}
    replies = list(rounds(TOOLS[box], ask["say"], ask.get("give", "Done.")))
    wanted = [next(iter(call.items())) for call in ask["want"]]
    made = [call for reply in replies for call in reply]
    for name, given in made:
        jsonschema.validate(given, tools[name]["input_schema"])
    if "together" in ask:
        assert len(replies[0]) == len(wanted)
    assert [name for name, _ in made] == [name for name, _ in wanted], made
    for (_, given), (_, want) in zip(made, wanted, strict=True):
        assert holds(want, given)


FILES: list[Json] = TOOLS["coding agent"]


@pytest.mark.parametrize("extra", ["", " It can also read, create, edit, search, run and list files." * 60])
def test_no_tool_is_chosen_for_the_length_of_its_description(extra: str) -> None:
    agent = {**FILES[0], "description": FILES[0]["description"] + extra}
    for say, name in (("Read notes.md", "Read"), ("Create a.txt with the word hi", "Write")):
        assert next(rounds([agent, *FILES[1:]], say))[0][0] == name


@pytest.mark.parametrize(
    ("say", "command"),
    [
        ("Search the code for TODO", "grep -rn TODO ."),
        ("Find all Python files under src", "find src -name '*.py'"),
        ("What files are in this directory?", "ls -la"),
        ("Delete the file old.txt", "rm old.txt"),
        ("Run the tests", "pytest"),
        ("Run `git status` please", "git status"),
    ],
)
def test_a_shell_does_what_no_other_tool_is_made_for(say: str, command: str) -> None:
    tools = [
        tool for tool in FILES if tool["name"] in ("Agent", "Bash", "Read", "Write", "Edit", "WebSearch")
    ]
    assert next(rounds(tools, say)) == [("Bash", {"command": command})]


def test_a_call_that_works_with_what_another_makes_waits_for_it() -> None:
    say = "Write a Python script hello.py that prints hello and then run it"
    assert [[name for name, _ in calls] for calls in rounds(FILES, say)] == [["Write"], ["Bash"], []]


def run(tools: list[Json], say: str, results: dict[str, list[tuple[str, bool]]]) -> list[Json]:
    """The calls that are made when each tool answers with its results in turn: a text, and whether it is an
    error.
    """
    messages: list[Json] = [{"role": "user", "content": say}]
    made: list[Json] = []
    for number in range(8):
        intent = think({"model": "m", "max_tokens": 999, "tools": tools, "messages": messages})
        if not intent.calls:
            return made
        (call,) = intent.calls
        made.append({call.name: call.input})
        text, is_error = results[call.name].pop(0)
        use = {"type": "tool_use", "id": f"t{number}", "name": call.name, "input": call.input}
        result = {
            "type": "tool_result",
            "tool_use_id": f"t{number}",
            "content": [{"type": "text", "text": text}],
            "is_error": is_error,
        }
        reminder = {"type": "text", "text": "<system-reminder>Is the list of tasks empty?</system-reminder>"}
        messages += [
            {"role": "assistant", "content": [use]},
            {"role": "user", "content": [result, reminder]},
        ]
    raise AssertionError("it goes round in circles")


@pytest.mark.parametrize(
    "error",
    [
        "File has not been read yet. Read it first before writing to it.",
        "<tool_use_error>You must use Read on this file before you change it.</tool_use_error>",
        "Call `Read` first",
    ],
)
def test_what_a_failure_asks_for_is_done_and_then_the_same_call_again(error: str) -> None:
    results = {"Edit": [(error, True), ("Changed.", False)], "Read": [("x = 1", False)]}
    made = run(FILES, 'Replace "x = 1" with "x = 2" in a.py', results)
    assert [name for call in made for name in call] == ["Edit", "Read", "Edit"]
    assert made[0] == made[2]
    assert made[1] == {"Read": {"file_path": "a.py"}}


def test_a_failure_that_asks_for_the_same_thing_twice_ends_the_loop() -> None:
    error = ("File has not been read yet. Read it first.", True)
    results = {"Edit": [error] * 4, "Read": [("x = 1", False)] * 4}
    assert len(run(FILES, 'Replace "x = 1" with "x = 2" in a.py', results)) == 3


def test_what_a_program_puts_between_tags_is_not_what_the_user_asks() -> None:
    reminder = "<system-reminder>\nShould you read CLAUDE.md first? Use the Agent tool.\n</system-reminder>"
    say = [{"type": "text", "text": reminder}, {"type": "text", "text": "Read notes.md"}]
    for content in (say, f"{reminder}\n\nRead notes.md", f"Read notes.md\n\n{reminder}"):
        assert next(rounds(FILES, content)) == [("Read", {"file_path": "notes.md"})]


def test_a_file_that_was_named_before_is_what_an_order_means_by_it() -> None:
    call, result = (
        {"type": "tool_use", "id": "t1", "name": "Write", "input": {"file_path": "a.md", "content": "one"}},
        {"type": "tool_result", "tool_use_id": "t1", "content": "Done."},
    )
    messages = [
        {"role": "user", "content": "Create a file a.md with the word one"},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
        {"role": "assistant", "content": "Done."},
        {"role": "user", "content": 'Now replace "one" with "two" in it'},
    ]
    intent = think({"model": "m", "max_tokens": 999, "tools": FILES, "messages": messages})
    assert [call.name for call in intent.calls] == ["Edit"]
    assert holds({"file_path": "a.md", "old_string": "one", "new_string": "two"}, intent.calls[0].input)


def test_thanks_are_answered_without_the_tags_that_a_system_prompt_speaks_of() -> None:
    system = "Recalled memories appear inside `<system-reminder>` blocks."
    body = {"model": "m", "max_tokens": 99, "system": system, "tools": FILES}
    intent = think({**body, "messages": [{"role": "user", "content": "Thank you"}]})
    assert (intent.calls, intent.text) == ((), "You're welcome!")
