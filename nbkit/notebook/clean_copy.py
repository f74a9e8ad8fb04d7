"""A notebook to share: its cells as they were written, its turns without what was private in them.

Every other output is left out, as nobody can tell whether it quotes a result: pictures, tables, what code
printed, errors, the state of widgets. So is what Jupyter and others have noted beside the cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbkit.errors import LoadError, UsageError
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved import store
from nbkit.notebook.record.plain import plain
from nbkit.notebook.record.render import html
from nbkit.notebook.views.snapshot import Frame, draw
from nbkit.wire.blocks import Json

OF_THE_NOTEBOOK = ("kernelspec", "language_info")
OF_A_CELL = ("tags", "collapsed", "scrolled", "jupyter", "slideshow", "editable", "deletable")

Turn = tuple[Conversation, int]


def copy_clean(source: Path, copy: Path) -> tuple[int, int]:
    """Write a clean copy of a notebook, or of a saved conversation.

    Returns how many turns it shows, and how many outputs it lacks.
    Raises `LoadError` for what can't be read, and `UsageError` where the copy can't be written, or would be
    written over something.
    """
    if source.suffix == ".ipynb":
        try:
            given = source.read_text(encoding="utf-8")
        except (OSError, UnicodeError) as error:
            raise LoadError(f"{source} can't be read: {getattr(error, 'strerror', None) or error}") from error
        text, turns, left_out = cleaned(given, source.name)
    else:
        chat = store.load(source, cls=Conversation)
        text, turns, left_out = store.text_of(chat.clean(chat.name)), 1, 0
    try:
        with copy.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"{copy} is there already: choose another name for the copy") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"{copy} can't be written ({why}): choose another place") from error
    return turns, left_out


def cleaned(text: str, where: str) -> tuple[str, int, int]:
    """Return the text of a clean copy of a notebook, how many turns it shows, and how many outputs it lacks.

    Raises `LoadError` for what is no notebook, or one that is damaged.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LoadError(f"{where} is no JSON, so it is no notebook: {error}") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise LoadError(f"{where} is no notebook: it has no cells")
    turns = iter(store.turns(notebook, where, cls=Conversation))
    shown = left_out = 0
    cells = []
    for cell in notebook["cells"]:
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        given = outputs if isinstance(outputs, list) else []
        kept = [_output(*turn, shown + at) for at, turn in enumerate(_known(given, turns), 1)]
        shown += len(kept)
        left_out += len(given) - len(kept)
        cells.append(_cell(cell, kept))
    copy = {
        "cells": cells,
        "metadata": _only(notebook.get("metadata"), OF_THE_NOTEBOOK),
        "nbformat": notebook.get("nbformat", 4),
        "nbformat_minor": notebook.get("nbformat_minor", 5),
    }
    return store.as_text(copy), shown, left_out


def _known(outputs: list[Any], turns: Iterator[Turn | None]) -> Iterator[Turn]:
    """Yield the turns that these outputs show, as far as what they stand on is there."""
    for output in outputs:
        if store.shows_turn(output) and (turn := next(turns)) is not None:
            yield turn


def _cell(cell: Any, outputs: list[Json]) -> Json:
    """Return a cell with its source, and these outputs where it is one of code."""
    given = cell if isinstance(cell, dict) else {}
    kept = {name: given[name] for name in ("cell_type", "id", "source", "attachments") if name in given}
    kept["metadata"] = _only(given.get("metadata"), OF_A_CELL)
    if given.get("cell_type") == "code":
        kept |= {"execution_count": given.get("execution_count"), "outputs": outputs}
    return kept


def _output(conversation: Conversation, start: int, number: int) -> Json:
    """Return a turn as the output that shows it. The view is a new one: no kernel knows it."""
    clean = conversation.clean(conversation.name)
    frame = Frame(f"clean-{number}", start, len(clean.history), last=False, speaks=False)
    drawn = draw(clean, frame).snapshot()
    simulated = any(block.by.by == "simulator" for node in conversation.history for block in node.blocks)
    drawn["badge"] |= {"simulated": simulated, "text": "simulated, clean copy" if simulated else "clean copy"}
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {
            store.MIME: store.document(clean, start),
            "text/html": html(drawn),
            "text/plain": plain(drawn),
        },
    }


def _only(metadata: Any, names: tuple[str, ...]) -> Json:
    given = metadata if isinstance(metadata, dict) else {}
    return {name: given[name] for name in names if name in given}
