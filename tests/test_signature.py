"""Functions of every kind: what the model is told of them, and what they are then called with."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import enum
import functools
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, overload

import pytest
from anthropic import beta_tool
from pydantic import BaseModel, Field
from typing_extensions import Doc, TypedDict

from nbkit import Conversation, check
from nbkit.errors import ToolError
from nbkit.loop.tools.tool import Tool, tool

ANYTHING = object()


class Unit(enum.Enum):
    CELSIUS = "c"
    FAHRENHEIT = "f"


class Cat(BaseModel):
    kind: Literal["cat"]
    title: str = Field(description="What it is called")


class Dog(BaseModel):
    kind: Literal["dog"]
    friends: list[Cat] = []


class Options(TypedDict, total=False):
    depth: int


class Spot(NamedTuple):
    x: int
    y: int = 0


@dataclasses.dataclass
class Walk:
    days: int
    stops: list[str] = dataclasses.field(default_factory=list)


def pets(pet: Annotated[Cat | Dog, Field(discriminator="kind")], other: Cat | Dog | None = None) -> object:
    return pet, other


def shapes(walk: Walk, spot: Spot, options: Options, unit: Unit = Unit.CELSIUS) -> object:
    return walk, spot, options, unit


def defaults(a: list[int] = [1], b: Any = ANYTHING, c: Cat = Cat(kind="cat", title="Tom")) -> object:  # noqa: B006, B008
    return a, b, c


def fields(city: str = Field(description="The city"), days: int = Field(3, ge=1)) -> object:
    return city, days


def notes(
    a: Annotated[str, "The first"],
    b: Annotated[str, Doc("The second")],
    c: Annotated[int, Field(default=3)],
    d: Annotated[int, Field(alias="other")] = 4,
) -> object:
    return a, b, c, d


def places(a: int, /, b: int = 2, *rest: int, c: int = 3) -> object:
    return a, b, rest, c


def named(a: int, **more: int) -> object:
    return a, more


def moments(at: datetime.datetime, path: Path, raw: bytes, some: set[int]) -> object:
    return at, path, raw, some


def untyped(a, b=1):  # type: ignore[no-untyped-def]
    return a, b


@overload
def several(x: int) -> int: ...
@overload
def several(x: str) -> str: ...
def several(x: int | str) -> int | str:
    return x


def loud(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return f"{function(*args, **kwargs)}!"

    return wrapper


@loud
def decorated(city: str, days: int = 1) -> str:
    return f"{city} {days}"


class Shop:
    def __init__(self, name: str) -> None:
        self.name = name

    def sell(self, what: str) -> str:
        """Sell something."""
        return f"{self.name} sold {what}"

    @tool
    def buy(self, what: str) -> str:
        """Buy something."""
        return f"{self.name} bought {what}"

    @classmethod
    def make(cls, name: str) -> str:
        return cls(name).name

    @staticmethod
    def add(a: int, b: int) -> int:
        return a + b


class Scale:
    """Weighs."""

    def __call__(self, weight: int) -> int:
        return 2 * weight


FUNCTIONS: list[Any] = [
    pets,
    shapes,
    defaults,
    fields,
    notes,
    places,
    named,
    moments,
    untyped,
    several,
    decorated,
    Shop("Joe's").sell,
    Shop.make,
    Shop.add,
    Scale(),
    functools.partial(decorated, days=2),
]


def problems(made: Tool) -> list[str]:
    body = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": [{"role": "user", "content": "x"}]}
    return [each.message for each in check({**body, "tools": [made.definition()]})]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: Tool(function).name)
def test_the_api_takes_what_is_told_and_it_is_no_longer_than_the_sdk_makes_it(function: Any) -> None:
    assert problems(Tool(function)) == []
    try:
        theirs = beta_tool(function).to_dict()
    except Exception:  # noqa: BLE001  # it can't read this one
        return
    if theirs["input_schema"].get("type") == "object":
        ours = json.dumps(Tool(function).input_schema)
        assert len(ours) <= len(json.dumps(theirs["input_schema"]))


@pytest.mark.parametrize("function", [pets, fields, notes, several, decorated, Shop.add, defaults])
def test_a_strict_tool_is_one_that_the_api_compiles(function: Any) -> None:
    if function is defaults:
        with pytest.raises(ToolError, match="can't be strict: b has no type"):
            Tool(function, strict=True)
    else:
        assert problems(Tool(function, strict=True)) == []


def test_what_a_strict_schema_can_not_hold_is_said_and_still_checked() -> None:
    def wait(days: Annotated[int, Field(ge=1, description="How long")]) -> int:
        return days

    made = Tool(wait, strict=True)
    assert made.definition()["input_schema"]["properties"]["days"] == {
        "description": "How long (minimum: 1)",
        "type": "integer",
    }
    with pytest.raises(ToolError, match="greater than or equal to 1"):
        made.run({"days": 0})
    with pytest.raises(ToolError, match=r"can't be strict: \*\*more takes any name"):
        Tool(named, strict=True)


CALLS: list[tuple[Any, dict[str, Any], Any]] = [
    (
        pets,
        {"pet": {"kind": "dog", "friends": [{"kind": "cat", "title": "Tom"}]}},
        (Dog(kind="dog", friends=[Cat(kind="cat", title="Tom")]), None),
    ),
    (
        shapes,
        {"walk": {"days": 2}, "spot": [1], "options": {"depth": 1}, "unit": "f"},
        (Walk(2), Spot(1), {"depth": 1}, Unit.FAHRENHEIT),
    ),
    (fields, {"city": "Oslo"}, ("Oslo", 3)),
    (notes, {"a": "x", "b": "y"}, ("x", "y", 3, 4)),
    (notes, {"a": "x", "b": "y", "d": 5}, ("x", "y", 3, 5)),
    (places, {"a": 1}, (1, 2, (), 3)),
    (places, {"a": 1, "rest": [5, 6]}, (1, 2, (5, 6), 3)),
    (places, {"a": 1, "b": 7, "rest": [5], "c": 8}, (1, 7, (5,), 8)),
    (named, {"a": 1, "x": 2, "arguments": 3}, (1, {"x": 2, "arguments": 3})),
    (
        moments,
        {"at": "2026-01-02T03:04:05Z", "path": "a/b", "raw": "x", "some": [1, 1]},
        (datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=datetime.UTC), Path("a/b"), b"x", {1}),
    ),
    (untyped, {"a": [None]}, ([None], 1)),
    (decorated, {"city": "Oslo"}, "Oslo 1!"),
    (Shop("Joe's").sell, {"what": "tea"}, "Joe's sold tea"),
    (Shop("Joe's").buy, {"what": "tea"}, "Joe's bought tea"),
    (Shop.make, {"name": "Ann's"}, "Ann's"),
    (Shop.add, {"a": 1, "b": 2}, 3),
    (functools.partial(decorated, "Oslo"), {}, "Oslo 1!"),
]


@pytest.mark.parametrize(("function", "input", "value"), CALLS)
def test_functions_are_called_as_they_want_to_be(function: Any, input: dict[str, Any], value: Any) -> None:
    made = Tool(function) if not isinstance(function, Tool) else function
    assert made.run(input) == value
    assert asyncio.run(made.arun(input)) == value


def test_a_default_is_the_functions_own_whatever_it_is() -> None:
    kept = Tool(defaults).run({})
    assert kept == defaults()
    assert kept[1] is ANYTHING
    assert Tool(defaults).definition()["input_schema"]["properties"]["c"]["default"]["title"] == "Tom"


def test_what_is_left_over_must_have_the_type_too() -> None:
    with pytest.raises(ToolError, match="x: Input should be a valid integer"):
        Tool(named).run({"a": 1, "x": "2"})
    with pytest.raises(ToolError, match=r"rest\.1: Input should be a valid integer"):
        Tool(places).run({"a": 1, "rest": [1, "2"]})


def test_a_wrapper_that_hides_the_parameters_is_refused_with_the_way_out() -> None:
    def hiding(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args, **kwargs):  # type: ignore[no-untyped-def]
            return function(*args, **kwargs)

        return wrapper

    with pytest.raises(ToolError, match=r"wrapper can't be a tool: \*args .* functools\.wraps"):
        Tool(hiding(several))


def test_a_method_that_belongs_to_no_object_can_not_run_and_says_so() -> None:
    chat = Conversation(tools=[Shop.sell])
    assert chat.tools[0].input_schema == Tool(Shop("x").sell).input_schema
    assert chat.tools[0].why_not == (
        "sell is a method and belongs to no object: offer it from one, as shop.sell"
    )
    with pytest.raises(ToolError, match="offer it from one"):
        chat.tools[0].run({"what": "tea"})
    with pytest.raises(ToolError, match="put @classmethod above"):
        tool(classmethod(lambda cls: None))  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["größe", "get weather", "", "x" * 129])
def test_a_name_that_the_api_refuses_is_refused_at_once(name: str) -> None:
    with pytest.raises(ToolError, match=r"the API takes no tool called|has no name"):
        Tool(lambda: 1, name=name)
    with pytest.raises(ToolError, match="a lambda has no name"):
        Tool(lambda: 1)


def test_types_that_are_local_to_a_function_are_found() -> None:
    class Place(BaseModel):
        name: str

    @tool
    def visit(place: Place, later: Later | None = None) -> Place:
        return place

    class Later(BaseModel):
        name: str

    assert visit.run({"place": {"name": "Oslo"}}) == Place(name="Oslo")
    assert visit.returns is not None
    assert visit.returns.sample() == '{"name": "text"}'


class Later(BaseModel):
    """The one of the module; a local one of that name comes later, when the tool is made already."""

    name: str


def test_generators_are_run_to_their_end_and_give_a_list() -> None:
    def lines(count: int) -> Iterator[str]:
        yield from (f"line {at}" for at in range(count))

    async def later(count: int) -> AsyncIterator[int]:
        for at in range(count):
            await asyncio.sleep(0)
            yield at

    for made, value in ((Tool(lines), ["line 0", "line 1"]), (Tool(later), [0, 1])):
        assert made.run({"count": 2}) == value
        assert asyncio.run(made.arun({"count": 2})) == value


GOOGLE = """Weather in a city.

