"""`POST /v1/messages` and `/v1/messages/count_tokens`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nbkit.facts import facts
from nbkit.facts.facts import Model
from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.sim import delivery, pausing, signatures
from nbkit.sim.api import scripting
from nbkit.sim.api.admission import check_body, check_headers
from nbkit.sim.asked import Asked
from nbkit.sim.attachments import resolved
from nbkit.sim.brain.intent import Intent, think
from nbkit.sim.compose import compose
from nbkit.sim.delivery import Way
from nbkit.sim.hosted.containers import Container
from nbkit.sim.plan import Plan, json_plan, stream_plan
from nbkit.sim.prompt import Prompt, measured
from nbkit.sim.reply import Reply
from nbkit.sim.thinking_mode import budget_of, thinking_of
from nbkit.sim.tokens import pieces
from nbkit.sim.verified import verified
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.person.writing import Sheet
    from nbkit.sim.simulator import Simulator

PATH = "/v1/messages"
LONG = 500  # characters of thinking that fit into every budget


def create(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers, asked.path)
    request = asked.json()
    check_body(request, asked.headers, asked.path)
    request = resolved(request, asked)
    way = Way(
        lambda reply: json_plan(
            asked, reply.message(), wait=delivery.seconds(reply.output_tokens, simulator.pace)
        ),
        lambda steps: stream_plan(asked, steps),
    )
    return brought(simulator, asked, request, way, streamed=bool(request.get("stream")))


def brought(simulator: Simulator, asked: Asked, request: Json, way: Way, *, streamed: bool) -> Plan:
    """Bring the answer to a request in a platform's way: at once, or when a person has written it."""
    if _is_for_person(simulator, asked, request):
        from nbkit.sim.person import serving

        sheet = _sheet(simulator, asked, request, way)
        serve = serving.streamed if streamed else serving.whole
        return serve(simulator, sheet, asked, way)
    reply = way.own(answer(simulator, asked, request))
    if streamed:
        return way.stream(delivery.steps(reply, simulator.pace, way.encoder(reply), way.ping_after))
    return way.whole(reply)


def _is_for_person(simulator: Simulator, asked: Asked, request: Json) -> bool:
    if simulator.person is None or not request["max_tokens"]:
        return False
    return not scripting.fits(simulator, asked, request)


def count(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers, asked.path)
    request = asked.json()
    check_body(request, asked.headers, asked.path)
    request = resolved(request, asked, asked.path)
    verified(request, asked.headers, model_of(request))
    return json_plan(asked, {"input_tokens": prompt_tokens(request)})


def answer(simulator: Simulator, asked: Asked, request: Json, intent: Intent | None = None) -> Reply:
    """Return the reply to a request that the rules have passed, on whichever wire it came.

    It says the `intent`, or else what the scenario has for it, or else what the brain thinks of.
    """
    transformations, prompt = admitted(request, asked)
    model = prompt.model
    mode, display = thinking_of(request, model)
    if intent is None and scripting.is_on(simulator, asked):
        from nbkit.sim.scenario.scripted import Speaker

        speaker = Speaker(model.id, simulator.seed, mode, display == "omitted", prompt)
        scripted = scripting.reply(simulator, asked, request, speaker)
        if scripted is not None:
            scripted.input = asked.workspace.cache.use(prompt, asked.now)
            scripted.served |= served(request, model, asked)
            scripted.extra.update(transformations | asked.workspace.diagnoses.of(prompt, scripted.id))
            pausing.seal(scripted, request)
            return scripted
    container = Container(request, asked, simulator.seed)
    intent = intent or _thought(request, container)
    if len(intent.thinking) > LONG:
        intent = replace(intent, thinking="".join(pieces(intent.thinking)[: budget_of(request)]))
    signature = signatures.sign(request, model.id, intent.thinking) if mode and intent.thinking else ""
    hidden = display == "omitted"
    counted = asked.workspace.cache.use(prompt, asked.now)
    reply = compose(
        request,
        intent,
        counted,
        model=model.id,
        seed=simulator.seed,
        signature=signature,
        hidden=hidden,
        room=prompt.room,
    )
    reply.served |= served(request, model, asked)
    reply.extra.update(transformations | asked.workspace.diagnoses.of(prompt, reply.id))
    pausing.seal(reply, request)
    reply.container = container.closed(reply.parts)
    return reply


def _thought(request: Json, container: Container) -> Intent:
    """What the brain wants to say, with the tools that the API runs itself where there are some."""
    servers = request.get("mcp_servers")
    if not servers and all(tool.get("type", "custom") == "custom" for tool in request.get("tools") or ()):
        return think(request)
    from nbkit.sim.hosted import mcp_turn, server_turn

    def answered(body: Json) -> Intent:
        return server_turn.take_turn(body, think, container) or think(body)

    if servers:
        return mcp_turn.take_turn(request, answered, container.asked.headers.get("anthropic-beta", ""))
    return answered(request)


def admitted(request: Json, asked: Asked) -> tuple[Json, Prompt]:
    """Refuse what only the server can; return what the reply says of dropped thinking, and the prompt."""
    model = model_of(request)
    told = verified(request, asked.headers, model)
    return told, measured(request, model, asked.headers)


def served(request: Json, model: Model, asked: Asked) -> Json:
    """What `usage` says of where a request ran, and of how fast if it asked for that (contract, 9.1)."""
    told: Json = {}
    if asked.path.startswith(PATH):  # the clouds don't say
        chosen = request.get("inference_geo") or "global"
        told["inference_geo"] = chosen if model.inference_geo else "not_available"
    if request.get("speed"):
        told["speed"] = "standard" if model.ignores_fast else request["speed"]
    return told


def _sheet(simulator: Simulator, asked: Asked, request: Json, way: Way) -> Sheet:
    """What a person fills in: the reply without its content."""
    model = model_of(request)
    opening = way.own(answer(simulator, asked, request, Intent()))
    thinks, display = thinking_of(request, model)
    hidden = display == "omitted"
    from nbkit.sim.person.writing import Sheet

    return Sheet(request, opening, asked.headers, simulator.seed, thinks, hidden, model.id)


def model_of(request: Json) -> Model:
    model = facts.model(request["model"])
    assert model is not None  # the rules have refused what the table doesn't have
    return model
