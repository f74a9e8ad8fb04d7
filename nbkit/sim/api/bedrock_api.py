"""Amazon Bedrock: `/model/{id}/invoke`, `/invoke-with-response-stream` and `/count-tokens` (contract, 10).

The model stands in the URL, version and betas in the body; replies stream as AWS event-stream frames.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from nbkit.facts import facts
from nbkit.rules.body.body import parse
from nbkit.rules.validator import Problem
from nbkit.sim import delivery
from nbkit.sim.api.admission import betas_inside, check_body, check_version_inside
from nbkit.sim.api.messages_api import brought, counted
from nbkit.sim.asked import Asked
from nbkit.sim.aws_errors import aws_refusal
from nbkit.sim.delivery import Way
from nbkit.sim.faults.framings import AwsFraming
from nbkit.sim.plan import Plan, json_plan, stream_plan
from nbkit.sim.refusal import Refused, invalid
from nbkit.sim.reply import Reply
from nbkit.sim.workspace import key_of
from nbkit.wire.blocks import Json
from nbkit.wire.eventstream import encode_event

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

FRAMES = "application/vnd.amazon.eventstream"
MAX_BODY = 20 * 1024 * 1024
PADDING = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
MS_PER_TOKEN = 16  # what the metrics say; no clock is read for it


def invoke(simulator: Simulator, asked: Asked, model: str) -> Plan:
    return _brought(simulator, asked, model, streamed=False)


def invoke_with_response_stream(simulator: Simulator, asked: Asked, model: str) -> Plan:
    return _brought(simulator, asked, model, streamed=True)


def count_tokens(simulator: Simulator, asked: Asked, model: str) -> Plan:
    """`CountTokens` of an `invokeModel` body, which comes in base64."""
    check_login(asked)
    given = asked.json().get("input")
    body = given.get("invokeModel") if isinstance(given, dict) else None
    text = body.get("body") if isinstance(body, dict) else None
    if not isinstance(text, str):
        raise invalid("input: only invokeModel with its body in base64 can be counted here")
    try:
        inner = replace(asked, body=base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        raise invalid("input.invokeModel.body: it is no base64") from None
    request = {"max_tokens": 1, **_body(inner)}
    betas, request = _judged(inner, model, request)
    count = counted(request, {"anthropic-beta": ",".join(betas)})
    return json_plan(asked, {"inputTokens": count["input_tokens"]})


def converse(simulator: Simulator, asked: Asked, model: str) -> Plan:
    """Refuse Amazon's own form of a conversation: what is simulated here is the Messages API."""
    check_login(asked)
    raise invalid(
        "This action doesn't support the model that you provided. Try again with InvokeModel or "
        "InvokeModelWithResponseStream: the simulator has no Converse."
    )


def _brought(simulator: Simulator, asked: Asked, model: str, *, streamed: bool) -> Plan:
    if len(asked.body) > MAX_BODY:
        raise Refused(413, "request_too_large", "Input is too long for requested model.")
    check_login(asked)
    betas, request = _judged(asked, model, _body(asked))
    said = replace(asked, headers={**asked.headers, "anthropic-beta": ",".join(betas)})

    def whole(reply: Reply) -> Plan:
        plan = json_plan(asked, reply.message(), wait=delivery.seconds(reply.output_tokens, simulator.pace))
        return replace(plan, headers={**plan.headers, **_counts(reply)})

    def stream(steps: Iterator[bytes | float]) -> Plan:
        json_inside = {"x-amzn-bedrock-content-type": "application/json"}
        plan = stream_plan(asked, steps, FRAMES)
        return replace(plan, headers={**plan.headers, **json_inside})

    way = Way(whole, stream, _encoder, AwsFraming().write, mark="bdrk", ping_after="")
    return brought(simulator, said, request, way, streamed=streamed)


def check_login(asked: Asked) -> None:
    """Refuse a request that no key of AWS signs."""
    key = key_of(asked.headers)
    if not key:
        raise aws_refusal(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
    if "invalid" in key:
        if asked.headers.get("authorization", "").startswith("AWS4-"):
            message = "The security token included in the request is invalid."
            raise aws_refusal(403, "UnrecognizedClientException", message)
        message = "Authentication failed: Please make sure your API Key is valid."
        raise aws_refusal(403, "AccessDeniedException", message)


def _body(asked: Asked) -> Json:
    body = parse(asked.body)
    if isinstance(body, Problem) or not isinstance(body, dict):
        why = body.message if isinstance(body, Problem) else "Input should be a valid dictionary"
        raise invalid(f"Malformed input request: {why}")
    for name in ("model", "stream"):  # the URL says both
        if name in body:
            raise invalid(f"{name}: Extra inputs are not permitted")
    return body


def _judged(asked: Asked, model: str, body: Json) -> tuple[list[str], Json]:
    """Return the betas and the request under its first-party model; refuses what Bedrock would."""
    name = unquote(model).rpartition("/")[2]  # of an ARN what it names
    known = facts.model(name, "bedrock")
    if known is None or "anthropic." not in name:
        raise invalid("The provided model identifier is invalid.")
    if name.startswith("anthropic.") and known.is_before_4_7:
        raise invalid(
            f"Invocation of model ID {name} with on-demand throughput isn't supported. Retry your request "
            "with the ID or ARN of an inference profile that contains this model."
        )
    check_version_inside(body, "bedrock")
    betas = betas_inside(body)
    check_body({"model": name, **body}, {}, "/v1/messages", "bedrock")
    kept = {key: value for key, value in body.items() if key not in ("anthropic_version", "anthropic_beta")}
    return betas, {"model": known.id, **kept}


def _encoder(reply: Reply) -> Callable[[Json], bytes]:
    def encode(event: Json) -> bytes:
        if event["type"] == "error":  # an exception frame
            return AwsFraming().write(event)
        if event["type"] == "message_stop":
            event = {**event, "amazon-bedrock-invocationMetrics": _metrics(reply)}
        return encode_event(event, PADDING[: zlib.crc32(repr(event).encode()) % len(PADDING)])

    return encode


def _metrics(reply: Reply) -> Json:
    usage = reply.message()["usage"]
    return {
        "inputTokenCount": usage["input_tokens"],
        "outputTokenCount": usage["output_tokens"],
        "invocationLatency": MS_PER_TOKEN * (usage["output_tokens"] + 20),
        "firstByteLatency": MS_PER_TOKEN * 20,
    }


def _counts(reply: Reply) -> dict[str, str]:
    metrics = _metrics(reply)
    return {
        "x-amzn-bedrock-input-token-count": str(metrics["inputTokenCount"]),
        "x-amzn-bedrock-output-token-count": str(metrics["outputTokenCount"]),
        "x-amzn-bedrock-invocation-latency": str(metrics["invocationLatency"]),
    }
