"""Word problems of one step or two: gaining and losing, sharing, prices, speeds, shapes."""

from __future__ import annotations

import math
import re

from nbkit.sim.brain.plain.heard import numbers, written

_LOSES = (
    r"\b(?:eats?|ate|eat|gives?|gave|give|loses?|lost|lose|sells?|sold|spends?|spent|uses?|used|breaks?|broke"
    r"|removes?|removed|drops?|fly away|flew away|leaves?|left|takes? away|die[sd]?|throws?|donates?"
    r"|pays?|lends?)\b"
)
_GAINS = (
    r"\b(?:gets?|got|buys?|bought|finds?|found|receives?|received|adds?|added|gains?|earns?|earned"
    r"|joins?|more"
    r"|picks?|collects?|arrives?|comes?|came|is given|was given|gives? (?:him|her|me|them|you|us)"
    r"|wins?|won)\b"
)
_STARTS = r"\b(?:has|have|had|there (?:are|were|is)|starts? with|started with|begins? with|with)\b"


def said(text: str) -> str:
    """The answer to a small word problem, or ""."""
    if len(text) > 500 or not re.search(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|dozen)\b", text, re.I
    ):
        return ""
    low = text.lower()
    for rule in (
        _limbs,
        _older,
        _basket,
        _machines,
        _together,
        _price,
        _speed,
        _shape,
        _shared,
        _each,
        _kept,
    ):
        if answer := rule(low):
            return answer
    return ""


_LIMBS = {
    "legs": (
        "dog 4 cat 4 cow 4 horse 4 sheep 4 pig 4 lion 4 spider 8 ant 6 bee 6 insect 6 fly 6 chicken 2 "
        "bird 2 duck 2 human 2 person 2 people 2 table 4 chair 4"
    ),
    "wheels": "car 4 bicycle 2 bike 2 tricycle 3 motorcycle 2 unicycle 1",
    "eyes": "dog 2 cat 2 human 2 person 2 people 2 bird 2 cow 2",
    "fingers": "hand 5 person 10 human 10 people 10",
    "days": "week 7",
    "sides": "triangle 3 square 4 pentagon 5 hexagon 6",
    "wings": "bird 2 chicken 2 butterfly 4 bee 4",
}


def _limbs(low: str) -> str:
    """So many legs have so many animals."""
    found = re.search(r"\bhow many (\w+)\b(.+)", low)
    table = _LIMBS.get(found[1], "").split() if found else []
    if found is None or not table:
        return ""
    each = dict(zip(table[::2], map(int, table[1::2]), strict=True))
    rows = re.findall(
        r"\b(\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve) ([a-z]+)", found[2] + " "
    )
    counts = [
        ((numbers(amount) or [1.0])[0], each.get(thing) or each.get(thing.removesuffix("s")))
        for amount, thing in rows
    ]
    if not counts or not all(size for _, size in counts) or (len(counts) == 1 and counts[0][0] == 1):
        return ""
    return f"**{written(sum(amount * (size or 0) for amount, size in counts))}**"


def _older(low: str) -> str:
    """One is so much older than another, whose age is told."""
    found = re.search(
        r"\b(\w+) is (\w+) (?:years |cm |inches )?(older|younger|taller|shorter|more|less|heavier) "
        r"than (\w+)",
        low,
    )
    if found is None or not numbers(found[2]):
        return ""
    known = re.search(
        rf"\b(?:{found[4]}|{found[1]}) is (\d+)\b(?! \w+ (?:older|younger|taller|shorter))", low
    )
    if known is None or not re.search(r"\bhow (?:old|tall|many|much|heavy)\b", low):
        return ""
    step = numbers(found[2])[0] * (-1 if found[3] in ("younger", "shorter", "less") else 1)
    value = float(known[1])
    return f"**{written(value + step if known[0].startswith(found[4]) else value - step)}**"


def _basket(low: str) -> str:
    """Prices of things, and how many of each are bought."""
    prices = {
        thing.removesuffix("s"): float(price)
        for thing, price in re.findall(r"\b([a-z]+)(?:s)? (?:costs?|is|are|cost) [$€£]?(\d+(?:\.\d+)?)", low)
    }
    asked = re.search(r"\bhow much\b(.+)", low)
    rows = re.findall(r"\b(\d+|an?|one|two|three|four|five|six|ten) ([a-z]+)", asked[1]) if asked else []
    sign = (re.search(r"[$€£]", low) or [""])[0]
    bought = [((numbers(amount) or [1.0])[0], thing.removesuffix("s")) for amount, thing in rows]
    if not bought or len(prices) < 2 or not all(thing in prices for _, thing in bought):
        return ""
    return f"**{sign}{written(sum(amount * prices[thing] for amount, thing in bought), 2)}**"


