"""`nbkit clean`: a copy to share of a notebook or of a saved conversation, without private results."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from nbkit.errors import counted

DESCRIPTION = """\
Write a copy to share. Taken out of its conversations are the contents of tool results, thinking, pictures,
documents and the like, decisions and branches; a note stands in their place. Of a notebook every other output
goes too (what code printed, plots, errors, widgets), and what was noted beside its cells.

Cells, texts and the inputs of calls stay, and may quote what is gone: look at the copy.
"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options to those of `nbkit`."""
    cleaning = commands.add_parser(
        "clean",
        help="copy a notebook or a saved conversation without private results",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    cleaning.add_argument(
        "file", metavar="FILE", help="a notebook, a file made by chat.save(), or an autosave (.jsonl)"
    )
    cleaning.add_argument(
        "-o", "--output", metavar="COPY", help="where the copy goes (default: NAME-clean beside FILE)"
    )


def run(options: argparse.Namespace) -> int:
    """Write the copy. Raises `LoadError` for what can't be read, `UsageError` where COPY can't be written."""
    from nbkit.notebook.clean_copy import copy_clean

    source = Path(options.file)
    ending = ".json" if source.suffix == ".jsonl" else source.suffix
    copy = Path(options.output) if options.output else source.with_name(f"{source.stem}-clean{ending}")
    turns, left_out = copy_clean(source, copy)
    left = f"; {counted(left_out, 'other output')} left out" if left_out else ""
    said = f"nbkit: {copy} has {counted(turns, 'turn')} without private results{left}"
    print(f"{said}; its texts and calls may quote them, so look at it", file=sys.stderr)
    return 0
