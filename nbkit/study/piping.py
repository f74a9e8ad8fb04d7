"""What a script hands over to a command: here-documents, files, and what `cat` and `echo` print into it.

Nothing is run: what another program would print is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from nbkit.errors import UsageError
from nbkit.study.unknown import marked
from nbkit.study.words import Command, Expansion, Word, joined

QUOTE = re.compile(r'\\.|"', re.DOTALL)  # an escaped character, or what opens and closes a JSON string
FORM = re.compile(r"%[sd]")
BACKSLASH = re.compile(r"\\([\\\"nt])")
FILE_NAME = re.compile(r"(?:[A-Za-z]:)?[^\x00-\x1f:'\"]{1,255}")

ReadFile = Callable[[str], bytes]


def content(name: str, where: str, read_file: ReadFile) -> bytes:
    """Read a file that a script names."""
    if not FILE_NAME.fullmatch(name):  # a quote too few may have put the headers into it, and the key
        raise UsageError(f"{where} takes its body from what is no name of a file: check its quotes")
    return read_file(name)


def incoming(command: Command | None, where: str, read_file: ReadFile) -> bytes | None:
    """Return what comes into a command, where the file shows it."""
    while command is not None:
        if command.text is not None:
            return resolved(command.text, where, read_file)
        if command.file is not None:
            return content(command.file.text, where, read_file)
        command = command.before
        if command is not None and not _passes_on(command):
            return _output(command, where, read_file)
    return None


def _output(command: Command, where: str, read_file: ReadFile) -> bytes | None:
    """Return what `cat` or `echo` prints; None for what would have to be run."""
    if _passes_on(command):
        return incoming(command, where, read_file)
    program, words = command.words[0].text, command.words[1:]
    if program in ("echo", "printf") and words and words[0].text in ("-n", "--"):
        words = words[1:]
    if program == "printf" and words:
        printed = _printed(words[0], words[1:])
        return resolved(printed, where, read_file) if printed else None
    if any(word.text.startswith("-") for word in words):
        return None
    if program == "cat":
        return b"".join(content(word.text, where, read_file) for word in words)
    if program == "echo":
        return b" ".join(resolved(word, where, read_file) for word in words) + b"\n"
    return None


def _printed(form: Word, words: list[Word]) -> Word | None:
    """Return what `printf` makes of words, each in the place of a `%s`; None for any other form."""
    texts = FORM.split(BACKSLASH.sub(_unescaped, form.text))
    if form.expansions or any("%" in text for text in texts) or len(texts) != len(words) + 1:
        return None
    printed = Word(form.line, [texts[0]])
    for word, text in zip(words, texts[1:], strict=True):
        printed.parts += [*word.parts, text]
    return printed


def _unescaped(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(found[1], found[1])


def _passes_on(command: Command) -> bool:
    """Say whether a command prints what comes in: `cat`, `cat -`, and no program at all (`$(<file)`)."""
    return [word.text for word in command.words] in ([], ["cat"], ["cat", "-"])


def resolved(word: Word, where: str, read_file: ReadFile) -> bytes:
    """Return a word as the shell would hand it over.

    What only the shell knows is marked: as a part of a JSON string, or as a value of its own.
    """
    pieces: list[str] = []
    in_string = False
    # A backslash and what it escapes may come apart in a shell.
    for part in joined(word.parts):
        known = part if isinstance(part, str) else part.source
        if isinstance(part, Expansion):
            found = _output(part.command, where, read_file) if part.command else None
            if found is None:
                pieces.append(marked(part, in_string))
                continue
            known = found.decode("utf-8", "surrogateescape").rstrip("\n")
        in_string ^= QUOTE.findall(known).count('"') % 2 == 1
        pieces.append(known)
    return "".join(pieces).encode("utf-8", "surrogateescape")
