"""A snapshot as plain text: for terminals, logs and readers that show no html."""

from __future__ import annotations

from typing import Any

from nbkit.notebook import wording
from nbkit.notebook.printable import printable
from nbkit.notebook.tool_faces import as_text
from nbkit.notebook.wording import named
from nbkit.wire.blocks import Json


def plain(snapshot: Json) -> str:
    """Return the whole record of one view, one block after the other."""
    head = f"[{wording.badge(snapshot)}]"
    if snapshot["state"] == "stale":
        head += " not on the current branch"
    problems = wording.problems_at(snapshot)
    parts = [head, wording.filled(snapshot)]
    for message in snapshot["messages"]:
        parts.append(f"{message['role']}:")
        for block in message["blocks"]:
            parts += [_block(block, snapshot["badge"]), *map(wording.problem, problems[block["id"]])]
        parts += map(wording.problem, problems[message["id"]])
    parts += [*map(wording.problem, problems[None]), *_foot(snapshot)]
    return printable("\n".join(part for part in parts if part))


def _block(block: Json, badge: Json) -> str:
    made = wording.provenance(block, badge)
    lines = [_indent(words(block)), f"  ({made})" if made else ""]
    return "\n".join(line for line in lines if line)


def words(block: Json) -> str:
    """Return what a block says, whatever it is."""
    wire = block["wire"]
    match block["type"]:
        case "text":
            return str(wire.get("text") or "")
        case "thinking":
            return f"(thinking) {wire.get('thinking') or 'not shown'}"
        case "redacted_thinking":
            return "(thinking) redacted"
        case "tool_use":
            given = wire.get("input")
            if (shown := as_text(wire.get("name"), given)) is not None:
                return f"call {wire.get('id')}: {named(wire)}\n{shown}"
            call = wording.signature(named(wire), given if isinstance(given, dict) else {})
            return f"call {wire.get('id')}: {call}"
        case "tool_result":
            error = " (is_error)" if wire.get("is_error") else ""
            return f"result of {wire.get('tool_use_id')}{error}: {content(wire.get('content'))}"
        case _:
            return wording.shorten(wording.pretty(wire), 400)


def content(value: Any) -> str:
    """Return a result's content as text; what is no text is named by its type."""
    if not isinstance(value, list):
        return "" if value is None else wording.clipped(str(value))
    blocks = [block if isinstance(block, dict) else {} for block in value]
    words = (str(block.get("text", f"[{block.get('type', 'block')}]")) for block in blocks)
    return "\n".join(map(wording.clipped, words))


def _foot(snapshot: Json) -> list[str]:
    lines = []
    if snapshot["error"]:
        lines.append(f"! {snapshot['error']['title']}: {snapshot['error']['message']}")
    for card in snapshot["cards"]:
        if card["result"] is not None:
            call = wording.signature(card["name"], card["input"])
            if card.get("too_much"):
                lines.append(f"  {call} waits to be seen: {card['too_much']}")
                continue
            lines.append(f"  {call} has its result: {content(card['result']['content'])}")
    rows = (snapshot.get("what_if") or {}).get("rows", ())
    return [*lines, _indent(wording.remark(snapshot)), wording.standing(snapshot), *map(_row, rows)]


def _row(row: Json) -> str:
    answer = "".join(each["text"] for each in row["answer"])
    said = "\n".join(filter(None, [row["error"], answer, *row["notes"]]))
    return f"what if {row['name']}:\n{_indent(said)}"


def _indent(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
