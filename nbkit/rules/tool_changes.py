"""Tools that a system message adds or removes in mid-conversation (contract, 3.6): they are there to be."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.rules.problem import Fix, Problem
from nbkit.rules.removal import without
from nbkit.rules.request import Request
from nbkit.rules.turns import Place

CHANGES = ("tool_addition", "tool_removal")


def change_resolves(request: Request, place: Place) -> Iterator[Problem]:
    """What is added or removed by its name is known, and what is defined anew has a name of its own."""
    tool = {} if place.broken else place.block.get("tool")
    if not isinstance(tool, dict) or request.broken_tools:
        return
    path = f"{place.path}.{place.type}.tool"
    known = {each.get("name") for _, each in request.tools}
    fix = Fix(f"remove the {place.type}", without(request, place))
    if tool.get("type") == "tool_reference" and tool.get("name") not in known | set(_defined(request)):
        message = f"Tool reference '{tool.get('name')}' not found in available tools"
        why = "A change names a tool of `tools`, or one that was defined in mid-conversation."
        yield Problem(
            "tool_reference", path, message, error_code="tool_reference_unresolved", why=why, fix=fix
        )
    definition = tool.get("definition") if tool.get("type") == "tool_definition" else None
    if isinstance(definition, dict) and definition.get("name") in known - _removed(request, place):
        message = f"{path}: Tool names must be unique. `{definition.get('name')}` is there already."
        why = "Calls name their tool, so no two tools may have one name."
        yield Problem("tool_reference", path, message, error_code="tool_name_conflict", why=why, fix=fix)


def _defined(request: Request) -> Iterator[str]:
    for place in request.places:
        tool = place.block.get("tool") if place.type == "tool_addition" and not place.broken else None
        definition = tool.get("definition") if isinstance(tool, dict) else None
        if isinstance(definition, dict):
            yield str(definition.get("name"))


def _removed(request: Request, before: Place) -> set[str]:
    """The tools that were removed before there."""
    return {
        str(place.block["tool"].get("name"))
        for place in request.places
        if place.type == "tool_removal" and not place.broken and (place.i, place.j) < (before.i, before.j)
    }
