"""Units, number bases, Roman numerals and number words: from one way of writing an amount to another."""

from __future__ import annotations

import re
from functools import cache

from nbkit.sim.brain.plain.heard import numbers, written

# name: what it measures, how many of its base it is; then its other spellings
_UNITS = """
length 0.001 millimeters millimeter millimetre millimetres mm
length 0.01 centimeters centimeter centimetre centimetres cm cms
length 1 meters meter metre metres m
length 1000 kilometers kilometer kilometre kilometres km kms
length 0.0254 inches inch in
length 0.3048 feet foot ft
length 0.9144 yards yard yd
length 1609.344 miles mile mi
length 1852 nautical_miles nautical_mile
mass 0.000001 milligrams milligram mg
mass 0.001 grams gram g
mass 1 kilograms kilogram kg kgs kilo kilos
mass 1000 tonnes tonne metric_tons
mass 0.45359237 pounds pound lb lbs
mass 0.028349523125 ounces ounce oz
mass 6.35029318 stone stones
volume 0.001 milliliters milliliter millilitre millilitres ml
volume 1 liters liter litre litres l
volume 3.785411784 gallons gallon
volume 0.946352946 quarts quart
volume 0.473176473 pints pint
volume 0.2365882365 cups cup
volume 0.01478676478125 tablespoons tablespoon tbsp
volume 0.00492892159375 teaspoons teaspoon tsp
volume 0.0295735295625 fluid_ounces fluid_ounce fl_oz
speed 1 km/h kph kmh kilometers_per_hour kilometres_per_hour
speed 1.609344 mph miles_per_hour
speed 3.6 m/s meters_per_second metres_per_second
speed 1.852 knots knot
time 0.001 milliseconds millisecond ms
time 1 seconds second sec secs s
time 60 minutes minute min mins
time 3600 hours hour hr hrs h
time 86400 days day
time 604800 weeks week
time 31536000 years year
data 0.125 bits bit
data 1 bytes byte b
data 1000 KB kb kilobytes kilobyte
data 1000000 MB mb megabytes megabyte
data 1000000000 GB gb gigabytes gigabyte
data 1000000000000 TB tb terabytes terabyte
data 1024 KiB kib kibibytes
data 1048576 MiB mib mebibytes
data 1073741824 GiB gib gibibytes
area 1 square_meters square_meter square_metres m2 m²
area 10000 hectares hectare ha
area 4046.8564224 acres acre
area 0.09290304 square_feet square_foot sq_ft
area 1000000 square_kilometers km2 km²
energy 1 joules joule j
energy 4184 kilocalories kcal
energy 3600000 kilowatt_hours kwh
"""
_ROMAN = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")]
_ROMAN += [(10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")]
_BASES = {"binary": 2, "octal": 8, "decimal": 10, "hex": 16, "hexadecimal": 16}
_PREFIX = {2: "0b", 8: "0o", 10: "", 16: "0x"}
_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
_ONES += "sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_AMOUNT = (
    r"-?\d[\d,]*(?:\.\d+)?|-?\.\d+|\ban?\b|\bone\b|\btwo\b|\bthree\b|\bfive\b|\bten\b|\btwelve\b|\bhalf an?\b"
)
_known: dict[str, tuple[str, float, str]] = {}


def said(text: str) -> str:
    """The answer to a question for another unit, base or numeral, or ""."""
    if len(text) > 300:
        return ""
    for rule in (_temperature, _unit, _based, _roman, _spelled):
        if answer := rule(text):
            return answer
    return ""


def _units() -> dict[str, tuple[str, float, str]]:
    if not _known:
        for line in _UNITS.strip().splitlines():
            measure, size, *names = line.split()
            for name in names:
                _known[name.replace("_", " ")] = (measure, float(size), names[0].replace("_", " "))
    return _known


@cache
def _shapes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """How a question for another unit is put: "how many cups are in a litre", "5 km in miles"."""
    names = sorted(_units(), key=len, reverse=True)
    unit = "|".join(re.escape(name.lower()) for name in names if name)
    how_many = (
        rf"\bhow many ({unit})\s+(?:are |is |does |do |make |in |there |equal |to |have |has |would be )*"
        rf"({_AMOUNT})?\s*({unit})(?![\w/])"
    )
    one_in_other = (
        rf"(?:^|[\s(])({_AMOUNT})\s*({unit})\s+(?:is |are |equals? |converted |expressed )?(?:in|to"
        rf"|into|as|=|"
        rf"is how many|are how many|equals how many)\s+(?:how many )?({unit})(?![\w/])"
    )
    return re.compile(how_many), re.compile(one_in_other)


def _unit(text: str) -> str:
    low = text.lower()
    if not re.search(r"\bin\b|\bto\b|\binto\b|\bhow many\b|\bequals?\b|\bare\b|=", low):
        return ""
    for at, shape in enumerate(_shapes()):
        if found := shape.search(low):
            one, two, three = found.groups()
            amount, source, target = (two or "1", three, one) if at == 0 else (one, two, three)
            return _converted(amount, source, target)
    return ""


def _converted(amount: str, source: str, target: str) -> str:
    units = {name.lower(): unit for name, unit in _units().items()}
    (kind, size, name), (other_kind, other_size, other_name) = units[source], units[target]
    if kind != other_kind or name == other_name:
        return ""
    value = 0.5 if amount.startswith("half") else 1.0 if amount in ("a", "an") else numbers(amount)[0]
    result = value * size / other_size
    exact = abs(round(result, 4) - result) < 1e-9
    told = f"{written(value)} {_numbered(name, value)} {'is' if exact else 'is about'} "
    told += f"**{written(result, 4 if abs(result) < 100 else 2)} {_numbered(other_name, result)}**."
    thousand = {name, other_name} & {"KB", "MB", "GB", "TB"}
    return told + (" (Counting in powers of 1,024 it would be a little more.)" if thousand else "")


def _numbered(name: str, value: float) -> str:
    if (
        value != 1
        or "/" in name
        or name in ("mph", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "kwh", "stone")
    ):
        return name
    return {"feet": "foot", "inches": "inch", "square feet": "square foot"}.get(name, name.removesuffix("s"))


def _temperature(text: str) -> str:
    scale = r"(?:°\s*|degrees? )?(celsius|fahrenheit|kelvin|centigrade|[cfk])\b"
    found = re.search(
        rf"(-?\d+(?:\.\d+)?)\s*{scale}.{{0,30}}?\b(?:in|to|into|as|=)\s+{scale}", text, re.IGNORECASE
    ) or re.search(
        rf"(-?\d+(?:\.\d+)?)\s*{scale}.{{0,12}}?()(?:in|to) (fahrenheit|celsius)", text, re.IGNORECASE
    )
    if found is None:
        return ""
    source, target = (one[:1].lower() for one in (found[2], found[found.lastindex or 3]))
    value = float(found[1])
    celsius = {"c": value, "f": (value - 32) * 5 / 9, "k": value - 273.15}[source]
    result = {"c": celsius, "f": celsius * 9 / 5 + 32, "k": celsius + 273.15}[target]
    sign = {"c": " °C", "f": " °F", "k": " K"}
    about = "is" if abs(round(result, 2) - result) < 1e-9 else "is about"
    return f"{written(value)}{sign[source]} {about} **{written(result, 2)}{sign[target]}**."


def _based(text: str) -> str:
    low = text.lower()
    wanted = re.search(
        r"\b(?:in|to|into|as) (?:a )?(binary|octal|decimal|hex(?:adecimal)?|base (?:2|8|10|16))\b", low
    )
    if wanted is None or re.search(r"\bfunction\b|\bplaces\b|\bcode\b|\d ?/ ?\d|%", low):
        return ""
    base = _BASES.get(wanted[1]) or int(wanted[1].split()[1])
    said = re.search(r"\b0x([0-9a-f]+)|\b0b([01]+)|\b0o([0-7]+)", low)
    if said:
        value = int(said[0], 0)
    else:
        rest = low[: wanted.start()]
        named = re.search(r"\b(binary|octal|hex(?:adecimal)?)\b", rest)
        digits = re.search(r"\b(?=[0-9a-f]*\d)[0-9a-f]+\b", rest) if named else re.search(r"\b\d+\b", rest)
        if digits is None:
            return ""
        source = (
            _BASES[named[1]] if named else 2 if base == 10 and re.fullmatch(r"[01]{3,}", digits[0]) else 10
        )
        try:
            value = int(digits[0], source)
        except ValueError:
            return ""
    shown = {2: f"{value:b}", 8: f"{value:o}", 10: str(value), 16: f"{value:X}"}.get(base)
    return f"**{shown}**" if shown and value < 1 << 64 else ""


def _roman(text: str) -> str:
    if re.search(r"\broman\b", text, re.IGNORECASE) and (digits := re.search(r"\b\d{1,4}\b", text)):
        return (
            f"{digits[0]} in Roman numerals is **{roman(int(digits[0]))}**."
            if 0 < int(digits[0]) < 4000
            else ""
        )
    found = re.search(
        r"\b(?=[MDCLXVI]{2,})M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})\b", text
    )
    if found is None or not re.search(
        r"\b(?:number|roman|decimal|numeral|arabic|digits|value)\b", text, re.IGNORECASE
    ):
        return ""
    value = next(one for one in range(1, 4000) if roman(one) == found[0])
    return f"{found[0]} is **{value}**."


def roman(number: int) -> str:
    """A number from 1 to 3999 in Roman numerals."""
    told = ""
    for value, sign in _ROMAN:
        told += sign * (number // value)
        number %= value
    return told


def _spelled(text: str) -> str:
    found = re.search(r"\b(?:spell(?: out)?|write(?: out)?|say)\b.*?\b(\d{1,6})\b", text, re.IGNORECASE)
    if found is None or not re.search(
        r"\b(?:in|as) words\b|\bspell\b|\bin English\b|\bwrite out\b|\bthe number\b", text, re.IGNORECASE
    ):
        return ""
    return f"**{in_words(int(found[1]))}**"


def in_words(number: int) -> str:
    """A number below a million in English words."""
    if number < 20:
        return _ONES.split()[number]
    if number < 100:
        ones = f"-{_ONES.split()[number % 10]}" if number % 10 else ""
        return _TENS.split()[number // 10 - 2] + ones
    size, name = (100, "hundred") if number < 1000 else (1000, "thousand")
    rest = f" {'and ' if number % size < 100 else ''}{in_words(number % size)}" if number % size else ""
    return f"{in_words(number // size)} {name}{rest}"
