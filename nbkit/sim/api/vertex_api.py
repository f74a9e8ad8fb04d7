"""Google Vertex: `…/models/{id}:rawPredict`, `:streamRawPredict`, `count-tokens:rawPredict` (contract, 10).

The model stands in the URL, the version in the body, betas in the header; replies stream as SSE.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from nbkit.facts import facts
from nbkit.sim import delivery
from nbkit.sim.api.admission import betas_inside, check_body, check_version_inside
from nbkit.sim.api.messages_api import brought, counted
from nbkit.sim.asked import Asked
from nbkit.sim.delivery import Way
from nbkit.sim.plan import Plan, json_plan, stream_plan
from nbkit.sim.refusal import Refused, invalid
from nbkit.sim.reply import Reply
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

MAX_BODY = 30 * 1024 * 1024
HOW_TO_LOG_IN = (
    "Expected OAuth 2 access token, login cookie or other valid authentication credential. See "
    "https://developers.google.com/identity/sign-in/web/devconsole-project."
)
NO_LOGIN = f"Request is missing required authentication credential. {HOW_TO_LOG_IN}"
BAD_LOGIN = f"Request had invalid authentication credentials. {HOW_TO_LOG_IN}"


def predict(simulator: Simulator, asked: Asked, project: str, region: str, model: str) -> Plan:
    return _brought(simulator, *_request(asked, project, region, model), streamed=False)


def stream_predict(simulator: Simulator, asked: Asked, project: str, region: str, model: str) -> Plan:
    return _brought(simulator, *_request(asked, project, region, model), streamed=True)


def count_tokens(simulator: Simulator, asked: Asked, project: str, region: str) -> Plan:
    """Counts for the model that the body names."""
    check_login(asked)
    body = asked.json()
    if not isinstance(body.get("model"), str):
        raise invalid("model: Field required")
    request = _judged(asked, body["model"], body, project, region, "/v1/messages/count_tokens")
    return json_plan(asked, counted(request, asked.headers))


def _request(asked: Asked, project: str, region: str, model: str) -> tuple[Asked, Json]:
    """Return what is asked, as it would be asked of Anthropic: with the betas in the header."""
    if len(asked.body) > MAX_BODY:
        raise Refused(413, "request_too_large", "Request exceeds the maximum size")
    check_login(asked)
    body = asked.json()
    if "model" in body:  # the URL says it
        raise invalid("model: Extra inputs are not permitted")
    request = _judged(asked, unquote(model), body, project, region, "/v1/messages")
    request.pop("stream", None)  # the URL decides
    if "anthropic_beta" in body:
        del request["anthropic_beta"]
        asked = replace(asked, headers={**asked.headers, "anthropic-beta": ",".join(betas_inside(body))})
    return asked, request


def _brought(simulator: Simulator, asked: Asked, request: Json, *, streamed: bool) -> Plan:
    def whole(reply: Reply) -> Plan:
        wait = delivery.seconds(reply.output_tokens, simulator.pace)
        return json_plan(asked, reply.message(), wait=wait)

    way = Way(whole, lambda steps: stream_plan(asked, steps), mark="vrtx", ping_after="message_start")
    return brought(simulator, asked, request, way, streamed=streamed)


def check_login(asked: Asked) -> None:
    """Refuse a request without a token of Google's."""
    scheme, _, token = asked.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise google_refusal(401, "UNAUTHENTICATED", NO_LOGIN)
    if "invalid" in token:
        raise google_refusal(401, "UNAUTHENTICATED", BAD_LOGIN)


def google_refusal(status: int, kind: str, message: str) -> Refused:
    """An error that Google's own front says, not the model's API behind it."""
    return Refused(
        status, kind, message, body={"error": {"code": status, "message": message, "status": kind}}
    )


def _judged(asked: Asked, name: str, body: Json, project: str, region: str, endpoint: str) -> Json:
    """Return the request under its first-party model; refuses what Vertex would."""
    known = facts.model(name, "vertex") or facts.model(name.partition("@")[0])
    if known is None:
        raise google_refusal(
            404,
            "NOT_FOUND",
            f"Publisher Model `projects/{unquote(project)}/locations/{unquote(region)}/publishers/anthropic/"
            f"models/{name}` was not found or your project does not have access to it. Please ensure you are "
            "using a valid model version.",
        )
    check_version_inside(body, "vertex")
    betas_inside(body)
    betas = {key: value for key, value in asked.headers.items() if key == "anthropic-beta"}
    check_body({**body, "model": known.id}, betas, endpoint, "vertex")
    dropped = ("anthropic_version", "model")
    return {"model": known.id, **{key: value for key, value in body.items() if key not in dropped}}
