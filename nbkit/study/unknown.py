"""What a body has that only a shell would know: where it stands, and which problems hang on it.

While a body is put together, what nobody knows is written between marks, which no text has in it; they are
taken out before the body is judged. A problem that may be one of such a value alone is none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nbkit.rules.problem import Problem
from nbkit.study.words import Expansion

# Noncharacters, which stand for nothing in any text.
IN_STRING, AS_VALUE, END = "\ufdd0", "\ufdd1", "\ufdd2"
MARKED = re.compile(f"[{IN_STRING}{AS_VALUE}]([^{END}]*){END}")
MARKS = re.compile(f"[{IN_STRING}{AS_VALUE}{END}]")
MOST_NAMED = 4
# Values that no other place of a request refers to: what is wrong with them is wrong with them alone.
FREE = re.compile(
    r"(?:^|\.)(?:text|content|data|system|description|thinking|signature|title|context|url|query|file_id|"
    r"user_id|media_type|cited_text)$|\.(?:input|input_schema|source|citations)(?:\.|$)"
)
ENTRY = re.compile(r"requests\.(\d+)\.(?:params\.)?")
# Fields that are right or wrong by themselves.
ALONE = frozenset({"max_tokens", "metadata", "service_tier", "stop_sequences", "stream", "top_k"})
BY_SHAPE = frozenset({"shape", "R10"})


@dataclass(frozen=True, slots=True)
class Unknown:
    """One place of a body: its path, the names of what stands there, and whether it is a part of a text."""

    path: str
    names: tuple[str, ...]
    in_text: bool

    @property
    def is_entangled(self) -> bool:
        """Whether other places of the request may be wrong or right by what stands here: an id, a type."""
        return "." in self.path and not (self.in_text and FREE.search(self.path))


def marked(part: Expansion, in_string: bool) -> str:
    """Return what stands in a body for what isn't known: its name, as text or as a string of its own."""
    name = part.shown.removeprefix("a ")
    return f"{IN_STRING}{name}{END}" if in_string else f'"{AS_VALUE}{name}{END}"'


def places(data: bytes) -> tuple[bytes, tuple[Unknown, ...] | None]:
    """Return a body without its marks, and where they stood; None where only a shell knows its structure."""
    text = data.decode("utf-8", "surrogateescape")
    if not MARKS.search(text):
        return data, ()
    plain = MARKS.sub("", text).encode("utf-8", "surrogateescape")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return plain, () if AS_VALUE not in text else None
    found = tuple(_walked(value))
    return plain, found if all(each.path for each in found) else None


def first(data: bytes) -> str:
    """Name what only a shell knows, as it stands first in a body: what is a value before what is text."""
    text = data.decode("utf-8", "surrogateescape")
    names = MARKED.findall(text[text.find(AS_VALUE) :]) or ["a variable"]
    return f"a {names[0]}" if names[0].startswith("$(") else str(names[0])


def _walked(value: Any) -> Iterator[Unknown]:
    rest: list[tuple[str, str, Any]] = [("", "", value)]
    while rest:
        parent, path, node = rest.pop()
        if isinstance(node, str) and (names := tuple(MARKED.findall(node))):
            is_value = AS_VALUE in node
            # In a list it may stand for more than one element.
            at = parent if is_value and path.rpartition(".")[2].isdecimal() else path
            yield Unknown(at, names, not is_value)
        elif isinstance(node, dict | list):
            pairs = list(node.items() if isinstance(node, dict) else enumerate(node))
            named = [(str(key), each) for key, each in pairs]
            for key, _ in named:
                if names := tuple(MARKED.findall(key)):
                    yield Unknown(path, names, False)
            rest += [(path, f"{path}.{key}".lstrip("."), each) for key, each in reversed(named)]


def certain(problems: Iterable[Problem], unknown: Sequence[Unknown], body: Any) -> list[Problem]:
    """Return the problems that are there whatever a shell would put in."""
    if not unknown:
        return list(problems)
    paths = {each.path for each in unknown}
    holders = {holder for path in paths if (holder := _holder(path))}
    is_entangled = any(each.is_entangled for each in unknown)
    return [
        each for each in problems if not _hangs(each, _plain(each.path, body), paths, holders, is_entangled)
    ]


def _holder(path: str) -> str:
    """Return the block that a value belongs to; a whole content says nothing of what holds it."""
    parent, _, key = path.rpartition(".")
    return "" if key == "content" or parent.rpartition(".")[0] == "messages" else parent


def _hangs(problem: Problem, path: str, paths: set[str], holders: set[str], is_entangled: bool) -> bool:
    if path == "headers":
        return False
    steps = path.split(".")
    above = (".".join(steps[:at]) for at in range(1, len(steps) + 1))
    if path in holders or any(each in paths for each in above):
        return True
    return is_entangled and problem.rule not in BY_SHAPE and steps[0] not in ALONE


def _plain(path: str, body: Any) -> str:
    """Return a place without the names of types that the API puts into it."""
    keys: list[str] = []
    node = body
    steps = path.split(".")
    for at, step in enumerate(steps):
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isdecimal() and int(step) < len(node):
            node = node[int(step)]
        elif at + 1 < len(steps) or (isinstance(node, dict) and node.get("type") == step):
            continue
        keys.append(step)
    return ".".join(keys)


def told(unknown: Sequence[Unknown]) -> str:
    """Say what wasn't judged."""
    if not unknown:
        return ""
    shown = [f"{each.path or 'the body'} ({', '.join(dict.fromkeys(each.names))})" for each in unknown]
    more = f" and {len(shown) - MOST_NAMED} more" if len(shown) > MOST_NAMED else ""
    return f"only a shell knows what stands in {', '.join(shown[:MOST_NAMED])}{more}: not judged there"


def by_entry(unknown: Iterable[Unknown]) -> dict[int, list[Unknown]]:
    """Sort the places of a batch by the request they stand in, each with its path in there."""
    entries: dict[int, list[Unknown]] = {}
    for each in unknown:
        if found := ENTRY.match(each.path):
            inside = replace(each, path=each.path[found.end() :])
            entries.setdefault(int(found[1]), []).append(inside)
    return entries
