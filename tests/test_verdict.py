"""What a file and the person who checks say of headers and place is what the rules judge by."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.rules.problem import Problem
from nbkit.study.imports import Import, Imported
from nbkit.study.verdict import Asked, problems, verdicts

BODY: dict[str, Any] = {
    "model": "claude-sonnet-5",
    "max_tokens": 10,
    "messages": [{"role": "user", "content": "hi"}],
}
WHOLE = {"content-type": "application/json", "x-api-key": "k", "anthropic-version": "2023-06-01"}


CALL = {"type": "tool_use", "id": "toolu_1", "name": "w", "input": {}}
SAID = {"role": "assistant", "content": [{"type": "text", "text": "Wait."}, CALL]}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "rain"}
TOOLS = [{"name": "w", "input_schema": {"type": "object"}}]


def sent(line: int, *more: Any, reply: Any = None) -> Imported:
    body = {**BODY, "tools": TOOLS, "messages": [*BODY["messages"], *more]}
    return Imported(f"a:{line}", body, line=line, reply=reply)


def rules(imported: Imported, asked: Asked) -> list[str]:
    return [problem.rule for problem in problems(imported, asked)]


@pytest.mark.parametrize(
    ("headers", "asked", "expected"),
    [
        (None, Asked(), []),
        (None, Asked(version="1999-01-01"), ["R75"]),
        (None, Asked(headers={"x-api-key": None}), ["R77"]),
        (None, Asked(headers={"anthropic-version": None}), ["R75"]),
        (None, Asked(betas=["never-heard-of-2025-01-01"]), ["R78"]),
        ({"anthropic-beta": "unheard-2025-01-01"}, Asked(betas=["skills-2025-10-02"]), ["R78"]),
        (WHOLE, Asked(), []),
        ({**WHOLE, "anthropic-version": "1"}, Asked(), ["R75"]),
        ({**WHOLE, "anthropic-version": "1"}, Asked(version="2023-06-01"), []),
        ({"content-type": "application/json"}, Asked(), ["R77", "R75"]),
    ],
)
def test_headers_come_from_the_file_and_then_from_who_asks(
    headers: dict[str, str] | None, asked: Asked, expected: list[str]
) -> None:
    assert rules(Imported("a", BODY, headers), asked) == expected


def test_an_endpoint_that_was_asked_for_wins() -> None:
    body = {key: value for key, value in BODY.items() if key != "max_tokens"}
    assert rules(Imported("a", body), Asked()) == ["shape"]
    assert rules(Imported("a", body, endpoint="/v1/messages/count_tokens"), Asked()) == []
    assert rules(Imported("a", body), Asked(endpoint="/v1/messages/count_tokens")) == []


def test_a_platform_refuses_what_it_refuses() -> None:
    ends = {**BODY, "messages": [{"role": "assistant", "content": "hi"}, {"role": "user", "content": "x"}]}
    assert rules(Imported("a", ends), Asked()) == []
    assert rules(Imported("a", ends), Asked(platform="strict")) != []
    with pytest.raises(UsageError, match="no platform is called 'moon'"):
        list(verdicts(Import("request", [Imported("a", BODY)]), Asked(platform="moon")))


def test_the_api_says_the_first_error_first() -> None:
    body = {**BODY, "max_tokens": 10**9, "messages": []}
    (verdict,) = verdicts(Import("request", [Imported("a", body)]), Asked(version="1"))
    assert verdict.refused
    assert [problem.path for problem in verdict.problems] == ["headers", "max_tokens", "messages"]


def test_what_got_lost_between_requests_is_told_by_their_places_when_asked_for() -> None:
    answer = {"role": "user", "content": [RESULT]}
    text = {"role": "assistant", "content": "Wait."}
    requests = [
        sent(1),
        sent(2, SAID, answer),
        Imported("a:3", broken=Problem("body", "", "no JSON")),
        sent(5, text, {"role": "user", "content": "so?"}),
    ]
    found = Import("jsonl", requests)
    assert not any(verdict.lost for verdict in verdicts(found, Asked()))
    *_, last = verdicts(found, Asked(session=True))
    assert (last.where, last.line, last.lost, last.refused) == ("a:5", 5, True, False)
    assert [problem.level for problem in last.problems if problem.rule == "lost_block"] == ["error"]
    for problem in last.problems:
        assert problem.path.startswith("messages.")
        assert "the request in line 2" in problem.message


def test_a_reply_in_the_file_shows_what_never_went_back() -> None:
    more = {"role": "user", "content": "more"}
    for reply, level in ((None, "warning"), ({"role": "assistant", "content": SAID["content"][:1]}, "error")):
        found = Import("jsonl", [sent(1, reply=reply), sent(2, more)])
        *_, last = verdicts(found, Asked(session=True))
        assert {problem.level for problem in last.problems} == {level}


def test_a_reply_that_a_log_leaves_open_is_not_taken_for_none() -> None:
    """Of the first request the log doesn't say what came, of the second it does."""
    more, yet_more = {"role": "user", "content": "more"}, {"role": "user", "content": "and more"}
    reply = {"role": "assistant", "content": SAID["content"][:1]}
    found = Import("jsonl", [sent(1), sent(2, more, reply=reply), sent(3, more, yet_more)])
    told = [
        [problem.level for problem in verdict.problems]
        for verdict in verdicts(found, Asked(session=True))
        if verdict.lost
    ]
    assert told == [["warning"], ["error"]]


def test_requests_that_count_tokens_are_no_turns_of_a_session() -> None:
    more = {"role": "user", "content": "more"}
    count = replace(sent(2, more), endpoint="/v1/messages/count_tokens")
    found = Import("jsonl", [sent(1, reply={"role": "assistant", "content": SAID["content"][:1]}), count])
    assert not any(verdict.lost for verdict in verdicts(found, Asked(session=True)))


def test_a_session_in_which_nothing_got_lost_has_no_more_to_say() -> None:
    found = Import("jsonl", [sent(1), sent(2, SAID, {"role": "user", "content": [RESULT]})])
    assert [verdict.problems for verdict in verdicts(found, Asked(session=True))] == [[], []]
    assert len(list(verdicts(Import("request", [sent(1)]), Asked(session=True)))) == 1


def test_what_is_wrong_around_a_request_comes_before_what_is_wrong_in_it() -> None:
    around = [Problem("batch", "custom_id", "requests.0.custom_id: Field required")]
    assert rules(Imported("a", {**BODY, "messages": []}, around=around), Asked()) == ["batch", "R2"]
    broken = Problem("batch", "params", "requests.0.params: Field required")
    assert rules(Imported("a", broken=broken, around=around), Asked()) == ["batch", "batch"]
