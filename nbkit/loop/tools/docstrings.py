"""What a docstring says of each parameter, in the forms of Google, numpy and Sphinx.

The model reads it at the parameter itself, in the schema; what is said of the tool as a whole stays the
description, and so does whatever is not understood here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

HEADER = r"(?:(?:Other |Keyword )?(?:Args|Arguments|Params|Parameters))"
GOOGLE = re.compile(rf"{HEADER}:\s*$")
NUMPY = re.compile(rf"{HEADER}\s*$")
UNDERLINE = re.compile(r"-{3,}\s*$")
SPHINX = re.compile(r":(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?\**(\w+)\s*:(.*)$")
SPHINX_TYPE = re.compile(r":(?:type\s+\**(\w+)|rtype)\s*:")
GOOGLE_ENTRY = re.compile(r"\**(\w+)\s*(?:\([^)]*\))?\s*:(.*)$")
NUMPY_ENTRY = re.compile(r"(\**\w+(?:\s*,\s*\**\w+)*)\s*(?::.*)?$")

Entries = dict[str, str]


def told(text: str, names: Collection[str]) -> tuple[str, Entries]:
    """Return the docstring without its words on these parameters, and those words by name."""
    lines, kept, found, at = text.splitlines(), [], Entries(), 0
    while at < len(lines):
        end, entries = _section(lines, at)
        is_type = SPHINX_TYPE.match(lines[at])  # the schema says it
        if is_type or entries.keys() & set(names):
            found.update({name: words for name, words in entries.items() if name in names and words})
            at = end
        else:
            kept.append(lines[at])
            at += 1
    return re.sub(r"\n\s*\n(?:\s*\n)+", "\n\n", "\n".join(kept)).strip(), found


def _section(lines: list[str], at: int) -> tuple[int, Entries]:
    """Return the end of the section that begins here, and its entries: none where none begins."""
    if GOOGLE.match(lines[at]):
        end = _end(lines, at + 1, blank_ends=False)
        return end, dict(_google(lines[at + 1 : end]))
    if NUMPY.match(lines[at]) and UNDERLINE.match("".join(lines[at + 1 : at + 2])):
        end = next((n for n in range(at + 2, len(lines) - 1) if UNDERLINE.match(lines[n + 1])), len(lines))
        return end, dict(_numpy(lines[at + 2 : end]))
    if match := SPHINX.match(lines[at]):
        end = _end(lines, at + 1, blank_ends=True)
        return end, {match[1]: _joined([match[2], *lines[at + 1 : end]])}
    return at + 1, {}


def _end(lines: list[str], start: int, *, blank_ends: bool) -> int:
    """Return where the lines that are indented end."""
    for at in range(start, len(lines)):
        blank = not lines[at].strip()
        if (blank and blank_ends) or (not blank and not lines[at][0].isspace()):
            return at
    return len(lines)


def _google(lines: list[str]) -> Iterator[tuple[str, str]]:
    for head, rest in _groups(lines):
        if match := GOOGLE_ENTRY.match(head):
            yield match[1], _joined([match[2], *rest])


def _numpy(lines: list[str]) -> Iterator[tuple[str, str]]:
    for head, rest in _groups(lines):
        if match := NUMPY_ENTRY.match(head):
            for name in match[1].split(","):
                yield name.strip(" *"), _joined(rest)


def _groups(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each line that stands furthest left, with the lines that are indented below it."""
    lines = [line for line in lines if line.strip()]
    left = min((_indent(line) for line in lines), default=0)
    heads = [at for at, line in enumerate(lines) if _indent(line) == left]
    for start, end in zip(heads, [*heads[1:], len(lines)], strict=False):
        yield lines[start].strip(), lines[start + 1 : end]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joined(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())
