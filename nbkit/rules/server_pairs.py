"""Server tools in the history: their uses and results, what may follow an open one, calls made by code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace as replaced

from nbkit.rules import tool_offers
from nbkit.rules.order import PREFILL
from nbkit.rules.pairing import EACH_USE, WITHOUT_RESULT
from nbkit.rules.problem import Fix, Problem, remove, replace
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import SERVER_USES, Place, Turn
from nbkit.wire.blocks import Json

SERVER_TOOLS = {"bash_code_execution": "code_execution", "text_editor_code_execution": "code_execution"}


def calls_come_last(request: Request) -> Iterator[Problem]:
    """In the assistant message being answered, nothing but other calls stands behind a client `tool_use`.

    Deeper in the history the API lets it pass. Models that take no prefill see one in what stands there.
    """
    roles = [turn.role for turn in request.turns[-2:]]
    if roles != ["assistant", "user"] or not request.judges_end or request.model is None:
        return
    turn = request.turns[-2]
    count = len(turn.call_ids)
    if not count or all(block.get("type") == "tool_use" for block in turn.blocks[-count:]):
        return
    call = _overtaken(turn.places)
    if call is not None:
        unanswered = f"messages.{call.i}: {WITHOUT_RESULT}: {call.block['id']}. {EACH_USE}"
        yield Problem(
            "tool_use_not_last",
            call.path,
            unanswered if request.model.prefill else PREFILL,
            why="The model stops at its calls; what it said and what a server tool did comes before.",
            fix=Fix("move the calls to the end", _calls_last(turn)),
        )


def _overtaken(places: list[Place]) -> Place | None:
    """Return the first call that text, or a server tool that ran, stands behind."""
    call: Place | None = None
    begun: set[str] = set()
    for place in places:
        if place.is_client_use and not _is_programmatic(place):
            call = call or place
        elif call and place.type in SERVER_USES:
            begun.add(str(place.block.get("id")))
        elif call and (place.type == "text" or str(place.block.get("tool_use_id")) in begun):
            return call
    return None


def _calls_last(turn: Turn) -> tuple[Json, ...]:
    """Gather a turn in its first message, the calls behind everything else."""
    calls = [place.block for place in turn.places if place.is_client_use and not _is_programmatic(place)]
    others = [place.block for place in turn.places if not any(place.block is call for call in calls)]
    first, *rest = turn.entries
    return (replace(f"{first.path}.content", others + calls), *(remove(each.path) for each in reversed(rest)))


def _is_programmatic(place: Place) -> bool:
    caller = place.block.get("caller")
    return isinstance(caller, dict) and str(caller.get("type", "direct")).startswith("code_execution")


def server_pairs(request: Request, place: Place) -> Iterator[Problem]:
    """R29: a server tool's result stands behind its use, anywhere in the array."""
    if place.role != "assistant":
        return
    kind, seen = place.type, request.seen
    if kind in SERVER_USES:
        seen.unfinished[str(place.block.get("id"))] = place
        seen.server_uses[str(place.block.get("id"))] = None
    elif kind.endswith("_tool_result"):
        use_id = str(place.block.get("tool_use_id"))
        seen.unfinished.pop(use_id, None)
        if use_id not in seen.server_uses:
            yield _server_orphan(request, place, use_id)


def source_found(request: Request, place: Place) -> Iterator[Problem]:
    """R32b: code that made a call stands before it, as the `caller` of the call says."""
    source = place.block.get("caller") if place.is_client_use and not place.broken else None
    if not source or not source.get("tool_id") or source["tool_id"] in request.seen.server_uses:
        return
    yield Problem(
        "R32b",
        f"{place.path}.caller",
        f"source tool `{source['tool_id']}` not found for tool use block `{place.block['id']}`",
        why="A call that code made goes back behind that code; a call without `caller` was made directly.",
        fix=Fix("remove the caller", (remove(f"{place.path}.caller"),)),
    )


