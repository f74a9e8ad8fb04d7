"""Server tools in the history: their uses and results, what may follow an open one, calls made by code."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.pairing import EACH_USE, WITHOUT_RESULT
from nbkit.rules.problem import Fix, Problem, add, remove
from nbkit.rules.removal import without
from nbkit.rules.request import SERVER_USES, Place, Request, Turn
from nbkit.wire.blocks import Json

SERVER_TOOLS = {"bash_code_execution": "code_execution", "text_editor_code_execution": "code_execution"}


def server_result_after_use(request: Request, turn: Turn) -> Iterator[Problem]:
    """R19: in an assistant message no server tool runs after a client `tool_use`; the calls end it."""
    for entry in turn.entries if turn.role == "assistant" else ():
        open_use: Place | None = None
        begun: set[str] = set()
        for place in entry.places:
            if place.is_client_use and not _is_programmatic(place):
                open_use = open_use or place
            elif open_use and place.type in SERVER_USES:
                begun.add(str(place.block.get("id")))
            elif (
                open_use
                and place.type.endswith("_tool_result")
                and str(place.block.get("tool_use_id")) in begun
            ):
                yield Problem(
                    "R19",
                    open_use.path,
                    f"{entry.path}: {WITHOUT_RESULT}: {open_use.block['id']}. {EACH_USE}",
                    why="The model stops at its calls; what a server tool did comes before them.",
                    fix=Fix("move the call to the end", _to_end(entry.places, open_use)),
                )
                return


def _to_end(places: list[Place], moved: Place) -> tuple[Json, ...]:
    return (remove(moved.path), add(f"messages.{moved.i}.content.{len(places) - 1}", moved.block))


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
        seen.server_uses.add(str(place.block.get("id")))
    elif kind.endswith("_tool_result"):
        use_id = str(place.block.get("tool_use_id"))
        seen.unfinished.pop(use_id, None)
        if use_id not in seen.server_uses:
            yield _server_orphan(request, place, use_id)


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
        f"`{name}` tool use with id `{use_id}` was found without a corresponding `{name}_tool_result` block",
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
    for place in request.seen.unfinished.values():
        name = str(place.block.get("name"))
        tool = SERVER_TOOLS.get(name, name)
        if place.type == "server_tool_use" and tool not in offered:
            message = _unresolved(request, "R23", place).message
            why = (
                "The server goes on with this tool when you send the turn again, so it must still be offered."
            )
            yield Problem("R23", place.path, f"{message} but no `{tool}` tool was provided", why=why)


def programmatic(request: Request) -> Iterator[Problem]:
    """R32b: calls that code execution made are answered by results alone, in the same container."""
    if not request.turns or request.turns[-1].role != "user" or not request.judges_end:
        return
    turn = request.turns[-1]
    calls = [
        p for p in (turn.before.places if turn.before else ()) if p.is_client_use and _is_programmatic(p)
    ]
    if not calls:
        return
    extra = next((place for place in turn.places if not place.is_result), None)
    if extra is not None:
        yield Problem(
            "R32b",
            extra.path,
            f"{extra.path}: only `tool_result` blocks may answer tool uses generated by code execution",
            why="Code is waiting for these results; it has no use for anything else.",
            fix=Fix("remove it", (remove(extra.path),)),
        )
    container = request.param("container")
    if not (isinstance(container, str) or (isinstance(container, dict) and container.get("id"))):
        yield Problem(
            "R32b",
            "container",
            "container_id is required when there are pending tool uses generated by code execution "
            "with tools.",
            why="The code that made the call runs on in its container; name the one the last reply gave you.",
        )
