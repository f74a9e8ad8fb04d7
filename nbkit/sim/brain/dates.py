"""Dates and times as people say them. No clock is read: "today" is what the conversation says it is, else a
fixed day.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from nbkit.sim.brain.wordlists import table

FIXED_TODAY = date(2026, 11, 2)  # a Monday

_MONTHS = table("months")
_DAYS = table("weekdays")
_MONTH = (
    "(?:"
    + "|".join(f"{month[:3]}(?:{month[3:]})?" if month != "may" else month for month in _MONTHS)
    + r")\.?"
)
_DAY = "(?:" + "|".join(_DAYS) + ")"

DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?|"
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?:,? \d{{4}})?|\d{{1,2}}/\d{{1,2}}/\d{{4}}|"
    rf"the day after tomorrow|today|tonight|tomorrow|yesterday|(?:next|this|last) (?:week|month"
    rf"|year|weekend|{_DAY})|"
    rf"in \d+ (?:days?|weeks?)|{_DAY})\b",
    re.IGNORECASE,
)
TIME = re.compile(
    r"\b(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]\.?m\b\.?)?|(?:1[0-2]"
    r"|[1-9])\s?[ap]\.?m\b\.?|noon|midnight)",
    re.IGNORECASE,
)
_TODAY = re.compile(
    r"\b(?:today(?:'s date)?|current date|date)(?: is|:)\s*(\d{4}-\d{2}-\d{2})", re.IGNORECASE
)


def today_in(text: str) -> date:
    """Return the day that `text` says it is ("Today is 2026-03-04."), else a fixed one."""
    found = _TODAY.search(text)
    return _parsed(found[1]) or FIXED_TODAY if found else FIXED_TODAY


def iso_date(said: str, today: date) -> str:
    """Bring a date that matched `DATE` to ISO form."""
    said = said.lower().strip()
    return (_parsed(said) or _relative(said, today) or _written(said, today) or today).isoformat()


def iso_time(said: str) -> str:
    """Bring a time that matched `TIME` to HH:MM:SS."""
    said = said.lower().replace(".", "").strip()
    if said in ("noon", "midnight"):
        return "12:00:00" if said == "noon" else "00:00:00"
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    hour, minute, second = (*numbers, 0, 0)[:3]
    if said.endswith("m"):
        hour = hour % 12 + (12 if said.endswith("pm") else 0)
    return f"{hour:02}:{minute:02}:{second:02}"


def _parsed(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _relative(said: str, today: date) -> date | None:
    steps = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "the day after tomorrow": 2}
    if said in steps:
        return today + timedelta(steps[said])
    if ahead := re.fullmatch(r"in (\d+) (day|week)s?", said):
        return today + timedelta(min(int(ahead[1]), 3650) * (7 if ahead[2] == "week" else 1))
    turn, _, unit = said.rpartition(" ")
    if unit in _DAYS:
        day = today + timedelta((_DAYS.index(unit) - today.weekday() - 1) % 7 + 1)
        return day - timedelta(7) if turn == "last" else day
    spans = {"week": 7, "month": 30, "year": 365, "weekend": (5 - today.weekday()) % 7}
    sign = {"next": 1, "last": -1, "this": 1 if unit == "weekend" else 0}
    return today + timedelta(spans[unit] * sign[turn]) if unit in spans and turn in sign else None


def _written(said: str, today: date) -> date | None:
    if slashed := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", said):
        month, day, year = (int(part) for part in slashed.groups())
        month, day = (day, month) if month > 12 else (month, day)
        return _valid(year, month, day)
    month_name = re.search(r"[a-z]{3,}", re.sub(r"\b(?:st|nd|rd|th|of)\b|(?<=\d)(?:st|nd|rd|th)", "", said))
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    if month_name is None or not numbers:
        return None
    month = next((at for at, name in enumerate(_MONTHS, 1) if name.startswith(month_name[0][:3])), 0)
    if len(numbers) > 1:
        return _valid(numbers[1], month, numbers[0])
    this_year = _valid(today.year, month, numbers[0])
    return _valid(today.year + 1, month, numbers[0]) if this_year and this_year < today else this_year


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
