"""The commands: `nbkit lab` opens the workshop. Options it does not know are JupyterLab's to judge."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from nbkit import __version__
from nbkit.errors import NbkitError, UsageError

PACKAGE = Path(__file__).resolve().parent
FIRST = "00_first_light.ipynb"
OWN_COPY = "nbkit-notebooks"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status."""
    parser = _parser()
    options, further = parser.parse_known_args(argv)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return lab(options.path, port=options.port, browser=not options.no_browser, further=further)
    except NbkitError as error:
        print(f"nbkit: {error}", file=sys.stderr)
        return 2


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


def workshop(here: Path) -> Path:
    """Find the workshop: a clone's own folder; from a wheel a copy in `here`, never written over."""
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
    what = (
        f"copied {len(fresh)} workshop notebook{'s' * (len(fresh) != 1)} to"
        if fresh
        else "opening your copy in"
    )
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
    return parser
