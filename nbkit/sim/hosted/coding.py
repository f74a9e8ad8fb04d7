"""How a question becomes work in a container: code that was given, files to write, look at and change,
numbers to work out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from nbkit.sim.hosted import file_work, inline_code, recipes
from nbkit.sim.hosted.code_runs import PYTHON, SHELL
from nbkit.sim.hosted.hosting import Errand

OLDEST = "code_execution_20250522"  # it runs Python and nothing else
_ASKED = re.compile(
    r"\b(?:python|code|script|run|execute|program|calculate|compute|work out|shell|bash|csv)\b|```",
    re.IGNORECASE,
)
_OF_DATA = re.compile(
    r"\b(?:files?|data|tables?|rows?|columns?|uploads?|uploaded|spreadsheet|analy[sz]e|mean|average|sum)\b",
    re.IGNORECASE,
)
_DATA = ("text", "txt", "csv", "json", "md", "markdown", "yaml", "html")


def is_asked_for(text: str) -> bool:
    """Whether a question wants something to be done in a container."""
    return bool(_ASKED.search(text) or recipes.found(text) or any(file_work.errands(text)))


def errands(text: str, version: str, uploads: Sequence[str] = ()) -> list[Errand]:
    """The runs and edits that a question needs, in the form that the tool's version has."""
    if version == OLDEST:
        code = inline_code.python(text) or _of_uploads(text, uploads)
        return [run("python", code, version)] if code else []
    work = list(file_work.errands(text))
    if work:
        return work
    if blocks := inline_code.fenced(text):
        return [run(kind, code) for kind, code in blocks if kind not in _DATA]
    if command := inline_code.command(text):
        return [run("bash", command)]
    code = _of_uploads(text, uploads) or inline_code.python(text)
    return [run("python", code)] if code else []


def run(kind: str, code: str, version: str = "") -> Errand:
    """The run of code in a language, or of a command."""
    if version == OLDEST:
        return Errand(PYTHON, {"code": code})
    is_command = kind in inline_code.SHELLS
    return Errand(SHELL, {"command": code if is_command else f"python3 -c {shlex.quote(code)}"})


def _of_uploads(text: str, uploads: Sequence[str]) -> str:
    """Python that reads an uploaded table for what the question asks of it."""
    if not _OF_DATA.search(text):
        return ""
    tables = [path for path in uploads if path.lower().endswith((".csv", ".tsv"))]
    return recipes.of_table(text, tables[0]) if tables else recipes.of_file(uploads[0]) if uploads else ""
