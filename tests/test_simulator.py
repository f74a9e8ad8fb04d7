"""The simulated API, as its clients see it: the official SDK, and requests as bytes."""

import json
from typing import Any

import anthropic
import pytest

from bridges import sdk_for
from nbkit.sim.simulator import MAX_BODY, Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


@pytest.fixture
def sdk() -> anthropic.Anthropic:
    return sdk_for(Simulator())


def body(text: str = "Hello", **more: Any) -> Json:
    messages = [{"role": "user", "content": text}]
    return {"model": "claude-sonnet-5", "max_tokens": 500, "messages": messages, **more}


def send(request: Any, path: str = "/v1/messages", method: str = "POST", **headers: str) -> tuple[int, Json]:
    status, answer, _ = answered(request, path, method, {**HEADERS, **headers})
    return status, answer


def answered(request: Any, path: str, method: str, headers: Json) -> tuple[int, Json, dict[str, str]]:
    data = request if isinstance(request, bytes) else json.dumps(request).encode()
    plan = Simulator().respond(method, path, headers, data)
    content = b"".join(step for step in plan.steps if isinstance(step, bytes))
    return plan.status, json.loads(content), plan.headers


def streamed(request: Json, seed: int = 0) -> list[bytes]:
    data = json.dumps({**request, "stream": True}).encode()
    plan = Simulator(seed).respond("POST", "/v1/messages?beta=true", HEADERS, data)
    assert plan.status == 200
    return [step for step in plan.steps if isinstance(step, bytes)]


def whole(request: Json, seed: int = 0) -> Json:
    plan = Simulator(seed).respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
    answer: Json = json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    return answer


def test_the_official_sdk_gets_a_reply(sdk: anthropic.Anthropic) -> None:
    reply = sdk.messages.create(
        model="claude-sonnet-5", max_tokens=300, messages=[{"role": "user", "content": "What is 17*23?"}]
    )
    text = reply.content[-1]
    assert text.type == "text"
    assert "391" in text.text
    assert reply.stop_reason == "end_turn"
    assert reply.id.startswith("msg_01")
    assert reply.usage.output_tokens > 0


def test_the_official_sdk_goes_through_a_tool_loop(sdk: anthropic.Anthropic) -> None:
    messages: list[Any] = [{"role": "user", "content": "Should I take an umbrella in Paris?"}]
    common: Any = {"model": "claude-sonnet-5", "max_tokens": 500, "tools": [WEATHER]}
    with sdk.messages.stream(messages=messages, **common) as stream:
        kinds = {event.type for event in stream}
        reply = stream.get_final_message()
    assert "input_json" in kinds
    call = reply.content[-1]
    assert call.type == "tool_use"
    assert (call.name, call.input) == ("get_weather", {"city": "Paris"})
    assert reply.stop_reason == "tool_use"
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "sunny, 31.5 °C"}
    messages += [{"role": "assistant", "content": reply.content}, {"role": "user", "content": [result]}]
    answer = sdk.messages.create(messages=messages, **common).content[-1]
    assert answer.type == "text"
    assert "31.5" in answer.text
    assert answer.text.startswith("No")


def test_the_official_sdk_counts_tokens_and_lists_models(sdk: anthropic.Anthropic) -> None:
    counted = sdk.messages.count_tokens(
        model="claude-sonnet-5", messages=[{"role": "user", "content": "x" * 350}]
    )
    assert 120 < counted.input_tokens < 150
    page = sdk.models.list(limit=3)
    assert len(page.data) == 3
    assert len({model.id for model in sdk.models.list(limit=2)}) > 10
    assert sdk.models.retrieve("claude-sonnet-4-5").id == "claude-sonnet-4-5-20250929"


def test_the_official_sdk_raises_what_the_api_refuses(sdk: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="model: gpt-9"):
        sdk.messages.create(model="gpt-9", max_tokens=5, messages=[{"role": "user", "content": "hi"}])
    with pytest.raises(anthropic.BadRequestError) as caught:
        sdk.messages.create(
            model="claude-sonnet-5",
            max_tokens=5,
            messages=[
                {"role": "user", "content": "hi"},
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"}],
                },
            ],
        )
    assert "unexpected `tool_use_id` found in `tool_result` blocks: toolu_9" in str(caught.value)


REQUESTS = [
    body(),
    body("Umbrella in Paris and Oslo?", tools=[WEATHER]),
    body("Umbrella in Paris?", tools=[WEATHER], thinking={"type": "adaptive", "display": "summarized"}),
    body("Umbrella in Paris?", tools=[WEATHER], thinking={"type": "disabled"}),
    body("Weather?", tools=[{**WEATHER, "input_schema": {"type": "object", "properties": {}}}]),
    body("Count to 90", max_tokens=0),
    body("Say « 日本語 🎌 »", stop_sequences=["🎌"]),
    body("Umbrella in Paris?", tools=[WEATHER], tool_choice={"type": "tool", "name": "get_weather"}),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=range(len(REQUESTS)))
