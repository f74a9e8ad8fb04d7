"""`%%claude` and `%claude`: they read what a person typed and call what anybody can call from code.

Here alone the notebook meets the client and the simulator: a magic makes the conversation when there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand

from nbkit.connection import Connection, Conversation, load
from nbkit.errors import NbkitError, StreamError, UsageError
from nbkit.loop import conversation as loop
from nbkit.loop.calls.policy import allow, deny
from nbkit.notebook import asking, attached, completion, formats, options, toolbox
from nbkit.notebook.commands import dispatch
from nbkit.notebook.fill import fill
from nbkit.notebook.keeping import Keeper
from nbkit.notebook.options import Options
from nbkit.notebook.record.printable import say
from nbkit.notebook.record.wording import ANSWER_ELSEWHERE, doing, pause_without_page
from nbkit.notebook.session import Session
from nbkit.notebook.views.understudy import desk_of

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

TRANSFORMS = [options.with_body, options.with_question]
POLICIES = {"allow": allow, "deny": deny}


@magics_class
class ClaudeMagics(Magics):
    """The magics of one kernel, and the current conversation when no variable holds it."""

    def __init__(self, shell: InteractiveShell, session: Session) -> None:
        super().__init__(shell)
        self.variables: dict[str, Any] = shell.user_ns
        self._hidden = shell.user_ns_hidden
        self.session = session
        self.current = loop.CHAT
        self.is_asking = False
        self._own: dict[str, loop.Conversation] = {}

    @options.arguments
    @cell_magic
    def claude(self, line: str, cell: str) -> None:
        """Say the cell to the model and show the reply; the cell ends when the model is done or wants a tool.

        `{name}` takes the value of a variable of that name.
        """
        given = options.read(ClaudeMagics.claude, line)
        if given.help:
            self.show_options()
            return
        text = cell.strip("\n")
        if not text.strip():
            raise UsageError("%%claude: the cell is empty; write the prompt below its first line")
        mine = self.mine()
        text, filled = fill(text, mine)
        shown = attached.images(given.images, mine) + attached.files(given.files, mine)
        content = [*shown, {"type": "text", "text": text}] if shown else text
        conversation = self.conversation(given.chat, new=given.new)
        self._configure(conversation, given)
        if given.out:
            self.variables[given.out] = None
        self._said(conversation, content, filled, given)

    @no_var_expand  # a brace may be JSON's, and `{name}` is the variable itself, not its text
    @line_magic("claude")  # type: ignore[arg-type]  # its type knows only the bare decorator
    def line(self, line: str) -> None:
        """Look after the current conversation."""
        dispatch.run(self, line)

    line.__doc__ = f"Look after the current conversation.\n\n{dispatch.listed()}"  # type: ignore[assignment]

    def chat(self, name: str | None = None) -> loop.Conversation:
        """Return the conversation for a command: its tools are those of the notebook."""
        conversation = self.conversation(name)
        self.session.mind(conversation)
        return conversation

    def tell(self) -> None:
        """Say what the current conversation is at."""
        dispatch.run(self, "status")

    def show(self, value: Any) -> None:
        """Show a value as it shows itself at the end of a cell."""
        shell = self.session.shell
        assert shell.display_formatter is not None
        data, metadata = shell.display_formatter.format(value)  # type: ignore[no-untyped-call]
        if data:  # else it has shown itself
            shell.display_pub.publish(data, metadata)

    def free_name(self, name: str) -> str:
        """Return the name, with a number behind it when it is taken."""
        return next(
            free for n in count(1) if (free := name if n == 1 else f"{name}{n}") not in self.variables
        )

    def load(self, path: Path, name: str | None) -> str:
        """Bring a saved conversation back into a variable of that name, or of its own; return which."""
        conversation = load(path)
        conversation.name = name = name or self.free_name(conversation.name)
        self.variables[name] = conversation
        return name

    def conversation(self, name: str | None = None, *, new: bool = False) -> loop.Conversation:
        """Return the conversation of that name, made and put into its variable when there is none."""
        name = name or self.current
        found = self.variables.get(name)
        if isinstance(found, loop.Conversation) and not new:
            if found.name == loop.CHAT:
                found.name = name
            return found
        if found is None or isinstance(found, loop.Conversation):
            made = self.variables[name] = Conversation(name=name)
            return made
        if new or name not in self._own:
            what = type(found).__name__
            print(f"{name} is a variable of yours ({what}), so the conversation is kept under %claude only")
            self._own[name] = Conversation(name=name)
        return self._own[name]

    def stretch(self, conversation: loop.Conversation, work: Callable[[], Any]) -> None:
        """Do what may send requests in this cell, and let a pause or an interrupt end it in one sentence.

        In a terminal a pause is asked about, and when all calls have their results the loop goes on.
        """
        if desk_of(conversation) is not None and not self.session.waits_for_person(conversation):
            print(ANSWER_ELSEWHERE, flush=True)  # the cell is about to wait, and nothing else says for whom
        self.guarded(conversation, work)
        if conversation.state.name != "PAUSED":
            return
        if self.session.has_kernel:
            return  # the turn's output says it
        if conversation.attended:
            self.ask(conversation)
        else:
            say(pause_without_page(conversation))

    def guarded(self, conversation: loop.Conversation, work: Callable[[], Any]) -> None:
        """Do what a person may interrupt; the interrupt ends the cell in one sentence."""
        try:
            work()
        except KeyboardInterrupt:
            raise _interrupted(conversation) from None

    @contextmanager
    def asked(self) -> Iterator[None]:
        """While a command answers a question: the next one follows, so nobody has to be told what to do."""
        before, self.is_asking = self.is_asking, True
        try:
            yield
        finally:
            self.is_asking = before

    def ask(self, conversation: loop.Conversation) -> None:
        """Ask about the open calls of a pause here, and go on when all of them have their results."""
        if not self.session.attended:
            raise UsageError("nobody can answer here: %claude run, fake and refuse decide a call")
        if asking.ask(self, conversation):
            self.stretch(conversation, conversation.resume)

    def show_options(self) -> None:
        """Print what can be written after `%%claude`."""
        print(ClaudeMagics.claude.explained())  # type: ignore[attr-defined]

    def go_on(self, conversation: loop.Conversation, move: str = "resume", **limits: Any) -> None:
        """Go on in this cell (`resume`, `step`, `run_to_end`); the reply shows in the turn's own output."""
        if self.session.waits_for_person(conversation):
            conversation.turn.allow("go on")
            work = partial(getattr(conversation, f"a{move}"), **limits)
            self.session.go_on(self.session.stage(conversation), work)
            return
        self.stretch(conversation, partial(getattr(conversation, move), **limits))
        told = conversation.state.name == "PAUSED" and not conversation.attended  # by the output, in full
        if self.session.has_kernel and not told:
            say(f"{conversation.name} {doing(conversation)}")

    def _said(self, conversation: loop.Conversation, content: Any, filled: Any, given: Options) -> None:
        def work() -> None:
            self.session.say(
                conversation,
                content,
                filled=filled,
                check=given.check,
                options=given.of_the_turn(conversation.settings),
                keep=partial(self.variables.__setitem__, given.out) if given.out else None,
            )

        self.stretch(conversation, work)
        if given.out and conversation.stopped_at:
            say(f"{given.out} is None until the turn is over: {conversation.name} {doing(conversation)}")

    def _configure(self, conversation: loop.Conversation, given: Options) -> None:
        """Take over what lasts. Nothing is changed before every option was understood."""
        tools = toolbox.named(given.tools, self.variables)
        toolbox.with_tools(conversation, tools)
        if given.system is not None and given.system != conversation.system:
            conversation.system = given.system
        if given.unattended is not None:
            conversation.unattended = POLICIES[given.unattended]
        conversation.stepping = given.step

    def mine(self) -> dict[str, Any]:
        """The user's own variables: what IPython put among them is not meant by a brace."""
        hidden = self._hidden
        mine = self.variables.items()
        return {key: value for key, value in mine if key not in hidden or hidden[key] is not value}


