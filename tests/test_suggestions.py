"""What a person at a pause is offered: results to fake a call with, and doubts about those that are in."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from nbkit.errors import TurnError
from nbkit.loop.calls.decisions import Approve, Fake, Refuse
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.returns import Returns
from nbkit.loop.tools.tool import Tool
from scripted import Scripted, call, calls, says

TWO = calls(call("toolu_1"), call("toolu_2", city="Rome"))


class Weather(BaseModel):
    city: str
    degrees: Annotated[float, Field(ge=-90, le=60)]
    sky: Literal["clear", "rain"]
    days: list[date] = []


@dataclass
class Point:
    x: int
    y: int


def get_weather(city: str) -> Weather:
    return Weather(city=city, degrees=20, sky="clear")


def talk(*steps: Any, function: Any = get_weather) -> Conversation:
    chat = Conversation(tools=[Tool(function, name="get_weather")], client=Scripted(list(steps)))
    chat.send("go")
    return chat


def test_a_sample_of_the_return_type_is_one_of_its_values() -> None:
    chat = talk(TWO)
    (name, sample), *_ = chat.samples("toolu_1").items()
    assert name == "a sample of Weather"
    assert isinstance(sample, str)
    assert Weather.model_validate_json(sample).sky == "clear"
    chat.decide("toolu_1", Fake(sample))
    assert chat.pending["toolu_1"].doubts == ()


@pytest.mark.parametrize(
    "kind",
    [
        Weather,
        Point,
        int,
        float,
        bool,
        date,
        list[Weather],
        dict[str, int],
        tuple[int, str],
        Weather | None,
        Annotated[int, Field(ge=18)],
        Annotated[str, Field(min_length=9)],
        Annotated[list[int], Field(min_length=3)],
        Literal["a", "b"],
    ],
)
def test_every_sample_is_like_its_type(kind: Any) -> None:
    def give() -> Any: ...

    give.__annotations__["return"] = kind
    returns = Returns(give)
    sample = returns.sample()
    assert sample is not None
    assert returns.unlike(sample) is None
    assert sample == Returns(give).sample()


@pytest.mark.parametrize("kind", ["no annotation", None, Any, object, "NoSuchType"])
def test_a_type_that_says_nothing_gives_no_sample_and_no_doubt(kind: Any) -> None:
    def give() -> Any: ...

    give.__annotations__["return"] = kind
    if kind == "no annotation":
        del give.__annotations__["return"]
    assert Returns(give).sample() is None
    assert Returns(give).unlike("anything") is None


def test_the_last_real_results_can_be_used_again() -> None:
    again = calls(call("toolu_3", city="Rome"))
    chat = talk(TWO, again, says("done"), function=lambda city: f"sunny in {city}")
    chat.decide("toolu_2", Approve())
    chat.decide("toolu_1", Approve())
    chat.resume()
    assert list(chat.samples("toolu_3").items()) == [
        ("the last real result for this input", "sunny in Rome"),
        ("the last real result", "sunny in Rome"),
    ]


def test_faked_and_failed_results_are_no_real_ones() -> None:
    chat = talk(TWO, calls(call("toolu_3")), function=lambda city: 1 / 0)
    chat.decide("toolu_1", Fake("snow"))
    chat.decide("toolu_2", Approve())
    chat.resume()
    assert chat.samples("toolu_3") == {}


def test_a_result_unlike_the_type_is_doubted_and_still_goes_out() -> None:
    chat = talk(calls(call("toolu_1")), says("done"))
    chat.decide("toolu_1", Fake("22 °C"))
    doubts = chat.pending["toolu_1"].doubts
    assert len(doubts) == 1
    assert doubts[0].startswith("get_weather gives Weather, and this is something else")
    chat.decide("toolu_1", Fake({"city": "Paris", "degrees": 99, "sky": "clear"}))
    assert "degrees" in " ".join(chat.pending["toolu_1"].doubts)
    chat.decide("toolu_1", Fake({"city": "Paris", "degrees": 9, "sky": "clear"}))
    assert chat.pending["toolu_1"].doubts == ()
    chat.decide("toolu_1", Fake("22 °C"))
    assert chat.resume().text == "done"


def test_errors_and_refusals_are_not_doubted() -> None:
    chat = talk(TWO)
    chat.decide("toolu_1", Refuse("no"))
    chat.decide("toolu_2", Fake("out of order", is_error=True))
    assert [each.doubts for each in chat.pending.values()] == [(), ()]


def test_results_that_look_swapped_are_doubted() -> None:
    chat = talk(TWO, function=lambda city: "")
    chat.decide("toolu_1", Fake("Rome: 22 °C"))
    assert chat.pending["toolu_1"].doubts == ()
    chat.decide("toolu_2", Fake("Paris: 11 °C"))
    assert "swapped" in " ".join(chat.pending["toolu_1"].doubts)
    assert "toolu_1" in " ".join(chat.pending["toolu_2"].doubts)
    chat.decide("toolu_1", Fake("Paris: 11 °C"))
    chat.decide("toolu_2", Fake("Rome: 22 °C, warmer than Paris"))
    assert [each.doubts for each in chat.pending.values()] == [(), ()]


def test_samples_of_no_open_call_are_told() -> None:
    with pytest.raises(TurnError, match="no open call toolu_9"):
        talk(TWO).samples("toolu_9")
