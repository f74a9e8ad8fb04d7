"""Whatever the official SDK's types let a request say has a legal shape, and what they don't know has not.

Many of these requests break other rules (a result without its call, two tools of a name): only what is said
of shapes counts here. Differences that are meant stand in a list, with the reason; one that is gone fails.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("anthropic", reason="the official SDK, whose types are walked, is not installed")

from anthropic.types import message_count_tokens_params, message_create_params
from anthropic.types.beta import message_count_tokens_params as beta_count_tokens_params
from anthropic.types.beta import message_create_params as beta_create_params

from asking import ask
from nbkit.facts import facts
from nbkit.rules.validator import check
from sdk_shapes import Json, Way, fields, fits, places, variants

HEADERS = {"content-type": "application/json", "x-api-key": "key", "anthropic-version": "2026-10-21"}
BETA = {**HEADERS, "anthropic-beta": ",".join(facts.betas())}
MESSAGES, COUNT = "/v1/messages", "/v1/messages/count_tokens"
BODIES: dict[str, tuple[Any, str, dict[str, str]]] = {
    "create": (message_create_params.MessageCreateParamsNonStreaming, MESSAGES, HEADERS),
    "create, streaming": (message_create_params.MessageCreateParamsStreaming, MESSAGES, HEADERS),
    "count": (message_count_tokens_params.MessageCountTokensParams, COUNT, HEADERS),
    "beta create": (beta_create_params.MessageCreateParamsNonStreaming, MESSAGES, BETA),
    "beta count": (beta_count_tokens_params.MessageCountTokensParams, COUNT, BETA),
}
SHAPE = re.compile("Extra inputs|Field required|Input tag|(Input|String|List) should|Unable to extract")
HEADER_FIELDS = {"user_profile_id", "workspace_id", "betas"}  # the SDK makes headers of them
ECHOED = "the server always sends the key, and wants it back, null or not (contract, section 3.4)"
REFUSED = {
    "char_location.document_title: Field required": ECHOED,
    "page_location.document_title: Field required": ECHOED,
    "content_block_location.document_title: Field required": ECHOED,
    "search_result_location.title: Field required": ECHOED,
    "web_search_result_location.title: Field required": ECHOED,
    "input_schema.type: Field required": "a tool's input is an object (contract, section 4.1)",
    "user_location.country: String should have at most 2 characters": "as measured: it is a code",
}
REFUSED_IN_BETA = {
    **REFUSED,
    "messages.0.content: Field required": "a system message says or sets something (R92)",
    "trigger.value: Input should be greater than or equal to 50000": "compaction's least trigger (2.2)",
}


def body(variant: Json) -> Json:
    return {name: value for name, value in variant.items() if name not in HEADER_FIELDS}


def told(name: str, request: Json) -> Iterator[str]:
    """Yield what is said of the request's shape, under the last two steps of its path."""
    _, endpoint, headers = BODIES[name]
    for problem in check(request, headers, endpoint=endpoint):
        if SHAPE.search(problem.message):
            where = ".".join(problem.path.split(".")[-3 if problem.rule == "R92" else -2 :])
            yield f"{where}: {problem.message.removeprefix(problem.path + ': ')}"


@pytest.mark.parametrize("name", BODIES)
def test_no_request_that_the_sdk_can_say_has_a_wrong_shape(name: str) -> None:
    refused = {what for variant in variants(BODIES[name][0]) for what in told(name, body(variant))}
    assert refused == set(REFUSED_IN_BETA if "beta" in name else REFUSED)


@pytest.mark.parametrize("name", ["create", "beta create"])
def test_a_key_that_the_sdk_does_not_know_is_refused_wherever_it_stands(name: str) -> None:
    accepted: set[str] = set()
    for kind, request, way in _each_place(name):
        at(request, way)["zz"] = None
        if not any("zz: Extra inputs" in what for what in told(name, request)):
            accepted.add(kind.__name__)
    assert accepted == {"InputSchemaTyped"}  # a JSON Schema has more keys than these


@pytest.mark.parametrize("name", ["create", "beta create"])
def test_a_key_that_the_sdk_requires_is_missed(name: str) -> None:
    accepted: set[str] = set()
    for kind, request, way in _each_place(name):
        for key in [key for key, field in fields(kind).items() if field.required]:
            lacking = copy.deepcopy(request)
            if at(lacking, way).pop(key, None) is not None and not any(told(name, lacking)):
                accepted.add(kind.__name__)
    assert accepted == set()


@pytest.mark.parametrize("name", fields(BODIES["beta create"][0]).keys() - HEADER_FIELDS)
def test_what_only_the_beta_types_know_is_refused_without_a_beta(name: str) -> None:
    stable = fields(BODIES["create"][0]).get(name)
    for value in variants(fields(BODIES["beta create"][0])[name].type):
        if stable is None or not fits(stable.type, value):
            request = ask(**{"model": "claude-opus-4-8", "max_tokens": 30_000, name: value})
            assert any(problem.level == "error" for problem in check(request, HEADERS)), value


def at(request: Json, way: Way) -> Any:
    node: Any = request
    for step in way:
        node = node[step]
    return node


def _each_place(name: str) -> Iterator[tuple[Any, Json, Way]]:
    """Yield each kind of object once for each place where it may stand: a request, and the way to it."""
    seen = set()
    for variant in variants(BODIES[name][0]):
        request = body(variant)
        for kind, way in places(BODIES[name][0], request):
            place = (kind, tuple(0 if isinstance(step, int) else step for step in way))
            if place not in seen:
                seen.add(place)
                yield kind, copy.deepcopy(request), way
