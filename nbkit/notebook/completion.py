"""Tab after `%claude` and in the first line of a `%%claude` cell: words, calls, tools, models, variables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from keyword import iskeyword
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from IPython.core.completer import (
    CompletionContext,
    SimpleCompletion,
    SimpleMatcherResult,
    context_matcher,
)

from nbkit.errors import UsageError
from nbkit.facts import facts
from nbkit.loop.conversation import Conversation
from nbkit.loop.tools.tool import Tool
from nbkit.notebook import listing, options
from nbkit.notebook.commands import dispatch
from nbkit.notebook.record.printable import printable

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nbkit.notebook.magics import ClaudeMagics

BRACE = re.compile(r"\{(\w*)$")
MATCHER = "nbkit.claude"
MOST_PATHS = 200
SEVERAL = frozenset({"--tools", "--image", "--file"})  # options that take more than one
Matcher = Callable[[CompletionContext], SimpleMatcherResult]


def register(shell: InteractiveShell, magics: ClaudeMagics) -> None:
    completer = shell.Completer
    if completer is not None:
        completer.custom_matchers.append(_matcher(magics))


def unregister(shell: InteractiveShell) -> None:
    completer = shell.Completer
    if completer is not None:
        completer.custom_matchers[:] = [
            each for each in completer.custom_matchers if getattr(each, "matcher_identifier", None) != MATCHER
        ]


def _matcher(magics: ClaudeMagics) -> Matcher:
    def matcher(context: CompletionContext) -> SimpleMatcherResult:
        lines = context.full_text.split("\n")
        before = lines[context.cursor_line][: context.cursor_position]
        found = matches(magics, lines, context.cursor_line, before)
        # What stands in front of the cursor belongs to the token that IPython has cut out: `--mo`, `toolu_0`.
        token = re.search(r"[^\s{,=]*$", before)
        return {
            "completions": [SimpleCompletion(text, type=kind) for text, kind in found],
            "suppress": bool(found),
            "ordered": True,
            "matched_fragment": token[0] if token else "",
        }

    declared: Matcher = context_matcher(identifier=MATCHER)(matcher)
    return declared


def matches(magics: ClaudeMagics, lines: list[str], at: int, before: str) -> list[tuple[str, str]]:
    """Return what can stand at the end of the line so far, each with what it is."""
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    in_cell = lines[first].split()[:1] == ["%%claude"]
    said = before.lstrip()
    if brace := BRACE.search(before):
        if in_cell or said.startswith("%claude "):
            return _beginning(brace[1], _variables(magics), "instance")
        return []
    if in_cell and at == first:
        return _option(magics, said.partition(" ")[2]) if said.startswith("%%claude ") else []
    return _word(magics, said.partition(" ")[2].lstrip()) if said.startswith("%claude ") else []


def _option(magics: ClaudeMagics, said: str) -> list[tuple[str, str]]:
    """In the first line of a cell: its options, and what an option takes."""
    *before, begun = re.split(r"[\s,=]+", said) if said else [""]
    open = next((word for word in reversed(before) if word.startswith("--")), None)
    if open not in SEVERAL:
        open = before[-1] if before else None
    if begun.startswith("-") or open is None:
        return _beginning(begun, [names[0] for names, _ in options.ARGUMENTS], "option")
    if open in ("--image", "--file"):
        return _beginning(begun, _variables(magics), "instance") + _paths(begun)
    kinds = {"--tools": "TOOL", "--model": "MODEL", "--chat": "CHAT", "--out": "VARIABLE"}
    if open == "--unattended":
        return _beginning(begun, ["allow", "deny"], "keyword")
    if open in kinds:
        return _beginning(begun, _kind(magics, kinds[open]), "instance")
    return _beginning(begun, [names[0] for names, _ in options.ARGUMENTS], "option") if not begun else []


def _paths(begun: str) -> list[tuple[str, str]]:
    """The files and folders whose path begins so; one with a space would need quotes: left out."""
    folder, _, name = begun.rpartition("/")
    try:
        found = sorted(Path(f"{folder}/" if begun.startswith("/") else folder or ".").expanduser().iterdir())
    except OSError:
        return []
    front = f"{folder}/" if "/" in begun else ""
    return [
        (f"{front}{each.name}{'/' if each.is_dir() else ''}", "path")
        for each in found
        if each.name.startswith(name)
        and (name or not each.name.startswith("."))
        and printable(each.name) == each.name
        and not re.search(r"\s", each.name)
    ]


def _word(magics: ClaudeMagics, said: str) -> list[tuple[str, str]]:
    """After `%claude`: its words, and what a word takes."""
    if not re.search(r"\s", said):
        words = _beginning(said, dispatch.COMMANDS, "keyword")
        return words or _beginning(said, dispatch.ALIASES, "keyword")
    word, *_, begun = re.split(r"[\s,=]+", said)
    try:
        takes = dispatch.find(word).takes
    except UsageError:
        return []
    found: list[str] = []
    for each in takes:
        found += _kind(magics, each) if each.isupper() else [each]
    return _beginning(begun, dict.fromkeys(found), "value")


def _beginning(begun: str, texts: Iterable[str], kind: str) -> list[tuple[str, str]]:
    return [(text, kind) for text in texts if text.startswith(begun)]


def _kind(magics: ClaudeMagics, kind: str) -> list[str]:
    """What there is of a kind; of files and texts, nothing that we would know."""
    chat = magics.variables.get(magics.current)
    found: list[str] = []
    match kind:
        case "ID" if isinstance(chat, Conversation):
            found = [*map(str, range(1, len(chat.pending) + 1)), *chat.pending]
        case "TOOL":
            offered = chat.tools if isinstance(chat, Conversation) else []
            found = [*(tool.name for tool in offered), *_named(magics, Tool | FunctionType)]
        case "NAME":
            found = _named(magics, Tool | FunctionType)
        case "CHAT":
            found = _named(magics, Conversation)
        case "MODEL":
            found = [model.id for model in facts.models()]
        case "BRANCH" if isinstance(chat, Conversation):
            found = chat.branches
        case "PATH" if isinstance(chat, Conversation):
            found = [path for path, _ in islice(listing.blocks(chat.messages), MOST_PATHS)]
        case "WORD":
            found = list(dispatch.COMMANDS)
        case "VARIABLE":
            return []  # in braces
    return [each for each in dict.fromkeys(found) if printable(each) == each and not re.search(r"\s", each)]


def _named(magics: ClaudeMagics, kind: Any) -> list[str]:
    return [name for name in _variables(magics) if isinstance(magics.variables[name], kind)]


def _variables(magics: ClaudeMagics) -> list[str]:
    """The user's own variables."""
    return sorted(name for name in magics.mine() if not name.startswith("_") and not iskeyword(name))
