"""The commands of the small shell: each takes its arguments, its input and the disk."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable

from nbkit.sim.sandbox.bounds import LONGEST, TooLong, Unknown
from nbkit.sim.sandbox.disk import HOME, Disk
from nbkit.sim.sandbox.ran import Ran

Command = Callable[[list[str], str, Disk], Ran]


def _flags(args: list[str], known: str) -> tuple[set[str], list[str]]:
    """The one-letter options and what else was said."""
    flags: set[str] = set()
    rest = []
    for arg in args:
        if re.fullmatch(r"-[A-Za-z]+", arg):
            flags |= set(arg[1:])
        else:
            rest.append(arg)
    if flags - set(known):
        raise Unknown(" ".join(args))
    return flags, rest


def _input(names: Iterable[str], given: str, disk: Disk) -> str:
    read = [disk.text(name) if name != "-" else given for name in names]
    return "".join(read) if read else given


def echo(args: list[str], given: str, disk: Disk) -> Ran:
    flags, rest = (set("n"), args[1:]) if args[:1] == ["-n"] else (set(""), args)
    if args[:1] == ["-e"]:
        raise Unknown("echo -e")
    return Ran(" ".join(rest) + ("" if flags else "\n"))


def printf(args: list[str], given: str, disk: Disk) -> Ran:
    form = (args or [""])[0].replace("\\n", "\n").replace("\\t", "\t")
    if len(args) > 1 or "%" in form:
        raise Unknown("printf")
    return Ran(form)


def cat(args: list[str], given: str, disk: Disk) -> Ran:
    flags, names = _flags(args, "n")
    text = _input(names, given, disk)
    if "n" in flags:
        text = "".join(f"{n:6}\t{line}\n" for n, line in enumerate(text.splitlines(), 1))
    return Ran(text)


def ls(args: list[str], given: str, disk: Disk) -> Ran:
    _, names = _flags(args, "1")
    listed = [each for name in names or ["."] for each in disk.listed(name)]
    return Ran("".join(f"{each}\n" for each in listed))


def pwd(args: list[str], given: str, disk: Disk) -> Ran:
    return Ran(f"{HOME}\n")


def _slice(args: list[str], given: str, disk: Disk) -> tuple[int, str]:
    """How many lines, and of which text: `-n 5`, `-n5` or `-5`."""
    most, names = 10, []
    rest = iter(args)
    for arg in rest:
        hit = re.fullmatch(r"-(?:n)?(\d{1,6})", arg)
        if arg == "-n" or hit:
            number = next(rest, "") if hit is None else hit[1]
            if not re.fullmatch(r"\d{1,6}", number):
                raise Unknown(" ".join(args))
            most = int(number)
        elif arg.startswith("-"):
            raise Unknown(" ".join(args))
        else:
            names.append(arg)
    return most, _input(names, given, disk)


def head(args: list[str], given: str, disk: Disk) -> Ran:
    most, text = _slice(args, given, disk)
    return Ran("".join(text.splitlines(keepends=True)[:most]))


def tail(args: list[str], given: str, disk: Disk) -> Ran:
    most, text = _slice(args, given, disk)
    lines = text.splitlines(keepends=True)
    return Ran("".join(lines[max(0, len(lines) - most) :]))


def wc(args: list[str], given: str, disk: Disk) -> Ran:
    flags, names = _flags(args, "lwc")
    text = _input(names, given, disk)
    counts = {"l": text.count("\n"), "w": len(text.split()), "c": len(text.encode())}
    shown = [str(counts[flag]) for flag in "lwc" if flag in (flags or "lwc")]
    if len(names) > 1:
        raise Unknown("wc")
    return Ran(" ".join([*shown, *names]) + "\n")


def sort(args: list[str], given: str, disk: Disk) -> Ran:
    flags, names = _flags(args, "rnu")
    lines = _input(names, given, disk).splitlines()
    if "n" in flags:
        lines.sort(
            key=lambda line: float(hit[0]) if (hit := re.match(r"\s*-?\d{1,300}(?:\.\d+)?", line)) else 0.0
        )
    else:
        lines.sort()
    lines = list(dict.fromkeys(lines)) if "u" in flags else lines
    return Ran("".join(f"{line}\n" for line in (reversed(lines) if "r" in flags else lines)))


def uniq(args: list[str], given: str, disk: Disk) -> Ran:
    flags, names = _flags(args, "c")
    runs: list[tuple[str, int]] = []
    for line in _input(names, given, disk).splitlines():
        if runs and runs[-1][0] == line:
            runs[-1] = (line, runs[-1][1] + 1)
        else:
            runs.append((line, 1))
    return Ran("".join(f"{count:7} {line}\n" if "c" in flags else f"{line}\n" for line, count in runs))


def grep(args: list[str], given: str, disk: Disk) -> Ran:
    flags, rest = _flags(args, "icvnF")
    if not rest or (re.search(r"[\\.*+?\[\]^$(){}|]", rest[0]) and "F" not in flags):
        raise Unknown("grep with a pattern")
    wanted, *names = rest
    if len(names) > 1:
        raise Unknown("grep in several files")
    found = []
    for number, line in enumerate(_input(names, given, disk).splitlines(), 1):
        hit = wanted.lower() in line.lower() if "i" in flags else wanted in line
        if hit != ("v" in flags):
            found.append(f"{number}:{line}" if "n" in flags else line)
    out = f"{len(found)}\n" if "c" in flags else "".join(f"{line}\n" for line in found)
    return Ran(out, code=0 if found else 1)


def seq(args: list[str], given: str, disk: Disk) -> Ran:
    if not 1 <= len(args) <= 3 or not all(re.fullmatch(r"-?\d{1,9}", arg) for arg in args):
        raise Unknown("seq")
    numbers = [int(arg) for arg in args]
    first, step = (numbers[0] if len(args) > 1 else 1), (numbers[1] if len(args) == 3 else 1)
    if not step or abs(numbers[-1] - first) // abs(step) > LONGEST // 10:
        raise TooLong
    return Ran("".join(f"{one}\n" for one in range(first, numbers[-1] + (1 if step > 0 else -1), step)))


def mkdir(args: list[str], given: str, disk: Disk) -> Ran:
    _, names = _flags(args, "p")
    disk.directories |= {disk.path(name) for name in names}
    if len(disk.directories) > 1000:
        raise TooLong
    return Ran()


def touch(args: list[str], given: str, disk: Disk) -> Ran:
    for name in args:
        if not disk.exists(name):
            disk.write(name, b"")
    return Ran()


def rm(args: list[str], given: str, disk: Disk) -> Ran:
    flags, names = _flags(args, "f")
    for name in names:
        if "f" not in flags or disk.exists(name):
            disk.remove(name)
    return Ran()


def cp(args: list[str], given: str, disk: Disk) -> Ran:
    if len(args) != 2:
        raise Unknown("cp")
    data, target = disk.read(args[0]), args[1]
    if disk.is_directory(target):
        target = posixpath.join(target, posixpath.basename(args[0]))
    disk.write(target, data)
    return Ran()


def mv(args: list[str], given: str, disk: Disk) -> Ran:
    ran = cp(args, given, disk)
    disk.remove(args[0])
    return ran


KNOWN: dict[str, Command] = {
    "echo": echo, "printf": printf, "cat": cat, "ls": ls, "pwd": pwd, "head": head, "tail": tail, "wc": wc,
    "sort": sort, "uniq": uniq, "grep": grep, "seq": seq, "mkdir": mkdir, "touch": touch, "rm": rm, "cp": cp,
    "mv": mv, "true": lambda args, given, disk: Ran(), "false": lambda args, given, disk: Ran(code=1),
}  # fmt: skip
