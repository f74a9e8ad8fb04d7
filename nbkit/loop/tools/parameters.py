"""The parameters of a function as Python has them: types, defaults, and how each is passed.

Types may be written in words (`from __future__ import annotations`) and be local to where the tool is made,
so they are looked up there, too.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import FrameType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from nbkit.errors import ToolError
from nbkit.loop.tools import docstrings
from nbkit.loop.tools.typed_dicts import readable

EMPTY = inspect.Parameter.empty
OURS = __name__.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`about` is what the docstring says of it."""

    name: str
    type: Any
    default: Any
    kind: Any  # of inspect.Parameter
    about: str | None = None

    @property
    def is_rest(self) -> bool:
        """`*args`: what is left over, in order."""
        return bool(self.kind is inspect.Parameter.VAR_POSITIONAL)

    @property
    def is_more(self) -> bool:
        """`**kwargs`: what is left over, by name."""
        return bool(self.kind is inspect.Parameter.VAR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Callee:
    """A function as a tool sees it. `is_method`: it lacks its object."""

    name: str | None
    about: str
    parameters: dict[str, Parameter]
    returns: Any
    is_method: bool


def read(function: Callable[..., Any], name: str | None = None) -> Callee:
    """Read a function. Raises `ToolError` for one whose parameters can't be seen or have no type to tell."""
    name = name or _name(function)
    called = name or "this function"
    if isinstance(function, classmethod):
        raise ToolError(f"{called} can't be a tool yet: put @classmethod above @nbkit.tool")
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        raise ToolError(
            f"{called} can't be a tool: its parameters can't be seen; wrap it in a function"
        ) from None
    try:
        types = hints(function)
    except Exception as error:  # noqa: BLE001  # an annotation is anybody's code
        raise ToolError(f"{called} can't be a tool: a type in its signature is not found ({error})") from None
    is_method = _lacks_its_object(function, found)
    found = found[is_method:]
    about, words = docstrings.told(_doc(function), [each.name for each in found])
    parameters = {each.name: _parameter(each, types, words, called) for each in found}
    return Callee(name, about, parameters, types.get("return"), is_method)


def hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the types of a function's parameters, and what it returns; raises what the annotations raise."""
    written = annotated(function)
    try:
        found = get_type_hints(written, include_extras=True)
    except NameError:
        found = get_type_hints(written, localns=_names_around(written), include_extras=True)
    return {name: readable(kind) for name, kind in found.items()}


def annotated(function: Any) -> Any:
    """Return what holds the annotations: of a partial its function, of a callable object its `__call__`."""
    while isinstance(function, functools.partial):
        function = function.func
    plain = isinstance(function, type) or inspect.isroutine(inspect.unwrap(function))
    return function if plain else type(function).__call__


def _parameter(each: inspect.Parameter, types: dict[str, Any], words: dict[str, str], name: str) -> Parameter:
    if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD) and each.name not in types:
        # Most often the wrapper of a decorator, and then everything would be let through.
        raise ToolError(
            f"{name} can't be a tool: {each} says nothing of what it takes; name each parameter, or write "
            f"the type as {each}: str (a decorator keeps the parameters with functools.wraps)"
        )
    kind = types.get(each.name, Any)
    return Parameter(each.name, kind, each.default, each.kind, _said(kind) or words.get(each.name))


def _said(kind: Any) -> str | None:
    """The words in `Annotated[str, "The city"]`, or of a `Doc`."""
    if get_origin(kind) is not Annotated:
        return None
    texts = (getattr(each, "documentation", each) for each in get_args(kind)[1:])
    return next((text for text in texts if isinstance(text, str)), None)


def _name(function: Any) -> str | None:
    """The name of a function; a partial has its function's, an object its class's, a lambda none."""
    while isinstance(function, functools.partial):
        function = function.func
    name = getattr(function, "__name__", type(function).__name__)
    return name if isinstance(name, str) and name != "<lambda>" else None


def _doc(function: Any) -> str:
    """The docstring; an object that is called is told of by its class, or else by its `__call__`."""
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.getdoc(function) or inspect.getdoc(annotated(function)) or ""


def _lacks_its_object(function: Any, found: list[inspect.Parameter]) -> bool:
    """Whether a function was taken from its class, or is decorated in it, and is called on no object yet."""
    if not inspect.isfunction(function) or not found or found[0].name not in ("self", "cls"):
        return False
    owner = function.__qualname__.rpartition(".")[0]
    return bool(owner) and not owner.endswith("<locals>") and found[0].annotation is EMPTY


def _names_around(function: Any) -> dict[str, Any]:
    """The names where the tool is made, and those that the function itself sees."""
    frame: FrameType | None = sys._getframe()
    while frame is not None and str(frame.f_globals.get("__name__")).partition(".")[0] == OURS:
        frame = frame.f_back
    names = dict(frame.f_locals) if frame is not None else {}
    if "__qualname__" in names and frame is not None and frame.f_back is not None:  # in the body of a class
        names = {**frame.f_back.f_locals, **names}
    plain = inspect.unwrap(function)
    if inspect.ismethod(plain):
        plain = plain.__func__
    return {**names, **_closure(plain)}


def _closure(function: Any) -> dict[str, Any]:
    cells: Iterable[Any] = getattr(function, "__closure__", None) or ()
    names: Iterable[str] = getattr(getattr(function, "__code__", None), "co_freevars", ())
    found = {}
    for name, cell in zip(names, cells, strict=False):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found
