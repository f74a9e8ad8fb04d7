"""A clean copy has nothing private in it, is legal, and can be gone on with; the original is as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import nbkit
from nbkit import Conversation, EditResult, Fake
from nbkit.errors import TurnError
from pictures import image

SECRET = "s3cret"


@nbkit.tool
def get_weather(city: str) -> str:
    """Current weather in a city."""
    return f"{SECRET} in {city}"


def finished() -> Conversation:
    """A turn with a call, a result, a picture, and an answer."""
    chat = Conversation(
        system="Be brief.",
        tools=[get_weather],
        client="simulator",
        metadata={"user_id": SECRET},
        name="work",
    )
    chat.send([image(), {"type": "text", "text": "What is the weather in Paris?"}])
    for id in list(chat.pending):
        chat.decide(id, Fake(f"faked {SECRET}"))
        chat.decide(id, EditResult(f"edited {SECRET}"))
    chat.resume()
    chat.edit(f"messages.{len(chat.history) - 1}.content", [{"type": "text", "text": "It is planned."}])
    return chat


def paused() -> Conversation:
    chat = Conversation(tools=[get_weather], client="simulator")
    chat.send("What is the weather in Paris?")
    assert chat.pending
    return chat


def ready() -> Conversation:
    chat = paused()
    for id in list(chat.pending):
        chat.decide(id, Fake(SECRET))
    return chat


def manual_thinking() -> Conversation:
    chat = Conversation(
        "claude-sonnet-4-5",
        tools=[get_weather],
        client="simulator",
        thinking={"type": "enabled", "budget_tokens": 1024},
    )
    chat.send("What is the weather in Paris?")
    for id in list(chat.pending):
        chat.decide(id, Fake(SECRET))
    return chat


def with_everything() -> Conversation:
    chat = Conversation(
        client="simulator",
        mcp_servers=[
            {"type": "url", "name": SECRET, "url": f"https://{SECRET}.example", "authorization_token": SECRET}
        ],
        tools=[{"type": "mcp_toolset", "mcp_server_name": SECRET}],
        container=SECRET,
        betas=["mcp-client-2025-11-20"],
    )
    source = {"type": "text", "media_type": "text/plain", "data": SECRET}
    cited = {"type": "char_location", "cited_text": SECRET, "document_index": 0, "start_char_index": 0}
    chat.messages = [
        {
            "role": "user",
            "content": [
                {"type": "document", "title": SECRET, "source": source, "citations": {"enabled": True}},
                {
                    "type": "search_result",
                    "source": SECRET,
                    "title": SECRET,
                    "content": [{"type": "text", "text": SECRET}],
                },
                {"type": "container_upload", "file_id": SECRET},
                {"type": "text", "text": "What is in it?", "cache_control": {"type": "ephemeral"}},
            ],
        },
        {
            "role": "assistant",
            "content": [
                {"type": "redacted_thinking", "data": SECRET},
                {
                    "type": "server_tool_use",
                    "id": "srvtoolu_01",
                    "name": "web_search",
                    "input": {"query": SECRET},
                },
                {
                    "type": "web_search_tool_result",
                    "tool_use_id": "srvtoolu_01",
                    "content": [
                        {
                            "type": "web_search_result",
                            "url": SECRET,
                            "title": SECRET,
                            "encrypted_content": SECRET,
                        }
                    ],
                },
                {"type": "text", "text": "A plan.", "citations": [{**cited, "end_char_index": 3}]},
                {"type": "newest_of_blocks", "what": SECRET},
            ],
        },
        {"role": "user", "content": {"odd": SECRET}},
        {"role": "user", "content": "Thanks."},
        {"role": "assistant", "content": [{"type": "thinking", "thinking": SECRET, "signature": SECRET}]},
        {"role": "user", "content": "Go on.", "more": SECRET},
    ]
    return chat


ALL = [finished, paused, ready, manual_thinking, with_everything]


@pytest.mark.parametrize("make", ALL)
def test_nothing_private_is_in_the_copy(make: Any, tmp_path: Path) -> None:
    chat = make()
    chat.fork()  # a branch and a past would be something to give away, too
    before = chat.messages, chat.decisions, {id: each.result for id, each in chat.pending.items()}
    chat.clean().save(tmp_path / "clean.json")
    text = (tmp_path / "clean.json").read_text()
    assert SECRET not in text
    assert "signature" not in text
    assert (chat.messages, chat.decisions, {id: each.result for id, each in chat.pending.items()}) == before


@pytest.mark.parametrize("make", ALL)
def test_the_copy_is_legal(make: Any) -> None:
    copy = make().clean()
    assert [str(each.message) for each in copy.problems() if each.level == "error"] == []


def test_what_was_said_and_called_stays() -> None:
    chat = finished()
    copy = chat.clean()
    assert copy.name == "work_clean"
    asked, called, answered, said = copy.messages
    assert asked["content"] == [
        {"type": "text", "text": "[image removed]"},
        {"type": "text", "text": "What is the weather in Paris?"},
    ]
    calls = [block for block in chat.messages[1]["content"] if block["type"] == "tool_use"]
    for call in calls:
        call.pop("caller", None)  # it may name a server tool that is gone
    assert [block for block in called["content"] if block["type"] == "tool_use"] == calls
    assert [block["content"] for block in answered["content"]] == ["[result removed]"] * len(calls)
    assert said["content"] == [{"type": "text", "text": "It is planned."}]
    assert (copy.system, copy.model, [tool.name for tool in copy.tools]) == (
        "Be brief.",
        chat.model,
        ["get_weather"],
    )
    assert copy.decisions == []


def test_nothing_can_be_undone_in_the_copy() -> None:
    copy = finished().clean()
    assert not copy.can_undo
    with pytest.raises(TurnError):
        copy.undo()


def test_the_api_takes_the_copy() -> None:
    for make in (finished, ready, manual_thinking):
        copy = make().clean()
        if copy.state.name == "PAUSED":
            for id in copy.pending:
                copy.decide(id, Fake("another result"))
            copy.resume()
        else:
            copy.send("And then?")
        assert copy.last is not None


def test_a_clean_copy_of_a_clean_copy_is_the_same(tmp_path: Path) -> None:
    once = finished().clean("once")
    once.save(tmp_path / "once.json")
    again = nbkit.load(tmp_path / "once.json").clean("once")
    assert again.messages == once.messages


def test_the_command_writes_a_clean_copy(tmp_path: Path) -> None:
    finished().save(tmp_path / "work.json")
    words = [sys.executable, "-m", "nbkit", "export", "work.json", "--clean", "--as", "saved"]
    ran = subprocess.run(words, check=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert SECRET not in ran.stdout
    (tmp_path / "shared.json").write_text(ran.stdout)
    assert nbkit.load(tmp_path / "shared.json").messages == finished().clean().messages
    assert json.loads(ran.stdout)["conversation"] == "work"
