"""Code that is known by heart: for numbers that are asked for often, and for tables that were uploaded."""

from __future__ import annotations

import re
from collections.abc import Callable

_MEASURE = r"(?:mean|average|median|sum|total|maximum|minimum|max|min|standard deviation|stdev|sort(?:ed)?)"
_STATISTIC = re.compile(rf"\b{_MEASURE}\b", re.IGNORECASE)
_NUMBERS = re.compile(
    r"(?<![\w.])((?:-?\d+(?:\.\d+)?(?:,\s*(?:and\s+)?|\s+and\s+|\s+)){1,200}-?\d+(?:\.\d+)?)(?![\w])"
)
_CALLS = {
    "average": "mean",
    "total": "sum",
    "maximum": "max",
    "minimum": "min",
    "standard deviation": "stdev",
    "sort": "sorted",
}
_OF_STATISTICS = ("mean", "median", "stdev")
_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = (
    r"(?:the )?(?:first (?P<first>\d{1,4})"
    r"|(?:numbers )?(?:from )?(?P<low>\d{1,4}) ?(?:to|through|-|–) ?(?P<high>\d{1,4}))"
)
_TO = r"(?P<to>below|under|up to|less than|until|through) (?P<most>\d{1,5})"


def _fibonacci(hit: re.Match[str]) -> str:
    if hit["first"]:
        return f"a, b = 0, 1\nfor _ in range({hit['first']}):\n    print(a)\n    a, b = b, a + b"
    return f"a, b = 0, 1\nfor _ in range({hit['nth']}):\n    a, b = b, a + b\nprint(a)"


def _primes(hit: re.Match[str]) -> str:
    if hit["first"]:
        grow = f"while len(primes) < {hit['first']}:\n    if all(n % p for p in primes if p * p <= n):\n"
        told = "sum(primes)" if hit["sum"] else "primes"
        return f"primes, n = [], 2\n{grow}        primes.append(n)\n    n += 1\nprint({told})"
    last = int(hit["most"]) + (0 if hit["to"].lower() in ("below", "under", "less than") else 1)
    primes = f"[n for n in range(2, {last}) if all(n % d for d in range(2, int(n ** 0.5) + 1))]"
    return f"print(sum({primes}))" if hit["sum"] else f"print({primes})"


def _powers(hit: re.Match[str]) -> str:
    power = 2 if hit["what"].lower().startswith("squares") else 3
    low, high = (1, int(hit["first"])) if hit["first"] else (int(hit["low"]), int(hit["high"]))
    if hit["sum"]:
        return f"print(sum(n ** {power} for n in range({low}, {high + 1})))"
    return f"for n in range({low}, {high + 1}):\n    print(n, n ** {power})"


def _sum(hit: re.Match[str]) -> str:
    low, high = (1, int(hit["first"])) if hit["first"] else (int(hit["low"]), int(hit["high"]))
    return f"print(sum(range({low}, {high + 1})))"


def _counted(hit: re.Match[str]) -> str:
    measure = {"words": "len(text.split())", "characters": "len(text)"}
    letters = "sum(c.isalpha() for c in text)"
    return f"text = {hit['text']!r}\nprint({measure.get(hit['unit'].lower(), letters)})"


_KNOWN: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(
            r"\b(?:(?P<nth>\d{1,3})(?:st|nd|rd|th) fibonacci"
            r"|first (?P<first>\d{1,3}) (?:numbers of the )?fibonacci)",
            re.I,
        ),
        _fibonacci,
    ),
    (
        re.compile(
            rf"\b(?P<sum>sum of )?(?:all )?(?:the )?"
            rf"(?:first (?P<first>\d{{1,3}}) primes?\b|primes?(?: numbers?)? {_TO})",
            re.I,
        ),
        _primes,
    ),
    (
        re.compile(
            rf"\b(?P<sum>sum of )?(?:the )?(?P<what>squares|cubes) of (?:the (?:numbers|integers) )?{_RANGE}",
            re.I,
        ),
        _powers,
    ),
    (re.compile(rf"\bsum of (?:all )?(?:the )?(?:numbers|integers)? ?{_RANGE}", re.I), _sum),
    (
        re.compile(r"\bfactorial of (?P<n>\d{1,3})\b|\b(?P<m>\d{1,3})!(?=\W*$)", re.I),
        lambda hit: f"n = 1\nfor k in range(1, {int(hit['n'] or hit['m']) + 1}):\n    n *= k\nprint(n)",
    ),
    (
        re.compile(
            r"\b(?:how many|count the) (?P<unit>words|characters|letters)\b"
            r".{0,200}?[\"“](?P<text>[^\"”]+)[\"”]",
            re.I,
        ),
        _counted,
    ),
)


def found(text: str) -> str:
    """The code for what a text asks for, or ""."""
    for pattern, write in _KNOWN:
        if (hit := pattern.search(text)) is not None:
            return write(hit)
    return _of_numbers(text)


def _of_numbers(text: str) -> str:
    """Code for measures of numbers that stand behind the words for them."""
    asked = list(_STATISTIC.finditer(text))
    listed = _NUMBERS.search(text, asked[0].end()) if asked else None
    if listed is None or len(re.split(r"[.?!]\s", text[asked[0].end() : listed.start()])) > 1:
        return ""
    numbers = f"[{', '.join(re.findall(_NUMBER, listed[1]))}]"
    words = dict.fromkeys(hit[0].lower() for hit in asked if hit.start() < listed.start())
    calls = list(dict.fromkeys(_CALLS.get(word, word) for word in words))
    if len(calls) == 1:
        return _lines(calls, f"print({_call(calls[0], numbers, text)})")
    said = [f"print('{call}:', {_call(call, 'numbers', text)})" for call in calls]
    return _lines(calls, f"numbers = {numbers}", *said)


def _lines(calls: list[str], *lines: str) -> str:
    needed = ["import statistics"] if any(call in _OF_STATISTICS for call in calls) else []
    return "\n".join([*needed, *lines])


def _call(name: str, numbers: str, text: str) -> str:
    if name in _OF_STATISTICS:
        return f"statistics.{name}({numbers})"
    down = name == "sorted" and re.search(r"\b(?:descending|reverse|largest first|high to low)\b", text, re.I)
    return f"{name}({numbers}{', reverse=True' if down else ''})"


def of_table(text: str, path: str) -> str:
    """Code that tells of a table how large it is, what its columns hold, and its first rows."""
    wanted = re.search(r"\b(mean|average|median|sum|total|maximum|minimum|max|min)\b", text, re.I)
    call = _CALLS.get(wanted[1].lower(), wanted[1].lower()) if wanted else "mean"
    function = f"statistics.{call}" if call in ("mean", "median") else call
    separator = ", delimiter='\\t'" if path.lower().endswith(".tsv") else ""
    return f"""import csv
import statistics

with open({path!r}) as file:
    rows = list(csv.DictReader(file{separator}))
print(len(rows), 'rows')
for name in rows[0] if rows else []:
    try:
        values = [float(row[name]) for row in rows if row[name]]
        print(f'{{name}}: {call} {{{function}(values):g}}')
    except ValueError:
        values = sorted(set(row[name] for row in rows))
        print(f'{{name}}: {{len(values)}} values, such as {{values[0]}}')"""


def of_file(path: str) -> str:
    """Code that tells how long a file is, and how it begins."""
    return f"""with open({path!r}) as file:
    lines = file.read().splitlines()
print(len(lines), 'lines')
for line in lines[:5]:
    print(line)"""
