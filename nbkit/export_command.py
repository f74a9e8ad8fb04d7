"""`nbkit export`: a saved conversation as text: its next request, or all of it to be shared."""

from __future__ import annotations

import argparse
import sys

DESCRIPTION = """\
Print the next request of a saved conversation as text that sends it, without keys; or, with --as saved,
the conversation itself as chat.save() writes it. With --clean what is private is taken out first: contents
of tool results, thinking, pictures, documents and the like. Texts and the inputs of calls stay, and may
quote them.

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
        choices=("curl", "python", "json", "saved"),
        default="curl",
        help="curl (default), python (code for the SDK), json (the body of the request), or saved",
    )
    exporting.add_argument("--clean", action="store_true", help="take private results out first")
    exporting.add_argument("--conversation", metavar="NAME", help="which one, where FILE holds several")


def run(options: argparse.Namespace) -> int:
    """Print the export. Raises `LoadError` for a file without a conversation."""
    from nbkit.loop.conversation import Conversation
    from nbkit.loop.saved.store import load, text_of
    from nbkit.study.export import export

    chat = load(options.file, cls=Conversation, conversation=options.conversation)
    if options.clean:
        chat = chat.clean(chat.name)
    sys.stdout.buffer.write(
        (text_of(chat) if options.form == "saved" else export(chat, options.form)).encode()
    )
    sys.stdout.buffer.flush()
    return 0
