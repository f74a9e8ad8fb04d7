"""Questions about the calendar. No clock is read: today is the day that the conversation says it is, else a
fixed one.
"""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from nbkit.sim.brain import dates
from nbkit.sim.brain.plain.heard import numbers, written
from nbkit.sim.brain.wordlists import table

_GATE = (
    r"\b(?:today|tomorrow|yesterday|days?|dates?|weeks?|months?|years?|leap|weekday|time is it"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|until|age)\b"
)
_SPAN = (
    r"(\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|ninety) (day|week|month|year)s?"
)


def said(text: str, today: date) -> str:
    """The answer to a question about days, or ""."""
    if len(text) > 300 or not re.search(_GATE, text, re.IGNORECASE):
        return ""
    low = text.lower()
    for rule in (_weekday_later, _leap, _length, _between, _shifted, _weekday, _now):
        if answer := rule(low, today):
            return answer
    return ""


def _day(day: date) -> str:
    return f"{calendar.day_name[day.weekday()]}, {calendar.month_name[day.month]} {day.day}, {day.year}"


def _found(low: str, today: date) -> list[date]:
    """The days that a text names, a day without a year in this one."""
    found = []
    for hit in dates.DATE.finditer(low):
        if hit[0].lower() in table("weekdays"):
            continue
        iso = dates.iso_date(hit[0], today)
        day = date.fromisoformat(iso)
        if (
            not re.search(r"\d{4}", hit[0])
            and re.search(r"[a-z]+ \d|\d [a-z]+|\dth", hit[0])
            and day.year != today.year
        ):
            day = day if "until" in low or "till" in low or "away" in low else day.replace(year=today.year)
        found.append(day)
    if named := re.search(r"\b(christmas eve|christmas|new year(?:'s day)?|halloween|valentine)", low):
        month, number = {
            "christmas": (12, 25),
            "christmas eve": (12, 24),
            "halloween": (10, 31),
            "valentine": (2, 14),
        }.get(named[1], (1, 1))
        day = date(today.year, month, number)
        found.append(day if day >= today else day.replace(year=today.year + 1))
    return found


def _weekday_later(low: str, today: date) -> str:
    """ "If today is Wednesday, what day is it in 10 days?" """
    names = table("weekdays")
    start = re.search(
        rf"\b(?:if|suppose|say|given)\b.*?\b(today|tomorrow|yesterday) (?:is|was) (?:a )?({'|'.join(names)})",
        low,
    )
    if start is None:
        after = re.search(
            rf"\bwhat (?:day )?(?:comes|is|comes right) (after|before) ({'|'.join(names)})", low
        )
        if after is None:
            return ""
        step = 1 if after[1] == "after" else -1
        return f"**{names[(names.index(after[2]) + step) % 7].title()}**"
    at = names.index(start[2]) - {"today": 0, "tomorrow": 1, "yesterday": -1}[start[1]]
    rest = low[start.end() :]
    span = re.search(_SPAN, rest)
    days = 0
    if span:
        days = int((numbers(span[1]) or [1])[0]) * {"day": 1, "week": 7}.get(span[2], 0)
        days = -days if re.search(r"\bago\b|\bbefore\b", rest) else days
    elif "the day after tomorrow" in rest:
        days = 2
    elif "tomorrow" in rest or "yesterday" in rest:
        days = 1 if "tomorrow" in rest else -1
    return f"**{names[(at + days) % 7].title()}**"


def _leap(low: str, today: date) -> str:
    years = [int(year) for year in re.findall(r"\b[12]\d{3}\b", low)]
    if "leap year" not in low:
        return ""
    if years:
        is_leap = calendar.isleap(years[0])
        return f"**{'Yes' if is_leap else 'No'}**, {years[0]} {'is' if is_leap else 'is not'} a leap year."
    if "next" in low:
        return f"**{next(year for year in range(today.year + 1, today.year + 9) if calendar.isleap(year))}**"
    return (
        "A leap year has **366** days: every fourth year does, but of the years that end a century "
        "only those "
        "that 400 divides."
    )


def _length(low: str, today: date) -> str:
    months = table("months")
    found = re.search(rf"\bhow many days\b.*?\b({'|'.join(months)})\b(?: (?:of )?(\d{{4}}))?", low)
    if found and not re.search(
        r"\bbetween\b|\bfrom\b|\buntil\b|\btill?\b|\bsince\b|(?<!\d)\d{1,2}(?:st|nd|rd|th)?(?=\W*$)", low
    ):
        month = months.index(found[1]) + 1
        year = int(found[2] or 2025)
        days = calendar.monthrange(year, month)[1]
        name = f"{found[1].title()}{f' {year}' if found[2] else ''}"
        also = " (29 in a leap year)" if month == 2 and not found[2] else ""
        return f"{name} has **{days}** days{also}."
    if re.search(r"\bhow many days\b.*\b(?:in|does) (?:a|the|one) (?:normal |common )?year\b", low):
        return "A year has **365** days, a leap year 366."
    if re.search(r"\bhow many weeks\b.*\bin (?:a|the|one) year\b", low):
        return "A year has **52** weeks and a day, a leap year 52 weeks and two days."
    if re.search(r"\bhow many months\b.*\bin (?:a|the|one) year\b", low):
        return "A year has **12** months."
    if re.search(r"\bmonths\b.*\b(30|31|28) days\b", low):
        wanted = int(re.findall(r"\b(30|31|28)\b", low)[0])
        return (
            ", ".join(
                one.title() for at, one in enumerate(months, 1) if calendar.monthrange(2025, at)[1] == wanted
            )
            + "."
        )
    return ""


