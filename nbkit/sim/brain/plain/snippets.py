"""Short code for the tasks that people ask for first, from `snippets.json`; SQL is made from the words."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain import lexicon, places

_GATE = (
    r"\b(?:functions?|code|program|script|snippet|python|javascript|js|typescript|java|sql|query|bash"
    r"|shell|command|regex"
    r"|regular expression|html|css|class|loop|fizz ?buzz|(?:write|print|show|say)\b.*\bhello,? world"
    r"|method|algorithm|dockerfile"
    r"|implement|one-liner|linux|terminal|git|curl|docker\w*|docstring|unit tests?)\b"
)
_ORDER = (  # the order itself, before what the code is to do
    r"^(?:please |can you |could you |i need |now )*(?:write|create|give|show|make|generate|implement)\b.*?"
    r"\b(?:function|program|script|code|command|query|method|snippet|regex|expression|one-liner)s?\b"
)
_EXPLAINS = r"^(?:what (?:is|are|does)|explain|define|why|who|when|describe|tell me about|difference)\b"
_LANGUAGES = {
    "git": r"\bgit\b",
    "javascript": r"\b(?:javascript|js|node(?:\.js)?|typescript|ts)\b",
    "sql": r"\bsql\b|\bselect\b.*\bfrom\b",
    "bash": r"\b(?:bash|shell|terminal|linux|unix|command[- ]line|command|curl)\b",
    "html": r"\bhtml\b",
    "css": r"\bcss\b",
    "regex": r"\b(?:regex|regexp|regular expression)\b",
    "java": r"\bjava\b",
    "c": r"\bin c\b|\bc program\b",
    "go": r"\b(?:golang|in go)\b",
    "rust": r"\brust\b",
}


@cache
def _snippets() -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = json.loads(
        Path(__file__).with_name("snippets.json").read_text(encoding="utf-8")
    )
    return data


def said(text: str) -> str:
    """Code that does what is asked, or ""."""
    if (
        len(text) > 400
        or not re.search(_GATE, text, re.IGNORECASE)
        or re.match(_EXPLAINS, text, re.IGNORECASE)
    ):
        return ""
    low = text.lower()
    language = next((name for name, pattern in _LANGUAGES.items() if re.search(pattern, low)), "python")
    if language == "sql" and (query := _sql(low)):
        return f"```sql\n{query}\n```"
    core = re.sub(_ORDER, "", low)
    row = {lexicon.stem(word) for word in lexicon.words(core if len(core.split()) > 1 else low)}
    best: tuple[int, str] = (0, "")
    for task in _snippets():
        code = task.get(language) or ""
        groups = [
            frozenset(lexicon.stem(word) for word in group.split("/")) for group in task["words"].split()
        ]
        if code and len(groups) > best[0] and all(group & row for group in groups):
            best = (len(groups), code)
    if not best[1]:
        return ""
    code = best[1]
    if found := re.search(r"\b(\d+) to (\d+)\b", low):  # the bounds that were asked for
        code = code.replace("range(1, 11)", f"range({found[1]}, {int(found[2]) + 1})")
        code = code.replace("number = 1; number <= 10", f"number = {found[1]}; number <= {found[2]}")
        code = code.replace("{1..10}", f"{{{found[1]}..{found[2]}}}")
    if named := re.search(r"\bclass (?:for|called|named|representing|that represents) (?:an? )?(\w+)", low):
        code = code.replace("Dog", named[1].capitalize())
    return f"```{'' if language in ('regex', 'git') else language}\n{code}\n```"


_FIELDS = {
    "older": "age >",
    "younger": "age <",
    "over": "age >",
    "under": "age <",
    "above": ">",
    "below": "<",
}


def _sql(low: str) -> str:
    table = re.search(r"\bfrom (?:the |an? )?(?:table )?[\"'`]?(\w+)[\"'`]?(?: table)?", low)
    if table is None or table[1] in places.countries() or places.find(table[1]):  # "customers from Germany"
        table = re.search(
            r"\b(?:all|every|the|of|count|number of|into|in|for|each|update|delete) (?:the |all )?(\w+s)\b",
            low,
        ) or re.search(r"\b(\w+) table\b", low)
    name = table[1] if table and table[1] not in ("columns", "rows", "names", "words", "values") else "items"
    where = _condition(low, name)
    if re.search(r"\bcreate\b.*\btable\b", low):
        return (
            f"CREATE TABLE {name} (\n    id INTEGER PRIMARY KEY,\n    name TEXT NOT NULL,\n    "
            f"created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP\n);"
        )
    if re.search(r"\binsert\b|\badd a row\b", low):
        return f"INSERT INTO {name} (name, age)\nVALUES ('Ada', 36);"
    if re.search(r"\bdelete\b|\bremove\b", low):
        return f"DELETE FROM {name}{where or chr(10) + 'WHERE id = 1'};"
    if re.search(r"\bupdate\b", low):
        return f"UPDATE {name}\nSET name = 'new value'{where or chr(10) + 'WHERE id = 1'};"
    if re.search(r"\bjoin\b", low):
        return "SELECT users.name, orders.total\nFROM users\nJOIN orders ON orders.user_id = users.id;"
    if re.search(r"\bsecond highest\b", low):
        return "SELECT MAX(salary)\nFROM employees\nWHERE salary < (SELECT MAX(salary) FROM employees);"
    if re.search(r"\bduplicates?\b", low):
        return f"SELECT email, COUNT(*)\nFROM {name}\nGROUP BY email\nHAVING COUNT(*) > 1;"
    if found := re.search(
        r"\b(?:count|number of|how many)\b.*?(?:\b(?:per|by|for each|in each)\b (\w+))?\W*$", low
    ):
        group = found[1] if found[1] and found[1] != name else ""
        return (
            f"SELECT {group}, COUNT(*)\nFROM {name}{where}\nGROUP BY {group};"
            if group
            else f"SELECT COUNT(*)\nFROM {name}{where};"
        )
    if found := re.search(r"\b(average|sum|total|max|maximum|min|minimum)\b (?:of )?(?:the )?(\w+)", low):
        word = {"average": "AVG", "total": "SUM", "maximum": "MAX", "minimum": "MIN"}.get(
            found[1], found[1].upper()
        )
        return f"SELECT {word}({found[2]})\nFROM {name}{where};"
    if not re.search(r"\b(?:select|get|find|list|show|fetch|return|retrieve|all|top)\b", low):
        return ""
    columns = re.search(
        r"\b(?:select|get|find|list|show)(?: only)? (?:the )?(names?|emails?|ids?)(?: and (\w+))?\b", low
    )
    what = ", ".join(one.rstrip("s") for one in columns.groups() if one) if columns else "*"
    top = re.search(r"\btop (\d+)|\bfirst (\d+)|\blimit (\d+)", low)
    order = re.search(r"\b(?:order(?:ed)?|sort(?:ed)?) by (?:the )?(\w+)", low)
    tail = f"\nORDER BY {order[1]}{' DESC' if re.search('desc|highest|newest', low) else ''}" if order else ""
    tail += f"\nLIMIT {next(one for one in top.groups() if one)}" if top else ""
    return f"SELECT {what}\nFROM {name}{where}{tail};"


def _condition(low: str, table: str) -> str:
    if found := re.search(r"\b(older|younger|over|under) (?:than |the age of )?(\d+)", low):
        return f"\nWHERE {_FIELDS[found[1]]} {found[2]}"
    if found := re.search(
        r"\b(?:where|with|whose|have|having)(?: the| an?)? (\w+)(?: is| are)? (?:greater|more|higher"
        r"|bigger|larger|above|over)(?: than)? (\d+)",
        low,
    ):
        return f"\nWHERE {found[1]} > {found[2]}"
    if found := re.search(
        r"\b(?:where|with|whose|have|having)(?: the| an?)? (\w+)(?: is| are)? (?:less|lower|smaller"
        r"|below|under|fewer)(?: than)? (\d+)",
        low,
    ):
        return f"\nWHERE {found[1]} < {found[2]}"
    if found := re.search(
        r"\b(?:where|with|whose)(?: the| an?)? (\w+)(?: is| =| equals| equal to)? ['\"]?(\w+)['\"]?\W*$", low
    ):
        value = (
            found[2]
            if found[2].isdigit()
            else f"'{found[2].title() if found[1] in ('city', 'country') else found[2]}'"
        )
        return f"\nWHERE {found[1]} = {value}"
    if found := re.search(r"\b(?:from|living in|live in|in) ([a-z]+)\W*$", low):
        no_place = (table, "sql", "mysql", "postgres", "postgresql", "table", "database", "total")
        return "" if found[1] in no_place else f"\nWHERE country = '{found[1].title()}'"
    return ""
