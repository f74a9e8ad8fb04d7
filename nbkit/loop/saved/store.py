"""Saving and loading: files of one conversation, turns in a notebook's outputs, autosaves."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from nbkit.errors import LoadError, NbkitError, UsageError, a_kind, counted
from nbkit.loop.array.history import Ids, Provenance, canonical, from_wire
from nbkit.loop.conversation import Conversation
from nbkit.loop.draft import Draft
from nbkit.loop.line import call_ids
from nbkit.loop.saved import foreign, journal
from nbkit.loop.saved.document import (
    FORMAT,
    MIME,
    Saved,
    document,
    hashes,
    history_json,
    pending_json,
    read,
    remark_json,
)
from nbkit.loop.saved.journal import Autosave
from nbkit.loop.settings import Settings
from nbkit.loop.tools.tool import tool_of
from nbkit.loop.turn import Turn
from nbkit.wire.blocks import Json

__all__ = ["FORMAT", "MIME", "Autosave", "document"]  # of others, and read here too

LOOKED_AT = 3  # of the newest autosaves beside a notebook

C = TypeVar("C", bound=Conversation)


def save(conversation: Draft, path: str | Path) -> None:
    """Write the whole conversation to a JSON file, at once: a reader never sees half of it."""
    data, path = whole(conversation), _path(path)
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            file.write(_bytes(data))
            file.flush()
            os.fsync(file.fileno())
        _moved(Path(file.name), path)
        journal.sync_folder(path.parent)
    except OSError as error:
        raise UsageError(f"{path} can't be written ({error.strerror}): save to another place") from error


def text_of(conversation: Draft) -> str:
    """Return what `save` writes."""
    return as_text(whole(conversation))


def as_text(data: Json) -> str:
    """Return JSON as it is written to a file."""
    return _bytes(data).decode()


def whole(conversation: Draft) -> Json:
    """Return the document of a conversation with all its branches."""
    branches = [
        {
            "name": name,
            **history_json(line.history),
            "pending": [pending_json(each) for each in line.pending],
            **remark_json(line),
            "options": line.options,
            "decisions": [record.to_json() for record in line.log],
        }
        for name, line in conversation.others
    ]
    return {**document(conversation), "branch": conversation.branch, "branches": branches}


def _moved(file: Path, path: Path) -> None:
    try:
        file.replace(path)
    except OSError:
        file.unlink()
        raise


def _bytes(data: Json) -> bytes:
    try:
        return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()
    except UnicodeEncodeError:  # half of a surrogate pair is legal in JSON, as an escape only
        return (json.dumps(data, indent=1) + "\n").encode()


def load(
    path: str | Path,
    *,
    cls: type[C],
    conversation: str | None = None,
    tools: Iterable[Any] = (),
    **overrides: Any,
) -> C:
    """Read a conversation back, as a `cls`, from a file made by `save`, a notebook, or an autosave.

    The body of a request, or a list of messages, begins one. `tools` are bound by name: a call that waits can
    be run again. `conversation` picks one of several by name.
    """
    path = _path(path)
    with _whole(path.name):
        saved = _saved(_text(path), path.name, path.suffix == ".jsonl", conversation)
        made = _made(saved, cls, tools, overrides)
    if path.suffix == ".ipynb":
        _say_what_knows_more(path, saved)
    return made


def _say_what_knows_more(notebook: Path, saved: Saved) -> None:
    """Warn of an autosave that goes further: a page saves now and then, and a kernel may have died since."""
    for file, _ in journal.earlier(journal.beside(notebook.parent, notebook.stem, saved.name))[:LOOKED_AT]:
        with suppress(NbkitError, KeyError, TypeError, ValueError, AttributeError, RecursionError):
            further = journal.folded(_text(file), file.name)
            if _goes_further(further, saved):
                warnings.warn(
                    f"{notebook.name} was saved before its end: the autosave knows more, "
                    f'nbkit.load("{file.as_posix()}") brings it back',
                    stacklevel=4,
                )
                return


def _goes_further(further: Saved, saved: Saved) -> bool:
    length = len(saved.messages)
    if further.messages[:length] != saved.messages:
        return False
    return len(further.messages) > length or further.pending != saved.pending


def _path(path: object) -> Path:
    if not isinstance(path, (str, os.PathLike)):
        raise UsageError(f"a file is named by a string or a Path, not {a_kind(path)}")
    return Path(path)


def load_all(text: str, where: str, *, cls: type[C], is_journal: bool = False) -> list[C]:
    """Return every conversation that a file's text holds; `where` is what an error calls the file.

    A notebook may hold several, a file made by `save` and an autosave (`is_journal`) hold one.
    """
    with _whole(where):
        if is_journal:
            return [_made(journal.folded(text, where), cls)]
        data = _json(text, where)
        if not _is_notebook(data):
            return [_made(_alone(data, where), cls)]
        documents = list(_documents(data))
        names: list[str | None] = [*_names(documents)]
        return [_made(_chained(documents, where, name), cls) for name in names or [None]]


def turns(notebook: Json, where: str, *, cls: type[C]) -> list[tuple[C, int] | None]:
    """Return, for each output of a notebook that `shows_turn`, its conversation and where its turn begins.

    The conversation goes as far as the turn's end. None: what the turn stands on was cleared.
    """
    with _whole(where):
        documents = list(_documents(notebook))
        chains = _chains(documents)
        return [
            (_made(chains[at].saved, cls), each["base"]["length"]) if at in chains else None
            for at, each in enumerate(documents)
        ]


def shows_turn(output: Any) -> bool:
    """Say whether an output of a cell holds a turn of a conversation."""
    bundle = output.get("data") if isinstance(output, dict) else None
    return isinstance(bundle, dict) and bundle.get(MIME) is not None


@contextmanager
def _whole(where: str) -> Iterator[None]:
    """Say of whatever can't be read that the file is damaged."""
    try:
        yield
    except LoadError:
        raise
    except (NbkitError, KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise LoadError(f"{where} is damaged, so it can't be loaded: {_why(error)}") from error


def _made(saved: Saved, cls: type[C], tools: Iterable[Any] = (), overrides: Json | None = None) -> C:
    settings, ids = saved.made(), Ids()
    line = saved.line(ids)
    branches = [(each["name"], Saved("").followed(each, 0).line(ids)) for each in saved.branches]
    given = overrides or {}
    made = cls(**{"name": saved.name, **_fields(settings), **given})
    bound = _bound(made.settings, settings, tools)
    if "model" not in given:  # a body may be edited into an illegal one, and is kept so
        bound = replace(bound, model=settings.model)
    made.start_from(bound, Turn(line, ids), saved.branch, branches)
    return made


def _fields(settings: Settings) -> Json:
    names = ("system", "version", "betas")
    return {name: getattr(settings, name) for name in names}


def _bound(made: Settings, saved: Settings, tools: Iterable[Any]) -> Settings:
    """Return the settings with the tools as they were saved, running as those that are given."""
    given = {tool.name: tool for tool in map(tool_of, tools)}
    bound = [tool.bound(given.pop(tool.name)) if tool.name in given else tool for tool in saved.tools]
    return replace(made, tools=(*bound, *given.values()), params={**saved.params, **made.params})


def _why(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise LoadError(f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise LoadError(f"{path.name} is no text, so it holds no conversation") from error


def _json(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise LoadError(f"{where} is no JSON, so it holds no conversation: {error}") from error


def _is_notebook(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("cells"), list)


def _saved(text: str, where: str, is_journal: bool, name: str | None) -> Saved:
    if is_journal:
        return journal.folded(text, where)
    data = _json(text, where)
    if _is_notebook(data):
        return _chained(list(_documents(data)), where, name)
    return foreign.taken(data, where) or _alone(data, where)


def _alone(data: Any, where: str) -> Saved:
    found = read(data, where)
    if found["base"]["length"]:
        raise LoadError(f"{where} holds one turn of a conversation, without what it stands on")
    return Saved("chat").followed(found, 0)


def _names(documents: list[Json]) -> list[str]:
    return list(dict.fromkeys(str(each.get("conversation", "chat")) for each in documents))


def _documents(notebook: Json) -> Iterator[Json]:
    """Yield the turn documents in a notebook's outputs, in document order."""
    for number, cell in enumerate(notebook["cells"], 1):
        outputs = cell.get("outputs") if isinstance(cell, dict) else None
        for output in outputs if isinstance(outputs, list) else ():
            if not shows_turn(output):
                continue
            data = output["data"][MIME]
            if isinstance(data, str):  # some tools write JSON bundles as text
                data = json.loads(data)
            yield read(data, f"the output of cell {number}")


def _chained(documents: list[Json], where: str, name: str | None) -> Saved:
    """Put the turns on what they stand on, found by its hash; the last whole chain is the conversation."""
    if not documents:
        raise LoadError(f"{where} holds no conversation: no output of it has a turn")
    names = _names(documents)
    if name is not None and name not in names:
        raise LoadError(f"{where} holds no conversation called {name!r}: it has {', '.join(names)}")
    chains = _chains(documents)
    wanted = [at for at, each in enumerate(documents) if name in (None, each.get("conversation", "chat"))]
    stood_on: dict[str, int] = {}
    for at in chains:
        if documents[at]["messages"]:
            base = documents[at]["base"]["hash"]
            stood_on[base] = max(at, stood_on.get(base, at))

    def is_end(at: int) -> bool:
        """The conversation is the last turn on which no other one stands: cells may have run in any order.

        One without messages tells what was decided or taken away: it counts where it comes last.
        """
        last = stood_on.get(chains[at].digest)
        return last is None or (not documents[at]["messages"] and at > last)

    ends = [at for at in wanted if at in chains and is_end(at)]
    if not ends:
        raise LoadError(
            f"{where} holds turns without what they stand on: an earlier cell's output was cleared"
        )
    lost = sum(at > ends[-1] and at not in chains and not documents[at].get("stale") for at in wanted)
    if lost:
        warnings.warn(
            f"{where}: {lost} later turn(s) stand on an output that was cleared, and were left out",
            stacklevel=4,
        )
    saved = chains[ends[-1]].saved
    if name is None and len(names) > 1:
        several = f"{where} holds {counted(len(names), 'conversation')}, {', '.join(names)}"
        warnings.warn(
            f"{several}: this is {saved.name}, load(..., conversation=) picks another", stacklevel=4
        )
    return saved


@dataclass(frozen=True, slots=True)
class Chain:
    """A turn with all that it stands on, and the hash of the whole."""

    saved: Saved
    digest: str


def _chains(documents: list[Json]) -> dict[int, Chain]:
    """Return what each turn makes of what it stands on, by its place; the others stand on nothing."""
    known: dict[str, Saved] = {next(hashes(())): Saved("chat")}
    found: dict[int, Chain] = {}
    progress = True
    while progress:  # what doesn't fit yet is tried again
        progress = False
        for at, each in enumerate(documents):
            base, keep = known.get(each["base"].get("hash")), each["base"]["length"]
            if at in found or base is None or len(base.messages) < keep:
                continue
            chain = _cut(base, keep).followed(each, keep)
            digests = list(hashes(canonical(message) for message in chain.messages))
            found[at] = Chain(chain, digests[-1])
            known |= dict.fromkeys(digests[keep:], chain)
            progress = True
    return found


def _cut(saved: Saved, keep: int) -> Saved:
    """Return what was saved without the messages after `keep`, and without what was decided in them."""
    if keep == len(saved.messages):
        return saved
    ids = call_ids(from_wire(saved.messages[:keep], Provenance("person"), Ids()))
    left = [record for record in saved.decisions if record.get("id") in ids]
    empty: Json = {"messages": [], "decisions": left}
    return saved.followed(empty, keep, decisions=0)
