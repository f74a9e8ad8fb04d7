"""Questions about whole numbers and lists of numbers: primes, factors, comparisons, averages, sequences."""

from __future__ import annotations

import math
import re
import statistics
from fractions import Fraction
from itertools import pairwise

from nbkit.sim.brain.plain.heard import numbers, written

_GATE = r"\d|\b(?:prime|fibonacci|pi|even|odd|count to)\b"  # what has no figure is none of ours
_BIG = 10**12


def said(text: str) -> str:
    """The answer to a question about numbers, or ""."""
    if len(text) > 400 or not re.search(_GATE, text, re.IGNORECASE):
        return ""
    low = text.lower()
    for rule in (
        _fractions,
        _primes,
        _parity,
        _factors,
        _counted,
        _series,
        _compared,
        _gathered,
        _rounded,
        _parts,
        _next,
        _solved,
    ):
        if answer := rule(low):
            return answer
    return ""


def factors(number: int) -> list[int]:
    """The prime factors of a number, each as often as it divides."""
    found, divisor = [], 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            found.append(divisor)
            number //= divisor
        divisor += 1 + (divisor > 2)
    return [*found, number] if number > 1 else found


def _whole(text: str) -> list[int]:
    return [int(value) for value in numbers(text) if value == int(value) and abs(value) < _BIG]


def _primes(low: str) -> str:
    if "prime" not in low or "factor" in low:
        return ""
    whole = _whole(low)
    if found := re.search(r"\bfirst (\w+) primes?\b|\bfirst (\w+) prime numbers\b", low):
        most = _whole(found[1] or found[2])
        return _joined(_listed_primes(min(most[0], 100))) if most else ""
    if re.search(r"\b(?:between|from)\b", low) and len(whole) == 2 and whole[1] < 10_000:
        hits = [one for one in range(max(2, whole[0]), whole[1] + 1) if factors(one) == [one]]
        return _joined(hits) if hits else "There are none."
    if re.search(r"\b(?:up to|below|under|less than|smaller than)\b", low) and whole and whole[-1] < 10_000:
        last = whole[-1] + ("up to" in low)
        return _joined([one for one in range(2, last) if factors(one) == [one]])
    if re.search(r"\b(?:next|smallest) prime\b", low) and whole:
        return f"**{next(one for one in range(whole[-1] + 1, _BIG) if factors(one) == [one])}**."
    if not re.search(r"^is\b|\bis \d|\bwhether\b|\bcheck\b|\bprime\s*\?$", low) or not whole:
        return ""
    told = []
    for number in whole[:5]:
        parts = factors(number) if number > 1 else []
        if parts == [number]:
            told.append(f"**Yes**, {number} is a prime number.")
        else:
            because = f": {number} = {_product(parts)}" if parts else ": the smallest prime is 2"
            told.append(f"**No**, {number} is not a prime number{because}.")
    return " ".join(told)


def _listed_primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if factors(number) == [number]:
            found.append(number)
        number += 1
    return found


def _product(parts: list[int]) -> str:
    return " × ".join(map(str, parts))


def _joined(values: list[int]) -> str:
    return ", ".join(map(str, values))


def _parity(low: str) -> str:
    whole = _whole(low)
    found = re.search(r"\bis\b.*\b(?:an? )?(even|odd)\b|\b(even|odd)\b.*\bis\b", low)
    if not found or len(whole) != 1 or "function" in low:
        return ""
    is_even = whole[0] % 2 == 0
    word = "even" if is_even else "odd"
    if re.search(r"\beven\b.*\bodd\b|\bodd\b.*\beven\b", low):
        return f"{whole[0]} is **{word}**."
    agreed = (found[1] or found[2]) == word
    return f"**{'Yes' if agreed else 'No'}**, {whole[0]} is {word}."


