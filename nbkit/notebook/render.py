"""A snapshot as html: the record that is saved in the notebook and read without kernel or extension.

JupyterLab's sanitiser drops `<style>`, svg, scripts and data- attributes from untrusted notebooks, and every
style it has no pattern for, `var(--…)` among them. So: classes, plain inline styles, colours that read on
light and on dark. No button: there is nobody to hear it. What came from outside is escaped or goes through
`markdown`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from nbkit.notebook import wording
from nbkit.notebook.markdown import to_html
from nbkit.notebook.tool_faces import as_text
from nbkit.study.outcomes import table
from nbkit.wire.blocks import Json

LINE = "1px solid rgba(127, 127, 127, 0.35)"
BOX = f"border: {LINE}; border-radius: 6px; padding: 8px 12px; margin: 4px 0; max-width: 64em"
SMALL = "font-size: 85%; opacity: 0.75"
LABEL = "font-size: 85%; font-weight: 600; opacity: 0.75; margin: 8px 0 2px 0"
ASIDE = "border-left: 3px solid rgba(127, 127, 127, 0.35); padding: 2px 0 2px 10px; margin: 6px 0"
PRE = (
    "font-family: monospace; font-size: 90%; white-space: pre-wrap; overflow-wrap: break-word; "
    "margin: 2px 0; padding: 4px 8px; border-radius: 4px; max-height: 24em; overflow: auto; "
    "background-color: rgba(127, 127, 127, 0.12)"
)
WORDS = "white-space: pre-wrap; overflow-wrap: break-word"
BADGE = f"border: {LINE}; border-radius: 10px; padding: 1px 8px; font-size: 85%; font-weight: 600"
TROUBLE = {
    "error": "border-left: 3px solid rgba(214, 62, 62, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
    "warning": "border-left: 3px solid rgba(201, 134, 0, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
    "unknown": "border-left: 3px solid rgba(127, 127, 127, 0.9); padding: 2px 0 2px 10px; margin: 6px 0",
}
WAITING = "border-left: 3px solid rgba(64, 128, 220, 0.9); padding: 2px 0 2px 10px; margin: 8px 0 2px 0"

# MathJax leaves these alone: between two prices in dollars it would see a formula, and where it isn't told to
# be careful a formula can hold a link that runs script.
AS_WRITTEN = "mathjax_ignore tex2jax_ignore"

# The address of a picture must be its own bytes: anything else could be fetched.
MEDIA_TYPE = re.compile(r"image/(png|jpeg|gif|webp)")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


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
    return table(rows) + _tag(SMALL, f"opened as {', '.join(opened)}" if opened else "")


def _tag(style: str, text: str, name: str = "div") -> str:
    return f'<{name} style="{style}">{escape(text)}</{name}>' if text else ""


def _div(style: str, *inner: str) -> str:
    return f'<div style="{style}">{"".join(inner)}</div>'


def _head(snapshot: Json) -> str:
    badge = _tag(BADGE, wording.badge(snapshot), "span")
    stale = " not on the current branch of the conversation" if snapshot["state"] == "stale" else ""
    return f"<div>{badge}{_tag(SMALL, stale, 'span')}</div>{_tag(SMALL, wording.filled(snapshot))}"


def _messages(snapshot: Json) -> Iterator[str]:
    problems = wording.problems_at(snapshot)
    for message in snapshot["messages"]:
        yield _tag(LABEL, message["role"])
        for block in message["blocks"]:
            wrong = "".join(map(_problem, problems[block["id"]]))
            yield f"<div>{_block(block, snapshot['badge'])}{wrong}</div>"
        yield from map(_problem, problems[message["id"]])


def _block(block: Json, badge: Json) -> str:
    show = BLOCKS.get(block["type"], _unknown)
    return show(block) + _tag(SMALL, wording.provenance(block, badge))


def _text(block: Json) -> str:
    text = _string(block["wire"].get("text"))
    if block["by"] in ("model", "simulator"):
        return f'<div style="overflow-wrap: break-word">{to_html(text)}</div>'
    return _tag(WORDS, text)


def _thinking(block: Json) -> str:
    text = _string(block["wire"].get("thinking"))
    return _folded("thinking", text or "(not shown by the API; its signature is kept)")


def _redacted(block: Json) -> str:
    return _folded("thinking", "(redacted by the API; kept as it came)")


def _folded(title: str, text: str) -> str:
    summary = f'<summary style="{SMALL}">{escape(title)}</summary>'
    return f'<details style="{ASIDE}">{summary}{_tag(WORDS, text)}</details>'


def _tool_use(block: Json) -> str:
    wire = block["wire"]
    face = None if block["json"] else as_text(wire.get("name"), wire.get("input"))
    shown = block["json"] or face or wording.pretty(wire.get("input", {}))
    title = f"{wording.named(wire)} · {_string(wire.get('id'))}"
    return _div(ASIDE, _tag(LABEL, f"call of {title}"), _tag(PRE, shown, "pre"))


def _tool_result(block: Json) -> str:
    wire = block["wire"]
    title = f"result of {_string(wire.get('tool_use_id'))}"
    return _div(ASIDE, _result(title, wire.get("content"), bool(wire.get("is_error"))))


def _result(title: str, content: Any, is_error: bool) -> str:
    """A result's content is a string or blocks; its text is shown as it is: data, not prose."""
    blocks = content if isinstance(content, list) else [{"type": "text", "text": _string(content)}]
    label = _tag(LABEL, f"{title} · is_error" if is_error else title)
    return label + "".join(_content(block) for block in blocks)