def _between(low: str, today: date) -> str:
    if not re.search(
        r"\bhow (?:many|long|old)\b|\bnumber of\b|\bdifference\b|\bdays? (?:between|until)\b", low
    ):
        return ""
    if born := re.search(r"\bborn (?:on|in) (.+)", low):
        days = _found(born[1], today)
        year = int(days[0].year if days else (re.findall(r"\b\d{4}\b", born[1]) or [0])[0])
        if not year:
            return ""
        later = [
            int(one) for one in re.findall(r"\b\d{4}\b", low[: born.start()] + born[1]) if int(one) != year
        ]
        age = (later[0] if later else today.year) - year
        if days and not later and (today.month, today.day) < (days[0].month, days[0].day):
            age -= 1
        exact = "" if days and not later else " (or a year less before the birthday)"
        return f"**{age}** years old{exact}." if 0 <= age < 200 else ""
    days = _found(low, today)
    unit = (re.search(r"\b(day|week|month|year)s?\b", low) or ["", "day"])[1]
    if len(days) == 1 and re.search(
        r"\buntil\b|\btill?\b|\bto\b|\bsince\b|\bago\b|\baway\b|\bleft\b|\bpassed\b", low
    ):
        days = [today, *days]
    if len(days) != 2:
        years = [int(one) for one in re.findall(r"\b[12]\d{3}\b", low)]
        return f"**{abs(years[1] - years[0])}** years." if len(years) == 2 and unit == "year" else ""
    apart = abs((days[1] - days[0]).days)
    count = {"week": apart / 7, "month": apart / 30.44, "year": apart / 365.25}.get(unit, apart)
    about = "" if float(count).is_integer() else "about "
    since = f" from {_day(days[0])}" if days[0] == today else ""
    return f"{about.capitalize()}**{written(count, 1)}** {unit}{'' if count == 1 else 's'}{since}."


def _shifted(low: str, today: date) -> str:
    span = re.search(rf"\b{_SPAN}\b(?: (after|before|from|later|ago|prior))?", low)
    if span is None or not re.search(r"\bwhat\b|\bwhich\b|\bwhen\b|\bdate\b|\bcalculate\b|\badd\b", low):
        return ""
    if not re.search(r"\b(?:after|before|from|later|ago|in|add|plus|subtract|prior)\b", low):
        return ""
    days = _found(low, today)
    start = (
        days[0]
        if days
        else today
        if re.search(r"\bago\b|\bfrom now\b|\bin \w+ (?:day|week|month|year)", low)
        else None
    )
    if start is None or re.search(r"\bhow many\b", low):
        return ""
    back = bool(re.search(r"\bbefore\b|\bago\b|\bprior\b|\bsubtract\b", low))
    amount = int((numbers(span[1]) or [1])[0]) * (-1 if back else 1)
    try:
        return f"**{_day(_moved(start, amount, span[2]))}**."
    except (ValueError, OverflowError):
        return ""


def _moved(start: date, amount: int, unit: str) -> date:
    if unit in ("day", "week"):
        return start + timedelta(amount * (7 if unit == "week" else 1))
    months = start.year * 12 + start.month - 1 + amount * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def _weekday(low: str, today: date) -> str:
    if not re.search(
        r"\b(?:what|which) (?:day|weekday)\b|\bday of the week\b|\bis .* a (?:\w+day|weekend)\b", low
    ):
        return ""
    days = [day for day in _found(low, today) if day != today]
    if len(days) != 1:
        return ""
    word = "was" if days[0] < today else "is"
    return f"{_day(days[0]).split(', ', 1)[1]} {word} a **{calendar.day_name[days[0].weekday()]}**."


def _now(low: str, today: date) -> str:
    if re.search(r"\bwhat(?:'s| is)? ?(?:the )?time\b(?: is it)?(?: now| right now)?\W*$", low):
        return f"I have no clock here. The day that I go by is **{_day(today)}**."
    if re.search(r"\b(?:what|which) year (?:is it|is this|are we)", low) or "the current year" in low:
        return f"It is **{today.year}**."
    if re.search(r"\b(?:what|which) month (?:is it|is this|are we)", low):
        return f"It is **{calendar.month_name[today.month]} {today.year}**."
    step = 1 if "tomorrow" in low else -1 if "yesterday" in low else 0
    asks = (
        r"\b(?:what|which|tell me|do you know)\b.*\b(?:day|date)\b|\b(?:today|tomorrow|yesterday)'?s date\b"
    )
    if re.search(asks, low) and re.search(r"\b(?:today|tomorrow|yesterday|is it|current|now)\b", low):
        when = {1: "Tomorrow is", -1: "Yesterday was", 0: "Today is"}[step]
        return f"{when} **{_day(today + timedelta(step))}**."
    return ""
