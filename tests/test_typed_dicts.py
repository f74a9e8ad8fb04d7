"""Tools that take or give a `typing.TypedDict`, on every Python that nbkit runs on."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

import pytest

import nbkit
from nbkit.loop.tools.tool import Tool


class Place(TypedDict):
    "Somewhere on Earth."

    city: str
    country: NotRequired[str]


class Weather(TypedDict, total=False):
    sky: str
    degrees: float
    place: Place


def test_one_is_an_object_of_the_schema_with_what_is_required() -> None:
    def find(place: Annotated[Place, "Where"], others: list[Place] | None = None) -> str:
        """Find a place."""
        return f"{place['city']}, {place.get('country')}, {others}"

    tool = Tool(find)
    schema = tool.input_schema
    assert schema is not None
    place = schema["$defs"]["Place"]
    assert set(place["properties"]) == {"city", "country"}
    assert place["required"] == ["city"]
    told = tool.run({"place": {"city": "Oslo"}, "others": [{"city": "Rome"}]})
    assert told == "Oslo, None, [{'city': 'Rome'}]"
    with pytest.raises(nbkit.ToolError, match="city"):
        tool.validate({"place": {"country": "Norway"}})


KINDS = [Weather, list[Weather], Weather | None, dict[str, Weather], tuple[Weather, int]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_of_one_is_offered_and_what_is_unlike_it_is_doubted(kind: Any) -> None:
    def look(city: str) -> Any:
        """Look."""

    look.__annotations__["return"] = kind
    returns = Tool(look).returns
    assert returns is not None
    assert '"sky": "text"' in str(returns.sample())
    assert returns.unlike(returns.sample()) is None
    assert returns.unlike("nothing like it")
    assert "Weather" in returns.name
