"""A script of the Windows command prompt as commands and words: carets, `%NAME%`, and quotes as C reads them.

Browsers copy requests in this form ("Copy as cURL (cmd)"), with a caret before every special character.
"""

from __future__ import annotations

import re

from nbkit.errors import UsageError
from nbkit.study.words import Command, Expansion, Word, joined

# A line that a caret carries on, or (without one) the address alone and a name that only Windows has.
CONTINUED = re.compile(r"[ \t]\^[ \t]*\r?\n[ \t]*[-\"'^]")
COMMENT = re.compile(r"[ \t]*@?(?:rem\b|::)", re.IGNORECASE)
ENV = re.compile(r"%(\w{1,100})%")
MOST_WORDS = 100_000


def commands(text: str, line: int = 1) -> tuple[list[Command], UsageError | None]:
    """Return the commands of a script, in order; a quote ends with its line at the latest."""
    reader = _Reader(line)
    lines = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        if not reader.is_open and COMMENT.match(lines[at]):
            reader.end_line()
        elif error := reader.read(lines[at]):
            return reader.found, error
        at += 1
    reader.end_command("")
    return reader.found, None


class _Reader:
    def __init__(self, line: int) -> None:
        self.line = line
        self.found: list[Command] = []
        self.command = Command()
        self.word: Word | None = None
        self.in_argument = False  # a quote as the program sees it
        self.slashes = 0  # backslashes just seen: what they mean hangs on what follows
        self.is_open = False  # the line before goes on here
        self.skips = False  # the next word is where output goes
        self.count = 0

    def read(self, text: str) -> UsageError | None:
        """Read one line. The prompt sees quotes first, the program those that are left of them."""
        in_quotes, at, end = False, 0, len(text)
        if self.is_open and not text:  # a caret at two line ends makes a line break
            self._add("\n")
            self.line += 1
            return None
        self.is_open = False
        while at < end:
            letter = text[at]
            if letter == "^" and not in_quotes:
                if not text[at + 1 :].strip():
                    self.is_open = True
                    break
                self._seen(text[at + 1])
                at += 2
                continue
            if letter == "%" and (name := ENV.match(text, at)):
                self._end_slashes()
                self._add(Expansion(name[0]))
                at = name.end()
                continue
            in_quotes ^= letter == '"'
            if letter in "&|<>" and not in_quotes and not self.in_argument:
                self._operator(letter)
            else:
                self._seen(letter)
            at += 1
        if self.count > MOST_WORDS:
            return UsageError(f"it has more than {MOST_WORDS:,} words, which no script has")
        if not self.is_open:
            self.end_line()
        else:
            self.line += 1
        return None

    def end_line(self) -> None:
        self.end_command("")
        self.line += 1

    def end_command(self, operator: str) -> None:
        self._end_word()
        self.in_argument = self.skips = False
        if not self.command.is_empty:
            self.found.append(self.command)
        self.command = Command(before=self.command if operator == "|" else None)

    def _operator(self, letter: str) -> None:
        if letter in "<>":
            self._end_word()
            self.skips = True
        else:
            self.end_command(letter)

    def _seen(self, letter: str) -> None:
        """Take a letter as the program does, which gets its arguments as one text."""
        if letter == "\\":
            self.slashes += 1
        elif letter == '"':
            is_text, halved, self.slashes = self.slashes % 2 == 1, self.slashes // 2, 0
            self._add("\\" * halved + '"' * is_text)
            self.in_argument ^= not is_text
        elif letter in " \t" and not self.in_argument:
            self._end_word()
        else:
            self._add("\\" * self.slashes + letter)
            self.slashes = 0

    def _add(self, part: str | Expansion) -> None:
        if self.word is None:
            self.word = Word(self.line)
            self.count += 1
        self.word.parts.append(part)

    def _end_slashes(self) -> None:
        if self.slashes:
            slashes, self.slashes = self.slashes, 0
            self._add("\\" * slashes)

    def _end_word(self) -> None:
        self._end_slashes()
        if self.word is None:
            return
        if not self.skips:
            self.word.parts = joined(self.word.parts)
            self.command.words.append(self.word)
        self.skips, self.word = False, None
