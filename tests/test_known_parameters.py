"""Requests whose parameters the simulator has judged before: they are judged as if they were the first."""

import pytest

from examples import Json, Legal, Refused
from nbkit.rules.validator import check
from nbkit.sim.api import checkers
from test_rule_table import LEGAL, REFUSED

HEADERS = {"host": "localhost", "x-api-key": "k", "anthropic-version": "2026-10-21"}
EVERY: list[Legal | Refused] = [*REFUSED, *LEGAL]
ALL = [each for each in EVERY if isinstance(each.request, dict)]
HELLO: Json = {
    "model": "claude-sonnet-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Hi"}],
}


def judged(request: Json, headers: dict[str, str]) -> list[str]:
    return [repr(each) for each in checkers.problems(request, headers, "/v1/messages", "anthropic")]


@pytest.mark.parametrize("example", ALL, ids=str)
def test_known_parameters_change_no_verdict(example: Legal | Refused) -> None:
    request = example.request
    messages = request.get("messages")
    whole = [repr(each) for each in check(request, headers=HEADERS)]
    begun = {**request, "messages": messages[:1]} if isinstance(messages, list) else request
    expected = [repr(each) for each in check(begun, headers=HEADERS)]
    for _ in range(2):
        assert judged(request, HEADERS) == whole
        assert judged(begun, HEADERS) == expected


def test_another_key_is_another_verdict() -> None:
    assert not judged(HELLO, HEADERS)
    assert "invalid x-api-key" in judged(HELLO, {**HEADERS, "x-api-key": "invalid"})[0]
    assert not judged(HELLO, HEADERS)


def test_no_key_is_kept() -> None:
    judged(HELLO, {**HEADERS, "x-api-key": "sk-ant-secret-of-somebody"})
    assert all(
        "sk-ant-secret" not in repr(vars(each.request)) + repr(name) for name, each in checkers._kept.items()
    )
