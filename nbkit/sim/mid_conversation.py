"""What messages of the role `system` do to an array: words that hold for a turn, tools that come and go
(contract, 2.2, 3.6 and 3.7). They stay where they are; the model reads what is in force at the end.
"""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.wire.blocks import Json

CHANGES = ("tool_addition", "tool_removal")


def with_contents(request: Json) -> Json:
    """Return the request with a content in every message: a directive alone may come without (R92)."""
    if all("content" in message for message in request["messages"]):
        return request
    return {**request, "messages": [{"content": [], **message} for message in request["messages"]]}


def without_cleared(request: Json) -> Json:
    """Return the request without the words that held until a user message that has come since."""
    kept, is_over = list[Json](), False
    for message in reversed(request["messages"]):
        if not (is_over and message.get("clear_at") == "next_user_message"):
            kept.append(message)
        is_over = is_over or (message["role"] == "user" and not _is_results(message))
    return {**request, "messages": kept[::-1]}


def with_tools_in_force(request: Json) -> Json:
    """Return the request with the tools that are there after all additions and removals, in `tools`."""
    changes = list(_changes(request))
    if not changes:
        return request
    known = {tool["name"]: tool for tool in request.get("tools") or () if "name" in tool}
    others = [tool for tool in request.get("tools") or () if "name" not in tool]
    there = dict(known)
    for kind, tool in changes:
        defined = tool.get("definition")
        name = defined.get("name") if defined else tool.get("name")
        if name is None or tool["type"].startswith("mcp_"):
            continue
        if kind == "tool_removal":
            there.pop(name, None)
        elif defined or name in known:
            known.setdefault(name, defined or known[name])
            there[name] = {key: value for key, value in known[name].items() if key != "defer_loading"}
    return {**request, "tools": [*others, *there.values()]}


def _changes(request: Json) -> Iterator[tuple[str, Json]]:
    for message in request["messages"]:
        if message["role"] == "system" and not isinstance(message["content"], str):
            for block in message["content"]:
                if block.get("type") in CHANGES:
                    yield block["type"], block["tool"]


def _is_results(message: Json) -> bool:
    content = message["content"]
    return not isinstance(content, str) and all(block.get("type") == "tool_result" for block in content)
