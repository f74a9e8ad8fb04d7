"""The commands: `nbkit lab` opens the workshop, `nbkit check` says what the API would say of a request,
`nbkit export` writes a saved one down, `nbkit clean` copies one to share, `nbkit serve` is the simulated API.

Options that `lab` does not know are JupyterLab's to judge.
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from nbkit import __version__, clean_command, export_command, serve_command
from nbkit.errors import NbkitError, UsageError, counted

if TYPE_CHECKING:
    from nbkit.study.report import Style
    from nbkit.study.verdict import Asked

PACKAGE = Path(__file__).resolve().parent
FIRST = "00_first_light.ipynb"
OWN_COPY = "nbkit-notebooks"
LARGEST = 300 * 1024 * 1024  # bytes of a file to check; a batch may have 256 MB
WIDEST = 110

CHECK = """\
Say what the Messages API would say of a request, without sending it: every problem, in the order in which the
API would find them, in its own words, with the reason and a fix.

FILE is seen for what it holds:
  a request body as JSON, or an array of them; a batch, {"requests": [...]}
  JSON Lines, one request a line, also inside {"body"}, {"request"} or {"params"}; replies beside
    or between them, as messages or streams, show with --session what never went back
  a curl command, or a script or a Markdown page with some, also for Windows; its variables are put in,
    bodies named with @ are read, relative to FILE, and what only a shell knows is left out
  a notebook, a saved conversation or an autosave: the next request of each conversation
