"""Tool input while it streams: JSON text in pieces of any size in, a live value out.

Each piece costs what is new: nothing is read twice, and the tree grows in place. It holds what has arrived
and no guess: a string as far as it came, a number or a word only when it has ended, a key with its value.
What is wrong stops it, and is told by `json_text.parsed`, which reads the whole text when its block stops.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from math import isinf
from typing import Any

from nbkit.wire.json_text import DEEPEST, parsed, parsed_event
from nbkit.wire.views import Json

SPACES = {" ", "\t", "\n", "\r"}
SPACE = re.compile(r"[ \t\n\r]*")
# A string's inside as far as it can be read. Half of a surrogate pair waits for its other half, unless what
# follows can't be that.
STRING = re.compile(
    r"""(?: [^"\\\x00-\x1f]+
          | \\ (?: ["\\/bfnrt]
                 | u (?![dD][89abAB]) [0-9a-fA-F]{4}
                 | u [dD][89abAB][0-9a-fA-F]{2}
                   (?: \\u[dD][c-fC-F][0-9a-fA-F]{2} | (?= [^\\] | \\[^u] | \\u[^dD] | \\u[dD][^c-fC-F] ) )
               )
        )*""",
    re.VERBOSE,
)
# What stands whole in one piece, and is plain, is read at once.
WHOLE_KEY = re.compile(r'[ \t\n\r]*"([^"\\\x00-\x1f]*)"[ \t\n\r]*:[ \t\n\r]*')
WHOLE_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(\.[0-9]{1,17})?(?=[ \t\n\r,\]}])")
WHOLE_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
LONGEST_ESCAPE = len(r"\ud83d\ude00")
NUMBER = re.compile(r"[-+.0-9eE]*")
WORDS = {"t": ("true", True), "f": ("false", False), "n": ("null", None)}

Container = dict[str, Any] | list[Any]
Step = Callable[[str, int], int]  # reads on from a place in the text, and says how far it came


class PartialJson:
    """Feed it the text of one JSON value; `value` is what it says so far."""

    def __init__(self) -> None:
        self._root: list[Any] = []
        self._open: list[Container] = [self._root]  # where the next value goes is the last of these
        self._key = ""
        self._pieces: list[str] = []  # of the string or number that is being read
        self._rest = ""  # an escape or a word that is not whole yet: a few characters
        self._step: Step = self._value
        self.broken: str | None = None  # what was wrong, when something was

    @property
    def value(self) -> Any:
        """What has arrived: the tree itself, which goes on growing. None when nothing has."""
        if self._step == self._text and self._pieces:
            self._grow()
        return self._root[0] if self._root else None

    @property
    def whole(self) -> bool:
        """Whether the value has ended: what may still follow is space."""
        return self.broken is None and self._step == self._after and self._open[-1] is self._root

    def feed(self, text: str) -> None:
        """Take the next piece. What is no JSON is kept in `broken`, and nothing more is read."""
        if self.broken is not None:
            return
        text, self._rest, at = self._rest + text, "", 0
        try:
            while at < len(text):
                at = self._step(text, at)
        except ValueError as error:
            self.broken = str(error)

    def _drop_unfinished(self) -> None:
        """Take out the string that has not ended; a number, a word or a key that hasn't was never put in."""
        if self._step == self._text and self._open[-1] is not self._root:
            inside, key = self._place()
            del inside[key]

    def _value(self, text: str, at: int) -> int:
        first = text[at]
        if first in SPACES:
            return _past_space(text, at)
        if first == '"':
            if whole := WHOLE_STRING.match(text, at):
                self._put(whole[1])
                self._step = self._after
                return whole.end()
            self._put("")
            self._step = self._text
        elif first == "{":
            self._push({}, self._first_key)
        elif first == "[":
            self._push([], self._first_item)
        elif first in WORDS:
            self._step = self._word
            return at
        elif first in "-0123456789":
            if whole := WHOLE_NUMBER.match(text, at):
                self._put(float(whole[0]) if whole[1] else int(whole[0]))
                self._step = self._after
                return whole.end()
            self._step = self._number
            return at
        else:
            raise ValueError(f"no value begins with {first!r}")
        return at + 1

    def _first_item(self, text: str, at: int) -> int:
        if text[at] in SPACES:
            return _past_space(text, at)
        if text[at] == "]":
            return self._pop(at)
        self._step = self._value
        return at

    def _first_key(self, text: str, at: int) -> int:
        if text[at] in SPACES:
            return _past_space(text, at)
        if text[at] == "}":
            return self._pop(at)
        self._step = self._before_key
        return at

    def _before_key(self, text: str, at: int) -> int:
        if whole := WHOLE_KEY.match(text, at):
            self._key = whole[1]
            self._step = self._value
            return whole.end()
        return self._mark('"', text, at, self._name)

    def _colon(self, text: str, at: int) -> int:
        return self._mark(":", text, at, self._value)

    def _mark(self, mark: str, text: str, at: int, then: Step) -> int:
        if text[at] in SPACES:
            return _past_space(text, at)
        if text[at] != mark:
            raise ValueError(f"{mark} was due where {text[at]!r} came")
        self._step = then
        return at + 1

    def _after(self, text: str, at: int) -> int:
        """Behind a value: a comma, or the end of what it stands in."""
        inside, mark = self._open[-1], text[at]
        if mark in SPACES:
            return _past_space(text, at)
        if inside is self._root:
            raise ValueError(f"{mark!r} came behind the value")
        if mark == ",":
            if type(inside) is list:
                self._step = self._value
                return _past_space(text, at + 1)
            if whole := WHOLE_KEY.match(text, at + 1):
                self._key = whole[1]
                self._step = self._value
                return whole.end()
            self._step = self._before_key
            return at + 1
        if mark != ("]" if isinstance(inside, list) else "}"):
            raise ValueError(f"a comma or the end was due where {mark!r} came")
        return self._pop(at)

    def _name(self, text: str, at: int) -> int:
        at, ended = self._read_string(text, at)
        if ended:
            self._key = "".join(self._pieces)
            self._pieces.clear()
            self._step = self._colon
        return at

    def _text(self, text: str, at: int) -> int:
        at, ended = self._read_string(text, at)
        if ended:
            self._grow()
            self._step = self._after
        return at

    def _read_string(self, text: str, at: int) -> tuple[int, bool]:
        """Read as much of a string as has come; say where reading goes on, and whether it has ended."""
        match = STRING.match(text, at)
        assert match is not None  # it matches nothing, too
        run, end = match.group(), match.end()
        if run:
            self._pieces.append(json.loads(f'"{run}"') if "\\" in run else run)
        if end == len(text):
            return end, False
        if text[end] == '"':
            return end + 1, True
        if text[end] != "\\":
            raise ValueError(f"a string can't hold {text[end]!r}")
        if len(text) - end >= LONGEST_ESCAPE:
            raise ValueError(f"a string can't hold {text[end : end + 6]!r}")
        self._rest = text[end:]
        return len(text), False

    def _grow(self) -> None:
        """Add the pieces to the string where it stands.

        It is taken out first: CPython lengthens a string in place when nobody else refers to it.
        """
        inside, key = self._place()
        text: str = inside[key]
        inside[key] = None
        text += "".join(self._pieces)
        inside[key] = text
        self._pieces.clear()

    def _number(self, text: str, at: int) -> int:
        match = NUMBER.match(text, at)
        assert match is not None  # it matches nothing, too
        self._pieces.append(match.group())
        if match.end() < len(text):
            number = parsed_event("".join(self._pieces))
            if isinstance(number, float) and isinf(number):
                raise ValueError("it holds a number that is larger than any that can be kept")
            self._pieces.clear()
            self._put(number)
            self._step = self._after
        return match.end()

    def _word(self, text: str, at: int) -> int:
        word, value = WORDS[text[at]]
        came = text[at : at + len(word)]
        if came == word:
            self._put(value)
            self._step = self._after
        elif word.startswith(came):
            self._rest = came
            return len(text)
        else:
            raise ValueError(f"{word!r} was due where something else came")
        return at + len(word)

    def _put(self, value: Any) -> None:
        inside = self._open[-1]
        if isinstance(inside, list):
            inside.append(value)
        else:
            inside[self._key] = value

    def _place(self) -> tuple[Any, Any]:
        inside = self._open[-1]
        return inside, -1 if isinstance(inside, list) else self._key

    def _push(self, container: Container, step: Step) -> None:
        if len(self._open) > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} levels deep")
        self._put(container)
        self._open.append(container)
        self._step = step

    def _pop(self, at: int) -> int:
        self._open.pop()
        self._step = self._after
        return at + 1


def read_input(text: str) -> tuple[Json, str]:
    """Return what the text of a call's input says, and in words what is wrong with it, if anything is."""
    try:
        value = parsed(text)
    except ValueError as error:
        return whole_members(text) or {}, f"the tool input is no JSON: {error}"
    return (value, "") if isinstance(value, dict) else ({}, "the tool input is no JSON object")


def whole_members(text: str) -> Any:
    """Return what had come whole of a JSON object that was cut off; None where the text begins none."""
    partial = PartialJson()
    partial.feed(text)
    if partial.broken is not None or not isinstance(partial.value, dict):
        return None
    partial._drop_unfinished()
    return partial.value


def _past_space(text: str, at: int) -> int:
    match = SPACE.match(text, at)
    assert match is not None  # it matches nothing, too
    return match.end()
