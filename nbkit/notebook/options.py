"""The line of a `%%claude` cell: its options, and what is wrong with them in one sentence."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from keyword import iskeyword
from typing import Any

from IPython.core import magic_arguments
from IPython.core.error import UsageError as Misread

from nbkit.errors import UsageError
from nbkit.loop.settings import Settings
from nbkit.notebook.record.printable import folded, width
from nbkit.wire.blocks import Json

QUESTION = re.compile(r"^(\s*)%claude\s+(\S.*\?)[^\S\n]*$")


@dataclass(frozen=True, slots=True)
class Options:
    """What the first line of a cell asks for."""

    tools: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    out: str | None = None
    system: str | None = None
    model: str | None = None
    max_tokens: int | None = None
    chat: str | None = None
    unattended: str | None = None
    step: bool = False
    check: bool = True
    new: bool = False
    help: bool = False

    def of_the_turn(self, settings: Settings) -> Json:
        """What holds for this turn only; `%claude model` and the conversation itself set what lasts."""
        given = {"model": self.model, "max_tokens": self.max_tokens}
        options: Json = {key: value for key, value in given.items() if value is not None}
        if self.model is not None:  # another model may not think the way this one does
            options["thinking"] = replace(settings, model=self.model).effective.get("thinking")
        return options


def arguments(function: Callable[..., Any]) -> Callable[..., Any]:
    """Declare the options of `%%claude` on the function that takes them; its docstring explains them, too."""
    words = function.__doc__ or ""
    for names, more in reversed(ARGUMENTS):
        function = magic_arguments.argument(*names, **more)(function)  # type: ignore[no-untyped-call]
    declared: Callable[..., Any] = magic_arguments.magic_arguments("claude")(function)  # type: ignore[no-untyped-call]
    declared.explained = partial(explained, words)  # type: ignore[attr-defined]
    declared.__doc__ = explained(words)
    return declared


def explained(words: str) -> str:
    """Return what `%%claude` does, in these words, and its options, as wide as the terminal.

    IPython would call it %claude, and lay it out as no terminal is wide.
    """
    told = ["\n".join(folded(" ".join(each.split()))) for each in words.split("\n\n")]
    shape = partial(argparse.RawDescriptionHelpFormatter, width=width())
    parser = argparse.ArgumentParser(
        "%%claude", None, "\n\n".join(told), add_help=False, formatter_class=shape
    )
    parser.color = False  # type: ignore[attr-defined]  # from Python 3.14 on it would be, at a terminal
    for names, more in ARGUMENTS:
        parser.add_argument(*names, **more)
    return parser.format_help()


ARGUMENTS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    (
        ("--tools",),
        {"nargs": "+", "help": "tools to add to those on offer, by name: functions or nbkit.tool"},
    ),
    (
        ("--image",),
        {
            "nargs": "+",
            "action": "append",
            "help": "pictures to send in front of the text: paths, or variables (PIL, matplotlib, bytes)",
        },
    ),
    (
        ("--file",),
        {
            "nargs": "+",
            "action": "append",
            "help": "documents to send in front of the text: PDFs and texts, paths or variables",
        },
    ),
    (("--out",), {"help": "keep the reply in this variable; it is None until the tool loop has ended"}),
    (("--system",), {"help": "the system prompt of the conversation"}),
    (("--model",), {"help": "the model, for this turn"}),
    (("--max-tokens",), {"type": int, "help": "the longest reply in tokens, for this turn"}),
    (("--chat",), {"help": "the variable that holds the conversation (chat)"}),
    (("--unattended",), {"choices": ("allow", "deny"), "help": "decide calls where nobody can answer"}),
    (("--step",), {"action": "store_true", "help": "go one request or tool at a time"}),
    (("--no-check",), {"action": "store_true", "help": "send it even if the API will refuse it"}),
    (("--new",), {"action": "store_true", "help": "begin a fresh conversation"}),
    (("--help",), {"action": "store_true", "help": "show this"}),
]


def read(function: Any, line: str) -> Options:
    """Read the options. Raises our `UsageError`, one sentence, for what can't be understood."""
    if not line.strip():  # mostly
        return Options()
    try:
        given = magic_arguments.parse_argstring(function, line)  # type: ignore[no-untyped-call]
    except Misread as error:
        how = "the prompt goes below this line, %%claude --help lists the options"
        raise UsageError(f"%%claude: {error}; {how}") from None
    except ValueError as error:  # a quote that is never closed
        raise UsageError(f"%%claude: {error} in its options; %%claude --help lists them") from None
    tools = [name for part in given.tools or () for name in part.replace(",", " ").split()]
    options = Options(
        tools=tuple(tools),
        images=_names(given.image),
        files=_names(given.file),
        out=_name("--out", given.out),
        system=_unquoted(given.system),
        model=_unquoted(given.model),
        max_tokens=given.max_tokens,
        chat=_name("--chat", given.chat),
        unattended=given.unattended,
        step=given.step,
        check=not given.no_check,
        new=given.new,
        help=given.help,
    )
    if given.tools and not tools:
        raise UsageError("%%claude: --tools needs at least one name")
    return options


def _names(given: list[list[str]] | None) -> tuple[str, ...]:
    """The option may stand more than once, and take several each time."""
    return tuple(_unquoted(name) or "" for names in given or () for name in names)


def with_body(lines: list[str]) -> list[str]:
    """Let a cell that is only its first line reach us: IPython would refuse it in words about magics."""
    told = [line for line in lines if line.strip()]
    alone = len(told) == 1 and told[0].split()[0] == "%%claude"
    return [told[0].rstrip() + "\n", "\n"] if alone else lines


# A terminal asks whether what is typed is whole; it must not take the first line for all of a cell.
with_body.has_side_effects = True  # type: ignore[attr-defined]


def with_question(lines: list[str]) -> list[str]:
    """Let a `%claude` line that ends in a question mark be said: IPython would look its last word up."""
    if any(line.startswith("%%") or '"""' in line or "'''" in line for line in lines):
        return lines  # the line may be a text's
    return [QUESTION.sub(_called, line) for line in lines]


def _called(match: re.Match[str]) -> str:
    return f"{match[1]}get_ipython().run_line_magic('claude', {match[2]!r})"


def _unquoted(value: str | None) -> str | None:
    """IPython splits like a shell and leaves the quotes on."""
    if value is not None and len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _name(option: str, value: str | None) -> str | None:
    if value is not None and (not value.isidentifier() or iskeyword(value)):
        raise UsageError(f"%%claude: {option} {value} is no name of a variable")
    return value
