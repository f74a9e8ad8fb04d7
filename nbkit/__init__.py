"""nbkit: the debugger for the Messages API contract, in a notebook.

The public names are listed here, once; each is imported when it is first used, so that `import nbkit` costs
next to nothing and needs neither IPython nor a key.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbkit.client.client import AsyncClient, Client
    from nbkit.client.providers import Anthropic
    from nbkit.connection import Conversation, connect, load
    from nbkit.errors import (
        APIError,
        InvalidReply,
        InvalidRequest,
        LoadError,
        NbkitError,
        StreamError,
        ToolError,
        TransportError,
        TurnError,
        UsageError,
    )
    from nbkit.loop.calls.breaks import Break
    from nbkit.loop.calls.decisions import Approve, EditInput, EditResult, Fake, Refuse, Stop
    from nbkit.loop.calls.policy import allow, ask, by_name, deny, first_of, reuse, when
    from nbkit.loop.calls.replaying import scripted
    from nbkit.loop.tools.tool import Tool, tool
    from nbkit.mcp_server import McpServer
    from nbkit.rules.between.succession import check_session
    from nbkit.rules.checker import Checker
    from nbkit.rules.portable.portability import portability
    from nbkit.rules.validator import Problem, check
    from nbkit.sim.scenario.scenario import Scenario
    from nbkit.sim.simulator import Simulator
    from nbkit.study.compare import compare
    from nbkit.study.export import export
    from nbkit.study.what_if import awhat_if, what_if
    from nbkit.wire.assembler import Assembler
    from nbkit.wire.assembly import assemble
    from nbkit.wire.messages import Message

__version__ = "0.1.0"

__all__ = [
    "APIError",
    "Anthropic",
    "Approve",
    "Assembler",
    "AsyncClient",
    "Break",
    "Checker",
    "Client",
    "Conversation",
    "EditInput",
    "EditResult",
    "Fake",
    "InvalidReply",
    "InvalidRequest",
    "LoadError",
    "McpServer",
    "Message",
    "NbkitError",
    "Problem",
    "Refuse",
    "Scenario",
    "Simulator",
    "Stop",
    "StreamError",
    "Tool",
    "ToolError",
    "TransportError",
    "TurnError",
    "UsageError",
    "allow",
    "ask",
    "assemble",
    "awhat_if",
    "by_name",
    "check",
    "check_session",
    "compare",
    "connect",
    "deny",
    "export",
    "first_of",
    "load",
    "portability",
    "reuse",
    "scripted",
    "tool",
    "what_if",
    "when",
]

_HOMES = {
    "nbkit.client.client": ("AsyncClient", "Client"),
    "nbkit.client.providers": ("Anthropic",),
    "nbkit.connection": ("Conversation", "connect", "load"),
    "nbkit.errors": (
        "APIError",
        "InvalidReply",
        "InvalidRequest",
        "LoadError",
        "NbkitError",
        "StreamError",
        "ToolError",
        "TransportError",
        "TurnError",
        "UsageError",
    ),
    "nbkit.loop.calls.breaks": ("Break",),
    "nbkit.loop.calls.decisions": ("Approve", "EditInput", "EditResult", "Fake", "Refuse", "Stop"),
    "nbkit.loop.calls.policy": ("allow", "ask", "by_name", "deny", "first_of", "reuse", "when"),
    "nbkit.loop.calls.replaying": ("scripted",),
    "nbkit.loop.tools.tool": ("Tool", "tool"),
    "nbkit.mcp_server": ("McpServer",),
    "nbkit.rules.checker": ("Checker",),
    "nbkit.rules.portable.portability": ("portability",),
    "nbkit.rules.between.succession": ("check_session",),
    "nbkit.rules.validator": ("Problem", "check"),
    "nbkit.sim.scenario.scenario": ("Scenario",),
    "nbkit.sim.simulator": ("Simulator",),
    "nbkit.study.compare": ("compare",),
    "nbkit.study.export": ("export",),
    "nbkit.study.what_if": ("awhat_if", "what_if"),
    "nbkit.wire.assembler": ("Assembler",),
    "nbkit.wire.assembly": ("assemble",),
    "nbkit.wire.messages": ("Message",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'nbkit' has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register `%%claude` and `%claude` (what `%load_ext nbkit` calls)."""
    from nbkit.notebook.magics import load_ipython_extension as load_extension

    load_extension(shell)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Put back what was there before (what `%unload_ext nbkit` calls)."""
    from nbkit.notebook.magics import unload_ipython_extension as unload_extension

    unload_extension(shell)
