"""A journal for those who read it: as JSON, and as lines of text."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime

from nbkit.errors import counted
from nbkit.rules.body.body import read
from nbkit.rules.problems import one_line
from nbkit.sim.journal import review
from nbkit.sim.journal.recorder import Log, Recorded
from nbkit.wire.blocks import Json

MOST_BASE64 = 64 * 1024  # bytes of a body that is no text; all of it has its own address


def told(log: Log, shown: Iterable[Recorded], has_more: bool) -> Json:
    """Return the journal as JSON: the requests in the order in which they came."""
    lost = review.between(log.entries)
    return {
        "type": "journal",
        "requests": [_told(entry, lost.get(entry.number, [])) for entry in shown],
        "has_more": has_more,
        "last": log.last,
        "kept": {"requests": len(log.entries), "bytes": log.bytes},
        "dropped": {"requests": log.dropped, "bytes": log.dropped_bytes},
    }


def _told(entry: Recorded, lost: list[Json]) -> Json:
    return {
        "number": entry.number,
        "time": time_of(entry),
        "method": entry.method,
        "path": entry.path,
        "query": entry.query,
        "headers": entry.headers,
        **_body(entry),
        "body_bytes": entry.body_bytes,
        "status": entry.status,
        "request_id": entry.request_id,
        "error": review.error_of(entry),
        "problems": review.within(entry),
        "problems_between": lost,
    }


def _body(entry: Recorded) -> Json:
    """The body: JSON as it is, anything else as text or base64 beside it. Every byte of it is at
    `/_nbkit/requests/{number}/body`.
    """
    if not entry.body:
        return {"body": None}
    seen = read(entry.body)
    if seen.broken is None and not seen.doubled:
        try:
            json.dumps(seen.value)
            return {"body": seen.value}
        except RecursionError:
            pass
    try:
        return {"body": None, "body_text": entry.body.decode()}
    except UnicodeDecodeError:
        few = entry.body if len(entry.body) <= MOST_BASE64 else b""
        return {"body": None, "body_base64": base64.b64encode(few).decode() if few else None}


def time_of(entry: Recorded) -> str:
    return datetime.fromtimestamp(entry.time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_text(journal: Json) -> str:
    """Return what `told` gives as lines for a person: a request with its problems below it."""
    kept, dropped = journal["kept"]["requests"], journal["dropped"]["requests"]
    head = f"{counted(kept, 'request')} of this key in the journal"
    head += f", {dropped:,} more made room for them" if dropped else ""
    lines = [head]
    for each in journal["requests"]:
        lines += ["", *_lines(each)]
    if journal["has_more"]:
        lines += ["", "There is more: ask with ?since= and ?limit="]
    return "\n".join(lines) + "\n"


def _lines(each: Json) -> Iterable[str]:
    target = each["path"] + (f"?{each['query']}" if each["query"] else "")
    status = each["status"] or "still being answered"
    yield one_line(
        f"{each['number']}  {each['time']}  {each['method']} {target}  {status}  {each['request_id']}"
    )
    if summary := _summary(each["body"]):
        yield f"    {summary}"
    if each["error"]:
        yield one_line(f"    answered: {each['error']['type']}: {each['error']['message']}")
    for name, problems in (("", each["problems"]), ("between requests, ", each["problems_between"])):
        for problem in problems:
            yield one_line(f"    {name}{problem['level']} {problem['rule']}: {problem['message']}")
            if problem["fix"]:
                yield one_line(f"        fix: {problem['fix']['label']}")


def _summary(body: object) -> str:
    if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
        return ""
    tools = body.get("tools")
    parts = [
        one_line(str(body.get("model"))[:80]),
        counted(len(body["messages"]), "message"),
        *([counted(len(tools), "tool")] if isinstance(tools, list) and tools else []),
        *(["streamed"] if body.get("stream") is True else []),
    ]
    return ", ".join(parts)
