"""A typed function read as a tool: its JSON schema, and the check of an input against its types.

pydantic does both, and is imported when the first tool is made. Fields get names of their own and the
parameters' names as aliases, because a parameter may be called `schema` or `copy`.
"""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

from nbkit.errors import ToolError
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError


class Signature:
    """What a function takes. Raises `ToolError` for a function that no JSON object can call."""

    def __init__(self, function: Callable[..., Any], name: Any, *, strict: bool = False) -> None:
        if not isinstance(name, str):
            raise ToolError(f"{name!r} is no name for a tool: give a string")
        self._name = name
        self._strict = strict
        self._parameters = _parameters(function, name)
        self._model = _model(self._parameters, name)

    def schema(self) -> Json:
        """Return the JSON schema of the input, without the titles that only say the names again."""
        from pydantic.json_schema import GenerateJsonSchema

        class Quiet(GenerateJsonSchema):
            ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  # pydantic's own shape

        with _refusing(self._name):
            schema: Json = _untitled(self._model.model_json_schema(schema_generator=Quiet))
        schema.pop("description", None)
        schema = {"type": "object", "properties": {}, **schema}
        if not self._strict:
            schema.pop("additionalProperties", None)
        return schema

    def arguments(self, input: Json) -> dict[str, Any]:
        """Return the arguments of a call. Raises `ToolError` naming each one that doesn't fit."""
        from pydantic import ValidationError

        try:
            # As JSON and strict: what the schema calls an integer is not a string, but a date is one.
            model = self._model.model_validate_json(json.dumps(input), strict=True)
        except ValidationError as error:
            raise ToolError(f"the input does not fit {self._name}: {_sentence(error)}") from None
        return {name: getattr(model, f"p{at}") for at, name in enumerate(self._parameters)}


@contextmanager
def _refusing(name: str) -> Iterator[None]:
    """Say in a sentence what pydantic finds wrong with a type."""
    from pydantic.errors import PydanticUserError

    try:
        yield
    except (PydanticUserError, TypeError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise ToolError(
            f"{name} can't be a tool: {reason}; use types that JSON can hold, or a pydantic model"
        ) from None


def _parameters(function: Callable[..., Any], name: str) -> dict[str, tuple[Any, Any]]:
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        raise ToolError(
            f"{name} can't be a tool: its parameters can't be seen; wrap it in a function"
        ) from None
    try:
        hints = get_type_hints(annotated(function), include_extras=True)
    except Exception as error:  # noqa: BLE001  # an annotation is anybody's code
        raise ToolError(f"{name} can't be a tool: a type in its signature is not found ({error})") from None
    parameters = {}
    for parameter in signature.parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise ToolError(
                f"{name} can't be a tool: {parameter} is nothing an input can name; name each parameter"
            )
        default = ... if parameter.default is parameter.empty else parameter.default
        parameters[parameter.name] = (hints.get(parameter.name, Any), default)
    return parameters


def annotated(function: Any) -> Any:
    """Return what holds the annotations: of a partial its function, of a callable object its `__call__`."""
    while isinstance(function, functools.partial):
        function = function.func
    plain = isinstance(function, type) or inspect.isroutine(inspect.unwrap(function))
    return function if plain else type(function).__call__


def _model(parameters: dict[str, tuple[Any, Any]], name: str) -> type[BaseModel]:
    from pydantic import ConfigDict, Field, create_model

    fields: dict[str, Any] = {
        f"p{at}": (Annotated[kind, Field(alias=parameter)], default)
        for at, (parameter, (kind, default)) in enumerate(parameters.items())
    }
    with _refusing(name):
        return create_model(name, __config__=ConfigDict(extra="forbid"), **fields)


def _untitled(schema: Any, *, names: bool = False) -> Any:
    """Drop the generated titles; under `properties` and `$defs` a key `title` is a name, not a title."""
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _untitled(value, names=key in ("properties", "$defs") and not names)
        for key, value in schema.items()
        if names or key != "title" or not isinstance(value, str)
    }


def _sentence(error: ValidationError) -> str:
    parts = []
    for each in error.errors(include_url=False, include_context=False):
        where = ".".join(str(part) for part in each["loc"])
        parts.append(f"{where}: {each['msg']}" if where else each["msg"])
    return "; ".join(parts)
