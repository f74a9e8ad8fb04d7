"""A small shell: lists and pipes of a few commands over the files of a container, and `python`. Any other
command is `Unknown`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from nbkit.sim.sandbox import python, shell_commands
from nbkit.sim.sandbox.bounds import LONGEST, Steps, TooLong, Unknown
from nbkit.sim.sandbox.disk import ENVIRONMENT, Disk
from nbkit.sim.sandbox.ran import Ran

_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1([^\n]*)\n(.*?)\n?^\2$\n?", re.DOTALL | re.MULTILINE)
_WORD = re.compile(
    r"(?P<word>(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|[^\s'\"\\;&|<>()])+)"
    r"|(?P<sign>&&|\|\||>>|<<<|<<|>&|&>|[;&|<>()]|\n+)|(?P<space>[^\S\n]+)|(?P<open>.)",
    re.DOTALL,
)
_MOST_COMMANDS = 200


@dataclass(slots=True)
class Shell:
    """One run of a shell on a disk."""

    disk: Disk
    steps: Steps

    def run(self, text: str) -> Ran:
        """Run the commands of a text. Raises `Unknown` and `TooLong`."""
        texts: list[str] = []
        quoted: list[bool] = []

        def keep(hit: re.Match[str]) -> str:
            texts.append(hit[4] + "\n" if hit[4] else "")
            quoted.append(bool(hit[1]))
            return f" << {len(texts) - 1} {hit[3]}\n"

        plain = _HEREDOC.sub(keep, text)
        inputs = [each if whole else _filled(each) for each, whole in zip(texts, quoted, strict=True)]
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
                given = inputs[int(next(rest))]
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
    return [word for at, word in enumerate(words) if not _is_error_sink(words, at)]


def _is_error_sink(words: list[str], at: int) -> bool:
    """Whether a word belongs to `2>&1` or `2>/dev/null`, which change nothing here."""
    raise_at = [n for n, word in enumerate(words) if word == "2" and words[n + 1 : n + 2] in ([">"], [">&"])]
    return any(n <= at <= n + 2 for n in raise_at)


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
