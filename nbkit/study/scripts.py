"""A file with curl commands in it as commands: whose shell it is, and where Markdown holds it.

Each piece that breaks off says so, and what stands before it or in the other pieces is read all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbkit.errors import UsageError
from nbkit.study import command_prompt, shell
from nbkit.study.variables import followed
from nbkit.study.words import Command

FENCE = re.compile(r"[ \t>]*(```+|~~~+)[ \t]*\{?\.?([\w+-]*)")
PROMPTS = frozenset({"cmd", "bat", "batch", "batchfile", "dos"})
POWERSHELL = frozenset({"powershell", "pwsh", "ps1", "psm1"})
UNIX = frozenset(
    {"bash", "console", "curl", "fish", "sh", "shell", "shellscript", "shellsession", "terminal", "zsh"}
)
SHELLS = PROMPTS | POWERSHELL | UNIX | {"shell-session", "text", "plain", "txt"}
ESCAPED_BODY = re.compile(r'\s*[{[]\s*(?:\{\s*)?\\"')
MARKDOWN = ("md", "markdown", "mdx", "qmd", "rmd")
# PowerShell goes on behind a backtick; in other shells a line that ends so closes what the next one isn't.
BACKTICK = re.compile(r"(?<=[ \t])`[ \t]*(?=\r?\n[ \t]*[-\"'@{])")


def commands(text: str, name: str) -> Iterator[Command | UsageError]:
    """Yield the commands of a file in order, with its variables put in, and why a part can't be read."""
    suffix = name.rpartition(".")[2].lower()
    for line, language, piece in _pieces(text, suffix):
        if language in PROMPTS or command_prompt.CONTINUED.search(piece):
            found, broken = command_prompt.commands(piece, line)
        else:
            found, broken = shell.readable(BACKTICK.sub(r"\\", piece), line)
            if language in POWERSHELL or "curl.exe" in piece or BACKTICK.search(piece):
                _unescape(found)
        yield from followed(found)
        if broken is not None:
            yield broken


def _unescape(found: list[Command]) -> None:
    """Take the backslashes away that PowerShell needs before a quote: a program reads its words once more."""
    for word in (word for command in found for word in command.words):
        if ESCAPED_BODY.match(word.text):
            word.parts = [part.replace('\\"', '"') if isinstance(part, str) else part for part in word.parts]


def _pieces(text: str, suffix: str) -> Iterator[tuple[int, str, str]]:
    """Yield the first line, the language and the text of each script in a file."""
    fenced = list(_fenced(text)) if suffix in MARKDOWN or _opens_with_prose(text) else []
    if fenced:
        yield from fenced
    else:
        yield 1, suffix, text


def _opens_with_prose(text: str) -> bool:
    """Whether a fence stands before any command, so that it is no here-document's."""
    before, fence, _ = text.partition("```")
    starts_a_line = not before.rpartition("\n")[2].strip()
    return bool(fence) and starts_a_line and "curl" not in before and "<<" not in before


def _fenced(text: str) -> Iterator[tuple[int, str, str]]:
    opening, language, first, lines = "", "", 0, list[str]()
    for number, line in enumerate(text.split("\n"), 1):
        fence = FENCE.match(line)
        if not opening and fence:
            opening, language, first, lines = fence[1], fence[2].lower(), number + 1, []
        elif opening and fence and fence[1].startswith(opening) and not fence[2]:
            if (not language or language in SHELLS) and any("curl" in each for each in lines):
                yield first, language, "\n".join(lines)
            opening = ""
        elif opening:
            lines.append(line)
    if opening and (not language or language in SHELLS):
        yield first, language, "\n".join(lines)
