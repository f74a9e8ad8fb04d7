from __future__ import annotations

import asyncio

import pytest

import nbkit
from loopback import Loopback, message, streamed
from nbkit.connection import Connection

HELLO = message({"type": "text", "text": "hello"})


def test_without_a_key_the_simulator_answers() -> None:
    connection = nbkit.connect()
    assert connection.target.simulated
    assert not connection.named


def test_the_environment_names_a_provider_that_must_be_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    connection = nbkit.connect()
    assert connection.target.address == "api.anthropic.com"
    assert not connection.named
    assert not connection.loopback
    assert "sk-secret" not in repr(connection)


def test_what_the_code_says_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-secret")
    for said in ("simulator", nbkit.Simulator()):
        assert nbkit.connect(said).target.simulated
        assert nbkit.connect(said).named
    assert nbkit.connect(base_url="http://127.0.0.1:1").named


@pytest.mark.parametrize("said", ["bedrok", 7, {"base_url": "x"}])
def test_a_provider_that_is_none_is_one_sentence(said: object) -> None:
    with pytest.raises(nbkit.UsageError, match=r"[Ss]imulator"):
        nbkit.connect(said)  # type: ignore[arg-type]  # that is the point


def test_a_word_that_contradicts_the_address_is_refused() -> None:
    with pytest.raises(nbkit.UsageError, match="leave out"):
        nbkit.connect("simulator", base_url="http://127.0.0.1:1")


@pytest.mark.parametrize("given", ["client", "provider"])
def test_a_conversation_talks_through_what_it_is_given(given: str) -> None:
    with Loopback([streamed(HELLO)]) as server:
        provider = nbkit.Anthropic(key="sk-1", base_url=server.url)
        client = nbkit.Client(provider)
        chat = nbkit.Conversation(client=client if given == "client" else provider)
        assert asyncio.run(chat.asend("hi")).text == "hello"
        assert chat.send("again").text == "hello"
        client.close()
        assert len(server.received) == 2


def test_a_conversation_with_an_async_client_has_to_be_awaited() -> None:
    async def talk(url: str) -> None:
        client = nbkit.AsyncClient(nbkit.Anthropic(base_url=url))
        chat = nbkit.Conversation(client=client)
        with pytest.raises(nbkit.TurnError, match="await asend"):
            chat.send("hi")
        assert (await chat.asend("hi")).text == "hello"
        await client.aclose()

    with Loopback([streamed(HELLO)]) as server:
        asyncio.run(talk(server.url))
        assert len(server.received) == 1


def test_a_connection_is_shown_without_its_key() -> None:
    connection = nbkit.connect(key="sk-secret", base_url="http://127.0.0.1:1")
    assert repr(connection) == "Connection(anthropic, 127.0.0.1:1)"
    assert isinstance(nbkit.connect(connection), Connection)
