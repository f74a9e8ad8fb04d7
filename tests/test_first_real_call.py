"""The first call of a kernel that costs money is one that somebody has said yes to."""

from __future__ import annotations

import asyncio
from typing import Any

from in_shell import Notebook, error_of, magics_of

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
