"""A snapshot as plain text: for terminals, logs and readers that show no html."""

from __future__ import annotations

from typing import Any

from nbkit.notebook.record import wording
from nbkit.notebook.record.faces.face import face, inside
from nbkit.notebook.record.faces.footnotes import Note, footnotes
from nbkit.notebook.record.faces.told import told
from nbkit.notebook.record.printable import printable
from nbkit.notebook.record.tool_faces import as_text
from nbkit.notebook.record.wording import named
from nbkit.notebook.views.message_views import MessageView
from nbkit.wire.blocks import Json

LONGEST_QUOTE = 200


def plain(snapshot: Json) -> str:
    """Return the whole record of one view, one block after the other."""
    head = f"[{wording.badge(snapshot)}]"
    if snapshot["state"] == "stale":
        head += " not on the current branch"
    problems, noted = wording.problems_at(snapshot), footnotes(snapshot)
    parts, badge, told = [head, wording.filled(snapshot)], snapshot["badge"], {*problems, *noted.marks}
    for message in snapshot["messages"]:
        ids = {message["id"], *(block["id"] for block in message["blocks"])}
        if isinstance(message, MessageView) and ids.isdisjoint(told):
            parts.append(message.known(_by_itself, badge["model"], badge["simulated"]))
            continue
        parts.append(f"{message['role']}:")
        for block in message["blocks"]:
            marks = "".join(f" [{number}]" for number in noted.marks.get(block["id"], ()))
            parts.append(_block(block, badge, marks))
            parts += map(wording.problem, problems[block["id"]])
        parts += map(_note, noted.notes.get(message["id"], ()))
        parts += map(wording.problem, problems[message["id"]])
    parts += [*map(wording.problem, problems[None]), *_foot(snapshot)]
    return printable("\n".join(part for part in parts if part))


def _by_itself(message: Json, model: str, simulated: bool) -> str:
    """A message that nothing is wrong with, and that cites nothing."""
    badge = {"model": model, "simulated": simulated}
    blocks = [_block(block, badge, "") for block in message["blocks"]]
    return "\n".join([f"{message['role']}:", *filter(None, blocks)])


def _block(block: Json, badge: Json, marks: str) -> str:
    made = wording.provenance(block, badge)
    lines = [_indent(words(block, badge["model"]) + marks), f"  ({made})" if made else ""]
    return "\n".join(line for line in lines if line)


def _note(note: Note) -> str:
    quote = f"“{wording.shorten(note.quote, LONGEST_QUOTE)}”" if note.quote else ""
    return f"  [{note.number}] {' · '.join(filter(None, [note.title, note.place, note.url, quote]))}"


def words(block: Json, model: str = "") -> str:
    """Return what a block says, whatever it is; `model` is who would read it, for what things weigh."""
    wire = block["wire"]
    match block["type"]:
        case "thinking" if wire.get("thinking"):
            return f"(thinking) {wire['thinking']}"
        case "tool_use":
            given = wire.get("input")
            if (shown := as_text(wire.get("name"), given)) is not None:
                return f"call {wire.get('id')}: {named(wire)}\n{shown}"
            call = wording.signature(named(wire), given if isinstance(given, dict) else {})
            return f"call {wire.get('id')}: {call}"
        case "tool_result":
            error = " (is_error)" if wire.get("is_error") else ""
            return f"result of {wire.get('tool_use_id')}{error}: {content(wire.get('content'), model)}"
        case _:
            return told(face(block, model))


def content(value: Any, model: str = "") -> str:
    """Return a result's content as text; what is no text is told as what it is."""
    if not isinstance(value, list):
        return "" if value is None else wording.clipped(str(value))
    return "\n".join(told(inside(block, model)) for block in value)


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
