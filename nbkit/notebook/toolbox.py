"""Tools by name, out of the user's variables: what a cell offers, what runs when a call is approved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, a_kind
from nbkit.loop.tools.tool import Tool, tool_of

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation


def named(names: Iterable[str], namespace: Mapping[str, Any], where: str = "--tools") -> list[Tool]:
    """Return the tools of these names: tools, typed functions or definitions among the variables."""
    return [_named(name, namespace, where) for name in names]


def _named(name: str, namespace: Mapping[str, Any], where: str) -> Tool:
    value = namespace.get(name)
    if isinstance(value, Tool | FunctionType | dict):
        return tool_of(value)
    if value is not None:
        raise UsageError(f"{where}: {name} is {a_kind(value)}; a tool is a typed function or a Tool")
    there = ", ".join(sorted(key for key, each in namespace.items() if isinstance(each, Tool)))
    known = f"there is {there}" if there else "make one with @nbkit.tool"
    raise UsageError(f"{where}: no tool is called {name}: {known}")


def with_tools(conversation: Conversation, tools: Iterable[Tool]) -> None:
    """Offer these tools from now on, beside those that are offered already."""
    kept = {tool.name: tool for tool in conversation.tools}
    offered = {tool.name: tool.definition() for tool in conversation.tools}
    new = {tool.name: tool for tool in tools}
    if any(offered.get(name) != tool.definition() for name, tool in new.items()):
        conversation.tools = {**kept, **new}.values()


def resolver(conversation: Conversation, namespace: Mapping[str, Any]) -> Callable[[str], Tool | None]:
    """Return who finds a tool for a call: the variable of that name as it is now.

    Only names the conversation offers: a model that makes up the name of some function must not reach it.
    """

    def find(name: str) -> Tool | None:
        if not any(tool.name == name for tool in conversation.tools):
            return None
        value = namespace.get(name)
        if isinstance(value, FunctionType):
            return Tool(value)
        if isinstance(value, Tool):
            return value
        return next(
            (each for each in namespace.values() if isinstance(each, Tool) and each.name == name), None
        )

    return find
