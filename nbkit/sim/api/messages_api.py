"""`POST /v1/messages` and `/v1/messages/count_tokens`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from nbkit.facts.facts import Model
from nbkit.rules.envelope import betas_of
from nbkit.rules.portable.estimate import prompt_tokens
from nbkit.sim import compacting, delivery, pausing, signatures
from nbkit.sim.admitted import Admitted, admitted, as_read, model_of
from nbkit.sim.api import scripting
from nbkit.sim.api.admission import check_body, check_headers
from nbkit.sim.asked import Asked
from nbkit.sim.attachments import resolved
from nbkit.sim.brain.intent import Intent, think
from nbkit.sim.cache import InputUsage
from nbkit.sim.compose import compose
from nbkit.sim.delivery import Way
from nbkit.sim.headers import fast_limits
from nbkit.sim.hosted.containers import Container
from nbkit.sim.mid_conversation import with_contents
from nbkit.sim.plan import Plan, json_plan, stream_plan
from nbkit.sim.prompt import Prompt
from nbkit.sim.reply import Reply
from nbkit.sim.thinking_mode import budget_of, is_between_tools, thinking_of
from nbkit.sim.tokens import pieces
from nbkit.sim.verified import verified
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.sim.person.writing import Sheet
    from nbkit.sim.simulator import Simulator

PATH = "/v1/messages"
COUNTS_THINKING = "thinking-token-count-2026-05-13"
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
    plan = brought(simulator, asked, request, way, streamed=bool(request.get("stream")))
    if served(request, model_of(request), asked).get("speed") == "fast":
        plan.headers.update(fast_limits(asked.now))
    return plan


def brought(simulator: Simulator, asked: Asked, request: Json, way: Way, *, streamed: bool) -> Plan:
    """Bring the answer to a request in a platform's way: at once, or when a person has written it."""
    request = with_contents(request)
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
    return not request.get("compaction") and not scripting.fits(simulator, asked, request)


def count(simulator: Simulator, asked: Asked) -> Plan:
    check_headers(asked.headers, asked.path)
    request = asked.json()
    check_body(request, asked.headers, asked.path)
    request = resolved(request, asked, asked.path)
    return json_plan(asked, counted(request, asked.headers))


def counted(request: Json, headers: Mapping[str, str]) -> Json:
    """Return the tokens of a prompt as the model would read it, and of the whole where it is edited.

    Refuses what `create` would, too, of what the server once said.
    """
    request = with_contents(request)
    verified(request, headers, model_of(request))
    read = as_read(request)
    told: Json = {"input_tokens": prompt_tokens(read.request)}
    if read.applied is not None:
        told["context_management"] = {"original_input_tokens": prompt_tokens(request)}
    return told


def answer(simulator: Simulator, asked: Asked, request: Json, intent: Intent | None = None) -> Reply:
    """Return the reply to a request that the rules have passed, on whichever wire it came.

    It says the `intent`, or else what the scenario has for it, or else what the brain thinks of.
    """
    request = with_contents(request)
    read = admitted(request, asked.headers)
    reply = _scripted(simulator, asked, request, read.prompt) if intent is None else None
    if reply is None and request.get("compaction"):
        reply = compacting.reply_to(request, read.prompt, simulator.seed)
    if reply is None:
        reply = _composed(simulator, asked, request, read, intent)
    if reply.stop_reason != "compaction" or read.compacted is None:  # nothing was read after the summary
        reply.input = asked.workspace.cache.use(read.prompt, asked.now)
    reply.served |= served(request, read.prompt.model, asked)
    reply.extra.update(read.told | asked.workspace.diagnoses.of(read.prompt, reply.id))
    reply.applied = read.applied
    if COUNTS_THINKING in betas_of(asked.headers):
        for part in reply.parts:
            part.estimates = 10
    pausing.seal(reply, request)
    return reply


def _scripted(simulator: Simulator, asked: Asked, request: Json, prompt: Prompt) -> Reply | None:
    if not scripting.is_on(simulator, asked):
        return None
    from nbkit.sim.scenario.scripted import Speaker

    mode, hidden = thinking_of(request, prompt.model)
    speaker = Speaker(prompt.model.id, simulator.seed, mode, hidden, prompt)
    return scripting.reply(simulator, asked, request, speaker)


def _composed(
    simulator: Simulator, asked: Asked, request: Json, read: Admitted, intent: Intent | None
) -> Reply:
    model = read.prompt.model
    mode, hidden = thinking_of(request, model)
    container = Container(request, asked, simulator.seed)
    if intent is None:
        ends = read.compacted is not None and read.compacted.pauses
        intent = Intent() if ends else _thought(read.request, container)
    if mode and model.progress_as_thinking and intent.calls and is_between_tools(request):
        intent = replace(intent, thinking=f"{intent.thinking} {intent.text}".strip(), text="")
    if len(intent.thinking) > LONG:
        intent = replace(intent, thinking="".join(pieces(intent.thinking)[: budget_of(request)]))
    reply = compose(
        request,
        intent,
        InputUsage(0),
        model=model.id,
        seed=simulator.seed,
        signature=signatures.sign(request, model.id, intent.thinking) if mode and intent.thinking else "",
        hidden=hidden,
        room=read.prompt.room,
    )
    reply.container = container.closed(reply.parts)
    if read.compacted is not None:
        compacting.put_first(reply, read.compacted)
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
    thinks, hidden = thinking_of(request, model)
    from nbkit.sim.person.writing import Sheet

    return Sheet(request, opening, asked.headers, simulator.seed, thinks, hidden, model.id)