def test_whole_and_streamed_are_the_same_message(request_: Json) -> None:
    if request_["max_tokens"] == 0:
        assert whole(request_)["content"] == []
        return
    one, other = whole(request_), assemble(streamed(request_)).to_wire()
    assert other["usage"].items() >= one["usage"].items()
    assert {**one, "usage": None} == {**other, "usage": None}


def test_the_same_request_and_seed_give_the_same_bytes() -> None:
    request = REQUESTS[1]
    assert streamed(request) == streamed(request)
    ids = {whole(request, seed)["id"] for seed in range(3)}
    assert len(ids) == 3


def test_thinking_comes_first_when_the_model_thinks() -> None:
    shown = whole(REQUESTS[2])["content"]
    assert [block["type"] for block in shown] == ["thinking", "text", "tool_use"]
    assert "Paris" in shown[0]["thinking"]
    hidden = whole(REQUESTS[1])
    assert hidden["content"][0]["thinking"] == ""
    assert hidden["usage"]["output_tokens_details"]["thinking_tokens"] > 5
    assert whole(REQUESTS[3])["content"][0]["type"] == "text"


def test_a_forced_call_comes_without_a_word_before_it() -> None:
    assert [block["type"] for block in whole(REQUESTS[7])["content"]] == ["tool_use"]


def test_max_tokens_cuts_wherever_it_falls() -> None:
    request = body("Umbrella in Paris and Oslo?", tools=[WEATHER], thinking={"type": "disabled"})
    full = whole(request)["usage"]["output_tokens"]
    for limit in range(1, full):
        cut = whole({**request, "max_tokens": limit})
        assert cut["stop_reason"] == "max_tokens"
        assert cut["usage"]["output_tokens"] <= limit
        assert all(isinstance(block.get("input", {}), dict) for block in cut["content"])
    assert whole({**request, "max_tokens": full})["stop_reason"] == "tool_use"


def test_a_cut_inside_json_is_torn_in_the_stream() -> None:
    request = body("Umbrella in Paris?", tools=[WEATHER], tool_choice={"type": "any"})
    full = whole(request)["usage"]["output_tokens"]
    message = assemble(streamed({**request, "max_tokens": full - 1}))
    fault = message.fault(0)
    assert fault is not None
    assert fault.raw_text.startswith('{"city"')
    assert message.stop_reason == "max_tokens"


def test_a_stop_sequence_ends_the_text_and_is_named() -> None:
    reply = whole(body("Count to 9", stop_sequences=["7", "5"]))
    assert reply["content"][-1]["text"] == "1, 2, 3, 4, "
    assert (reply["stop_reason"], reply["stop_sequence"]) == ("stop_sequence", "5")


def test_usage_adds_up() -> None:
    short, long = whole(body("Hello")), whole(body("Hello. " + "x" * 3500))
    assert 1250 < long["usage"]["input_tokens"] - short["usage"]["input_tokens"] < 1350
    assert whole(body(tools=[WEATHER]))["usage"]["input_tokens"] > 350


def test_each_delta_is_about_a_token() -> None:
    deltas = [chunk for chunk in streamed(body("Count to 30")) if b"text_delta" in chunk]
    assert len(deltas) > 50


def test_every_answer_says_that_it_is_simulated_and_carries_its_id() -> None:
    for path, method in (("/v1/messages", "POST"), ("/v1/models", "GET"), ("/nowhere", "GET")):
        _, answer, headers = answered(body(), path, method, HEADERS)
        assert headers["nbkit-simulated"] == "true"
        assert headers["request-id"].startswith("req_")
        assert answer.get("request_id", headers["request-id"]) == headers["request-id"]
        assert ("anthropic-ratelimit-requests-limit" in headers) is (path == "/v1/messages")


