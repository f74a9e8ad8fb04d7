"""Lists in pages, as the API cuts them: `limit` with `before_id` and `after_id` (contract, section 1.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json

USUAL, MOST = 20, 1000

Query = Mapping[str, list[str]]


def limit_of(query: Query) -> int:
    """Return how many rows a page has. Refuses what is no number from 1 to 1000, in the API's words."""
    text = query.get("limit", [str(USUAL)])[-1].strip()
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise invalid("limit: Input should be a valid integer, unable to parse string as an integer")
    limit = int(text)
    if not 1 <= limit <= MOST:
        bound = "greater than or equal to 1" if limit < 1 else f"less than or equal to {MOST}"
        raise invalid(f"limit: Input should be {bound}")
    return limit


def page_of(rows: Sequence[Json], query: Query) -> Json:
    """Return the page of `rows` that a query asks for; refuses a limit or a cursor that can't be read."""
    limit = limit_of(query)
    ids = [row["id"] for row in rows]
    start, end = 0, len(rows)
    if "after_id" in query:
        start = _place(ids, query["after_id"][-1], "after_id") + 1
    if "before_id" in query:
        end = _place(ids, query["before_id"][-1], "before_id")
        start = max(start, end - limit)
    page = list(rows[start:end][:limit])
    more = start > 0 if "before_id" in query else start + len(page) < end
    first, last = (page[0]["id"], page[-1]["id"]) if page else (None, None)
    return {"data": page, "has_more": more, "first_id": first, "last_id": last}


def _place(ids: Sequence[str], wanted: str, name: str) -> int:
    if wanted not in ids:
        raise invalid(f"{name}: nothing in this list has the id {wanted[:100]!r}")
    return ids.index(wanted)
