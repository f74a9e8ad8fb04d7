"""Emails, letters, notes and messages: whom they are to, what they are for, and how one says that."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from nbkit.sim.brain.plain.heard import bare, capital

_KIND = (
    r"\b(email|e-mail|mail|letter|note|message|text message|invitation|card|cover letter|memo|apology"
    r"|reply|toast"
    r"|speech)\b"
)
_ASKS = r"\b(?:write|draft|compose|create|help me write|need|prepare|generate|give me|make)\b"
_TO = (
    r"\bto (?:my |our |the |an? )?(?P<to>(?!say|ask|tell|thank|invite|request|announce|decline|apologi"
    r"|inform|let|remind|cancel|congrat|schedul|complain|be\b)[A-Za-z][\w']*(?: [A-Z][\w']*)?)"
)
_PURPOSE = (
    r"\b(?P<how>asking(?: \w+)? (?:for|to|if|about)|ask(?:ing)? (?:for|to|if|about)|request(?:ing)?"
    r"|requesting|thanking(?: \w+)? for|to thank(?: \w+)? for|apologi[sz]ing(?: \w+)?(?: for)?|to "
    r"apologi[sz]e(?: for)?"
    r"|inviting (?:[\w']+ ){0,3}?to|to invite (?:[\w']+ ){0,3}?to|announcing|to announce|declining"
    r"|to decline|about"
    r"|regarding|saying(?: that)?|to say(?: that)?|telling \w+(?: that)?|to tell \w+(?: that)?"
    r"|informing \w+(?: that| of)?|reminding \w+(?: that| of| to| about)?|congratulating(?: \w+)?(?: "
    r"on)?"
    r"|cancel(?:l?ing)?|to cancel|complaining about|to complain about|confirming|to confirm|resigning"
    r"|to resign|scheduling|to schedule|for)\s+(?P<what>.+)"
)


def said(text: str) -> str:
    """The email, letter or note that is ordered, or ""."""
    head = text.split("\n")[0]
    kind = re.search(_KIND, head, re.IGNORECASE)
    if (
        kind is None
        or not re.search(_ASKS, head, re.IGNORECASE)
        or re.search(
            r"\b(?:regex|function|code|script|validate|extract|template engine|classify|spam)\b",
            head,
            re.IGNORECASE,
        )
    ):
        return ""
    form = kind[1].lower()
    to = None if re.search(r"\binvit\w+", head, re.IGNORECASE) else re.search(_TO, head[kind.end() :])
    rest = head[kind.end() :]
    named = re.search(r"\bfor (?:my |our )?(?:\w+ )?([A-Z][a-z]+)\b", head[kind.end() :])
    who = to["to"] if to else named[1] if named else ""
    purpose = re.search(_PURPOSE, rest.replace(to[0], " ", 1) if to else rest, re.IGNORECASE)
    how, what = (
        (
            purpose["how"].lower(),
            re.sub(r"\s+in \w+ (?:words|sentences)\b.*$", "", purpose["what"]).strip(" .!?"),
        )
        if purpose
        else ("", "")
    )
    thanks = bool(re.search(r"\bthank", head, re.IGNORECASE))
    subject, body = _body(how, _mine(what), thanks, head.lower())
    name = capital(who) if who else "all" if re.search(r"\bteam|everyone|all\b", head) else ""
    casual = bool(
        re.search(r"\b(?:friend|mom|mum|dad|sister|brother|casual|informal|text)\b", head, re.IGNORECASE)
    )
    if re.search(r"\bout of (?:the )?office\b", head, re.IGNORECASE):
        return body
    if re.search(r"\blove letter\b", head, re.IGNORECASE):
        return f"My dear{f' {name}' if name else ''},\n\n{body}\n\nYours,\n[Your name]"
    greeting = f"{'Hi' if casual else 'Dear'} {name or ('there' if casual else 'Sir or Madam')},"
    closing = "See you soon,\n[Your name]" if casual else "Kind regards,\n[Your name]"
    letter = f"{greeting}\n\n{body}\n\n{closing}"
    return f"Subject: {subject}\n\n{letter}" if "mail" in form else letter


def _mine(what: str) -> str:
    """The writer's own words: "his leave" stays, "my leave" too, "I am sick" as well."""
    what = re.sub(r"^(?:that|if|to|for|about)\s+", "", what)
    return (
        what
        if what[:2] in ("I ", "I'")
        else what[:1].lower() + what[1:]
        if not re.match(
            r"[A-Z][\w-]*day\b|[A-Z]{2}|[A-Z]\w+ [A-Z]|(?:January|February|March|April|May|June|July"
            r"|August|September|October|November|December)",
            what,
        )
        else what
    )


def _body(how: str, what: str, thanks: bool, head: str) -> tuple[str, str]:
    """Subject and body: the first kind of `correspondence.json` that the purpose or the request names."""
    off = re.search(
        r"\b(?:day|time|week|monday|tuesday|wednesday|thursday|friday|[\w ]+) off\b", what, re.IGNORECASE
    )
    said = f"{'thank ' * thanks}{'off ' * bool(off)}{how}|{head}"
    when = re.sub(r"\s*off\b.*", "", off[0]) if off else "today"
    for row in _kinds():
        if re.search(row["if"], said):
            words = {"what": what or row["else"], "thing": bare(what) or row["else"], "when": when}
            words |= {"verb": _verb(how), "on": f" on {what}" if what and "congrat" in how else ""}
            return capital(row["subject"].format(**words)), row["body"].format(**words)
    return "", ""


def _verb(how: str) -> str:
    """How one asks: to do something, whether it is so, for something, about it."""
    ends = {"to": "ask you to", "if": "ask whether", "about": "ask about"}
    return ends.get(how.rpartition(" ")[2], "ask for")


@cache
def _kinds() -> list[dict[str, str]]:
    path = Path(__file__).with_name("correspondence.json")
    data: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return data