"""
STATUS = """\
exit status:
  0  the API would take every request (warnings and what is newer than nbkit don't count)
  1  at least one request has an error, or with --session an error stands between two
  2  nothing was checked: FILE can't be read, holds no request, or an option is wrong;
     or the report can't be written
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    parser = _parser()
    options, further = parser.parse_known_args(argv)
    if options.command is None:
        parser.print_help()
        return 0
    if further and options.command != "lab":
        parser.error(_of_no_use(options, further[0]))
    try:
        match options.command:
            case "check":
                return _checked(options)
            case "clean":
                return clean_command.run(options)
            case "export":
                return export_command.run(options)
            case "serve":
                return serve_command.run(options)
            case _:
                return lab(options.path, port=options.port, browser=not options.no_browser, further=further)
    except NbkitError as error:
        print(f"nbkit: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `| head` has seen enough
        _leave_output()
        return 141
    except OSError as error:
        what = {"check": "the report", "export": "the request", "serve": "the address"}.get(options.command)
        if what is None:
            raise
        _leave_output()  # or what is still to be written fails again at the end
        print(f"nbkit: {what} can't be written: {error.strerror or error}", file=sys.stderr)
        return 2


def _leave_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _of_no_use(options: argparse.Namespace, word: str) -> str:
    if word.startswith("-"):
        return f"{options.command} has no option {word.split('=')[0]}"
    name = options.command
    return f"{name} takes one FILE at a time, and has {options.file} already: {name} {word} on its own"


def lab(path: Path | None, *, port: int | None, browser: bool, further: Sequence[str] = ()) -> int:
    """Open a notebook, the first of the workshop unless named, and stay until JupyterLab is shut down."""
    if find_spec("jupyterlab") is None:
        raise UsageError("JupyterLab is not installed here; install it with: pip install 'nbkit[lab]'")
    if path is not None and not path.exists():
        raise UsageError(f"there is no {path}; name a notebook or a folder, or none for the workshop")
    from jupyterlab.labapp import LabApp

    target = (path or workshop(Path.cwd()) / FIRST).resolve()
    folder, page = (target, "/lab") if target.is_dir() else (target.parent, f"/lab/tree/{quote(target.name)}")
    # Not JupyterLab's own PATH: the address it prints (all there is without a browser) would not name it.
    arguments = [f"--ServerApp.root_dir={folder}", f"--LabApp.default_url={page}", *further]
    if port is not None:
        arguments.append(f"--port={port}")
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in arguments:
        print("nbkit: you are root, so JupyterLab is started with --allow-root", file=sys.stderr)
        arguments.append("--allow-root")
    LabApp.launch_instance(arguments)
    return 0


def check(file: str, asked: Asked, *, as_json: bool = False) -> int:
    """Print what the API would say of the requests in a file, `-` for standard input."""
    from nbkit.study import imports, report
    from nbkit.study.verdict import verdicts

    folder = Path() if file == "-" else Path(file).parent
    name = "<stdin>" if file == "-" else file
    try:
        found = imports.read(_content(file), name, lambda named: _content(str(folder / named), named=True))
        if as_json:
            whole = report.as_json(name, found.kind, list(verdicts(found, asked)), found.notes)
            print(json.dumps(whole, ensure_ascii=False, indent=2), flush=True)
            return 1 if whole["errors"] else 0 if whole["requests"] or not whole["unread"] else 2
    except NbkitError as error:
        if as_json:
            nothing = report.nothing_checked(name, str(error))
            print(json.dumps(nothing, ensure_ascii=False, indent=2), flush=True)
        raise
    tally, style = report.Tally(), _style()
    for note in found.notes:
        print(f"nbkit: {report.printable(note)}", file=sys.stderr)
    for verdict in verdicts(found, asked):
        tally.add(verdict)
        if (
            verdict.problems or verdict.unread or not found.many
        ):  # of a thousand lines, those are told that need a look
            print(*report.lines(verdict, style), "", sep="\n")
    if found.many or tally.requests + tally.unread > 1:
        print(report.summary(tally))
    sys.stdout.flush()
    return 1 if tally.levels["error"] else 0 if tally.requests or not tally.unread else 2


def _checked(options: argparse.Namespace) -> int:
    from nbkit.study.verdict import Asked

    if not options.file:
        raise UsageError("the name of FILE is empty: name the file to check, or - for standard input")
    headers: dict[str, str | None] = {}
    for each in options.header:
        header, colon, value = each.partition(":")
        if not colon or not header.strip():
            raise UsageError("--header takes NAME:VALUE (NAME: alone takes a header away)")
        headers[header.strip().lower()] = value.strip() or None
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name or a text that the terminal's encoding doesn't have
            stream.reconfigure(errors="backslashreplace")
    asked = Asked(
        options.anthropic_version, options.beta, headers, options.endpoint, options.platform, options.session
    )
    return check(options.file, asked, as_json=options.json)


def _content(file: str, named: bool = False) -> bytes:
    """Read a file or standard input, never more than there is any use for.

    `named`: a script names it. A pipe with a name, or a device, may never end.
    """
    is_ours = not named and file.startswith(("/dev/fd/", "/dev/stdin", "/proc/self/fd/"))
    try:
        mode = stat.S_IFREG if file == "-" or is_ours else Path(file).stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise UsageError(f"{file} is a pipe or a device: save what it holds in a file, or use -")
        if file == "-":
            if sys.stdin is None:
                raise ValueError("it is closed")
            if sys.stdin.isatty():
                print("nbkit: reading from the terminal; Ctrl-D ends it", file=sys.stderr)
            data = sys.stdin.buffer.read(LARGEST + 1)
        else:
            with Path(file).open("rb") as opened:
                data = opened.read(LARGEST + 1)
    except (OSError, ValueError) as error:  # a name with a NUL in it is a ValueError
        if Path(file).is_dir():
            raise UsageError(f"{file} is a folder: name a file in it") from error
        raise UsageError(f"{file} can't be read: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > LARGEST:
        raise UsageError(f"{file} is larger than {LARGEST // 1024 // 1024} MB: check it in parts")
    return data


def _style() -> Style:
    from nbkit.study.report import Style

    if not sys.stdout.isatty():
        return Style()
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    import shutil  # with every kind of archive: `serve` has no use for it

    return Style(min(shutil.get_terminal_size().columns, WIDEST), colour)


def workshop(here: Path) -> Path:
    """Find the workshop: a clone's own folder; from a wheel a copy in `here`, never written over."""
    import shutil

    clone = PACKAGE.parent / "notebooks"
    if (PACKAGE.parent / "pyproject.toml").exists() and (clone / FIRST).exists():
        return clone
    folder = here / OWN_COPY
    folder.mkdir(exist_ok=True)
    fresh = [
        each for each in sorted((PACKAGE / "_notebooks").glob("*.ipynb")) if not (folder / each.name).exists()
    ]
    for notebook in fresh:
        shutil.copy(notebook, folder / notebook.name)
    what = f"copied {counted(len(fresh), 'workshop notebook')} to" if fresh else "opening your copy in"
    print(f"nbkit: {what} {folder}")
    return folder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nbkit", description="A debugger for the tool-use loop of the Messages API, in a notebook."
    )
    parser.add_argument("--version", action="version", version=f"nbkit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    opening = commands.add_parser(
        "lab",
        help="open the workshop in JupyterLab",
        description="Open the workshop in JupyterLab, on the embedded simulator. "
        "Further options, as --ServerApp.token=secret, are JupyterLab's own.",
    )
    opening.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="another notebook or folder to open"
    )
    opening.add_argument("--port", type=int, help="the port to listen on (JupyterLab looks for a free one)")
    opening.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    _add_check(commands)
    export_command.add_to(commands)
    clean_command.add_to(commands)
    serve_command.add_to(commands)
    return parser


def _add_check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    checking = commands.add_parser(
        "check",
        help="say what the API would say of a request",
        description=CHECK,
        epilog=STATUS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    checking.add_argument("file", metavar="FILE", help="the file to check; - reads standard input")
    checking.add_argument("--json", action="store_true", help="print the report as JSON")
    checking.add_argument(
        "--session",
        action="store_true",
        help="the requests are one program's, in the order sent: say too what got lost between them",
    )
    checking.add_argument(
        "--version", dest="anthropic_version", metavar="DATE", help="the anthropic-version to check against"
    )
    checking.add_argument(
        "--beta", action="append", default=[], metavar="NAME", help="a beta to switch on (may be repeated)"
    )
    checking.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help="a header in place of the file's; NAME: takes it away (may be repeated)",
    )
    checking.add_argument(
        "--endpoint",
        metavar="PATH",
        help="where it goes, as /v1/messages/count_tokens (default: as FILE says)",
    )
    checking.add_argument(
        "--platform",
        default="anthropic",
        metavar="NAME",
        help="who is asked: anthropic (default), bedrock, vertex or strict, the reading of 2023",
    )