def _factors(low: str) -> str:
    whole = _whole(low)
    if (
        re.search(r"\b(?:gcd|gcf|hcf|greatest common|highest common|largest common)\b", low)
        and len(whole) > 1
    ):
        return f"The greatest common divisor of {_and(whole)} is **{math.gcd(*whole)}**."
    if re.search(r"\b(?:lcm|least common|lowest common)\b", low) and len(whole) > 1:
        return f"The least common multiple of {_and(whole)} is **{math.lcm(*whole)}**."
    if re.search(r"\bdivisible by\b", low) and len(whole) == 2 and whole[1]:
        rest = whole[0] % whole[1]
        yes = f"**Yes**, {whole[0]} = {whole[1]} × {whole[0] // whole[1]}."
        return yes if not rest else f"**No**, {whole[0]} divided by {whole[1]} leaves {rest}."
    if re.search(r"\b(?:remainder|modulo|mod)\b", low) and len(whole) == 2 and whole[1]:
        return f"The remainder is **{whole[0] % whole[1]}**."
    if len(whole) != 1 or not 0 < whole[0] < _BIG:
        return ""
    if re.search(r"\bprime factor|\bfactori[sz]e\b|\bfactorization\b", low):
        return f"{whole[0]} = **{_product(factors(whole[0]) or [whole[0]])}**"
    if re.search(r"\b(?:factors|divisors) of\b", low):
        small = [one for one in range(1, math.isqrt(whole[0]) + 1) if whole[0] % one == 0][:500]
        return _joined(sorted({*small, *(whole[0] // one for one in small)}))
    return ""


def _and(values: list[int]) -> str:
    return f"{', '.join(map(str, values[:-1]))} and {values[-1]}"


def _counted(low: str) -> str:
    """Rows of whole numbers: up, down, in steps."""
    whole = _whole(low)
    if found := re.search(
        r"\bcount\b.*?\bfrom (\d+) (?:down )?to (\d+)(?: (?:by|in steps of) (\d+|twos|fives|tens))?", low
    ):
        first, last = int(found[1]), int(found[2])
        step = {"twos": 2, "fives": 5, "tens": 10}.get(found[3] or "1") or int(found[3] or 1)
        last += 1 if last >= first else -1
        return _joined(list(range(first, last, step if last > first else -step))[:500]) if step else ""
    found = re.search(r"\b(?:numbers|integers)\b.*?\b(\d+) (?:to|through|until) (\d+)\b", low)
    asks = r"(?:please )?(?:write|list|print|say|give|output|count|show|name|all|the|numbers)\b"
    if found and re.match(asks, low):
        return _joined(list(range(int(found[1]), min(int(found[2]), int(found[1]) + 499) + 1)))
    if re.fullmatch(r"(?:please |can you )*count (?:up )?to \w+\W*", low) and whole and 0 < whole[0] <= 500:
        return _joined(list(range(1, whole[0] + 1)))
    if re.fullmatch(r"(?:sum|add|total)(?: up)?:?(?:\s+-?\d[\d.]*,?){2,}\W*", low):
        return f"**{written(math.fsum(numbers(low)))}**"
    return ""


def _series(low: str) -> str:
    whole = _whole(low)
    if "factorial" in low or re.search(r"\b\d+!(?:\s|$|\?)", low):
        fits = len(whole) == 1 and 0 <= whole[0] <= 30 and not re.search(r"\bfunction|code|program", low)
        return f"{whole[0]}! = **{math.factorial(whole[0]):,}**" if fits else ""
    if "fibonacci" in low and not re.search(r"\bfunction|code|program|script|python|java", low):
        row = [0, 1]
        while len(row) < 101:
            row.append(row[-1] + row[-2])
        if nth := re.search(r"\b(\d+)(?:st|nd|rd|th)\b", low):
            return (
                f"Counting from 0, 1: the {nth[0]} Fibonacci number is **{row[min(int(nth[1]), 101) - 1]}**."
            )
        return _joined(row[: min(whole[0] if whole else 10, 50)])
    if re.search(r"\b(?:times|multiplication) table\b", low) and whole:
        return "\n".join(f"- {whole[0]} × {one} = {whole[0] * one}" for one in range(1, 11))
    if found := re.search(r"\bfirst (\w+) (even|odd|square)\b", low):
        most = min((_whole(found[1]) or [0])[0], 100)
        start = {"even": [2 * one for one in range(1, most + 1)], "odd": [2 * one + 1 for one in range(most)]}
        return _joined(start.get(found[2], [one * one for one in range(1, most + 1)]))
    if re.search(r"\b(?:divided by|over) (?:0|zero)\b|\d ?[/÷] ?0(?![.\d])", low):
        return "Division by zero is **undefined**."
    if re.search(r"\b(?:digits of|value of|what is|what's) pi\b", low) or low.strip(" ?.") == "pi":
        places = min(whole[0], 50) if whole else 5
        digits = "3.14159265358979323846264338327950288419716939937510"
        return f"π is about **{digits[: places + 2]}**."
    return ""


def _compared(low: str) -> str:
    found = re.search(
        r"\bis (-?\d[\d.,]*) (?:is )?(?:a )?(bigger|larger|greater|higher|more|smaller|less|lower|equal)"
        r"(?: number)? (?:than|to) (-?\d[\d.,]*)",
        low,
    )
    if found:
        one, other = numbers(found[1].rstrip(".,"))[0], numbers(found[3].rstrip(".,"))[0]
        how = found[2]
        right = one == other if how == "equal" else one > other if how in _MORE else one < other
        sign = ">" if one > other else "<" if one < other else "="
        return f"**{'Yes' if right else 'No'}**: {written(one)} {sign} {written(other)}."
    words = (
        r"bigger|larger|greater|higher|biggest|largest|greatest|highest|smaller|smallest|less|lower|lowest"
    )
    asked = re.search(rf"\b(?:which|what)\b.*?\b({words})\b", low)
    values = numbers(low[asked.end() :]) if asked else []
    if (
        asked is None
        or not 2 <= len(values) <= 20
        or re.search(r"\d\s*(?!or\b|and\b)[a-z°$€£/%]", low[asked.end() :])
    ):
        return ""
    if len(set(values)) == 1:
        return "They are equal."
    least = asked[1].startswith(("sma", "les", "low"))
    best = min(values) if least else max(values)
    told = f"**{written(best)}** is {'the ' if asked[1].endswith('st') else ''}{asked[1]}"
    if len(values) > 2:
        return f"{told}."
    one, other = values
    return f"{told}: {written(one)} {'>' if one > other else '<'} {written(other)}."


_MORE = ("bigger", "larger", "greater", "higher", "more")


def _gathered(low: str) -> str:
    found = re.search(
        r"\b(average|mean|median|mode|sum|total|product|maximum|minimum|max|min|largest|smallest|range)\b"
        r"(?: value| number)? (?:of|in|from|among)\b(?:[^:\d]{0,40}:)?",
        low,
    )
    rest = low[found.end() :] if found else ""
    values = numbers(re.sub(r"\b(?:one|two)\b(?= numbers?)", "", rest))
    ranged = re.search(r"(-?\d+)\s*(?:to|through|-|–)\s*(\d+)", rest)
    if found and found[1] in ("sum", "total") and ranged and len(values) == 2:
        first, last = int(ranged[1]), int(ranged[2])
        return f"The sum is **{written((first + last) * (last - first + 1) / 2)}**."
    if found is None or len(values) < 2 or re.search(r"\bsquares?\b|\bangles?\b|\bfunction\b", low):
        return ""
    return f"The {found[1]} is **{written(_measure(found[1], values))}**."


def _measure(name: str, values: list[float]) -> float:
    match name:
        case "average" | "mean":
            return statistics.fmean(values)
        case "median":
            return statistics.median(values)
        case "mode":
            return statistics.mode(values)
        case "sum" | "total":
            return math.fsum(values)
        case "product":
            return math.prod(values)
        case "range":
            return max(values) - min(values)
    return max(values) if name in ("maximum", "max", "largest") else min(values)


def _rounded(low: str) -> str:
    found = re.search(r"\bround (-?\d[\d.,]*)", low)
    if found is None:
        return ""
    value = numbers(found[1].rstrip(".,"))[0]
    behind = low[found.end() :]
    if place := re.search(r"\b(\w+) (?:decimal|digit|place)", behind):
        most = int((numbers(place[1]) or [1])[0])
        return f"**{value:.{min(most, 15)}f}**"
    scale = {"ten": 10, "hundred": 100, "thousand": 1000, "million": 1e6}
    unit = next((size for word, size in scale.items() if re.search(rf"\b{word}\b", behind)), 1)
    return f"**{written(math.floor(value / unit + 0.5) * unit)}**"


def _parts(low: str) -> str:
    share = {"half": 0.5, "a third": 1 / 3, "one third": 1 / 3, "a quarter": 0.25, "one quarter": 0.25}
    share |= {"double": 2, "twice": 2, "triple": 3, "two thirds": 2 / 3, "three quarters": 0.75}
    if found := re.search(rf"\b({'|'.join(share)})(?: of)? (?:the number )?(-?\d[\d.,]*)\s*\??$", low):
        return f"**{written(share[found[1]] * numbers(found[2].rstrip('.,'))[0])}**"
    if found := re.search(r"\b(square|cube|cube root) of (-?\d[\d.]*)", low):
        value = numbers(found[2])[0]
        return f"**{written({'square': value**2, 'cube': value**3}.get(found[1], math.cbrt(value)))}**"
    if found := re.search(r"\blog(?:arithm)?\s*(?:base )?(2|10)?\s*(?:of |\()\s*(\d[\d.]*)", low):
        value = numbers(found[2])[0]
        return f"**{written(math.log(value, int(found[1] or 10)))}**" if value > 0 else ""
    values = numbers(low)
    if (
        len(values) == 2
        and values[0]
        and re.search(r"\b(?:what )?(?:percent|percentage|%)(?: of| is)\b", low)
    ):
        if re.search(r"\bwhat (?:percent|percentage|%) of\b.*\bis\b", low):
            return f"**{written(values[1] / values[0] * 100, 2)}%**"
        if re.search(r"\bis what (?:percent|percentage|%) of\b", low) and values[1]:
            return f"**{written(values[0] / values[1] * 100, 2)}%**"
    if len(values) == 2 and values[0] and re.search(r"\bpercent(?:age)? (?:change|increase|decrease)\b", low):
        return f"**{written((values[1] - values[0]) / values[0] * 100, 2)}%**"
    return ""


def _fractions(low: str) -> str:
    """Between fractions, decimals and percentages."""
    part = re.search(r"\b(\d+) ?/ ?(\d+)\b", low)
    if part and int(part[2]) and re.search(r"\b(?:decimal|percent\w*)\b", low):
        value = int(part[1]) / int(part[2])
        return f"**{written(value * 100, 2)}%**" if "percent" in low else f"**{written(value)}**"
    if part and int(part[2]) and re.search(r"\bsimplify|\breduce|\blowest terms|\bsimplest form", low):
        common = math.gcd(int(part[1]), int(part[2]))
        return f"**{int(part[1]) // common}/{int(part[2]) // common}**"
    values = numbers(low)
    if len(values) == 1 and re.search(r"\b(?:as|to|into) an? fraction\b", low):
        ratio = Fraction(str(values[0] / 100 if "%" in low or "percent" in low else values[0]))
        return f"**{ratio.numerator}/{ratio.denominator}**"
    if len(values) == 2 and values[1] and re.search(r"\bas a percent(?:age)? of\b", low):
        return f"**{written(values[0] / values[1] * 100, 2)}%**"
    if len(values) == 1 and re.search(r"\bas a (?:percent(?:age)?)\b", low):
        return f"**{written(values[0] * 100, 2)}%**"
    return ""


def _next(low: str) -> str:
    if not re.search(r"\b(?:next|continue|complete|sequence|series|missing|pattern)\b", low):
        return ""
    found = re.search(r"(?:-?\d+(?:\.\d+)?\s*,\s*){2,}-?\d+(?:\.\d+)?", low)
    row = numbers(found[0]) if found else []
    following = following_in(row) if row else None
    return f"**{written(following)}**" if following is not None else ""


def following_in(row: list[float]) -> float | None:
    """The number that continues a row: by equal steps or ratios, sums of two, squares, or steps that grow."""
    steps = [b - a for a, b in pairwise(row)]
    if len(set(steps)) == 1:
        return row[-1] + steps[0]
    if all(row[:-1]) and len({round(b / a, 9) for a, b in pairwise(row)}) == 1:
        return row[-1] * row[1] / row[0]
    if len(row) > 3 and all(row[at] == row[at - 1] + row[at - 2] for at in range(2, len(row))):
        return row[-1] + row[-2]
    second = [b - a for a, b in pairwise(steps)]
    if len(second) > 1 and len(set(second)) == 1:
        return row[-1] + steps[-1] + second[-1]
    if len(steps) > 2 and all(steps[:-1]) and len({b / a for a, b in pairwise(steps)}) == 1:
        return row[-1] + steps[-1] * steps[1] / steps[0]
    return None


def _solved(low: str) -> str:
    """A linear equation in one unknown."""
    equation = re.search(r"([\da-z.+*/()\s-]*?)=\s*([\da-z.+*/()\s-]+)", low.split(":")[-1])
    if equation is None or not re.search(
        r"\bsolve\b|\bfind [a-z]\b|\bwhat is [a-z]\b|\bvalue of [a-z]\b", low
    ):
        return ""
    left, right = (_linear(side) for side in equation.groups())
    name = re.search(r"(?<![a-z])([a-z])(?![a-z])", equation[0])
    if left is None or right is None or name is None or left[0] == right[0]:
        return ""
    return f"{name[1]} = **{written((right[1] - left[1]) / (left[0] - right[0]))}**"


def _linear(side: str) -> tuple[float, float] | None:
    """A side of an equation as factor of the unknown and rest."""
    side = re.sub(r"^\s*(?:solve|if|and|where|find)?\b(?: for [a-z],?)?", "", side).replace(" ", "")
    factor = rest = 0.0
    terms = re.findall(r"([+-]?)(\d+\.?\d*|\.\d+|)\*?([a-z]?)", side)
    if "".join(sign + number + name for sign, number, name in terms) != side.replace("*", ""):
        return None
    for sign, number, name in terms:
        if not number and not name:
            continue
        value = (float(number) if number else 1.0) * (-1 if sign == "-" else 1)
        factor, rest = (factor + value, rest) if name else (factor, rest + value)
    return factor, rest
