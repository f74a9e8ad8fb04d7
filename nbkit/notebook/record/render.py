"""A snapshot as html: the record that is saved in the notebook and read without kernel or extension.

JupyterLab's sanitiser drops `<style>`, svg, scripts and data- attributes from untrusted notebooks, and every
style it has no pattern for, `var(--…)` among them. So: classes, plain inline styles, colours that read on
light and on dark. No button: there is nobody to hear it. What came from outside is escaped or goes through
`markdown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from nbkit.notebook.record import wording
from nbkit.notebook.record.faces.drawn import (
    AS_WRITTEN,
    ASIDE,
    BADGE,
    BOX,
    LABEL,
    NOTE,
    QUOTE,
    SMALL,
    TROUBLE,
    WAITING,
    WORDS,
    div,
    drawn,
    said,
    tag,
)
from nbkit.notebook.record.faces.face import face, result
from nbkit.notebook.record.faces.face_parts import Link
from nbkit.notebook.record.faces.footnotes import Note, footnotes
from nbkit.notebook.record.faces.names import spelled
from nbkit.notebook.views.message_views import MessageView
from nbkit.study.outcomes import table
from nbkit.wire.blocks import Json

LAST = "</p>\n</div>"  # what rendered Markdown mostly ends with; footnotes belong to its last line


def html(snapshot: Json) -> str:
    """Return the whole record of one view; the class `nbkit-VIEW` is where a live page mounts its editor."""
    parts = [_head(snapshot), *_messages(snapshot), *map(_problem, wording.problems_at(snapshot)[None])]
    parts += [_error(snapshot), _foot(snapshot), _what_if(snapshot)]
    inner = f'<div class="{AS_WRITTEN}">{"".join(parts)}</div>'
    return f'<div class="nbkit nbkit-{escape(snapshot["view"])}" style="{BOX}">{inner}</div>'


def _what_if(snapshot: Json) -> str:
    rows = (snapshot.get("what_if") or {}).get("rows")
    if not rows:
        return ""
    opened = [f"{row['name']}: {row['variable']}" for row in rows if row["variable"]]
    return table(rows) + tag(SMALL, f"opened as {', '.join(opened)}" if opened else "")


def _head(snapshot: Json) -> str:
    badge = tag(BADGE, wording.badge(snapshot), "span")
    stale = " not on the current branch of the conversation" if snapshot["state"] == "stale" else ""
    return f"<div>{badge}{tag(SMALL, stale, 'span')}</div>{tag(SMALL, wording.filled(snapshot))}"


def _messages(snapshot: Json) -> Iterator[str]:
    problems, badge = wording.problems_at(snapshot), snapshot["badge"]
    noted = footnotes(snapshot)
    told, cited = {*problems, *noted.marks}, noted.cited
    for message in snapshot["messages"]:
        ids = {message["id"], *(block["id"] for block in message["blocks"])}
        if isinstance(message, MessageView) and ids.isdisjoint(told) and ids.isdisjoint(cited):
            yield message.known(_by_itself, badge["model"], badge["simulated"])
            continue
        yield tag(LABEL, message["role"])
        for block in message["blocks"]:
            wrong = "".join(map(_problem, problems[block["id"]]))
            anchor = f' id="{_anchor(snapshot, block["id"])}"' if block["id"] in cited else ""
            marks = noted.marks.get(block["id"], [])
            yield f"<div{anchor}>{_block(block, message['role'], badge, marks)}{wrong}</div>"
        yield "".join(_note(note, snapshot) for note in noted.notes.get(message["id"], ()))
        yield from map(_problem, problems[message["id"]])


def _by_itself(message: Json, model: str, simulated: bool) -> str:
    """A message that nothing is wrong with, that cites nothing and isn't cited: nearly all are."""
    badge = {"model": model, "simulated": simulated}
    blocks = [f"<div>{_block(block, message['role'], badge, ())}</div>" for block in message["blocks"]]
    return tag(LABEL, message["role"]) + "".join(blocks)


def _anchor(snapshot: Json, block: str) -> str:
    return escape(f"nbkit-{snapshot['view']}-{block}")


def _block(block: Json, role: str, badge: Json, numbers: Iterable[int]) -> str:
    shown = drawn(face(block, badge["model"], role))
    marks = "".join(f"<sup>[{number}]</sup>" for number in numbers)
    shown = f"{shown.removesuffix(LAST)}{marks}{LAST}" if marks and shown.endswith(LAST) else shown + marks
    return shown + tag(SMALL, wording.provenance(block, badge))


def _note(note: Note, snapshot: Json) -> str:
    """What is quoted stands there; the number leads to the block that it is from."""
    number = f"[{note.number}]"
    if note.source:
        number = f'<a href="#{_anchor(snapshot, note.source)}">{number}</a>'
    where = spelled(" · ".join(filter(None, [note.title, note.place])))
    quote = said(QUOTE, f"“{wording.clipped(note.quote)}”" if note.quote else "")
    link = drawn([Link(note.url)]) if note.url else ""
    return div(NOTE, number, " ", escape(where), link, quote)


def _problem(problem: Json) -> str:
    title = f"{problem['rule']} · {problem['level']}"
    why = problem["why"] + (f" Fix: {problem['fix']['label']}." if problem["fix"] else "")
    style = TROUBLE.get(problem["level"], TROUBLE["unknown"])
    return div(style, tag(SMALL, title), tag(WORDS, problem["message"]), tag(SMALL, why))


def _error(snapshot: Json) -> str:
    error = snapshot["error"]
    if error is None:
        return ""
    return div(TROUBLE["error"], tag(LABEL, error["title"]), tag(WORDS, error["message"]))


def _foot(snapshot: Json) -> str:
    remark = said(f"{ASIDE}; {WORDS}", wording.remark(snapshot))
    cards = "".join(_card(card, snapshot["badge"]["model"]) for card in snapshot["cards"])
    return cards + remark + tag(WAITING, wording.standing(snapshot))


def _card(card: Json, model: str) -> str:
    """A call of a pause that was decided, or can't be run; an open one is in the sentence below the cards."""
    title = wording.signature(card["name"], card["input"])
    if card["why_not"] and card["state"] != "decided":
        return div(ASIDE, tag(LABEL, title), tag(SMALL, f"can’t be run: {card['why_not']}"))
    if card["result"] is None:
        return ""
    decided = wording.DECIDED.get((card["decision"] or {}).get("type", ""), "has its result")
    if card.get("too_much"):
        decided = f"{card['too_much']}; its beginning and end"
    given = card["result"]
    return div(ASIDE, drawn(result(f"{title} · {decided}", given["content"], given["is_error"], model)))
