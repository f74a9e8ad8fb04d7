"""Umbrella, jacket, sunscreen: the simulator says yes or no, whatever the weather is faked to be."""

from typing import Any

import pytest

from brain_talk import WEATHER, Talk, always


def test_the_umbrella_depends_on_the_weather() -> None:
    told = {
        "Light rain, 14 °C": "Yes",
        "sunny, 31 °C": "No",
        "no rain expected": "No",
        "Heavy showers": "Yes",
    }
    for result, start in told.items():
        assert Talk([WEATHER], always(result)).say("Umbrella in Paris?").startswith(start)
    values: list[tuple[Any, str]] = [
        ({"condition": "clear", "precipitation_chance": 80}, "Yes"),
        ({"rain": False, "temp": 3}, "No"),
        ({"daily": [{"rain_mm": 0}, {"rain_mm": 9}]}, "Yes"),
        ({"precip_prob": 0.1}, "No"),
    ]
    for value, start in values:
        talk = Talk([WEATHER], always(value))
        assert talk.say("Should I take an umbrella in Paris?").startswith(start), value


@pytest.mark.parametrize(
    ("question", "result", "answer"),
    [
        (
            "Should I take an umbrella in Paris?",
            "heat wave, 41 °C",
            "No, you won't need an umbrella: it is hot,",
        ),
        (
            "Should I take an umbrella in Paris?",
            "strong wind",
            "No, you won't need an umbrella: it is windy,",
        ),
        (
            "Should I take an umbrella in Paris?",
            "frogs everywhere",
            "No, you won't need an umbrella: there is no",
        ),
        ("Should I take an umbrella in Paris?", "heat wave, storms at night", "Yes, take an umbrella"),
        (
            "Should I take an umbrella in Paris?",
            {"temp": 22},
            "No, you won't need an umbrella: there is no word",
        ),
        ("Do I need a jacket in Paris?", "heat wave", "No warm coat needed: it is hot"),
        ("Do I need a jacket in Paris?", "snow", "Yes, it is cold"),
        ("Do I need sunscreen in Paris?", "heat wave, 41 °C", "Yes, it is hot"),
        ("Do I need sunscreen in Paris?", "strong wind", "No, there is no word of sun"),
        ("Will it rain in Paris?", "heat wave", "No, it is hot, and there is no word of rain"),
        ("Should I take an umbrella in Paris?", "unknown city", "The weather in Paris"),
    ],
)
def test_a_report_without_a_word_of_what_is_asked_is_a_no(question: str, result: Any, answer: str) -> None:
    assert Talk([WEATHER], always(result)).say(question).startswith(answer)


def test_what_is_asked_of_an_umbrella_in_a_shop_is_no_matter_of_rain() -> None:
    stock = {
        "name": "get_stock",
        "description": "How many of an article are in stock.",
        "input_schema": {
            "type": "object",
            "properties": {"article": {"type": "string"}},
            "required": ["article"],
        },
    }
    told = Talk([stock], always({"article": "umbrella", "count": 3})).say(
        "How many of umbrella do I need to order?"
    )
    assert "rain" not in told
