"""A comparison as text and as html: what is the same is counted, what differs is shown, with its words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from nbkit.errors import counted
from nbkit.study.word_diff import Part

if TYPE_CHECKING:
    from nbkit.study.compare import Comparison, Row

SIGNS = {"changed": "~", "added": "+", "removed": "-", "moved": ">"}
LONGEST = 2_000  # characters of a block in text
CELL = "vertical-align:top;text-align:left;padding:2px 8px;white-space:pre-wrap;word-break:break-word;"
MARKED = {
    "removed": "background:rgba(211,47,47,.18);text-decoration:line-through;",
    "added": "background:rgba(56,142,60,.22);text-decoration:none;",
}


def text(comparison: Comparison) -> str:
    """Return lines as of a diff; `[-gone-]` and `{+new+}` mark words."""
    if comparison.same:
        return f"no difference in {counted(len(comparison.rows), 'block')}"
    lines = [f"~ {name}: {_json(old)} -> {_json(new)}" for name, old, new in comparison.fields]
    for same, group in groupby(comparison.rows, key=lambda row: row.state == "same"):
        rows = list(group)
        lines += [f"  {counted(len(rows), 'block')} the same"] if same else _differing(rows)
    return "\n".join(lines)


def _differing(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        gone, new = row.words()
        yield f"{SIGNS[row.state]} {title(row)}"
        if row.state in ("changed", "removed"):
            yield _indented(
                _marked(gone, "[-", "-]") if row.state == "changed" else "".join(p for p, _ in gone)
            )
        if row.state in ("changed", "added"):
            yield _indented(
                _marked(new, "{+", "+}") if row.state == "changed" else "".join(p for p, _ in new)
            )


def title(row: Row) -> str:
    """Say which block it is, and where it stands in both."""
    side = row.second or row.first
    assert side is not None
    paths = dict.fromkeys(each.path for each in (row.first, row.second) if each is not None)
    return f"{' -> '.join(paths)} ({side.role}, {side.wire.get('type') or 'no type'})"


def _marked(parts: list[Part], begin: str, end: str) -> str:
    return "".join(f"{begin}{part}{end}" if differs else part for part, differs in parts)


def _indented(words: str) -> str:
    if len(words) > LONGEST:
        words = f"{words[:LONGEST]}…"
    return "\n".join(f"    {line}" for line in words.splitlines() or [""])


def _json(value: Any) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)


def html(comparison: Comparison) -> str:
    """Return a table with inline styles only, so that an untrusted notebook shows it too."""
    if comparison.same:
        return f"<p>{escape(text(comparison))}</p>"
    rows = [
        _line(f"<b>{escape(name)}</b>", _cell(_json(a)), _cell(_json(b))) for name, a, b in comparison.fields
    ]
    for same, group in groupby(comparison.rows, key=lambda row: row.state == "same"):
        if same:
            many = counted(len(list(group)), "block")
            rows.append(f'<tr><td colspan="3" style="{CELL}opacity:.65">{many} the same</td></tr>')
        else:
            rows += [_shown(row) for row in group]
    return f'<table class="nbkit-comparison" style="border-collapse:collapse">{"".join(rows)}</table>'


def _shown(row: Row) -> str:
    gone, new = row.words()
    name = f"{row.state}<br><small>{escape(title(row))}</small>"
    if row.state == "moved":
        return _line(name, _cell("".join(part for part, _ in gone)), "the same, moved")
    whole = row.state != "changed"
    return _line(name, _parts(gone, "removed", whole=whole), _parts(new, "added", whole=whole))


def _line(*cells: str) -> str:
    return "<tr>" + "".join(f'<td style="{CELL}">{cell}</td>' for cell in cells) + "</tr>"


def _cell(words: str) -> str:
    return escape(words)


def _parts(parts: list[Part], kind: str, *, whole: bool) -> str:
    tag = "del" if kind == "removed" else "ins"
    return "".join(
        f'<{tag} style="{MARKED[kind]}">{escape(part)}</{tag}>' if differs or whole else escape(part)
        for part, differs in parts
        if part
    )
