"""Size, key, version and betas come before the body; betas switch fields, blocks and tools on."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from asking import ask, assistant, refused, text, thought, user
from nbkit.errors import UsageError
from nbkit.rules.validator import check
from pictures import paper

WHOLE: dict[str, str | None] = {
    "content-type": "application/json",
    "x-api-key": "a-key",
    "anthropic-version": "2026-10-21",
}


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"x-api-key": None}, 401, "x-api-key header is required"),
        ({"x-api-key": ""}, 401, "x-api-key header is required"),
        ({"x-api-key": "sk-ant-invalid"}, 401, "invalid x-api-key"),
        ({"x-api-key": " "}, 401, "x-api-key header is required"),
        ({"x-api-key": None, "authorization": "Bearer "}, 401, "x-api-key header is required"),
        ({"x-api-key": None, "authorization": "Bearer sk-invalid"}, 401, "Invalid bearer token"),
        ({"anthropic-version": ""}, 400, 'anthropic-version: "" is not a valid version'),
        ({"anthropic-version": None}, 400, "anthropic-version: header is required"),
        ({"anthropic-version": "2024-10-22"}, 400, 'anthropic-version: "2024-10-22" is not a valid version'),
    ],
)
def test_a_wrong_header(changes: dict[str, str | None], status: int, message: str) -> None:
    (problem,) = refused(ask(), {**WHOLE, **changes})
    assert (problem.status, problem.message, problem.path) == (status, message, "headers")


@pytest.mark.parametrize(
    "headers",
    [
        None,
        {},
        WHOLE,
        {**WHOLE, "anthropic-version": "2023-06-01"},
        {"Content-Type": "application/json", "Authorization": "Bearer k", "Anthropic-Version": "2026-10-21"},
        {"anthropic-version": "2026-10-21"},
        {"anthropic-beta": "context-1m-2025-08-07"},
        {"anthropic-beta": "context-1m-2025-08-07, fast-mode-2026-02-01"},
        {"anthropic-beta": " , "},
        {"anthropic-beta": "claude-code-20250219,afk-mode-2026-01-31"},
        {"anthropic-version": " 2026-10-21 "},
    ],
)
def test_headers_that_pass(headers: dict[str, str | None] | None) -> None:
    assert check(ask(), headers) == []


def test_a_version_taken_away_is_missed() -> None:
    (problem,) = refused(ask(), {"anthropic-version": None})
    assert problem.rule == "R75"


def test_a_beta_without_a_date_is_warned_of_and_passes() -> None:
    (problem,) = check(ask(), {"anthropic-beta": "interleaved-thinking, whatever,whatever"})
    assert (problem.rule, problem.level, problem.path) == ("R78", "warning", "headers")
    assert problem.message.startswith("Unexpected value(s) `interleaved-thinking`, `whatever` for the")
    assert "Much like it: `interleaved-thinking-2025-05-14`." in problem.why


def test_of_betas_those_with_a_date_are_told_first() -> None:
    found = check(ask(), {"anthropic-beta": "whatever,interleaved-thinking-2025-04-14"})
    assert [problem.level for problem in found] == ["unknown", "warning"]
    assert "Much like it: `interleaved-thinking-2025-05-14`." in found[0].why


def test_a_dated_beta_must_be_known() -> None:
    (problem,) = check(ask(), {"anthropic-beta": "context-1m-2025-08-07,telepathy-2027-01-01"})
    assert problem.level == "unknown"
    assert problem.message.startswith(
        "Unexpected value(s) `telepathy-2027-01-01` for the `anthropic-beta` header."
    )


def test_a_body_has_at_most_32_megabytes() -> None:
    data = base64.b64encode(paper(start=b"%PDF-1.4\n" + b" " * 12_750_000)).decode()
    half = {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": data}}
    (problem, *_) = refused(ask(user(half, half)))
    assert (problem.status, problem.type) == (413, "request_too_large")
    assert refused(ask(user(half))) == []
    assert [p.status for p in check(ask(user(half, text("x" * 5_000_000))), platform="bedrock")] == [413]


def test_the_order_is_headers_then_shape_then_what_it_means() -> None:
    request = ask(
        user(""), assistant(thought(signature=""), text()), user("x"), max_tokens="many", temperature=1
    )
    headers = {**WHOLE, "x-api-key": None, "anthropic-version": "1999-01-01"}
    rules = [problem.rule for problem in check(request, headers)]
    assert rules[:3] == ["R77", "R75", "R69"]
    assert rules.index("R5") < rules.index("R35")


@pytest.mark.parametrize("headers", [5, ["x-api-key"], {"x-api-key": 5}, {"anthropic-beta": ["a", "b"]}])
def test_headers_that_are_none_are_one_sentence(headers: Any) -> None:
    with pytest.raises(UsageError, match="must be a"):
        check(ask(), headers)
    for name in ("endpoint", "platform"):
        with pytest.raises(UsageError, match=f"{name}= takes a string"):
            check(ask(), **{name: headers})
