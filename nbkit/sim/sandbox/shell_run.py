"""A small shell: lists and pipes of a few commands over the files of a container, and `python`. Any other
command is `Unknown`.
"""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_right
from dataclasses import dataclass

from nbkit.sim.sandbox import python, shell_commands
from nbkit.sim.sandbox.bounds import LONGEST, Steps, TooLong, Unknown
from nbkit.sim.sandbox.disk import ENVIRONMENT, Disk
from nbkit.sim.sandbox.ran import Ran

_HEREDOC = re.compile(r"<<-?[ \t]*(['\"]?)(\w+)\1")
_WORD = re.compile(
    r"(?P<word>(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|[^\s'\"\\;&|<>()])+)"
    r"|(?P<sign>&&|\|\||>>|<<<|<<|>&|&>|[;&|<>()]|\n+)|(?P<space>[^\S\n]+)|(?P<open>.)",
    re.DOTALL,
)
_LONGEST = 50_000  # characters of a script
_MOST_COMMANDS = 200


@dataclass(slots=True)
class Shell:
    """One run of a shell on a disk."""

    disk: Disk
    steps: Steps

    def run(self, text: str) -> Ran:
        """Run the commands of a text. Raises `Unknown` and `TooLong`."""
        if len(text) > _LONGEST:
            raise TooLong
        if "\0" in text:
            raise Unknown("null bytes")
        plain, inputs = _parted(text)
        done, error, code, before = "", "", 0, ";"
        for separator, pipeline in _pipelines(plain):
            if (before == "&&" and code) or (before == "||" and not code):
                before = separator
                continue
            ran = self._piped(pipeline, inputs)
            done, error, code, before = done + ran.out, error + ran.error, ran.code, separator
            if len(done) > LONGEST:
                raise TooLong
        return Ran(done, error, code)

    def _piped(self, words: list[str], inputs: list[str]) -> Ran:
        given, errors, ran = "", "", Ran()
        for command in _split(words, "|"):
            ran = self._command(command, given, inputs)
            given, errors = ran.out, errors + ran.error
        return Ran(ran.out, errors, ran.code)

    def _command(self, words: list[str], given: str, inputs: list[str]) -> Ran:
        args: list[str] = []
        target, appends = "", False
        rest = iter(words)
        for word in rest:
            if word in (">", ">>"):
                target, appends = _expanded(next(rest, "")), word == ">>"
            elif word == "<<":
                place = next(rest, "")
                if not place.startswith("\0"):
                    raise Unknown("a text without its end")
                given = inputs[int(place[1:])]
            elif word == "<":
                name = _expanded(next(rest, ""))
                if not self.disk.exists(name):
                    return Ran(error=f"bash: {name}: No such file or directory\n", code=1)
                given = self.disk.text(name)
            elif word in ("<<<", "&", ">&", "&>", "(", ")"):
                raise Unknown(word)
            else:
                args.append(_expanded(word))
        if words and re.match(r"\w+=", words[0]):
            raise Unknown("a variable")
        if words and words[0].startswith("#"):
            return Ran()
        ran = self._ran(args, given)
        self.steps.spend(10 + (len(given) + len(ran.out)) // 500)
        if not target:
            return ran
        if target == "/dev/null":
            return Ran("", ran.error, ran.code)
        old = self.disk.read(target) if appends and self.disk.exists(target) else b""
        self.disk.write(target, old + ran.out.encode())
        return Ran("", ran.error, ran.code)

    def _ran(self, args: list[str], given: str) -> Ran:
        if not args:
            return Ran()
        name, rest = args[0], args[1:]
        if name in ("python", "python3"):
            return self._python(rest, given)
        if name in ("bash", "sh") and len(rest) == 1 and self.disk.exists(rest[0]):
            return self.run(self.disk.text(rest[0]))
        if name not in shell_commands.KNOWN:
            raise Unknown(name)
        try:
            return shell_commands.KNOWN[name](rest, given, self.disk)
        except FileNotFoundError as error:
            return Ran(error=f"{name}: {error}: No such file or directory\n", code=1)
        except IsADirectoryError as error:
            return Ran(error=f"{name}: {error}: Is a directory\n", code=1)

    def _python(self, args: list[str], given: str) -> Ran:
        if args[:1] == ["-c"] and len(args) == 2:
            return python.run(args[1], self.disk, self.steps)
        if not args or args == ["-"]:
            return python.run(given, self.disk, self.steps, "<stdin>")
        if len(args) > 1 or args[0].startswith("-"):
            raise Unknown("python " + " ".join(args))
        if not self.disk.exists(args[0]):
            path = posixpath.join(ENVIRONMENT["PWD"], args[0])
            what = f"python3: can't open file '{path}': [Errno 2] No such file or directory\n"
            return Ran(error=what, code=2)
        return python.run(self.disk.text(args[0]), self.disk, self.steps, args[0])


def _parted(text: str) -> tuple[str, list[str]]:
    """The commands of a text, and the texts that stand between them as the input of one (`<< END`)."""
    lines = text.split("\n")
    ends: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        ends.setdefault(line, []).append(at)
    plain, inputs, at = [], list[str](), 0
    while at < len(lines):
        hit = _HEREDOC.search(lines[at])
        later = ends.get(hit[2], []) if hit else []
        behind = bisect_right(later, at)
        if hit is None or behind == len(later):
            plain.append(lines[at])
            at += 1
            continue
        held = "".join(f"{line}\n" for line in lines[at + 1 : later[behind]])
        plain.append(f"{lines[at][: hit.start()]} << \0{len(inputs)} {lines[at][hit.end() :]}")
        inputs.append(held if hit[1] else _filled(held))
        at = later[behind] + 1
    return "\n".join(plain), inputs


def _pipelines(text: str) -> list[tuple[str, list[str]]]:
    """The pipelines of a text, each with what stands behind it: `;`, `&&`, `||`."""
    found: list[tuple[str, list[str]]] = []
    words: list[str] = []
    for word in [*_words(text), "\n"]:
        if word in (";", "&&", "||", "\n"):
            found += [(word, words)] if words else []
            words = []
        else:
            words.append(word)
    if len(found) > _MOST_COMMANDS:
        raise TooLong
    return found


def _words(text: str) -> list[str]:
    """The words of a text with their quotes, and the signs and ends of lines between them."""
    words: list[str] = []
    for hit in _WORD.finditer(text.replace("\\\n", "")):
        if hit.lastgroup == "open":
            raise Unknown("an open quote")
        if hit.lastgroup == "word":
            words.append(hit[0])
        elif hit.lastgroup == "sign":
            words.append("\n" if hit[0][0] == "\n" else hit[0])
    return _without_sinks(words)


def _without_sinks(words: list[str]) -> list[str]:
    """The words without `2>&1` and `2>/dev/null`, which change nothing here."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        is_sink = words[at] == "2" and words[at + 1 : at + 2] in ([">"], [">&"])
        kept += [] if is_sink else [words[at]]
        at += 3 if is_sink else 1
    return kept


def _split(words: list[str], sign: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word == sign:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _expanded(word: str) -> str:
    """A word as the command gets it: without its quotes, with the values of variables outside of '…'."""
    made = ""
    for hit in re.finditer(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|((?:[^'\"\\]|\\.)+)", word, re.DOTALL):
        single, double, bare = hit.groups()
        if single is not None:
            made += single
        elif double is not None:
            made += _filled(double, r"[\"\\$`]")
        else:
            if re.search(r"(?<!\\)[*?\[]", bare):
                raise Unknown("a pattern of names")
            made += _filled(bare, ".")
    return made


def _filled(text: str, escaped: str = r"[$`\\]") -> str:
    """A text with the values of its variables; a backslash before what can be `escaped` takes its meaning."""

    def put(hit: re.Match[str]) -> str:
        if hit[0] in ("`", "$("):
            raise Unknown("substitution")
        return hit["escaped"] or ENVIRONMENT.get(hit["name"] or hit["braced"], "")

    pattern = rf"\\(?P<escaped>{escaped})|\$\{{(?P<braced>\w+)\}}|\$(?P<name>[A-Za-z_]\w*)|\$\(|`"
    return re.sub(pattern, put, text, flags=re.DOTALL)
