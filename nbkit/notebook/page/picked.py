"""A variable of the user's picked by its name, as the made-up result of a call. Nothing is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, a_kind, counted
from nbkit.loop.tools.results import raised, to_content
from nbkit.loop.tools.tool import Tool
from nbkit.loop.tools.weight import shortened, too_much
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation

NO_RESULTS = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type, Tool)
SHELLS_OWN = frozenset({"In", "Out", "exit", "quit", "get_ipython", "open"})
MOST = 200
COUNTED: dict[type, str] = {
    str: "character",
    bytes: "byte",
    list: "item",
    tuple: "item",
    dict: "key",
    set: "item",
}


def offered(namespace: Mapping[str, Any], chat: Conversation) -> list[Json]:
    """Return the variables that may be a result, the newest first, each with what it is."""
    names = [
        name
        for name, value in list(namespace.items())
        if not name.startswith("_")
        and name not in SHELLS_OWN
        and not isinstance(value, (*NO_RESULTS, type(chat)))
    ]
    return [{"name": name, "what": _what(namespace[name])} for name in reversed(names[-MOST:])]


def value_of(name: object, namespace: Mapping[str, Any]) -> Any:
    """Return the variable of this name. Raises `UsageError` for anything that is none."""
    if not isinstance(name, str) or not name.isidentifier():
        raise UsageError(f"a variable is named by a name alone, like df, not {name!r}: nothing is evaluated")
    if name not in namespace:
        raise UsageError(f"no variable is called {name}: run the cell that makes it, then pick it again")
    return namespace[name]


def preview(name: object, namespace: Mapping[str, Any], chat: Conversation) -> Json:
    """Return a variable as the content of a result, a shorter one where it is too much to be sent unasked."""
    content = _content(name, namespace)
    why = too_much(content, str(chat.model), chat.max_result)
    if why is None:
        return {"name": name, "content": content}
    return {"name": name, "content": shortened(content, str(chat.model), chat.max_result), "too_much": why}


def with_value(decision: object, namespace: Mapping[str, Any]) -> object:
    """Return a decision of the page's with the value of the variable that it names as its content."""
    if not isinstance(decision, dict) or "variable" not in decision:
        return decision
    rest = {key: each for key, each in decision.items() if key != "variable"}
    return {**rest, "content": _content(decision["variable"], namespace)}


def _content(name: object, namespace: Mapping[str, Any]) -> str | list[Json]:
    value = value_of(name, namespace)
    try:
        return to_content(value)
    except Exception as error:  # a variable is anybody's object
        raise UsageError(f"{name} can't be told as a result: {raised(error)}") from error


def _what(value: Any) -> str:
    kind = a_kind(value).partition(" ")[2] or type(value).__name__
    if type(value) in COUNTED:
        return f"{kind}, {counted(len(value), COUNTED[type(value)])}"
    try:
        shape = value.shape
        return f"{kind}, {' × '.join(f'{each:,}' for each in shape)}" if shape else kind
    except Exception:  # noqa: BLE001  # an attribute is anybody's code
        return kind
