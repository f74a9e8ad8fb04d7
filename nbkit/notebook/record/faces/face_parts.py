"""What a face is made of. A part says what a text is, not how it looks; whoever draws it escapes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Title:
    """What a block is: a call, a result, a document; `flag` is what must not be overlooked."""

    text: str
    flag: str = ""


@dataclass(frozen=True, slots=True)
class Prose:
    """Words that were said; `rich` ones are Markdown."""

    text: str
    rich: bool = False


@dataclass(frozen=True, slots=True)
class Data:
    """What was computed, read or called: shown as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Small:
    """What there is to know of it: sizes, names, numbers."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address, which nothing is loaded from; `text` is what it is called."""

    url: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that travels inside the message."""

    media_type: str
    data: str


@dataclass(frozen=True, slots=True)
class Folded:
    """What is there for whoever wants to see it."""

    title: str
    inside: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Aside:
    """What belongs together and stands apart from the running text."""

    inside: tuple[Part, ...]


Part: TypeAlias = Title | Prose | Data | Small | Link | Picture | Folded | Aside
