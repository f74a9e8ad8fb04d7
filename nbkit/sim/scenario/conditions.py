"""`when`: to which requests a reply belongs. Every condition that is there must fit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from nbkit.errors import quoted
from nbkit.sim.scenario.located import Path
from nbkit.sim.scenario.mistakes import Mistakes
from nbkit.sim.scenario.situation import Result, Situation

Found = dict[str, Any]
Condition = Callable[[Situation, Found], bool]
TextMatch = Callable[[str], re.Match[str] | bool | None]

TEXTS = ("user", "system", "model")
NUMBERS = ("turn", "round", "attempt", "results")
SWITCHES = ("stream", "paused")
KEYS = (*TEXTS, *NUMBERS, "result", "tools", *SWITCHES)
RESULT_KEYS = ("tool", "is_error", "contains")
LONGEST = 20_000  # characters of a text that are searched


def conditions(value: Any, path: Path, mistakes: Mistakes) -> list[Condition]:
    """Read `when`: a mapping of conditions, or a function of the request in a scenario from Python."""
    if value is None:
        return []
    if callable(value):
        return [lambda seen, found: bool(value(seen.request))]
    given = mistakes.keys(path, value, KEYS, "when")
    read = []
    for key, item in given.items():
        at = (*path, key)
        if key in TEXTS:
            read.append(_text(key, item, at, mistakes))
        elif key in NUMBERS:
            read.append(_number(key, item, at, mistakes))
        elif key in SWITCHES:
            read.append(_switch(key, item, at, mistakes))
        elif key == "tools":
            read.append(_tools(item, at, mistakes))
        else:
            read.append(_result(item, at, mistakes))
    return read


def _text(key: str, value: Any, path: Path, mistakes: Mistakes) -> Condition:
    matches = text_matches(value, path, mistakes)

    def fits(seen: Situation, found: Found) -> bool:
        text = str(getattr(seen, key))
        hit = next(filter(None, (match(text) for match in matches)), None)
        if isinstance(hit, re.Match):
            groups = {str(number): group for number, group in enumerate(hit.groups(), 1)}
            found["match"] = {**found.get("match", {}), "0": hit[0], **groups, **hit.groupdict()}
        return hit is not None

    return fits


def text_matches(value: Any, path: Path, mistakes: Mistakes) -> list[TextMatch]:
    """Read what a text has to hold: a part of it, `/a regular expression/`, or a list of which one fits."""
    given = value if isinstance(value, list) else [value]
    return [_text_match(item, path, mistakes) for item in given]


def _text_match(value: Any, path: Path, mistakes: Mistakes) -> TextMatch:
    text = mistakes.text(path, value)
    if len(text) > 1 and text.startswith("/") and text.endswith("/"):
        try:
            pattern = re.compile(text[1:-1], re.IGNORECASE)
        except re.error as error:
            mistakes.tell(path, f"not a regular expression: {error}")
            return lambda said: None
        return lambda said: pattern.search(said[:LONGEST])
    if not text and value is not None:
        mistakes.tell(path, "should say what the text holds")
    return lambda said: text.casefold() in said.casefold()


def _number(key: str, value: Any, path: Path, mistakes: Mistakes) -> Condition:
    numbers = value if isinstance(value, list) else [value]
    if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
        mistakes.tell(path, f"should be a whole number or a list of some, not {quoted(value)}")

    def fits(seen: Situation, found: Found) -> bool:
        number = len(seen.results) if key == "results" else getattr(seen, key)
        return number in numbers

    return fits


def _switch(key: str, value: Any, path: Path, mistakes: Mistakes) -> Condition:
    if not isinstance(value, bool):
        mistakes.tell(path, f"should be true or false, not {quoted(value)}")
    return lambda seen, found: getattr(seen, key) is value


def _tools(value: Any, path: Path, mistakes: Mistakes) -> Condition:
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) for name in names):
        mistakes.tell(path, f"should be names of tools that are offered, not {quoted(value)}")
    if names == []:
        return lambda seen, found: not seen.tools
    return lambda seen, found: all(name in seen.tools for name in names)


def _result(value: Any, path: Path, mistakes: Mistakes) -> Condition:
    given: Mapping[str, Any] = {"tool": value}
    if not isinstance(value, str):
        given = mistakes.keys(path, value, RESULT_KEYS, "result")
    tool, failed = given.get("tool"), given.get("is_error")
    if tool is not None and not isinstance(tool, str):
        mistakes.tell((*path, "tool"), f"should be the name of a tool, not {quoted(tool)}")
    if failed is not None and not isinstance(failed, bool):
        mistakes.tell((*path, "is_error"), f"should be true or false, not {quoted(failed)}")
    matches = text_matches(given["contains"], (*path, "contains"), mistakes) if "contains" in given else []

    def one_fits(result: Result) -> bool:
        named = tool is None or result.tool == tool
        ended = failed is None or result.is_error is failed
        return named and ended and (not matches or any(match(result.text) for match in matches))

    def fits(seen: Situation, found: Found) -> bool:
        hit = next(filter(one_fits, seen.results), None)
        if hit is not None:
            found.setdefault("result", hit)
        return hit is not None

    return fits
