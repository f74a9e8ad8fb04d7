"""Code that stands in a question, or that it asks for: fenced, between the words, or known by heart."""

from __future__ import annotations

import ast
import re

from nbkit.sim.brain import arithmetic
from nbkit.sim.hosted import recipes
from nbkit.sim.sandbox import shell_commands

FENCED = re.compile(r"```(\w*)[^\n`]{0,100}\n(.*?)```", re.DOTALL)
SHELLS = ("bash", "sh", "shell", "console")
_MARKED = re.compile(r"\b(?:run|execute|evaluate|try)\b[^`\n]{0,40}`([^`\n]+)`", re.IGNORECASE)
_NAMED = re.compile(
    r"^[^\w\n]{0,10}(?:please |now |then |(?:can|could|would) you )*(?:run|execute)\b"
    r":?(?: the)?(?: command)?:? +"
    r"([a-z0-9]+\b[^\n?]*)",
    re.IGNORECASE | re.MULTILINE,
)
_PRINTING = re.compile(
    r"\b(?:that|which|to) (?:just |simply )?(?:prints?|outputs?|says?|writes?) (?:out )?"
    r"(?!the\b|all\b|every\b)"
    r"[\"“'`]?([^\"”'`\n]{1,200}?)[\"”'`]?(?=,? (?:to|in|as|and|then|into|into the file)\b|[.;]?\s*$)",
    re.IGNORECASE,
)


def fenced(text: str) -> list[tuple[str, str]]:
    """The blocks of code, each with its language."""
    return [(kind.lower(), code.strip("\n")) for kind, code in FENCED.findall(text) if code.strip()]


def python(text: str) -> str:
    """Python for what a question has in it: code, a recipe, sums; or ""."""
    if blocks := [code for kind, code in fenced(text) if kind not in SHELLS]:
        return blocks[0]
    if (marked := _MARKED.search(text)) and not _is_command(marked[1]):
        return marked[1]
    if code := _whole(text) or recipes.found(text):
        return code
    plain = FENCED.sub(" ", text)
    lines = [f"print({expression})" for expression, _, _ in arithmetic.expressions(plain)]
    needs_math = ["import math"] if any("sqrt" in line for line in lines) else []
    return "\n".join([*needs_math, *(line.replace("sqrt", "math.sqrt") for line in lines)]) or printing(text)


def command(text: str) -> str:
    """The command of a shell that a question says, or ""."""
    for hit in (_MARKED.search(text), _NAMED.search(text)):
        if hit and _is_command(hit[1]):
            return hit[1].rstrip(" .!")
    return ""


def printing(text: str) -> str:
    """Code that prints what a script is to print, or ""."""
    wanted = _PRINTING.search(text)
    is_script = re.search(r"\b(?:script|program|code|python)\b|\.py\b", text, re.IGNORECASE)
    return f"print({wanted[1]!r})" if wanted and is_script else ""


def _is_command(text: str) -> bool:
    words = text.split()
    if len(words) > 1 and words[0] in ("python", "python3", "bash", "sh"):
        return words[1] == "-c" or words[1].endswith((".py", ".sh"))
    return bool(words) and words[0] in shell_commands.KNOWN


def _whole(text: str) -> str:
    """The text itself, where all of it is Python that does something."""
    if len(text) > 2000 or "(" not in text:
        return ""
    try:
        tree = ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return text.strip() if any(isinstance(node, ast.Call) for node in ast.walk(tree)) else ""
