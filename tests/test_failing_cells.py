"""Cells whose request fails or is broken off: one sentence, and the array as it was."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from in_shell import Notebook, error_of, magics_of
from nbkit.loop.saved.store import MIME


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
