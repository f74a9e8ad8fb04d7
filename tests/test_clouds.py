"""The simulated clouds as their official clients see them, over real HTTP on loopback."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import anthropic
import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from nbkit import assemble
from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator

Json = dict[str, Any]

PROFILE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
ON_VERTEX = "claude-sonnet-4-5@20250929"
WEATHER: Any = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
ASKS: Any = {
    "max_tokens": 300,
    "tools": [WEATHER],
    "messages": [{"role": "user", "content": "What is the weather in Paris?"}],
}
SIGNED = {
    "authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20261126/us-east-1/bedrock-mantle/aws4_request, "
    "SignedHeaders=host, Signature=00"
}
CLASSIC = {"anthropic_version": "bedrock-2023-05-31"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LocalServer(Simulator()) as server:
        yield server.url


@pytest.fixture
def bedrock(url: str) -> Iterator[anthropic.AnthropicBedrock]:
    with anthropic.AnthropicBedrock(
        base_url=url, aws_access_key="AKIA", aws_secret_key="s", aws_region="us-east-1", max_retries=0
    ) as client:
        yield client


@pytest.fixture
def vertex(url: str) -> Iterator[anthropic.AnthropicVertex]:
    with anthropic.AnthropicVertex(
        base_url=f"{url}/v1", region="us-east5", project_id="p", access_token="ya29.x", max_retries=0
    ) as client:
        yield client


@pytest.fixture
def runtime(url: str) -> Iterator[Any]:
    client = boto3.client(
        "bedrock-runtime",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKIA",
        aws_secret_access_key="s",
        config=Config(retries={"max_attempts": 1}),
    )
    yield client
    client.close()


def asked_of(path: str, body: Any, **headers: str) -> tuple[int, Json, Json]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    plan = Simulator().respond("POST", path, {"authorization": "Bearer x", **headers}, data)
    return (
        plan.status,
        json.loads(b"".join(each for each in plan.steps if isinstance(each, bytes))),
        plan.headers,
    )


def test_the_bedrock_client_goes_through_a_tool_loop(bedrock: anthropic.AnthropicBedrock) -> None:
    ask = {**ASKS, "extra_body": CLASSIC}
    first = bedrock.messages.create(model=PROFILE, **ask)
    call = first.content[-1]
    assert call.type == "tool_use"
    assert call.input == {"city": "Paris"}
    assert first.id.startswith("msg_bdrk_")
    assert first.model == "claude-sonnet-4-5-20250929"
    result = {"type": "tool_result", "tool_use_id": call.id, "content": "31 °C"}
    ask["messages"] = [
        *ASKS["messages"],
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": [result]},
    ]
    answer = bedrock.messages.create(model=PROFILE, **ask).content[-1]
    assert answer.type == "text"
    assert "31 °C" in answer.text


def test_bedrock_streams_what_it_says_whole(bedrock: anthropic.AnthropicBedrock) -> None:
    ask = {**ASKS, "extra_body": CLASSIC}
    with bedrock.messages.stream(model=PROFILE, **ask) as stream:
        streamed = stream.get_final_message()
    assert streamed.to_dict() == bedrock.messages.create(model=PROFILE, **ask).to_dict()


def test_bedrock_takes_the_newest_version_with_newer_models(bedrock: anthropic.AnthropicBedrock) -> None:
    reply = bedrock.messages.create(model="global.anthropic.claude-sonnet-5", **ASKS)
    assert reply.stop_reason == "tool_use"
    with pytest.raises(anthropic.BadRequestError, match="anthropic_version"):
        bedrock.messages.create(model=PROFILE, **ASKS)


def test_a_base_model_of_bedrock_asks_for_a_profile(bedrock: anthropic.AnthropicBedrock) -> None:
    with pytest.raises(anthropic.BadRequestError, match="Retry your request with the ID or ARN"):
        bedrock.messages.create(model=PROFILE.removeprefix("us."), **ASKS, extra_body=CLASSIC)
    with pytest.raises(anthropic.BadRequestError, match="model identifier is invalid"):
        bedrock.messages.create(model="meta.llama4", **ASKS, extra_body=CLASSIC)


def test_boto3_invokes_and_streams(runtime: Any) -> None:
    body = json.dumps({**CLASSIC, **ASKS})
    whole = runtime.invoke_model(modelId=PROFILE, body=body)
    message = json.loads(whole["body"].read())
    assert message["content"][-1]["input"] == {"city": "Paris"}
    events = [
        json.loads(each["chunk"]["bytes"])
        for each in runtime.invoke_model_with_response_stream(modelId=PROFILE, body=body)["body"]
    ]
    assert events[0]["type"] == "message_start"
    metrics = events[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["outputTokenCount"] == message["usage"]["output_tokens"]
    arn = f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{PROFILE}"
    assert json.loads(runtime.invoke_model(modelId=arn, body=body)["body"].read()) == message


def test_boto3_counts_tokens(runtime: Any) -> None:
    body = json.dumps({**CLASSIC, **ASKS}).encode()
    counted = runtime.count_tokens(modelId=PROFILE, input={"invokeModel": {"body": body}})
    whole = json.loads(runtime.invoke_model(modelId=PROFILE, body=body)["body"].read())
    assert counted["inputTokens"] == whole["usage"]["input_tokens"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": PROFILE}, "model: Extra inputs are not permitted"),
        ({"stream": True}, "stream: Extra inputs are not permitted"),
        ({"anthropic_version": None}, "anthropic_version"),
        ({"anthropic_version": "2023-06-01"}, "anthropic_version"),
        ({"max_tokens": 0.5}, "max_tokens"),
        (
            {"messages": [{"role": "assistant", "content": "x"}, {"role": "user", "content": ""}]},
            "messages.1",
        ),
        ({"temperature": 3}, "temperature"),
    ],
)
def test_boto3_raises_what_bedrock_refuses(runtime: Any, change: Json, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        runtime.invoke_model(modelId=PROFILE, body=json.dumps({**CLASSIC, **ASKS, **change}))
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert words in caught.value.response["Error"]["Message"]


def test_boto3_is_refused_in_amazons_words_what_there_is_not(url: str, runtime: Any) -> None:
    said = [{"role": "user", "content": [{"text": "Hi"}]}]
    for ask in (runtime.converse, runtime.converse_stream):
        with pytest.raises(runtime.exceptions.ValidationException, match="InvokeModel"):
            ask(modelId=PROFILE, messages=said)
    control = {"region_name": "us-east-1", "aws_access_key_id": "AKIA", "aws_secret_access_key": "s"}
    bedrock = boto3.client("bedrock", endpoint_url=url, **control)
    for unknown in (runtime.list_async_invokes, bedrock.list_foundation_models):
        with pytest.raises(ClientError) as caught:
            unknown()
        assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
        assert caught.value.response["ResponseMetadata"]["RequestId"]
    bedrock.close()


def test_boto3_sees_faults_as_aws_exceptions(url: str, runtime: Any) -> None:
    def throttle(request: Any, **_: Any) -> None:
        request.headers["x-nbkit-fault"] = fault

    runtime.meta.events.register("before-send.bedrock-runtime", throttle)
    body = json.dumps({**CLASSIC, **ASKS})
    fault = "rate_limit"
    with pytest.raises(runtime.exceptions.ThrottlingException):
        runtime.invoke_model(modelId=PROFILE, body=body)
    fault = "overloaded; after=2"
    stream = runtime.invoke_model_with_response_stream(modelId=PROFILE, body=body)["body"]
    with pytest.raises(Exception, match="serviceUnavailableException"):
        list(stream)
    stream.close()


def test_vertex_goes_through_a_tool_loop_and_streams(vertex: anthropic.AnthropicVertex) -> None:
    ask = {**ASKS, "extra_body": {"anthropic_version": "vertex-2023-10-16"}}
    first = vertex.messages.create(model=ON_VERTEX, **ask)
    assert first.id.startswith("msg_vrtx_")
    with vertex.messages.stream(model=ON_VERTEX, **ask) as stream:
        assert stream.get_final_message().to_dict() == first.to_dict()
    assert vertex.messages.create(model="claude-sonnet-5", **ASKS).stop_reason == "tool_use"


def test_vertex_counts_tokens(vertex: anthropic.AnthropicVertex) -> None:
    counted = vertex.messages.count_tokens(
        model="claude-sonnet-5", messages=ASKS["messages"], tools=[WEATHER]
    )
    assert counted.input_tokens == vertex.messages.create(model="claude-sonnet-5", **ASKS).usage.input_tokens


def test_vertex_refuses_in_googles_words_and_in_the_apis(vertex: anthropic.AnthropicVertex) -> None:
    with pytest.raises(anthropic.NotFoundError, match="Publisher Model `projects/p/locations/us-east5"):
        vertex.messages.create(model="gemini-3", **ASKS)
    with pytest.raises(anthropic.BadRequestError, match=r"max_tokens: must be"):
        vertex.messages.create(model="claude-sonnet-5", **{**ASKS, "max_tokens": -1})
    status, answer, _ = asked_of(
        "/v1/projects/p/locations/r/publishers/anthropic/models/x:rawPredict", {}, authorization=""
    )
    assert (status, answer["error"]["status"]) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "key", ["", "Bearer invalid", "AWS4-HMAC-SHA256 Credential=invalid/20261126/us-east-1"]
)
def test_bedrock_asks_for_a_login(key: str) -> None:
    status, answer, headers = asked_of(f"/model/{PROFILE}/invoke", {**CLASSIC, **ASKS}, authorization=key)
    assert status == 403
    assert set(answer) == {"message"}
    assert headers["x-amzn-errortype"].endswith("Exception")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"anthropic_version": 5}'])
def test_garbage_is_a_validation_error_on_bedrock(body: bytes) -> None:
    status, answer, headers = asked_of(f"/model/{PROFILE}/invoke-with-response-stream", body)
    assert (status, headers["x-amzn-errortype"]) == (400, "ValidationException")
    assert answer["message"]


def test_frames_are_padded_and_read_back() -> None:
    data = json.dumps({**CLASSIC, **ASKS}).encode()
    path = f"/model/{PROFILE.replace(':', '%3A')}/invoke-with-response-stream"
    plan = Simulator().respond("POST", path, {"authorization": "Bearer x"}, data)
    steps = [each for each in plan.steps if isinstance(each, bytes)]
    assert plan.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert plan.headers["x-amzn-requestid"]
    assert assemble(steps, framing="aws").stop_reason == "tool_use"
    payloads = [json.loads(step[step.index(b"{") : -4]) for step in steps]
    assert len({len(each["p"]) for each in payloads}) > 3
    assert json.loads(base64.b64decode(payloads[0]["bytes"]))["type"] == "message_start"


@pytest.mark.parametrize(
    "login", [{"x-api-key": "k"}, {"api-key": "k"}, {"authorization": "Bearer k"}, SIGNED]
)
@pytest.mark.parametrize("below", ["/anthropic", "/v1/projects/p/locations/l/workspaces/w/invoke"])
def test_the_api_is_served_below_the_addresses_of_other_platforms(below: str, login: dict[str, str]) -> None:
    headers = {"anthropic-version": "2026-10-21", "authorization": "", **login}
    body = {**ASKS, "model": "anthropic.claude-sonnet-5"}
    status, answer, _ = asked_of(f"{below}/v1/messages", body, **headers)
    assert (status, answer["stop_reason"]) == (200, "tool_use")
    status, counted, _ = asked_of(
        f"{below}/v1/messages/count_tokens", {k: body[k] for k in body if k != "max_tokens"}, **headers
    )
    assert (status, counted["input_tokens"]) == (200, answer["usage"]["input_tokens"])
    status, answer, _ = asked_of(f"{below}/v1/messages", {**body, "model": "claude-nope"}, **headers)
    assert (status, answer["error"]["type"]) == (404, "not_found_error")


PLACES = {
    "bedrock": f"/model/{PROFILE}/invoke",
    "vertex": f"/v1/projects/p/locations/r/publishers/anthropic/models/{ON_VERTEX}:rawPredict",
    "foundry": "/anthropic/v1/messages",
    "first_party": "/v1/messages",
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(("login", "refused"), [("Bearer invalid", True), ("", True), ("Bearer k", False)])
def test_a_fault_comes_after_the_login(place: str, login: str, refused: bool) -> None:
    status, answer, _ = asked_of(PLACES[place], {}, **{"x-nbkit-fault": "overloaded", "authorization": login})
    assert status in ((401, 403) if refused else (529, 503)), answer


def test_a_count_refuses_forged_thinking_everywhere() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "forged"}
    messages = [
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [thought, {"type": "text", "text": "Hello"}]},
        {"role": "user", "content": "So?"},
    ]
    inner = json.dumps({**CLASSIC, "max_tokens": 9, "messages": messages}).encode()
    packed = {"input": {"invokeModel": {"body": base64.b64encode(inner).decode()}}}
    google = {"anthropic_version": "vertex-2023-10-16", "model": ON_VERTEX, "messages": messages}
    answers = [
        asked_of(f"/model/{PROFILE}/count-tokens", packed),
        asked_of(PLACES["vertex"].replace(f"{ON_VERTEX}:", "count-tokens:"), google),
    ]
    for status, answer, _ in answers:
        assert status == 400
        assert "Invalid `signature` in `thinking` block" in json.dumps(answer)


@pytest.mark.parametrize("place", ["bedrock", "vertex"])
@pytest.mark.parametrize(
    ("betas", "words"),
    [
        (5, "anthropic_beta: Input should be a valid list"),
        ("context-1m-2025-08-07", "anthropic_beta: Input should be a valid list"),
        (["interleaved-thinking-2025-05-14", {}], "anthropic_beta.1: Input should be a valid string"),
        (None, None),
        ([], None),
    ],
)
def test_betas_in_a_body_are_a_list_of_names(place: str, betas: Any, words: str | None) -> None:
    version = {"bedrock": "bedrock-2023-05-31", "vertex": "vertex-2023-10-16"}[place]
    body = {"anthropic_version": version, "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    status, answer, _ = asked_of(PLACES[place], {**body, "anthropic_beta": betas})
    assert status == (400 if words else 200), answer
    assert words is None or words in json.dumps(answer)
