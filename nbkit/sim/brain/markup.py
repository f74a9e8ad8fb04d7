"""Values out of Markdown tables and XML."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

_LONGEST = 200_000
_DEEPEST = 30
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_NO_XML = re.compile(r"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)  # nothing here may expand


def markdown_table(lines: list[str]) -> list[dict[str, str]] | None:
    """The rows of a text that is a Markdown table and nothing else."""
    if len(lines) < 3 or "|" not in lines[0] or not _RULE.fullmatch(lines[1].strip()):
        return None
    rows = [_cells(line) for line in lines[:1] + lines[2:]]
    head = rows[0]
    if len(head) < 2 or len(set(head)) != len(head) or any(len(row) != len(head) for row in rows):
        return None
    return [dict(zip(head, row, strict=True)) for row in rows[1:]]


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\\|", "|").strip(" *") for cell in re.split(r"(?<!\\)\|", inner)]


def xml(text: str) -> Any:
    """The value of XML: elements and attributes by name, like elements as a list; None where it is none."""
    if (
        not text.startswith("<")
        or not text.rstrip().endswith(">")
        or len(text) > _LONGEST
        or _NO_XML.search(text)
    ):
        return None
    try:
        root = ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError, RecursionError):
        return None
    value = _value(root, 0)
    return {_name(root.tag): value} if isinstance(value, str) else value


def _value(element: ElementTree.Element, depth: int) -> Any:
    text = (element.text or "").strip()
    if depth > _DEEPEST or (not len(element) and not element.attrib):
        return text
    found: dict[str, Any] = {_name(key): value for key, value in element.attrib.items()}
    for child in element:
        name, value = _name(child.tag), _value(child, depth + 1)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    if text:
        found["text"] = text
    return found


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]
