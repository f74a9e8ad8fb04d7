"""Tables: out of CSV, HTML and lists of like objects, and into Markdown."""

from __future__ import annotations

import csv
import json
import re
from html.parser import HTMLParser
from typing import Any

from nbkit.sim.brain import lexicon, markup

_MOST_ROWS = 12
_MOST_COLUMNS = 8
_WIDEST = 80
_MOST_LINES = 5000
_LONGEST_PAGE = 40_000
_HTML = re.compile(
    r"\s*<(?:!doctype html|html|body|div|table|ul|ol|li|p|h[1-6]|span|section|article|dl)\b", re.I
)
_FIELD = re.compile(r"([A-Za-z][\w ()/.-]{0,40}):[ \t]+(\S.*)")
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")


def structured(text: str) -> Any:
    """The value of a text that is a table, lines of JSON, fields or a page; None when it is none of them."""
    if _HTML.match(text) and text.count(">") * 2 > text.count("<"):
        return page(text)
    if text[:1] == "<" and (value := markup.xml(text)) is not None:
        return value
    lines = [line for line in text[:1_000_000].splitlines() if line.strip()]
    if len(lines) < 2:
        return None
    return _json_lines(lines) or markup.markdown_table(lines) or _separated(lines) or _fields(lines)


def _json_lines(lines: list[str]) -> list[Any] | None:
    if not all(line.lstrip()[:1] in "{[" for line in lines):
        return None
    try:
        return [json.loads(line) for line in lines]
    except (ValueError, RecursionError):
        return None


def _separated(lines: list[str]) -> list[Any] | None:
    """The rows of a CSV text with a head: every line has as many cells, and the head is no data."""
    for mark in (",", "\t", ";"):
        if mark not in lines[0] or (mark == "," and ", " in lines[0]):
            continue
        try:
            rows = list(csv.reader(lines[:_MOST_LINES], delimiter=mark))
        except csv.Error:
            return None
        head = [cell.strip() for cell in rows[0]]
        like = len(head) > 1 and all(len(row) == len(head) for row in rows) and len(set(head)) == len(head)
        if like and all(cell and len(cell) < 40 and not _NUMBER.fullmatch(cell) for cell in head):
            return [dict(zip(head, row, strict=True)) for row in rows[1:]]
    return None


def _fields(lines: list[str]) -> dict[str, str] | None:
    """Lines of "name: value"."""
    hits = [_FIELD.fullmatch(line.strip()) for line in lines[:200]]
    found = {hit[1]: hit[2] for hit in hits if hit}
    return found if len(found) == len(lines) else None


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.headed = False
        self.words: list[str] = []
        self._cell: list[str] | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.headed = self.headed or tag == "th"
            self._cell = []
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in ("td", "th") and self._cell is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(" ".join("".join(self._cell).split()))
            self._cell = None
        elif tag in _BREAKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            (self.words if self._cell is None else self._cell).append(data)


_BREAKS = ("br", "p", "li", "div", "ul", "ol", "h1", "h2", "h3", "h4", "table", "dt", "dd", "section")


def page(text: str) -> Any:
    """What a page of HTML says: its table as rows, its lines, or its text."""
    reader = _Page()
    reader.feed(text[:_LONGEST_PAGE])
    reader.close()
    lines = [" ".join(line.split()) for line in "".join(reader.words).split("\n")]
    words = [line for line in lines if line]
    rows = [row for row in reader.rows if row]
    table: list[Any] = [*rows]
    if reader.headed and len(rows) > 1 and all(len(row) == len(rows[0]) for row in rows):
        table = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    if table:
        return {"text": " ".join(words), "table": table} if words else table
    return words[0] if len(words) == 1 else words or text


def table(items: list[Any]) -> str:
    """A list of like objects as a Markdown table, objects in them flattened; "" where it is none."""
    if len(items) < 2 or not all(isinstance(item, dict) and item for item in items[:_MOST_ROWS]):
        return ""
    rows = [_flat(item) for item in items[:_MOST_ROWS] if isinstance(item, dict)]
    if any(row is None for row in rows):
        return ""
    columns = list(dict.fromkeys(key for row in rows if row is not None for key in row))
    if len(columns) > _MOST_COLUMNS or len(columns) < 2:
        return ""
    lines = [" | ".join(lexicon.humanize(column) for column in columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join((row or {}).get(column, "") for column in columns) for row in rows]
    left = len(items) - len(rows)
    more = f"\n\n… and {left} more rows." if left > 0 else ""
    return "\n".join(f"| {line} |" for line in lines) + more


def _flat(item: dict[str, Any], prefix: str = "") -> dict[str, str] | None:
    """The cells of a row; None when it holds what no cell can."""
    cells: dict[str, str] = {}
    for key, value in item.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value and not prefix:
            inner = _flat(value, f"{name} ")
            if inner is None:
                return None
            cells |= inner
        elif (
            isinstance(value, list) and len(value) < 6 and not any(isinstance(v, dict | list) for v in value)
        ):
            cells[name] = ", ".join(_cell(one) for one in value)
        elif isinstance(value, dict | list):
            return None
        else:
            cells[name] = _cell(value)
    return None if any(len(cell) > _WIDEST for cell in cells.values()) else cells


def _cell(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return " ".join(text.replace("|", "\\|").split())
