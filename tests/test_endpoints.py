"""An endpoint is known by its path, in whatever address it stands; what isn't known is said at once."""

from __future__ import annotations

from typing import Any

import pytest

from asking import ask
from nbkit.errors import UsageError
from nbkit.rules import endpoints
from nbkit.rules.validator import check, check_history

PROJECT = "https://us-aiplatform.googleapis.com/v1/projects/p/locations/us/publishers/anthropic/models"


@pytest.mark.parametrize(
    ("address", "endpoint"),
    [
        ("/v1/messages", endpoints.MESSAGES),
        ("v1/messages/", endpoints.MESSAGES),
        ("/v1/messages?beta=true", endpoints.MESSAGES),
        ("https://api.anthropic.com/v1/messages", endpoints.MESSAGES),
        ("https://mine.services.ai.azure.com/anthropic/v1/messages?beta=true#top", endpoints.MESSAGES),
        ("https://api.anthropic.com/v1/messages/count_tokens?beta=true", endpoints.COUNT),
        ("/v1/messages/batches", endpoints.BATCHES),
        ("/model/us.anthropic.claude-sonnet-4-5-20250929-v1:0/invoke", endpoints.MESSAGES),
        ("/model/anthropic.claude-opus-4-8/invoke-with-response-stream", endpoints.MESSAGES),
        (f"{PROJECT}/claude-opus-4-8:streamRawPredict", endpoints.MESSAGES),
        (f"{PROJECT}/count-tokens:rawPredict", endpoints.COUNT),
    ],
)
def test_an_endpoint_stands_at_the_end_of_an_address(address: str, endpoint: str) -> None:
    assert endpoints.named(address) == endpoint
    bodies = {
        endpoints.MESSAGES: ask(),
        endpoints.COUNT: {key: value for key, value in ask().items() if key != "max_tokens"},
        endpoints.BATCHES: {"requests": [{"custom_id": "a", "params": ask()}]},
    }
    assert check(bodies[endpoint], endpoint=address) == []


@pytest.mark.parametrize(
    "address",
    ["", "/", "/v1/complete", "/v1/models", "/v1/messages/counttokens", "messages", "/v1/files", "?"],
)
@pytest.mark.parametrize("judge", [check, check_history])
def test_an_endpoint_that_is_none_is_said_with_the_known_ones(address: str, judge: Any) -> None:
    with pytest.raises(UsageError, match="/v1/messages, /v1/messages/count_tokens and /v1/messages/batches"):
        judge(ask(), endpoint=address)


@pytest.mark.parametrize("address", [None, 5, b"/v1/messages", ["/v1/messages"]])
def test_an_endpoint_is_a_string(address: Any) -> None:
    with pytest.raises(UsageError, match="endpoint= takes a string"):
        check(ask(), endpoint=address)
