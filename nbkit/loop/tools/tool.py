"""Tools: what the model is told (a definition), and what runs (a function, sync or async, or nothing).

A tool made of a typed function takes its schema from the types. A tool made of a plain definition has no
function unless one is bound to it: its calls can be faked or refused.
"""

from __future__ import annotations

import asyncio
import copy
import functools
import inspect
import re
from collections.abc import Callable
from functools import cached_property, partial
from types import MethodType
from typing import Any, overload

from nbkit.errors import ToolError, a_kind
from nbkit.loop.array.history import plain
from nbkit.loop.tools import client_tools, schema
from nbkit.loop.tools.plain_data import taken
from nbkit.loop.tools.returns import Returns
from nbkit.loop.tools.side_by_side import in_thread
from nbkit.loop.tools.signature import Signature
from nbkit.wire.blocks import Json

Function = Callable[..., Any]
LONGEST_NAME = 128
NAME = re.compile(rf"[a-zA-Z0-9_-]{{1,{LONGEST_NAME}}}")


class Tool:
    """A tool of the model's. It stays callable as the function it was made of."""

    def __init__(
        self,
        function: Function | None = None,
        *,
        name: str | None = None,
        description: str | None = None,
        strict: bool = False,
        definition: Json | None = None,
        timeout: float | None = None,
    ) -> None:
        if function is None and definition is None:
            raise ToolError("a tool needs a function or a definition")
        self.function = function
        self.timeout = timeout  # seconds that its result is waited for
        self._signature: Signature | None = None
        self._hand: Any = None  # what runs a tool of the API's
        if definition is None:
            assert function is not None
            definition = self._read(function, name, description, strict)
        self._definition: Json = plain(definition, "the definition of a tool")
        if function is not None:
            functools.update_wrapper(self, function, updated=())

    def __get__(self, instance: object, owner: type | None = None) -> Tool:
        """A tool that was made in the body of a class, called on an object of it."""
        if instance is None or self.function is None or not self._lacks_object:
            return self
        return Tool(MethodType(self.function, instance), definition=self._definition, timeout=self.timeout)

    @classmethod
    def from_definition(cls, definition: Any, function: Any = None) -> Tool:
        """Make a tool of a plain definition, with or without something that runs.

        For the API's own tools (`{"type": "memory_20250818", "name": "memory"}`) that may be an object: its
        methods are the commands of a memory or an editor, `run(command)` and `restart()` of a shell, or the
        members of a toolset. Nothing of theirs runs otherwise.
        """
        if not isinstance(definition, dict) or not (definition.get("name") or definition.get("type")):
            raise ToolError(f"this is no tool definition, it has neither name nor type: {definition!r}")
        if function is None:
            return cls(definition=definition)
        tool = cls(client_tools.runner(definition, function), definition=definition)
        tool._hand = function
        return tool

    def member(self, name: str) -> Tool:
        """Return the tool that runs a member of this toolset: the method of that name, if there is one."""
        method = client_tools.member(self._hand, name) if self._hand is not None else None
        return Tool(method, definition={"name": name})

    def bound(self, other: Tool) -> Tool:
        """Return a tool with this one's definition that runs as `other` does."""
        tool = Tool(other.function, definition=self._definition, timeout=other.timeout)
        tool._signature, tool._hand = other._signature, other._hand
        return tool

    def _read(self, function: Function, name: str | None, description: str | None, strict: bool) -> Json:
        self._signature = signature = Signature(function, name, strict=strict)
        if not NAME.fullmatch(signature.name):
            raise ToolError(
                f"the API takes no tool called {signature.name!r}: give it a name= of at most {LONGEST_NAME} "
                "letters without accents, digits, _ and -"
            )
        words = signature.about if description is None else description
        told = {"description": words} if words else {}
        schema = {"input_schema": signature.schema()}
        return {"name": signature.name, **told, **schema, **({"strict": True} if strict else {})}

    @property
    def name(self) -> str:
        return str(self._definition.get("name") or self._definition.get("type"))

    @property
    def description(self) -> str:
        return str(self._definition.get("description") or "")

    @property
    def input_schema(self) -> Json | None:
        found = self._definition.get("input_schema") or client_tools.input_schema(self._definition)
        return copy.deepcopy(found) if isinstance(found, dict) else None

    @cached_property
    def returns(self) -> Returns | None:
        """The type that the function gives back, as far as it says one."""
        if self.function is None:
            return None
        return Returns(self.function, self._signature.returns if self._signature is not None else None)

    @property
    def why_not(self) -> str | None:
        """Why this tool can't run, whatever its input; None where it can."""
        if self.function is None:
            return f"{self.name} has a definition and no function"
        if self._lacks_object:
            return f"{self.name} is a method and belongs to no object: offer it from one, as shop.{self.name}"
        return None

    @property
    def _lacks_object(self) -> bool:
        return self._signature is not None and self._signature.is_method

    @property
    def is_async(self) -> bool:
        """Whether it has to be awaited; a generator is run to its end, so an async one is, too."""
        function = self.function
        while isinstance(function, partial):
            function = function.func
        called = (function, getattr(function, "__call__", None))  # noqa: B004  # an object whose __call__ is async
        return any(inspect.iscoroutinefunction(each) or inspect.isasyncgenfunction(each) for each in called)

    def definition(self) -> Json:
        """Return the entry of the request's `tools`."""
        return copy.deepcopy(self._definition)

    def validate(self, input: Json) -> dict[str, Any]:
        """Return the arguments for an input. Raises `ToolError` saying which ones do not fit."""
        if not isinstance(input, dict):  # what the model sent may be anything
            raise ToolError(f"the input of {self.name} must be an object, not {a_kind(input)}")
        if self._signature is not None:
            return self._signature.arguments(input)
        known = self._definition.get("input_schema") or client_tools.input_schema(self._definition, input)
        wrong = schema.faults(input, known)
        if wrong:
            raise ToolError(f"the input does not fit {self.name}: {'; '.join(wrong)}")
        return copy.deepcopy(input)

    def run(self, input: Json) -> Any:
        """Check the input and run the tool; an async one in a loop of its own."""
        return self.call(self.validate(input))

    async def arun(self, input: Json) -> Any:
        """Check the input and run the tool; a sync one in a thread."""
        return await self.acall(self.validate(input))

    def call(self, arguments: dict[str, Any]) -> Any:
        """Run with checked arguments; an async tool where a loop is running already is a `ToolError`."""
        work = self._work(arguments)
        if self.is_async and loop_is_running():
            raise ToolError(
                f"{self.name} is async and an event loop is running here: use await chat.adecide(...), "
                "or await chat.aresume()"
            )
        value = _called(work)
        return asyncio.run(_awaited(value)) if _is_awaited(value) else value

    async def acall(self, arguments: dict[str, Any]) -> Any:
        work = self._work(arguments)
        value = work() if self.is_async else await asyncio.wrap_future(in_thread(partial(_called, work)))
        return await _awaited(value) if _is_awaited(value) else value

    def _work(self, arguments: dict[str, Any]) -> Callable[[], Any]:
        function = self._runnable()
        if self._signature is None:
            return partial(function, **arguments)
        placed, named = self._signature.spread(arguments)
        return partial(function, *placed, **named)

    def _runnable(self) -> Function:
        if self.why_not is not None or self.function is None:
            raise ToolError(f"{self.why_not}: fake or refuse its calls")
        return self.function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.function is None:
            return self._runnable()
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"Tool({self.name!r})"


def loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _called(work: Callable[[], Any]) -> Any:
    """Call a function, and run a generator to its end: what it yields is its result, in a list.

    No future can carry a `StopIteration`: whoever awaited it would wait for ever.
    """
    try:
        value = work()
        return taken(value) if inspect.isgenerator(value) else value
    except StopIteration as error:
        raise RuntimeError("the tool raised StopIteration") from error


def _is_awaited(value: Any) -> bool:
    return inspect.isawaitable(value) or inspect.isasyncgen(value)


async def _awaited(value: Any) -> Any:
    """Await what a tool gave; what that gives may have to be awaited, too, where a tool forgot to."""
    while inspect.isawaitable(value):
        value = await value
    return [each async for each in value] if inspect.isasyncgen(value) else value


@overload
def tool(function: Function, /) -> Tool: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    strict: bool = False,
    timeout: float | None = None,
) -> Callable[[Function], Tool]: ...
def tool(
    function: Function | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    strict: bool = False,
    timeout: float | None = None,
) -> Tool | Callable[[Function], Tool]:
    """Make a tool of a typed function; its docstring is the description, and what it says of a parameter
    stands at that parameter.

    @nbkit.tool
    def get_weather(city: str) -> str: "Current weather in a city."; ...

    In the body of a class it makes a method that is a tool: `shop.sell`. Its result is waited for `timeout`
    seconds, or for as long as the conversation's `tool_timeout` says.
    """
    if function is not None:
        return Tool(function)
    return lambda function: Tool(function, name=name, description=description, strict=strict, timeout=timeout)


def tool_of(given: Any) -> Tool:
    """Return the tool for what was given in `tools=`: a tool, a definition, or a typed function."""
    if isinstance(given, Tool):
        return given
    if isinstance(given, dict):
        return Tool.from_definition(given)
    if callable(getattr(given, "to_dict", None)) and callable(getattr(given, "call", None)):
        # A tool of the official SDK's: it checks its input itself.
        return Tool.from_definition(given.to_dict(), lambda **input: given.call(input))
    if callable(given):
        return Tool(given)
    raise ToolError(f"{given!r} is no tool: give a function, a tool, or a definition as a dict")
