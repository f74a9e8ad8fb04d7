"""How our objects show themselves: a conversation as its editor, a reply as text, an error as one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbkit.errors import NbkitError
from nbkit.loop.calls.pending import Pending
from nbkit.loop.conversation import Conversation
from nbkit.notebook.record.markdown import to_html
from nbkit.notebook.record.plain import content
from nbkit.notebook.record.printable import printable
from nbkit.notebook.record.wording import shorten, signature
from nbkit.study.outcomes import Outcomes
from nbkit.wire.messages import Message

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbkit.notebook.session import Session

PERSON = ("nbkit.sim.person.desk", "Person")  # by its name: the notebook imports no simulator
HOOK = "_render_traceback_"  # what IPython asks an exception for


def register(shell: InteractiveShell, session: Session) -> None:
    display = shell.display_formatter
    assert display is not None
    display.ipython_display_formatter.for_type(Conversation, session.whole)
    display.ipython_display_formatter.for_type_by_name(*PERSON, session.desk)
    display.ipython_display_formatter.for_type(Outcomes, session.tables.show)
    display.formatters["text/html"].for_type(Message, lambda message: to_html(message.text))
    display.formatters["text/plain"].for_type(Message, _plain)
    display.formatters["text/plain"].for_type(Pending, _call)
    setattr(NbkitError, HOOK, one_line)


def unregister(shell: InteractiveShell) -> None:
    display = shell.display_formatter
    assert display is not None
    display.ipython_display_formatter.pop(Conversation, None)
    display.ipython_display_formatter.pop(Outcomes, None)
    display.ipython_display_formatter.pop(".".join(PERSON), None)
    for name in ("text/html", "text/plain"):
        display.formatters[name].pop(Message, None)
    display.formatters["text/plain"].pop(Pending, None)
    if HOOK in vars(NbkitError):
        delattr(NbkitError, HOOK)


def one_line(error: Exception) -> list[str]:
    """An error we raise on purpose is its sentence: our frames tell a person nothing."""
    return [printable(f"{type(error).__name__}: {error}")]


def _call(pending: Pending, printer: Any, cycle: bool) -> None:
    """What `chat.decide(…)` returns, in a line."""
    result = pending.result
    said = "waits for a decision" if result is None else f"its result is {content(result.get('content'))}"
    printer.text(printable(f"{signature(pending.call.name, pending.call.input)}: {shorten(said, 200)}"))


def _plain(message: Message, printer: Any, cycle: bool) -> None:
    printer.text(printable(message.text or repr(message)))