NOT_JSON = "The request body is not valid JSON: "
BAD = "invalid_request_error"
WRONG: list[tuple[str, Any, str, str, Json, int, str, str]] = [
    ("no route", {}, "/v1/nothing", "POST", {}, 404, "not_found_error", "Not Found"),
    ("wrong method", {}, "/v1/messages", "GET", {}, 405, BAD, "Method Not Allowed"),
    ("no key", {}, "/v1/messages", "POST", {"x-api-key": ""}, 401, "authentication_error", "x-api-key"),
    ("bad key", {}, "/v1/messages", "POST", {"x-api-key": "invalid"}, 401, "authentication_error", "invalid"),
    ("bad version", b"{", "/v1/messages", "POST", {"anthropic-version": "1"}, 400, BAD, "anthropic-v"),
    ("bad beta", b"{", "/v1/messages", "POST", {"anthropic-beta": "x-2020-01-01"}, 400, BAD, "Unexp"),
    ("torn", b'{"model": ', "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("not utf-8", b'{"a": "\xff"}', "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("surrogate", b'{"a": "\\ud800"}', "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("nan", b'{"a": NaN}', "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("deep", b"[" * 100_000, "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("a list", b"[]", "/v1/messages", "POST", {}, 400, BAD, "Input should be"),
    ("empty", b"", "/v1/messages", "POST", {}, 400, BAD, NOT_JSON),
    ("extra", body(foo=1), "/v1/messages", "POST", {}, 400, BAD, "foo: Extra inputs"),
    ("model", {**body(), "model": "x"}, "/v1/messages", "POST", {}, 404, "not_found_error", "model: x"),
    ("no such model", {}, "/v1/models/x", "GET", {}, 404, "not_found_error", "model: x"),
    ("bad limit", {}, "/v1/models?limit=0", "GET", {}, 400, BAD, "limit: "),
    ("too big", b"x" * (MAX_BODY + 1), "/v1/messages", "POST", {}, 413, "request_too_large", "Request"),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "path", "method", "headers", "status", "kind", "words"),
                         [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])  # fmt: skip
def test_what_is_wrong_is_said_as_the_api_says_it(
    request_: Any, path: str, method: str, headers: Json, status: int, kind: str, words: str
) -> None:
    got, answer = send(request_, path, method, **headers)
    assert (got, answer["error"]["type"]) == (status, kind)
    assert answer["error"]["message"].startswith(words)
    assert answer["type"] == "error"


def test_a_key_may_come_as_a_bearer_token() -> None:
    headers = {"Authorization": "Bearer sk-ant", "Anthropic-Version": "2023-06-01"}
    assert answered(body(), "/v1/messages", "POST", headers)[0] == 200


def test_no_header_at_all_is_no_key() -> None:
    assert answered(body(), "/v1/messages", "POST", {})[0] == 401


def test_a_thread_is_refused_so_that_the_sdk_falls_back() -> None:
    status, answer = send(body(thread={"type": "create"}), **{"anthropic-beta": "message-threads-2026-08-12"})
    assert status == 400
    assert answer["error"]["details"]["error_code"] == "thread_unsupported_request"


def test_counting_checks_as_creating_does() -> None:
    request = {key: value for key, value in body().items() if key != "max_tokens"}
    assert send(request, "/v1/messages/count_tokens")[1] == {"input_tokens": 6}
    assert send({**request, "messages": []}, "/v1/messages/count_tokens")[0] == 400


def test_models_page_forwards_and_backwards() -> None:
    ids = [row["id"] for row in send({}, "/v1/models?limit=1000", "GET")[1]["data"]]
    after = send({}, f"/v1/models?limit=2&after_id={ids[1]}", "GET")[1]
    before = send({}, f"/v1/models?limit=2&before_id={ids[4]}", "GET")[1]
    assert [row["id"] for row in after["data"]] == ids[2:4] == [row["id"] for row in before["data"]]
    assert after["has_more"]
    assert "claude-mythos-preview" not in ids
    retired = send({}, "/v1/models?lifecycle[]=retired", "GET")[1]["data"]
    assert {row["lifecycle"] for row in retired} == {"retired"}


def test_a_prefill_is_continued() -> None:
    request = body("What is 6*7?", model="claude-sonnet-4-5")
    request["messages"].append({"role": "assistant", "content": "6 × 7 = "[:-1]})
    assert whole(request)["content"][0]["text"] == " **42**"


def test_structured_output_is_json_of_the_schema() -> None:
    schema = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    }
    request = body(
        "I stay in Rome for 3 days.", output_config={"format": {"type": "json_schema", "schema": schema}}
    )
    assert json.loads(whole(request)["content"][-1]["text"]) == {"city": "Rome", "days": 3}


def test_an_address_that_is_none_is_an_answer_too() -> None:
    for path in ("//[", "/v1/\ud800", ""):
        assert Simulator().respond("POST", path, {}).status == 404


def test_a_text_without_citations_says_nothing_of_them() -> None:
    """As recorded from the API; clients with strict schemas refuse a null there."""
    assert all("citations" not in block for block in whole(body())["content"])
    assert b"citations" not in b"".join(streamed(body()))


def test_equal_requests_with_other_keys_have_other_request_ids() -> None:
    simulator = Simulator()
    data = json.dumps(body("Hello")).encode()
    ids, messages = [], []
    for key in ("a", "b", "a"):
        headers = {"x-api-key": key, "anthropic-version": "2026-10-21"}
        plan = simulator.respond("POST", "/v1/messages", headers, data)
        ids.append(plan.headers["request-id"])
        messages.append(b"".join(step for step in plan.steps if isinstance(step, bytes)))
    assert ids[0] == ids[2] != ids[1]
    assert messages[0] == messages[1]
