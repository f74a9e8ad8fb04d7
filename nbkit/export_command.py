"""`nbkit export`: the next request of a saved conversation, as text that sends it."""

from __future__ import annotations

import argparse
import sys

DESCRIPTION = """\
Print the next request of a saved conversation as text that sends it, without keys.

FILE is a notebook, a file made by chat.save(), or an autosave (.jsonl). The command takes its key from
ANTHROPIC_API_KEY and, where it is set, its address from ANTHROPIC_BASE_URL.
"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options to those of `nbkit`."""
    exporting = commands.add_parser(
        "export",
        help="print a saved conversation's request as curl, Python or JSON",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    exporting.add_argument("file", metavar="FILE", help="where the conversation is saved")
    exporting.add_argument(
        "--as",
        dest="form",
        metavar="FORM",
        choices=("curl", "python", "json"),
        default="curl",
        help="curl (default), python (code for the SDK), or json (the body of the request)",
    )
    exporting.add_argument("--conversation", metavar="NAME", help="which one, where FILE holds several")


def run(options: argparse.Namespace) -> int:
    """Print the export. Raises `LoadError` for a file without a conversation."""
    from nbkit.loop.conversation import Conversation
    from nbkit.loop.store import load
    from nbkit.study.export import export

    chat = load(options.file, cls=Conversation, conversation=options.conversation)
    sys.stdout.buffer.write(export(chat, options.form).encode())
    sys.stdout.buffer.flush()
    return 0
