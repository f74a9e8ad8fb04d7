from __future__ import annotations

from typing import Any

import pytest

from nbkit.client.providers import Anthropic
from nbkit.errors import UsageError


def test_the_environment_names_the_provider() -> None:
    assert Anthropic.from_environment({}) is None
    by_key = Anthropic.from_environment({"ANTHROPIC_API_KEY": "sk-1", "ANTHROPIC_AUTH_TOKEN": "t"})
    assert by_key is not None
    assert by_key.headers("2026-10-21", [])["x-api-key"] == "sk-1"
    by_address = Anthropic.from_environment({"ANTHROPIC_BASE_URL": "http://127.0.0.1:9"})
    assert by_address is not None
    assert by_address.loopback
    assert "x-api-key" not in by_address.headers("2026-10-21", [])


def test_a_token_goes_out_as_bearer_and_betas_as_one_header() -> None:
    headers = Anthropic(token=lambda: "t-1").headers("2023-06-01", ["a-1", "b-2"])
    assert headers["authorization"] == "Bearer t-1"
    assert headers["anthropic-beta"] == "a-1,b-2"
    assert headers["anthropic-version"] == "2023-06-01"


def test_the_key_is_never_shown() -> None:
    provider = Anthropic(key="sk-secret", base_url="https://example.test")
    assert "sk-secret" not in repr(provider) + repr(provider.target)
    with pytest.raises(UsageError) as caught:
        Anthropic(key="sk-secret\nx-evil: 1").headers("2026-10-21", [])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("base", ["http://h:1", "http://h:1/", "http://h:1/v1", "http://h:1/v1/"])
def test_a_base_url_is_understood_with_or_without_its_version(base: str) -> None:
    assert Anthropic(base_url=base).url("/v1/messages") == "http://h:1/v1/messages"


@pytest.mark.parametrize(
    "base",
    [
        "",
        "example.test",
        "ftp://example.test",
        "https://user:password@example.test",
        "https://user:password@example.test:x",
        "https://example.test?key=password@",
        "http://[",
        "http://example.test:x",
        "http://example test",
        "http://\x00",
        5,
    ],
)
def test_an_address_that_is_none_is_refused(base: Any) -> None:
    with pytest.raises(UsageError) as caught:
        Anthropic(base_url=base)
    assert "password@" not in str(caught.value)


@pytest.mark.parametrize("key", [5, lambda: None, lambda: b"sk-1"])
def test_a_key_that_is_no_string_is_one_sentence(key: Any) -> None:
    with pytest.raises(UsageError, match="a string, or a function that returns one, not"):
        Anthropic(key=key).headers("2026-10-21", [])
