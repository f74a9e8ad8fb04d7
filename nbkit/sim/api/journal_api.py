"""`/_nbkit/requests`: what came in with this key, and what was wrong with it. Not a part of the API.

`GET ?since=&limit=` reads (as text with `Accept: text/plain`), `DELETE` clears, `GET /{number}/body` gives
the bytes of one body as they were. Without a journal there is nothing here, as there isn't at the API.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nbkit.sim.asked import Asked
from nbkit.sim.journal.recorder import Recorded, Recorder
from nbkit.sim.plan import Plan, bytes_plan, json_plan
from nbkit.sim.refusal import invalid, not_found

if TYPE_CHECKING:
    from nbkit.sim.simulator import Simulator

USUAL, MOST = 100, 1000
TEXT = "text/plain; charset=utf-8"


def read(simulator: Simulator, asked: Asked) -> Plan:
    from nbkit.sim.journal.telling import as_text, told  # with the rules between requests: much to import

    log = _recorder(simulator).read(asked.workspace.name)
    limit, since = _limit(asked), asked.query.get("since", [""])[0]
    later = [entry for entry in log.entries if _is_after(entry, since)]
    shown = later[:limit] if since else later[-limit:]
    journal = told(log, shown, len(shown) < len(later))
    if _wants_text(asked):
        return bytes_plan(asked, as_text(journal).encode("utf-8", "backslashreplace"), TEXT)
    return json_plan(asked, journal)


def body(simulator: Simulator, asked: Asked, number: str) -> Plan:
    log = _recorder(simulator).read(asked.workspace.name)
    for entry in log.entries:
        if str(entry.number) == number and entry.body is not None:
            # Somebody's data: no browser may take it for a page.
            return bytes_plan(asked, entry.body, "application/octet-stream")
    raise not_found(f"the journal has no body of a request {number[:20]}: it was dropped, or never came")


def clear(simulator: Simulator, asked: Asked) -> Plan:
    cleared = _recorder(simulator).clear(asked.workspace.name)
    return json_plan(asked, {"type": "journal_cleared", "requests": cleared})


def _recorder(simulator: Simulator) -> Recorder:
    if simulator.journal is None:
        raise not_found("Not Found")
    return simulator.journal


def _limit(asked: Asked) -> int:
    text = asked.query.get("limit", [str(USUAL)])[0]
    if not (text.isdecimal() and len(text) < 9 and 1 <= int(text) <= MOST):
        raise invalid(f"limit: Input should be a valid integer from 1 to {MOST}")
    return int(text)


def _is_after(entry: Recorded, since: str) -> bool:
    """Whether an entry comes after the number of another one, or after a time."""
    if not since:
        return True
    if since.isdecimal() and len(since) < 20:
        return entry.number > int(since)
    try:
        # A plus that was not escaped arrives as a space.
        when = datetime.fromisoformat(since.replace(" ", "+") if "T" in since else since)
        return entry.time > (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise invalid(
            "since: Input should be the number of a request, or a time as 2026-11-26T20:00:00Z"
        ) from None


def _wants_text(asked: Asked) -> bool:
    accepted = asked.headers.get("accept", "")
    return accepted.startswith(("text/plain", "text/html"))