Of today.

Args:
    city: The city,
        in two lines.
    days (int): How many:
        at least one.
    gone: Not a parameter.

Returns:
    A sentence."""
NUMPY = """Weather in a city.

Of today.

Parameters
----------
city : str
    The city,
    in two lines.
days : int, optional
    How many:
    at least one.

Returns
-------
str
    A sentence."""
SPHINX = """Weather in a city.

Of today.

:param city: The city,
    in two lines.
:param int days: How many:
    at least one.
:type days: int
:returns: A sentence.
:rtype: str"""


@pytest.mark.parametrize("doc", [GOOGLE, NUMPY, SPHINX], ids=["google", "numpy", "sphinx"])
def test_a_docstring_tells_of_each_parameter_at_the_parameter(doc: str) -> None:
    def get_weather(city: str, days: int = 1) -> str:
        return f"{city} {days}"

    get_weather.__doc__ = doc
    definition = Tool(get_weather).definition()
    properties = definition["input_schema"]["properties"]
    assert properties["city"]["description"] == "The city, in two lines."
    assert properties["days"]["description"] == "How many: at least one."
    assert definition["description"].startswith("Weather in a city.\n\nOf today.\n\n")
    assert definition["description"].count("sentence") == 1
    assert "city," not in definition["description"]
    assert ":rtype" not in definition["description"]


@pytest.mark.parametrize(
    "doc",
    [
        "Weather.\n\nArgs: none to speak of.",
        "Weather.\n\nArgs:\n    other: x",
        "Parameters\n\nare few",
        "a :param x: b",
    ],
)
def test_a_docstring_of_another_form_stays_the_description(doc: str) -> None:
    def get_weather(city: str) -> str:
        return city

    get_weather.__doc__ = doc
    assert Tool(get_weather).description == doc


def test_words_in_the_type_win_over_the_docstring() -> None:
    def get_weather(
        city: Annotated[str, Field(description="In the type")], days: Annotated[int, "Days"]
    ) -> str:
        """Weather.

        Args:
            city: In the docstring.
            days: In the docstring.
        """
        return f"{city} {days}"

    properties = Tool(get_weather).definition()["input_schema"]["properties"]
    assert [each["description"] for each in properties.values()] == ["In the type", "Days"]


def test_definitions_are_the_same_in_every_process() -> None:
    code = (
        "import json, test_signature as t; print(json.dumps([t.Tool(f).definition() for f in t.FUNCTIONS]))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert made == {json.dumps([Tool(each).definition() for each in FUNCTIONS]) + "\n"}
