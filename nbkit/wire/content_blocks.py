"""Blocks of what people and models say and show (contract, section 3.1)."""

from __future__ import annotations

from nbkit.wire.citations import CitationsConfig, citation
from nbkit.wire.sources import SOURCES, Source
from nbkit.wire.views import Field, Many, Maybe, One, TextOrMany, View, by_type


class CacheControl(View):
    """A cache breakpoint: what comes up to here is kept for `ttl`."""

    __slots__ = ()
    type = Field("ephemeral")
    ttl: Field[str | None] = Field(None)


class Block(View):
    """One content block. A type that nbkit doesn't know is a plain `Block`: nothing of it is lost."""

    __slots__ = ()
    type = Field("")
    cache_control = Maybe(CacheControl)


class Text(Block):
    __slots__ = ()
    text = Field("")
    citations = Many(citation)


class Transformations(View):
    """What is done to an image that is too large: `downsize` or `error`."""

    __slots__ = ()
    oversized_image: Field[str | None] = Field(None)


class Image(Block):
    __slots__ = ()
    source = One(by_type(SOURCES, Source))
    transformations = Maybe(Transformations)


class ContentSource(Source):
    """A document made of text and image blocks, which are what its citations point at."""

    __slots__ = ()
    content = TextOrMany(by_type({"text": Text, "image": Image}, Block))


DOCUMENT_SOURCES: dict[str, type[Source]] = {**SOURCES, "content": ContentSource}


class Document(Block):
    __slots__ = ()
    source = One(by_type(DOCUMENT_SOURCES, Source))
    title: Field[str | None] = Field(None)
    context: Field[str | None] = Field(None)
    citations = Maybe(CitationsConfig)


class SearchResult(Block):
    """A search hit of the caller's own, which may be cited."""

    __slots__ = ()
    source = Field("")
    title = Field("")
    content = Many(by_type({"text": Text}, Block))
    citations = Maybe(CitationsConfig)


class Thinking(Block):
    """Reasoning; `thinking` is empty when the display is omitted, the signature stands for it anyway."""

    __slots__ = ()
    thinking = Field("")
    signature = Field("")


class RedactedThinking(Block):
    __slots__ = ()
    data = Field("")


class ContainerUpload(Block):
    """A file that goes into, or came out of, the container where code runs."""

    __slots__ = ()
    file_id = Field("")
