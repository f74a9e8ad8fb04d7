"""What a question wants done with files of a container: which are made, changed, run, shown, and of what."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from nbkit.sim.hosted import inline_code
from nbkit.sim.hosted.code_runs import EDITOR, SHELL
from nbkit.sim.hosted.hosting import Errand
from nbkit.sim.sandbox.disk import HOME, OUTPUT_DIR

_ENDINGS = (
    "txt|md|csv|tsv|json|jsonl|ya?ml|py|js|ts|html?|css|sh|xml|log|sql|toml|ini|cfg|rs|go|java|rb|tex|dat|svg"
)
_NAME = re.compile(
    rf"(?<![\w./:@])(?:/|\$OUTPUT_DIR/)?(?:[\w-]+/)*[\w-]+(?:\.[\w-]+)*\.(?:{_ENDINGS})\b", re.IGNORECASE
)
_QUOTE = r"(?:“[^”]+”|\"[^\"]+\"|`[^`\n]+`|(?<!\w)'[^']+'(?!\w))"
_QUOTED = re.compile(_QUOTE)
_REPLACE = re.compile(
    rf"\b(?:replace|change|substitute|rename)\s+(?:the (?:word|text|line|string)s? )?({_QUOTE})\s+"
    rf"(?:with|to|by|into)\s+({_QUOTE})",
    re.IGNORECASE,
)
_CREATE = re.compile(
    r"\b(?:create|write|make|save|put|store|export|produce|generate|prepare)\b", re.IGNORECASE
)
_VIEW = re.compile(r"\b(?:show|view|read|open|display|look at|print out|what(?:'s| is) in)\b", re.IGNORECASE)
_KEPT = re.compile(r"\b(?:download|save|export|give me|send me|hand me|deliver|attach)\b", re.IGNORECASE)
_RUN = re.compile(r"\b(?:run|execute)\b", re.IGNORECASE)
_LIST = re.compile(r"\blist\b.*\bfiles\b|\b(?:what|which) files\b", re.IGNORECASE)
_LINES = re.compile(r"\blines? (\d{1,5})(?: ?(?:to|through|-|–|and) ?(\d{1,5}))?\b", re.IGNORECASE)
_SAYING = re.compile(
    r"\b(?:containing|that (?:says|contains)|saying|with the (?:text|content|contents|words?|lines?))\b:? +"
    r"(.+?)(?=[.;,]? +(?:and|then) (?:then )?(?:show|view|read|open|run|give|let|tell|print)\b|[.;]?\s*$)",
    re.IGNORECASE,
)


def errands(text: str) -> Iterator[Errand]:
    """The edits and runs, in their order."""
    plain = inline_code.FENCED.sub(" ", text)
    change = _REPLACE.search(plain)
    said = _QUOTED.sub(lambda hit: hit[0] if _NAME.fullmatch(_inner(hit[0])) else " ", plain)
    names = list(dict.fromkeys(hit[0] for hit in _NAME.finditer(said)))
    if not names:
        if _LIST.search(said) and not inline_code.fenced(text):
            yield _shell("ls")
        return
    name, runs, views = names[0], bool(_RUN.search(said)), bool(_VIEW.search(said))
    is_script = name.endswith((".py", ".sh"))
    content = _content(text, plain, change, name)
    keeps = bool(_KEPT.search(said))
    path = (
        name
        if name.startswith("/")
        else f"{OUTPUT_DIR if keeps else HOME}/{name.rpartition('$OUTPUT_DIR/')[2]}"
    )
    if _CREATE.search(said):
        code = inline_code.python(plain) if content is None else ""
        if content is not None and keeps:
            yield _shell(_written(path, content))
        elif content is not None or (is_script and code):
            yield Errand(EDITOR, {"command": "create", "path": path, "file_text": content or code})
        elif code:
            path = path.replace(HOME, OUTPUT_DIR, 1)
            yield _shell(f"python3 -c {shlex.quote(code)} > {shlex.quote(path)}\ncat {shlex.quote(path)}")
            views = False
    if change is not None:
        old, new = _inner(change[1]), _inner(change[2])
        yield Errand(EDITOR, {"command": "str_replace", "path": path, "old_str": old, "new_str": new})
    if is_script and runs:
        yield _shell(f"{'python3' if name.endswith('.py') else 'bash'} {shlex.quote(path)}")
    elif views:
        part = {"view_range": [int(hit[1]), int(hit[2] or hit[1])]} if (hit := _LINES.search(said)) else {}
        yield Errand(EDITOR, {"command": "view", "path": path, **part})


def _shell(command: str) -> Errand:
    return Errand(SHELL, {"command": command})


def _written(path: str, content: str) -> str:
    """A command that writes a file, whatever is in it."""
    end = "EOF"
    while end in content.split("\n"):
        end += "_"
    return f"cat > {shlex.quote(path)} << '{end}'\n{content}\n{end}"


def _content(text: str, plain: str, change: re.Match[str] | None, name: str) -> str | None:
    """What a file is to hold: a block of it, what is said in quotes, or behind "containing"."""
    if blocks := inline_code.fenced(text):
        return blocks[0][1]
    if name.endswith(".py") and (printing := inline_code.printing(plain)):
        return printing
    spans = [] if change is None else [change.span()]
    quoted = [
        _inner(hit[0])
        for hit in _QUOTED.finditer(plain)
        if not any(start <= hit.start() < end for start, end in spans) and not _NAME.fullmatch(_inner(hit[0]))
    ]
    if quoted:
        return "\n".join(quoted)
    saying = _SAYING.search(plain)
    return saying[1] if saying else None


def _inner(quoted: str) -> str:
    return quoted[1:-1]
