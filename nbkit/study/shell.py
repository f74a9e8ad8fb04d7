"""A shell script as commands and words: quotes, continuations, here-documents and pipes; nothing is run.

What only a shell could know (`$KEY`, `$(jq …)`) stays as it was written, and the word says so. The words are
those of bash; where a script leaves what is read here, `UsageError` says in which line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbkit.errors import UsageError
from nbkit.study.words import Command, Expansion, Word

DEEPEST = 20  # substitutions inside substitutions
MOST_WORDS = 100_000
BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
CONTINUATION = re.compile(r"\\\r?\n")
OPERATOR = re.compile(r"&&|\|\||\|&|[;&|()\n]")
REDIRECTION = re.compile(r"\d*(<<<|<<-|<<|>>|>\||[<>]&|[<>](?!\())")
# Long texts are read in long pieces: bounded, so that little is kept to try again. (Before 3.11.5 Python
# reads a possessive group wrongly; a possessive class is sound.)
BARE = re.compile(r"""(?:[^ \t\r\n;&|()<>"'`\\$]++|\\(?!\r?\n)(?:.|\Z)|\$(?![\w{('"])){1,4000}""", re.DOTALL)
IN_DOUBLE = re.compile(r'(?:[^"`\\$]++|\\.|\$(?![\w{(])){1,4000}', re.DOTALL)
IN_DOCUMENT = re.compile(r"(?:[^`\\$]++|\\.|\$(?![\w{(])){1,4000}", re.DOTALL)
ESCAPED_BARE = re.compile(r"\\(.)", re.DOTALL)
ESCAPED_DOUBLE = re.compile(r'\\([$`"\\\n])')
ESCAPED_BACKTICKS = re.compile(r"\\([$`\\])")
ESCAPED_DOCUMENT = re.compile(r"\\([$`\\\n])")
VARIABLE = re.compile(r"\$(?:\w+|\{[^}\n]{1,200}\})")
BACKTICKS = re.compile(r"`(?:[^`\\]|\\.)*`", re.DOTALL)
SINGLE = re.compile(r"'([^']*)'")
ANSI = re.compile(r"\$'((?:[^'\\]|\\.)*)'", re.DOTALL)
ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))", re.DOTALL
)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "f": "\f", "v": "\v"}


def commands(text: str, line: int = 1) -> list[Command]:
    """Return the commands of a script, in order. Raises `UsageError` where a quote or a `$(` stays open.

    `line` is the number of the first one.
    """
    found, broken = readable(text, line)
    if broken is not None:
        raise broken
    return found


def readable(text: str, line: int = 1) -> tuple[list[Command], UsageError | None]:
    """Return the commands up to where a script can't be read, and why it can't."""
    script, found = _Script(text, line), list[Command]()
    try:
        found.extend(script.commands())
    except UsageError as error:
        broken = {id(command) for command, _, _ in script.waiting}  # their here-documents never end
        return [command for command in found if id(command) not in broken], error
    return found, None


class _Script:
    def __init__(self, text: str, line: int = 1, depth: int = 0) -> None:
        self.source = text
        self.at = 0
        self.depth = depth
        self.words = 0
        self.waiting: list[tuple[Command, Word, bool]] = []  # here-documents whose lines are still to come
        self._counted = (0, line)

    @property
    def line(self) -> int:
        """The number of the line being read; counted on from where it was asked for last."""
        at, line = self._counted
        line += self.source.count("\n", at, self.at) if self.at >= at else 0
        self._counted = (max(self.at, at), line)
        return line

    def commands(self, closing: bool = False) -> Iterator[Command]:
        """Yield commands to the end of the text, or to the `)` that closes a substitution."""
        opened, parentheses, command = self.line, 0, Command()
        while self.at < len(self.source):
            if self._skipped():
                continue
            operator = OPERATOR.match(self.source, self.at)
            if operator is None:
                self._read_into(command)
                continue
            self.at = operator.end()
            if operator[0] == ")" and parentheses == 0 and closing:
                yield command
                return
            parentheses += {"(": 1, ")": -1}.get(operator[0], 0)
            if not command.is_empty:
                yield command
            piped = command if operator[0] in ("|", "|&") else None
            command = Command(before=piped, after=operator[0])
            if operator[0] == "\n":
                self._here_documents()
        self._here_documents()  # those that the text breaks off before
        if closing:
            raise UsageError(f"the $( in line {opened} is never closed: add its )")
        yield command

    def _skipped(self) -> bool:
        """Go past blanks and a comment."""
        start = self.at
        if blank := BLANK.match(self.source, self.at):
            self.at = blank.end()
        if self.source.startswith("#", self.at):
            end = self.source.find("\n", self.at)
            self.at = len(self.source) if end < 0 else end
        return self.at > start

    def _read_into(self, command: Command) -> None:
        redirection = REDIRECTION.match(self.source, self.at)
        if redirection is None:
            command.words.append(self._word())
            return
        self.at = redirection.end()
        if blank := BLANK.match(self.source, self.at):
            self.at = blank.end()
        target, sign = self._word(), redirection[1]
        if sign == "<":
            command.file = target
        elif sign == "<<<":
            command.text = Word(target.line, [*target.parts, "\n"])
        elif sign in ("<<", "<<-"):
            self.waiting.append((command, target, sign == "<<-"))

    def _count(self) -> None:
        self.words += 1
        if self.words > MOST_WORDS:
            raise UsageError(f"it has more than {MOST_WORDS:,} words, which no shell command has")

    def _word(self) -> Word:
        self._count()
        word = Word(self.line)
        while self.at < len(self.source) and self._part(word):
            pass
        return word

    def _part(self, word: Word) -> bool:
        """Read one part of a word; say whether there was one."""
        text, at = self.source, self.at
        match text[at]:
            case "'":
                word.parts.append(self._quoted(SINGLE, "'")[1])
            case "$" if text.startswith("$'", at):
                word.parts.append(ESCAPE.sub(_unescaped, self._quoted(ANSI, "$'")[1]))
            case '"':
                self._double(word)
            case "$" if text.startswith('$"', at):
                self.at += 1
                self._double(word)
            case "$" | "`":
                word.parts.append(self._expansion())
                return True
            case "<" | ">" if text.startswith("(", at + 1):
                word.parts.append(self._expansion())
                return True
            case _:
                if continuation := CONTINUATION.match(text, at):
                    self.at = continuation.end()
                    return True
                bare = BARE.match(text, at)
                if bare is None:
                    return False
                word.parts.append(ESCAPED_BARE.sub(r"\1", bare[0]))
                self.at = bare.end()
                return True
        word.quoted = True
        return True

    def _quoted(self, kind: re.Pattern[str], opening: str) -> re.Match[str]:
        found = kind.match(self.source, self.at)
        if found is None:
            raise UsageError(f"the {opening} quote in line {self.line} is never closed: add the closing one")
        self.at = found.end()
        return found

    def _double(self, word: Word) -> None:
        opened = self.line
        self.at += 1
        while self.at < len(self.source):
            if self.source[self.at] == '"':
                self.at += 1
                return
            self._inside(word, IN_DOUBLE, ESCAPED_DOUBLE)
        raise UsageError(f'the " quote in line {opened} is never closed: add the closing one')

    def _inside(self, word: Word, plain: re.Pattern[str], escaped: re.Pattern[str]) -> None:
        """Read on where only `$`, backticks and some backslashes mean anything."""
        if found := plain.match(self.source, self.at):
            word.parts.append(escaped.sub(_without_backslash, found[0]))
            self.at = found.end()
        elif self.source[self.at] in "$`":
            word.parts.append(self._expansion())
        else:  # a backslash that is the last character
            word.parts.append(self.source[self.at])
            self.at += 1

    def _expansion(self) -> str | Expansion:
        self._count()
        text, at = self.source, self.at
        if text.startswith("$(", at) or text[at] in "<>":
            return self._substitution()
        found = (BACKTICKS if text[at] == "`" else VARIABLE).match(text, at)
        if found is None and text[at] == "`":
            raise UsageError(f"the ` in line {self.line} is never closed: add the closing one")
        line, self.at = self.line, found.end() if found else at + 1
        if found and text[at] == "`":
            return Expansion(found[0], self._in_backticks(found[0], line))
        return Expansion(found[0]) if found else text[at]

    def _in_backticks(self, source: str, line: int) -> tuple[Command, ...]:
        """Return the commands between backticks; none where they are just the marks of some text."""
        if self.depth >= DEEPEST:
            return ()
        inside = _Script(ESCAPED_BACKTICKS.sub(r"\1", source[1:-1]), line, self.depth + 1)
        inside.words = self.words
        try:
            found = tuple(command for command in inside.commands() if not command.is_empty)
        except UsageError:
            return ()
        self.words = inside.words
        return found

    def _substitution(self) -> Expansion:
        at, self.depth = self.at, self.depth + 1
        if self.depth > DEEPEST:
            raise UsageError(f"line {self.line} nests its $(…) more than {DEEPEST} levels deep")
        self.at += 2
        outer, self.waiting = self.waiting, []
        inside = tuple(command for command in self.commands(closing=True) if not command.is_empty)
        self.waiting, self.depth = outer, self.depth - 1
        return Expansion(self.source[at : self.at], inside)

    def _here_documents(self) -> None:
        """Read the lines that belong to the commands of the line before."""
        for command, delimiter, dedent in self.waiting:
            command.text = self._here_document(delimiter, dedent)
        self.waiting = []

    def _here_document(self, delimiter: Word, dedent: bool) -> Word:
        first, lines, end = self.line, [], delimiter.text
        while True:
            if self.at >= len(self.source):
                named = (
                    end if re.fullmatch(r"\w{1,40}", end) else "last line"
                )  # what else it swallowed isn't told
                raise UsageError(f"the here-document in line {delimiter.line} never ends: add its {named}")
            stop = self.source.find("\n", self.at)
            stop = len(self.source) if stop < 0 else stop
            line = self.source[self.at : stop].removesuffix("\r")
            self.at = min(stop + 1, len(self.source))
            line = line.lstrip("\t") if dedent else line
            if line == end:
                break
            lines.append(line + "\n")
        text = "".join(lines)
        return Word(first, [text]) if delimiter.quoted else _expanded(text, first, self.depth)


def _expanded(text: str, line: int, depth: int) -> Word:
    """Return a here-document whose delimiter was not quoted: its `$` are the shell's."""
    script, word = _Script(text, line, depth), Word(line)
    while script.at < len(text):
        script._inside(word, IN_DOCUMENT, ESCAPED_DOCUMENT)
    return word


def _without_backslash(found: re.Match[str]) -> str:
    return "" if found[1] == "\n" else found[1]


def _unescaped(found: re.Match[str]) -> str:
    hexadecimal = found[1] or found[2] or found[3]
    if hexadecimal:
        code = int(hexadecimal, 16)
        return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
    if found[4]:
        return chr(int(found[4], 8) & 0xFF)
    return ESCAPED.get(found[5], found[5] if found[5] in "\\'\"?" else "\\" + found[5])
