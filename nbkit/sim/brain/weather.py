"""What the weather means for someone who goes out: the workshop's favourite question deserves a straight
answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Leaf = tuple[tuple[str, ...], Any]

_RAIN_ASKED = re.compile(r"\b(?:umbrella|rain\w*|wet|raincoat|dry)\b")
_COLD_ASKED = re.compile(r"\b(?:coat|jacket|sweater|pullover|gloves|scarf|warm clothes|cold|wear)\b")
_SUN_ASKED = re.compile(r"\b(?:sunscreen|sunglasses|sun hat|sunny|sun)\b")
_OUT_ASKED = re.compile(
    r"\b(?:picnic|outside|outdoors|beach|hike|hiking|bike|cycling|run|walk|barbecue|bbq)\b"
)

_RAIN = re.compile(
    r"\b(?:rain\w*|drizzl\w*|shower\w*|thunder\w*|storm\w*|sleet|hail|downpour|snow\w*|wet|pouring|monsoon)\b",
    re.IGNORECASE,
)
_NO_RAIN = re.compile(
    r"\b(?:no|without|zero|not?(?: any)?(?: chance of)?|unlikely to|won't"
    r"|isn't)\s+(?:\w+\s+){0,2}(?:rain\w*|shower\w*|storm\w*|snow\w*|precipitation)|\b(?:0"
    r"|zero) ?% (?:chance )?(?:of )?(?:rain|precipitation)",
    re.IGNORECASE,
)
_FAIR = re.compile(
    r"\b(?:sun\w*|clear|dry|fair|cloud\w*|overcast|bright|fine|mild|fog\w*|hot)\b", re.IGNORECASE
)
_SUN = re.compile(r"\b(?:sunny|sunshine|clear|bright)\b", re.IGNORECASE)
_HEAT = re.compile(r"\b(?:heat(?: ?waves?)?|hot|scorch\w*|swelter\w*|boiling)\b", re.IGNORECASE)
_WIND = re.compile(r"\b(?:wind\w*|gales?|breez\w*|gusts?|gusty)\b", re.IGNORECASE)
_COLD_SAID = re.compile(r"\b(?:cold|chilly|cool|frost\w*|freez\w*|ic[ey]|snow\w*|blizzard)\b", re.IGNORECASE)
_SHADE = re.compile(r"\b(?:sunscreen|sunglasses|sun hat)\b")
# Somebody wants to know what to take along, or what the sky will do; not what is in stock.
_NEEDED = re.compile(
    r"\b(?:take|need|bring|carry|pack|wear|along)\b|\b(?:is|will|does|did) it\b|\b(?:get|stay) (?:wet|dry)\b"
)
_REPORT = re.compile(r"weather|forecast|climate|meteo|temperature", re.IGNORECASE)
_MEASURE = re.compile(r"weather|forecast|temp(?:erature)?|wind|humidity|sky|clouds?|uv", re.IGNORECASE)
_UNTOLD = re.compile(
    r"\b(?:unknown|unavailable|not (?:available|found|known|supported|sure)|none|null|n/?a|errors?|fail\w*"
    r"|no (?:data|weather|forecast|results?|such|information|idea)|missing|time[d-]? ?out|denied|invalid"
    r"|sorry|can(?:not|['’]t)|could(?:n['’]t| not)|unable|try again)\b",
    re.IGNORECASE,
)
_CHANCE = re.compile(r"(?:rain|precip|shower|pop)", re.IGNORECASE)
_DEGREES = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:°|º|deg\w*)?\s*(celsius|fahrenheit|[CF]\b)?", re.IGNORECASE)
_COLD, _HOT, _TOO_HOT = 15.0, 28.0, 38.0
_MOST, _LONGEST = 200, 1000  # a weather report is short


def weather(question: str, leaves: Sequence[Leaf], text: str, tool: str = "") -> str:
    """Answer a question about rain, cold, sun or going out; "" when it is none or the values don't tell.

    A report that has no word of what is asked about is a no. `tool` is what gave the values.
    """
    if not any(asked.search(question) for asked in (_RAIN_ASKED, _OUT_ASKED, _COLD_ASKED, _SUN_ASKED)):
        return ""
    leaves, text = leaves[:_MOST], text[:_LONGEST]
    rain, degrees = will_rain(leaves, text), temperature(leaves, text)
    hot = bool(_HEAT.search(text)) if degrees is None else degrees >= _HOT
    if _RAIN_ASKED.search(question) and rain is not None:
        return _umbrella(question, rain)
    if _OUT_ASKED.search(question) and (rain is not None or degrees is not None):
        if rain:
            return "Better not: it looks wet."
        if degrees is not None and degrees >= _TOO_HOT:
            return "Better not: it is very hot."
        return "Yes, the weather allows it." if degrees is None or degrees > 5 else "You can, but it is cold."
    if _COLD_ASKED.search(question) and degrees is not None:
        if degrees < _COLD:
            return "Yes, dress warmly." if "wear" not in question else "Dress warmly."
        return "No warm coat needed." if "wear" not in question else "Light clothes will do."
    if _SUN_ASKED.search(question) and (rain is not None or _SUN.search(text)):
        if hot and not rain and _SHADE.search(question):
            return "Yes, it is hot."
        return "Yes, it is sunny." if _SUN.search(text) and not rain else "No, it does not look sunny."
    return _untold(question, text, rain, hot) if _is_report(question, leaves, text, tool) else ""


def _is_report(question: str, leaves: Sequence[Leaf], text: str, tool: str) -> bool:
    """Whether the values tell of the weather, to somebody who has to know it."""
    if not _NEEDED.search(question) or not text.strip() or _UNTOLD.search(text):
        return False
    measured = any(path and _MEASURE.fullmatch(path[-1]) for path, _ in leaves)
    return measured or bool(_REPORT.search(tool)) or temperature(leaves, text) is not None


def _untold(question: str, text: str, rain: bool | None, hot: bool) -> str:
    """Answer from what a report says of other things."""
    windy = bool(_WIND.search(text))
    if _RAIN_ASKED.search(question):
        why = f"{'it is hot, and ' if hot else 'it is windy, and ' if windy else ''}there is no word of rain"
        said = _umbrella(question, rain=False)
        return f"{said[:-1]}: {why}." if "no rain" not in said else f"No, {why}."
    if _COLD_ASKED.search(question):
        if _COLD_SAID.search(text) or windy or rain:
            why = "cold" if _COLD_SAID.search(text) else "windy" if windy else "wet"
            return f"Dress for it: it is {why}." if "wear" in question else f"Yes, it is {why}."
        if "wear" in question:
            return "Light clothes will do: it is hot." if hot else ""
        return f"No warm coat needed: {'it is hot' if hot else 'there is no word of cold'}."
    if _SUN_ASKED.search(question):
        if hot and _SHADE.search(question):
            return "Yes, it is hot."
        return "No, there is no word of sun."
    return ""


def _umbrella(question: str, rain: bool) -> str:
    if "umbrella" in question or "raincoat" in question:
        what = "an umbrella" if "umbrella" in question else "a raincoat"
        return f"Yes, take {what}." if rain else f"No, you won't need {what}."
    if "dry" in question:
        return "No, it looks wet." if rain else "Yes, it looks dry."
    return "Yes, it looks like rain." if rain else "No, no rain in sight."


def will_rain(leaves: Sequence[Leaf], text: str) -> bool | None:
    """Whether values speak of rain; None when they say nothing of it."""
    said_so = [
        much
        for path, value in leaves
        if path and _CHANCE.search(path[-1]) and (much := _much(path[-1], value)) is not None
    ]
    if said_so:
        return any(said_so)
    said = " ".join(str(value) for _, value in leaves if isinstance(value, str)) or text
    if chance := re.search(
        r"(\d+(?:\.\d+)?) ?% (?:chance|probability|risk)?(?: of)? ?(?:rain|shower|precip)|(?:rain"
        r"|precipitation)\D{0,20}?(\d+) ?%",
        said,
        re.I,
    ):
        return float(chance[1] or chance[2]) >= 40
    if _NO_RAIN.search(said):
        return False
    if _RAIN.search(said):
        return True
    return False if _FAIR.search(said) else None


def _much(key: str, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    number = value if isinstance(value, int | float) else _percent(str(value))
    return None if number is None else _is_much(float(number), key.lower())


def _percent(text: str) -> float | None:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:%|mm)?\s*", text)
    return float(found[1]) if found else None


def _is_much(number: float, key: str) -> bool:
    if re.search(r"chance|prob|pop|percent|risk", key):
        return number >= (0.4 if 0 < number <= 1 else 40)
    return number > 0 if number <= 1 or "mm" in key else number >= 1


def temperature(leaves: Sequence[Leaf], text: str) -> float | None:
    """The temperature in degrees Celsius, if the values have one."""
    fahrenheit = any(
        isinstance(value, str) and value.lower() in ("fahrenheit", "f", "imperial") for _, value in leaves
    )
    for path, value in leaves:
        if path and re.search(r"temp|degrees|feels", path[-1], re.IGNORECASE) and not isinstance(value, bool):
            if isinstance(value, int | float):
                return _celsius(
                    float(value), "f" if fahrenheit or re.search(r"_f$|fahrenheit", path[-1], re.I) else "c"
                )
            if found := _DEGREES.search(str(value)):
                return _celsius(float(found[1]), found[2] or "c")
    found = re.search(
        r"(-?\d+(?:\.\d+)?)\s*(?:°|º|degrees?)\s*(celsius|fahrenheit|[CF]\b)?", text, re.IGNORECASE
    )
    return _celsius(float(found[1]), found[2] or "c") if found else None


def _celsius(value: float, unit: str) -> float:
    return (value - 32) / 1.8 if unit.lower().startswith("f") else value
