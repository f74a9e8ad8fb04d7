"""Rows of what is known by heart: "three countries and their capitals", as a list, a table or JSON."""

from __future__ import annotations

import json
import re

from nbkit.sim.brain.plain import knowledge
from nbkit.sim.brain.plain.heard import count_wanted

_ASKED = (
    r"\b(?P<kind>[a-z]+(?: [a-z]+)?)(?: in \w+)? (?:and|with|plus|along with) (?:their|the|its)(?: "
    r"(?:respective|chemical|atomic|official))? "
    r"(?P<columns>[a-z]+(?:(?:, | and |, and )(?:their )?[a-z]+)*)"
)
_COLUMNS = {
    "currencie": "currency",
    "number": "number",
    "atomic number": "number",
    "date": "year",
    "writer": "author",
    "inventor": "maker",
    "meaning": "meaning",
    "size": "diameter",
}


def said(text: str) -> str:
    """Rows with the columns that a request names, or ""."""
    low = text.lower()
    found = re.search(_ASKED, low)
    if found is None or len(text) > 300:
        return ""
    words = found["kind"].split()
    kind = next(
        (
            name
            for name in (found["kind"], words[-1], words[-1].removesuffix("s"))
            if knowledge.rows_of(name.replace(" ", "_"))[0]
        ),
        "",
    )
    if not kind:
        return ""
    columns, rows = knowledge.rows_of(kind.replace(" ", "_"))
    asked = [
        one.removesuffix("s") for one in re.split(r", and |, | and ", found["columns"].replace("their ", ""))
    ]
    wanted = [name for one in asked if (name := _COLUMNS.get(one, one)) in columns]
    if not wanted:
        return ""
    picked = [
        [row[0], *(row[columns.index(name)] for name in wanted)] for row in rows[: count_wanted(low, 5)]
    ]
    heads = [
        words[-1].removesuffix("ies").removesuffix("s") + ("y" if words[-1].endswith("ies") else ""),
        *wanted,
    ]
    if "json" in low:
        return json.dumps([dict(zip(heads, row, strict=True)) for row in picked], ensure_ascii=False)
    if re.search(r"\btable\b", low):
        lines = [
            " | ".join(one.capitalize() for one in heads),
            " | ".join("---" for _ in heads),
            *(" | ".join(row) for row in picked),
        ]
        return "\n".join(f"| {line} |" for line in lines)
    if re.search(r"\bcsv\b", low):
        return "\n".join(
            [",".join(heads), *(",".join(f'"{one}"' if "," in one else one for one in row) for row in picked)]
        )
    return "\n".join(f"- {row[0]}: {', '.join(row[1:])}" for row in picked)
