from __future__ import annotations

import copy
import pickle

import pytest

from nbkit import errors
from nbkit.errors import APIError, InvalidRequest, NbkitError, StreamError
from nbkit.rules.validator import check
from nbkit.wire.messages import Message


def test_an_envelope_becomes_an_error_with_the_words_of_the_api() -> None:
    body = {"error": {"type": "overloaded_error", "message": "Overloaded", "details": {"error_code": "x"}}}
    error = APIError.from_envelope(529, body, headers={"request-id": "req_1"})
    assert str(error) == "529 overloaded_error: Overloaded"
    assert (error.status, error.type, error.request_id, error.details) == (
        529,
        "overloaded_error",
        "req_1",
        {"error_code": "x"},
    )


@pytest.mark.parametrize(
    "body", [None, [], "", "<html>\n  Bad gateway</html>", {"error": "quota"}, {"detail": 1}]
)
def test_a_body_of_another_shape_is_quoted_not_lost(body: object) -> None:
    error = APIError.from_envelope(502, body)
    assert error.status == 502
    assert error.type == "api_error"
    assert error.message


def test_an_invalid_request_says_what_the_api_would_say_and_the_fix() -> None:
    orphan = [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1"}]}]
    problems = check({"model": "claude-sonnet-5", "max_tokens": 9, "messages": orphan})
    assert problems[0].fix is not None
    assert str(InvalidRequest(problems)).startswith(
        "not sent, the API would refuse it: messages.0.content.0: "
    )
    assert problems[0].fix.label in str(InvalidRequest(problems))


@pytest.mark.parametrize(
    "error",
    [
        APIError(400, "invalid_request_error", "no", partial=Message({"content": []})),
        StreamError("cut", partial=Message({"content": [{"type": "text", "text": "half"}]})),
        InvalidRequest(check({"model": "claude-sonnet-5", "max_tokens": 9, "messages": []})),
    ],
)
def test_errors_can_be_copied_and_sent_to_another_process(error: NbkitError) -> None:
    for again in (copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again).keys() == vars(error).keys()


def test_everything_raised_on_purpose_has_one_root() -> None:
    kinds = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    assert len(kinds) > 8
    assert all(issubclass(kind, NbkitError) for kind in kinds)