def _machines(low: str) -> str:
    """So many machines make as many things in some time: each takes that time for one."""
    found = re.search(
        r"\b(\d+) (\w+) (?:can )?(?:make|makes|produce|build|catch|bake) (\d+) (\w+) in (\d+) (\w+)", low
    )
    then = re.search(r"\bhow long\b.*?\b(\d+) \w+.*?\b(\d+) \w+", low[found.end() :]) if found else None
    if found is None or then is None:
        return ""
    each = float(found[5]) * float(found[1]) / float(found[3])
    return (
        f"**{written(each * float(then[2]) / float(then[1]))} {found[6]}**: each needs {written(each)} "
        f"for one."
    )


def _together(low: str) -> str:
    """Two things cost so much together, and one of them so much more than the other."""
    found = re.search(
        r"\bcosts? [$€£]?(\d+(?:\.\d+)?)(?: in total| together)?.*?\bcosts? [$€£]?(\d+(?:\.\d+)?) "
        r"more than the (\w+)",
        low,
    )
    if found is None:
        return ""
    sign = (re.search(r"[$€£]", low) or [""])[0]
    return f"The {found[3]} costs **{sign}{(float(found[1]) - float(found[2])) / 2:.2f}**."


def _price(low: str) -> str:
    values = numbers(re.sub(r"[$€£]", " ", low))
    percent = re.search(r"(\d+(?:\.\d+)?)\s*(?:%|percent)", low)
    sign = (re.search(r"[$€£]", low) or [""])[0]
    if percent is None or len(values) != 2:
        return ""
    rate = float(percent[1])
    other = (
        values[1] if values[0] == rate and low.find(percent[0]) < low.find(str(int(values[1]))) else values[0]
    )
    if re.search(r"\boff\b|\bdiscount|\breduc|\bdecrease|\bsale\b|\bcheaper\b", low):
        saved = other * rate / 100
        if re.search(r"\b(?:how much|what).*\b(?:save|discount amount)\b", low):
            return f"**{sign}{written(saved, 2)}**"
        return (
            f"It comes to **{sign}{written(other - saved, 2)}**: {written(rate)}% "
            f"of {sign}{written(other)} is {sign}{written(saved, 2)}."
        )
    if re.search(r"\btip\b", low):
        tip = other * rate / 100
        return f"The tip is **{sign}{written(tip, 2)}**, {sign}{written(other + tip, 2)} in all."
    if re.search(r"\b(?:tax|vat|increase\w*|interest|raise|plus|markup|grow\w*|add)\b", low):
        more = other * rate / 100
        return (
            f"It comes to **{sign}{written(other + more, 2)}**: {sign}{written(other)} "
            f"and {sign}{written(more, 2)} more."
        )
    return ""


def _speed(low: str) -> str:
    rate = re.search(
        r"(\d+(?:\.\d+)?)\s*(km/h|kph|mph|miles (?:per|an) hour|kilomet(?:er|re)s (?:per|an) hour|m/s)", low
    )
    hours = re.search(r"(\d+(?:\.\d+)?|\w+)\s*(hours?|minutes?|seconds?)\b", low)
    way = re.search(r"(\d+(?:\.\d+)?)\s*(km|miles|kilomet(?:er|re)s|meters|metres|m)\b(?!/| ?per| ?an)", low)
    unit = (
        "miles"
        if rate and rate[2].startswith("m") and rate[2] != "m/s"
        else "m"
        if rate and rate[2] == "m/s"
        else "km"
    )
    if rate and hours and re.search(r"\bhow far\b|\bdistance\b|\bhow many (?:km|miles|kilom)", low):
        amount = (numbers(hours[1]) or [0.0])[0]
        scale = {"h": 1.0, "m": 60.0, "s": 3600.0}[hours[2][0]] / (3600 if unit == "m" else 1)
        return f"It goes **{written(float(rate[1]) * amount / scale)} {unit}**." if amount else ""
    if rate and way and re.search(r"\bhow long\b|\bhow many hours\b|\btime\b", low):
        return (
            f"It takes "
            f"**{written(float(way[1]) / float(rate[1]), 2)} {'seconds' if unit == 'm' else 'hours'}**."
        )
    if way and hours and re.search(r"\bspeed\b|\bhow fast\b", low):
        amount = (numbers(hours[1]) or [0.0])[0] / {"h": 1.0, "m": 60.0, "s": 3600.0}[hours[2][0]]
        per = "mph" if way[2] == "miles" else "km/h" if way[2].startswith("k") else "m/h"
        return f"The average speed is **{written(float(way[1]) / amount, 2)} {per}**." if amount else ""
    return ""