def unfinished_use(request: Request, place: Place) -> Iterator[Problem]:
    """R22: while a server tool is at work, a user message brings results and nothing else."""
    unfinished = request.seen.unfinished
    if unfinished and place.role == "user" and not place.is_result:
        for use in unfinished.values():
            yield _unresolved(request, "R22", use)
        unfinished.clear()


def _unresolved(request: Request, rule: str, place: Place) -> Problem:
    name, use_id = place.block.get("name"), place.block.get("id")
    return Problem(
        rule,
        place.path,
        f"messages.{place.i}: `{name}` tool use with id `{use_id}` was found without a corresponding "
        f"`{name}_tool_result` block",
        why="A server tool is still at work here; until its result is there, only tool results may follow.",
        fix=Fix("remove the unfinished call", without(request, place)),
    )


def _server_orphan(request: Request, place: Place, use_id: str) -> Problem:
    partner = "mcp_tool_use" if place.type == "mcp_tool_result" else "server_tool_use"
    return Problem(
        "R29",
        place.path,
        f"{place.path}: unexpected `tool_use_id` found in `{place.type}` blocks: {use_id}. "
        f"Each `{place.type}` block must have a corresponding `{partner}` block before it.",
        why="A server tool's result stands behind its call in the same turn; the call is missing.",
        fix=Fix("remove the result", without(request, place)),
    )


def tool_withdrawn(request: Request) -> Iterator[Problem]:
    """R23: while a server tool is pending, it stays in `tools`."""
    if not request.seen.unfinished or not request.judges_end or request.broken_tools:
        return
    offered = {str(tool.get("name")) for _, tool in request.tools}
    if any(tool_offers.filters_with_code(tool) for _, tool in request.tools):
        offered.add("code_execution")
    for place in request.seen.unfinished.values():
        name = str(place.block.get("name"))
        tool = SERVER_TOOLS.get(name, name)
        if place.type == "server_tool_use" and tool not in offered:
            found = _unresolved(request, "R23", place)
            why = (
                "The server goes on with this tool when you send the turn again, so it must still be offered."
            )
            yield replaced(found, message=f"{found.message} but no `{tool}` tool was provided", why=why)


def programmatic(request: Request) -> Iterator[Problem]:
    """R32b: calls that code execution made are answered by results alone, in the same container."""
    if not request.turns or not request.judges_end:
        return
    turn = request.turns[-1]
    paused = turn.role == "assistant"
    last = turn if paused else turn.before
    if last is None or last.is_plain:
        return
    before = last.places
    waiting = not paused and any(place.is_client_use and _is_programmatic(place) for place in before)
    extra = next((place for place in turn.places if not place.is_result), None) if waiting else None
    if extra is not None:
        yield Problem(
            "R32b",
            extra.path,
            f"{extra.path}: only `tool_result` blocks may answer tool uses generated by code execution",
            why="Code is waiting for these results; it has no use for anything else.",
            fix=Fix("remove it", (remove(extra.path),)),
        )
    container = request.param("container")
    goes_on = _code_goes_on(before) and (paused or any(place.is_client_use for place in before))
    if (waiting or goes_on) and not (
        isinstance(container, str) or (isinstance(container, dict) and container.get("id"))
    ):
        yield Problem(
            "R32b",
            "container",
            "container_id is required when there are pending tool uses generated by code execution "
            "with tools.",
            why="The code that made the call runs on in its container; name the one the last reply gave you.",
        )


def _code_goes_on(places: list[Place]) -> bool:
    """Say whether code execution is unfinished, and has called server tools itself."""
    answered = {
        str(place.block.get("tool_use_id")) for place in places if place.type.endswith("_tool_result")
    }
    open_code = any(
        place.type == "server_tool_use"
        and SERVER_TOOLS.get(str(place.block.get("name")), place.block.get("name")) == "code_execution"
        and str(place.block.get("id")) not in answered
        for place in places
    )
    return open_code and any(place.type in SERVER_USES and _is_programmatic(place) for place in places)
