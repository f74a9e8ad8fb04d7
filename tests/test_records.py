"""A saved conversation is judged by the request that it would send next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nbkit import cli
from nbkit.errors import LoadError
from nbkit.loop.calls.decisions import Fake
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved.document import MIME, document
from nbkit.loop.saved.journal import Autosave
from nbkit.loop.saved.store import save
from nbkit.study import records
from nbkit.study.imports import read
from nbkit.study.verdict import Asked, verdicts
from nbkit.wire.blocks import Json
from scripted import call, calls, chat, says


def no_file(name: str) -> bytes:
    raise AssertionError(f"{name} is nobody's to read")


def notebook(*outputs: Json) -> bytes:
    cells = [{"cell_type": "code", "outputs": [{"data": {MIME: each}}]} for each in outputs]
    return json.dumps({"cells": cells, "nbformat": 4}).encode()


def paused() -> Conversation:
    conversation, _ = chat(calls(call("toolu_1")), name="weather")
    conversation.send("weather?")
    return conversation


def test_a_conversation_at_rest_is_no_mistake() -> None:
    (found,), notes = records.read(notebook(document(paused())), "a.ipynb", is_journal=False)
    assert (found.name, found.at_rest, notes) == ("weather", True, ())
    (verdict,) = verdicts(read(notebook(document(paused())), "a.ipynb", no_file), Asked())
    assert (verdict.where, verdict.problems) == ("a.ipynb: weather", [])


def test_a_conversation_in_mid_pause_says_which_calls_are_open(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(notebook(document(paused())))
    assert cli.main(["check", str(path)]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "it is paused, with 1 call without a result: get_weather (toolu_1)" in told
    assert cli.main(["check", str(path), "--json"]) == 0
    (request,) = json.loads(capsys.readouterr().out)["requests"]
    assert "get_weather (toolu_1)" in request["note"]
    decided = paused()
    decided.decide("toolu_1", Fake("rain"))
    path.write_bytes(notebook(document(decided)))
    assert cli.main(["check", str(path)]) == 0
    assert "paused" not in capsys.readouterr().out


def test_when_every_call_has_its_result_the_next_request_is_judged() -> None:
    conversation = paused()
    conversation.decide("toolu_1", Fake("rain"))
    (found,), _ = records.read(notebook(document(conversation)), "a.ipynb", is_journal=False)
    assert not found.at_rest
    assert found.body == conversation.request()


def test_a_notebook_may_hold_several_conversations() -> None:
    other, _ = chat(says("Hello!"), name="other")
    other.send("hi")
    other.messages = [*other.messages, {"role": "user", "content": ""}]
    made = read(notebook(document(paused()), document(other)), "a.ipynb", no_file)
    assert made.kind == "notebook"
    assert [(each.name, each.refused) for each in verdicts(made, Asked())] == [
        ("weather", False),
        ("other", True),
    ]


def test_a_file_and_an_autosave_hold_one(tmp_path: Path) -> None:
    conversation = paused()
    save(conversation, tmp_path / "a.json")
    journal = Autosave(conversation, tmp_path / "a.jsonl")
    journal.write()
    conversation.edit("messages.0.content", "weather in Oslo?")
    journal.write()
    for name, kind in (("a.json", "conversation"), ("a.jsonl", "autosave")):
        for called in (name, "<stdin>"):
            made = read((tmp_path / name).read_bytes(), called, no_file)
            (verdict,) = verdicts(made, Asked())
            assert (made.kind, verdict.where, verdict.problems) == (kind, called, [])
    assert "Oslo" in str(next(iter(made.requests)).body)


def test_a_field_that_the_server_sent_is_not_held_against_the_conversation() -> None:
    conversation, _ = chat(says("Hello!"))
    conversation.send("hi")
    data = document(conversation)
    data["messages"][1]["content"][0]["brand_new"] = 1
    (verdict,) = verdicts(read(notebook(data), "a.ipynb", no_file), Asked())
    assert [problem.level for problem in verdict.problems] == ["unknown"]


def test_turns_that_lost_their_ground_are_said_to_be_left_out() -> None:
    conversation, _ = chat(says("Hello!"), says("Again!"))
    conversation.send("hi")
    first = document(conversation)
    conversation.send("more")
    lost = document(conversation, start=3)
    lost["base"]["hash"] = "gone"
    made = read(notebook(first, lost), "a.ipynb", no_file)
    assert "1 later turn(s) stand on an output that was cleared" in made.notes[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (notebook(), "a.ipynb holds no conversation: no output of it has a turn"),
        (b'{"cells": [', "a.ipynb is no JSON"),
        (b"\xff", "a.ipynb is no text"),
        (notebook({"format": "nbkit/1"}), "is damaged"),
        (notebook({"format": "nbkit/9"}), "its format is 'nbkit/9'"),
        (b"[" * 100_000, "a.ipynb is damaged"),
        (notebook(document(Conversation())), "a.ipynb holds a conversation in which nothing was said yet"),
    ],
)
def test_a_notebook_without_a_conversation_says_so_in_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(LoadError) as refused:
        read(data, "a.ipynb", no_file)
    assert message in str(refused.value)