def _shape(low: str) -> str:
    found = re.search(
        r"\b(area|perimeter|circumference|volume|hypotenuse)\b.*?\b(rectangle|square|circle|triangle"
        r"|cube|sphere)?\b",
        low,
    )
    shape = re.search(r"\b(rectangle|square|circle|triangle|cube|sphere|room)\b", low)
    values = numbers(low)
    if found is None or not values:
        return ""
    one, other = values[0], values[-1]
    name = shape[1] if shape else ""
    radius = one / 2 if "diameter" in low else one
    results = {
        ("area", "rectangle"): one * other,
        ("area", "room"): one * other,
        ("area", "square"): one * one,
        ("area", "triangle"): one * other / 2,
        ("area", "circle"): math.pi * radius**2,
        ("perimeter", "rectangle"): 2 * (one + other),
        ("perimeter", "square"): 4 * one,
        ("circumference", "circle"): 2 * math.pi * radius,
        ("volume", "cube"): one**3,
        ("volume", "sphere"): 4 / 3 * math.pi * radius**3,
        ("hypotenuse", "triangle"): math.hypot(one, other),
        ("hypotenuse", ""): math.hypot(one, other),
    }
    value = results.get((found[1], name))
    return f"The {found[1]} is **{written(value, 2)}**." if value is not None else ""


def _shared(low: str) -> str:
    found = re.search(
        r"\b(?:divide|share|split|distribute)[ds]?\b.*?(\d+).*?\b(?:among|between|by|into|with)\b.*?"
        r"(\d+|\w+)\b"
        r"|\b(\d+)\b.*?\b(?:shared?|divided|split|distributed)\b.*?\b(?:among|between|by|into)\b "
        r"(?:the )?(\d+|\w+)",
        low,
    )
    if found is None:
        return ""
    amount, parts = float(found[1] or found[3]), (numbers(found[2] or found[4]) or [0.0])[0]
    if not parts or re.search(r"\bfunction\b", low):
        return ""
    whole, rest = divmod(amount, parts)
    tail = (
        f", and {written(rest)} are left over"
        if rest and not re.search(r"[$€£]|\bpizza|\bmoney", low)
        else ""
    )
    return f"Each gets **{written(whole if tail else amount / parts, 2)}**{tail}."


def _each(low: str) -> str:
    """So many at so much each."""
    if not re.search(r"\b(?:how much|how many|what is the total|total|cost)\b", low):
        return ""
    values = numbers(re.sub(r"[$€£]", " ", low))
    sign = (re.search(r"[$€£]", low) or [""])[0]
    if (
        len(values) == 2
        and re.search(r"\b(?:each|apiece|every|per|costs?)\b", low)
        and re.search(r"\b(?:how much|total|altogether|in all|how many)\b", low)
    ):
        return f"**{sign}{written(values[0] * values[1], 2)}**"
    return ""


def _kept(low: str) -> str:
    asked = re.search(r"\bhow (?:many|much)\b[^.?]*\?|\bhow (?:many|much)\b[^.?]*$", low)
    if asked is None:
        return ""
    told = re.split(r"[.;!?]\s+|,\s+(?=how)", low[: asked.start()])
    total: float | None = None
    for part in (
        piece for sentence in told for piece in re.split(r"\band then\b|\bthen\b|\band\b|\bbut\b|,", sentence)
    ):
        values = numbers(part)
        if len(values) != 1:
            if values:
                return ""
            continue
        if total is None:
            if not re.search(_STARTS, part):
                return ""
            total = values[0]
        elif re.search(_GAINS, part) and not re.search(_LOSES.replace("gives?|gave|give|", ""), part):
            total += values[0]
        elif re.search(_LOSES, part):
            total -= values[0]
        elif re.search(r"\b(?:altogether|in total|in all|total|together)\b", asked[0]):
            total += values[0]
        else:
            return ""
    changed = total is not None and len(numbers(low[: asked.start()])) > 1
    return f"**{written(total)}**" if changed and total is not None and total >= 0 else ""
