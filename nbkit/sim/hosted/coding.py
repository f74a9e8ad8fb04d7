"""How a question becomes work in a container: code that was given, files to write, look at and change,
numbers to work out.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence

from nbkit.sim.brain import arithmetic
from nbkit.sim.hosted import recipes
from nbkit.sim.hosted.code_runs import EDITOR, PYTHON, SHELL
from nbkit.sim.hosted.hosting import Errand
from nbkit.sim.sandbox.disk import HOME

OLDEST = "code_execution_20250522"  # it runs Python and nothing else
_ASKED = re.compile(
    r"\b(?:python|code|script|run|execute|program|calculate|compute|work out|shell|bash|csv)\b|```",
    re.IGNORECASE,
)
_FENCED = re.compile(r"```(\w*)[^\n]*\n(.*?)```", re.DOTALL)
_ENDINGS = (
    "txt|md|csv|tsv|json|jsonl|ya?ml|py|js|ts|html?|css|sh|xml|log|sql|toml|ini|cfg|rs|go|java|rb|tex|dat|svg"
)
_NAME = re.compile(
    rf"(?<![\w./:@])(?:/|\$OUTPUT_DIR/)?(?:[\w-]+/)*[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b", re.IGNORECASE
)
_QUOTED = re.compile(r"“([^”]+)”|\"([^\"]+)\"|`([^`\n]+)`|(?<!\w)'([^']+)'(?!\w)")
_QUOTE = r"(?:“[^”]+”|\"[^\"]+\"|`[^`\n]+`|(?<!\w)'[^']+'(?!\w))"
_REPLACE = re.compile(
    rf"\b(?:replace|change|substitute|rename)\s+(?:the (?:word|text|line|string)s? )?({_QUOTE})\s+"
    rf"(?:with|to|by|into)\s+({_QUOTE})",
    re.IGNORECASE,
)
_CREATE = re.compile(
    r"\b(?:create|write|make|save|put|store|export|produce|generate|prepare)\b", re.IGNORECASE
)
_VIEW = re.compile(r"\b(?:show|view|read|open|display|look at|print out|what(?:'s| is) in)\b", re.IGNORECASE)
_KEPT = re.compile(
    r"\b(?:download|save|export|give me|send me|hand me|deliver|attach)\b|\.(?:csv|tsv|xlsx|json)\b",
    re.IGNORECASE,
)
_RUN = re.compile(r"\b(?:run|execute)\b(?: (?:it|this|that|the (?:script|program|file)))?", re.IGNORECASE)
_LIST = re.compile(r"\blist\b.*\bfiles\b|\b(?:what|which) files\b", re.IGNORECASE)
_OF_DATA = re.compile(
    r"\b(?:files?|data|tables?|rows?|columns?|uploads?|uploaded|spreadsheet|analy[sz]e|mean|average|sum)\b",
    re.IGNORECASE,
)
_SHELLS = ("bash", "sh", "shell", "console")
_DATA = ("", "text", "txt", "csv", "json", "md", "markdown", "yaml", "html")


def is_asked_for(text: str) -> bool:
    """Whether a question wants something to be done in a container."""
    return bool(_ASKED.search(text) or recipes.found(text) or any(_file_work(text)))


def errands(text: str, version: str, uploads: Sequence[str] = ()) -> list[Errand]:
    """The runs and edits that a question needs, in the form that the tool's version has."""
    if version == OLDEST:
        code = _code_for(text) or _of_uploads(text, uploads)
        return [Errand(PYTHON, {"code": code})] if code else []
    work = list(_file_work(text))
    if work:
        return work
    if blocks := _fenced(text):
        return [_fenced_run(kind, code) for kind, code in blocks if kind not in _DATA[1:]]
    code = _of_uploads(text, uploads) or _code_for(text)
    return [_shell(f"python3 -c {shlex.quote(code)}")] if code else []


def _shell(command: str) -> Errand:
    return Errand(SHELL, {"command": command})


def _fenced(text: str) -> list[tuple[str, str]]:
    return [(kind.lower(), code.strip("\n")) for kind, code in _FENCED.findall(text) if code.strip()]


def _fenced_run(kind: str, code: str) -> Errand:
    return _shell(code if kind in _SHELLS else f"python3 -c {shlex.quote(code)}")


def _code_for(text: str) -> str:
    """Python for what a question has in it: code, a recipe, sums."""
    if blocks := [code for kind, code in _fenced(text) if kind not in _SHELLS]:
        return blocks[0]
    if code := recipes.found(text):
        return code
    plain = _FENCED.sub(" ", text)
    lines = [f"print({expression})" for expression, _, _ in arithmetic.expressions(plain)]
    needs_math = ["import math"] if any("sqrt" in line for line in lines) else []
    return "\n".join([*needs_math, *(line.replace("sqrt", "math.sqrt") for line in lines)])


def _file_work(text: str) -> Iterator[Errand]:
    """What is to be done with files: made, changed, run, shown."""
    plain = _FENCED.sub(" ", text)
    change = _REPLACE.search(plain)
    said = _QUOTED.sub(lambda hit: hit[0] if _NAME.fullmatch(_inner(hit[0])) else " ", plain)
    names = list(dict.fromkeys(hit[0] for hit in _NAME.finditer(said)))
    if not names:
        if _LIST.search(said) and not _fenced(text):
            yield _shell("ls")
        return
    name = names[0]
    path = _placed(name, kept=False)
    content = _content(text, plain, change)
    makes = bool(_CREATE.search(said))
    code = "" if content is not None else _code_for(plain)
    if makes and content is not None and _KEPT.search(said):
        path = _placed(name, kept=True)
        yield _shell(f"cat > \"{path}\" << 'EOF'\n{content}\nEOF")
    elif makes and content is not None:
        yield Errand(EDITOR, {"command": "create", "path": path, "file_text": content})
    elif makes and code:
        path = _placed(name, kept=True)
        yield _shell(f'python3 -c {shlex.quote(code)} > "{path}"\ncat "{path}"')
    if change is not None:
        old, new = _inner(change[1]), _inner(change[2])
        yield Errand(EDITOR, {"command": "str_replace", "path": path, "old_str": old, "new_str": new})
    if name.endswith(".py") and _RUN.search(said):
        yield _shell(f"python3 {path}")
    elif _VIEW.search(said) and not path.startswith("$"):
        yield Errand(EDITOR, {"command": "view", "path": path})


def _placed(name: str, *, kept: bool) -> str:
    """Where a file is: what the user is to get goes into the directory that is handed out."""
    if name.startswith(("/", "$")):
        return name
    return f"$OUTPUT_DIR/{name}" if kept else f"{HOME}/{name}"


def _content(text: str, plain: str, change: re.Match[str] | None) -> str | None:
    """What a file is to hold: a block of it, or what is said in quotes."""
    if blocks := _fenced(text):
        return blocks[0][1]
    spans = [] if change is None else [change.span()]
    quoted = [
        _inner(hit[0])
        for hit in _QUOTED.finditer(plain)
        if not any(start <= hit.start() < end for start, end in spans) and not _NAME.fullmatch(_inner(hit[0]))
    ]
    return "\n".join(quoted) if quoted else None


def _inner(quoted: str) -> str:
    return quoted[1:-1]


def _of_uploads(text: str, uploads: Sequence[str]) -> str:
    """Python that reads an uploaded table for what the question asks of it."""
    if not _OF_DATA.search(text):
        return ""
    tables = [path for path in uploads if path.lower().endswith((".csv", ".tsv"))]
    return recipes.of_table(text, tables[0]) if tables else recipes.of_file(uploads[0]) if uploads else ""