def _interrupted(conversation: loop.Conversation) -> NbkitError:
    error = conversation.error
    return error if isinstance(error, NbkitError) else StreamError("stopped: the conversation is as it was")


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Register the magics, and how conversations and our errors show themselves."""
    session = Session(shell, _loop(shell))
    if hasattr(shell, "kernel"):
        session.keeper = Keeper()
    magics = ClaudeMagics(shell, session)
    shell.register_magics(magics)
    shell.input_transformers_cleanup[:0] = TRANSFORMS
    completion.register(shell, magics)
    Connection.before_sending = session.may_send
    loop.Conversation.listener = session.ear
    loop.Conversation.widgets = session.light.of
    shell.events.register("post_run_cell", session.cell_ended)
    formats.register(shell, session)


def unload_ipython_extension(shell: InteractiveShell) -> None:
    """Take it all back; the page shows the saved records again."""
    magics = shell.magics_manager.registry.pop("ClaudeMagics", None)
    for kind in ("cell", "line"):
        shell.magics_manager.magics[kind].pop("claude", None)
    for transform in TRANSFORMS:
        if transform in shell.input_transformers_cleanup:
            shell.input_transformers_cleanup.remove(transform)
    completion.unregister(shell)
    formats.unregister(shell)
    if isinstance(magics, ClaudeMagics):
        Connection.before_sending = None
        loop.Conversation.listener = loop.Conversation.widgets = None
        shell.events.unregister("post_run_cell", magics.session.cell_ended)
        magics.session.close()


def _loop(shell: InteractiveShell) -> asyncio.AbstractEventLoop | None:
    """The kernel's main loop: page messages are handled there, whichever thread they arrive in."""
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return None
    main: asyncio.AbstractEventLoop | None = getattr(getattr(kernel, "io_loop", None), "asyncio_loop", None)
    return main
