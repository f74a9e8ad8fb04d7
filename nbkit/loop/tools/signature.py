"""A typed function read as a tool: its JSON schema, and the check of an input against its types.

pydantic does both, and is imported when the first tool is made. Fields get names of their own and the
parameters' names as aliases, because a parameter may be called `schema` or `copy`.

Everything is passed by name but what Python wants by place. `*args: int` is a list, `**kwargs: int` stands
for all that the schema doesn't name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import GenericAlias
from typing import TYPE_CHECKING, Annotated, Any

from nbkit.errors import ToolError
from nbkit.loop.tools.parameters import EMPTY, Callee, Parameter, read
from nbkit.loop.tools.strict_schema import closed
from nbkit.wire.blocks import Json

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

VALUES = frozenset({"const", "default", "enum", "example", "examples"})  # keywords that hold no schema


class Signature:
    """What a function takes. Raises `ToolError` for a function that no JSON object can call."""

    def __init__(self, function: Callable[..., Any], name: Any = None, *, strict: bool = False) -> None:
        if name is not None and not isinstance(name, str):
            raise ToolError(f"{name!r} is no name for a tool: give a string")
        callee: Callee = read(function, name)
        if callee.name is None:
            raise ToolError("a lambda has no name to be called by: give one, nbkit.tool(name=…)(…)")
        self.name: str = callee.name
        self.about = callee.about
        self.returns = callee.returns
        self.is_method = callee.is_method
        self._strict = strict
        self._parameters = [each for each in callee.parameters.values() if not each.is_more]
        self._more = next((each for each in callee.parameters.values() if each.is_more), None)
        if strict and self._more is not None:
            raise ToolError(f"{self.name} can't be strict: **{self._more.name} takes any name")
        self._model = _model(self._parameters, self._more, self.name)

    def schema(self) -> Json:
        """Return the JSON schema of the input, without the titles that only say the names again."""
        from pydantic.json_schema import GenerateJsonSchema

        class Quiet(GenerateJsonSchema):
            ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}  # noqa: RUF012  # pydantic's own shape

        with _refusing(self.name):
            schema: Json = _untitled(self._model.model_json_schema(schema_generator=Quiet))
        schema.pop("description", None)
        schema = {"type": "object", "properties": {}, **schema}
        if self._strict:
            return closed(schema, self.name)
        if not isinstance(schema.get("additionalProperties"), dict):
            schema.pop("additionalProperties", None)
        return schema

    def arguments(self, input: Json) -> dict[str, Any]:
        """Return the arguments of a call. Raises `ToolError` naming each one that doesn't fit.

        What the input leaves out is left to the function's own defaults, unless the type says the default.
        """
        from pydantic import ValidationError

        try:
            # As JSON and strict: what the schema calls an integer is not a string, but a date is one.
            model = self._model.model_validate_json(json.dumps(input), strict=True)
        except ValidationError as error:
            raise ToolError(f"the input does not fit {self.name}: {_sentence(error)}") from None
        given = model.model_fields_set
        named = {
            each.name: getattr(model, f"p{at}")
            for at, each in enumerate(self._parameters)
            if f"p{at}" in given or _told_by_type(each)
        }
        return {**named, **(model.model_extra or {})}

    def spread(self, arguments: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """Return the arguments as Python passes them: by place where it must be, the rest by name."""
        rest = next((each for each in self._parameters if each.is_rest and arguments.get(each.name)), None)
        placed: list[Any] = []
        left = dict(arguments)
        for each in self._parameters:
            by_place = each.kind is each.kind.POSITIONAL_ONLY or rest is not None
            if each.is_rest:
                placed += left.pop(each.name, ())
            elif by_place and each.kind is not each.kind.KEYWORD_ONLY:
                if each.name not in left and rest is None:
                    break  # those that follow have defaults, too
                placed.append(left.pop(each.name, each.default))
        return placed, left


def _told_by_type(parameter: Parameter) -> bool:
    """Whether pydantic knows the default: `= Field(3)`, or `Annotated[int, Field(default=3)]`."""
    from pydantic.fields import FieldInfo

    return parameter.default is EMPTY or isinstance(parameter.default, FieldInfo)


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


def _model(parameters: list[Parameter], more: Parameter | None, name: str) -> type[BaseModel]:
    from pydantic import ConfigDict, create_model

    with _refusing(name):
        fields: dict[str, Any] = {f"p{at}": _field(each) for at, each in enumerate(parameters)}
        config = ConfigDict(extra="forbid" if more is None else "allow")
        if more is None:
            return create_model(name, __config__=config, **fields)
        base = type(
            name,
            (_open_model(),),
            {"__annotations__": {"__pydantic_extra__": dict[str, more.type]}, "__module__": __name__},  # type: ignore[name-defined]
        )
        return create_model(name, __base__=base, **fields)


def _open_model() -> type[BaseModel]:
    from pydantic import BaseModel, ConfigDict

    class Open(BaseModel):
        model_config = ConfigDict(extra="allow")

    return Open


def _field(parameter: Parameter) -> tuple[Any, Any]:
    """Return type and default as pydantic takes them."""
    from pydantic import Field
    from pydantic.fields import FieldInfo

    kind, default, alias = parameter.type, parameter.default, parameter.name
    if parameter.is_rest:
        kind, default = GenericAlias(list, (kind,)), []
    if isinstance(default, FieldInfo):  # `city: str = Field(description="The city")`
        kind, default = Annotated[kind, default], EMPTY
    about: dict[str, Any] = {}
    if parameter.about and not _described(kind):
        about["description"] = parameter.about
    # An alias of the type's own would be a name that the function doesn't know.
    field = Field(alias=alias, validation_alias=alias, serialization_alias=alias, **about)
    named: Any = Annotated[kind, field]
    return (named, _default_of(kind)) if default is EMPTY else (named, default)


def _default_of(kind: Any) -> Any:
    from pydantic import Field
    from pydantic.fields import FieldInfo

    for each in reversed(getattr(kind, "__metadata__", ())):
        if isinstance(each, FieldInfo) and not each.is_required():
            factory: Any = each.default_factory
            return Field(default_factory=factory) if factory is not None else each.default
    return ...


def _described(kind: Any) -> bool:
    return any(bool(getattr(each, "description", None)) for each in getattr(kind, "__metadata__", ()))


def _untitled(schema: Any, *, names: bool = False) -> Any:
    """Drop what only says again what is there: titles, and where the choices of a union are told apart.

    Under `properties` and `$defs` a key `title` is a name, in a default it is a value.
    """
    if isinstance(schema, list):
        return [_untitled(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: value
        if key in VALUES and not names
        else _untitled(value, names=key in ("properties", "$defs") and not names)
        for key, value in schema.items()
        if names
        or not ((key == "title" and isinstance(value, str)) or (key == "discriminator" and "oneOf" in schema))
    }


def _sentence(error: ValidationError) -> str:
    parts = []
    for each in error.errors(include_url=False, include_context=False):
        where = ".".join(str(part) for part in each["loc"])
        parts.append(f"{where}: {each['msg']}" if where else each["msg"])
    return "; ".join(parts)