def _content(block: Any) -> str:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind == "text":
        return _tag(PRE, wording.clipped(_string(block.get("text"))) or "(empty)", "pre")
    return _image({"wire": block}) if kind == "image" else _tag(PRE, wording.pretty(block), "pre")


def _image(block: Json) -> str:
    source = block["wire"].get("source")
    if not isinstance(source, dict) or source.get("type") != "base64":
        return _unknown(block)
    kind, data = _string(source.get("media_type")), _string(source.get("data"))
    if not MEDIA_TYPE.fullmatch(kind) or not BASE64.fullmatch(data):
        return _unknown(block)
    return f'<img src="data:{kind};base64,{data}" alt="{kind}" style="max-width: 100%">'


def _unknown(block: Json) -> str:
    return _tag(PRE, wording.pretty(block["wire"]), "pre")


BLOCKS: dict[str, Callable[[Json], str]] = {
    "text": _text,
    "thinking": _thinking,
    "redacted_thinking": _redacted,
    "tool_use": _tool_use,
    "tool_result": _tool_result,
    "image": _image,
}


def _problem(problem: Json) -> str:
    title = f"{problem['rule']} · {problem['level']}"
    why = problem["why"] + (f" Fix: {problem['fix']['label']}." if problem["fix"] else "")
    style = TROUBLE.get(problem["level"], TROUBLE["unknown"])
    return _div(style, _tag(SMALL, title), _tag(WORDS, problem["message"]), _tag(SMALL, why))


def _error(snapshot: Json) -> str:
    error = snapshot["error"]
    if error is None:
        return ""
    return _div(TROUBLE["error"], _tag(LABEL, error["title"]), _tag(WORDS, error["message"]))


def _foot(snapshot: Json) -> str:
    remark = _tag(f"{ASIDE}; {WORDS}", wording.remark(snapshot))
    return "".join(map(_card, snapshot["cards"])) + remark + _tag(WAITING, wording.standing(snapshot))


def _card(card: Json) -> str:
    """A call of a pause that was decided, or can't be run; an open one is in the sentence below the cards."""
    title = wording.signature(card["name"], card["input"])
    if card["why_not"] and card["state"] != "decided":
        return _div(ASIDE, _tag(LABEL, title), _tag(SMALL, f"can’t be run: {card['why_not']}"))
    if card["result"] is None:
        return ""
    if card.get("too_much"):
        title = f"{title} · {card['too_much']}; its beginning and end"
        return _div(ASIDE, _result(title, card["result"]["content"], card["result"]["is_error"]))
    decided = wording.DECIDED.get((card["decision"] or {}).get("type", ""), "has its result")
    return _div(ASIDE, _result(f"{title} · {decided}", card["result"]["content"], card["result"]["is_error"]))


def _string(value: Any) -> str:
    """The text of a field that should be a string and, in a hand-made array, may be anything."""
    return value if isinstance(value, str) else "" if value is None else wording.pretty(value)
