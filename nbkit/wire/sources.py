"""Sources: where an image or a document is (contract, section 3.2).

The source that is made of blocks stands beside the blocks.
"""

from __future__ import annotations

from nbkit.wire.views import Field, View


class Source(View):
    """Where an image or a document is; a kind that nbkit doesn't know is a plain `Source`."""

    __slots__ = ()
    type = Field("")


class Base64Source(Source):
    """The bytes of an image or of a PDF."""

    __slots__ = ()
    media_type = Field("")
    data = Field("")


class TextSource(Source):
    """A document that is plain text; `data` is the text itself."""

    __slots__ = ()
    media_type = Field("text/plain")
    data = Field("")


class UrlSource(Source):
    __slots__ = ()
    url = Field("")


class FileSource(Source):
    """A file that was uploaded before."""

    __slots__ = ()
    file_id = Field("")


SOURCES: dict[str, type[Source]] = {
    "base64": Base64Source,
    "text": TextSource,
    "url": UrlSource,
    "file": FileSource,
}
