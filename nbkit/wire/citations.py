"""Citations: where a piece of text comes from (contract, section 3.4)."""

from __future__ import annotations

from nbkit.wire.views import Field, View, by_type


class Citation(View):
    """One citation of a text block; a kind that nbkit doesn't know is a plain `Citation`."""

    __slots__ = ()
    type = Field("")
    cited_text = Field("")


class InDocument(Citation):
    """What the three locations in a document share; `file_id` comes in replies only."""

    __slots__ = ()
    document_index = Field(0)
    document_title: Field[str | None] = Field(None)
    file_id: Field[str | None] = Field(None)


class CharLocation(InDocument):
    """Characters of a plain text, from 0, the end not included."""

    __slots__ = ()
    start_char_index = Field(0)
    end_char_index = Field(0)


class PageLocation(InDocument):
    """Pages of a PDF, from 1, the end not included."""

    __slots__ = ()
    start_page_number = Field(1)
    end_page_number = Field(1)


class ContentBlockLocation(InDocument):
    """Blocks of a document made of blocks, from 0, the end not included."""

    __slots__ = ()
    start_block_index = Field(0)
    end_block_index = Field(0)


class SearchResultLocation(Citation):
    """Blocks of a `search_result`, which is counted over the whole request, from 0."""

    __slots__ = ()
    search_result_index = Field(0)
    source = Field("")
    title: Field[str | None] = Field(None)
    start_block_index = Field(0)
    end_block_index = Field(0)


class WebSearchResultLocation(Citation):
    """A page that the server's search found; `encrypted_index` goes back as it came."""

    __slots__ = ()
    url = Field("")
    title: Field[str | None] = Field(None)
    encrypted_index = Field("")


CITATIONS: dict[str, type[Citation]] = {
    "char_location": CharLocation,
    "page_location": PageLocation,
    "content_block_location": ContentBlockLocation,
    "search_result_location": SearchResultLocation,
    "web_search_result_location": WebSearchResultLocation,
}
citation = by_type(CITATIONS, Citation)


class CitationsConfig(View):
    """Whether a document, a search result or a fetched page may be cited."""

    __slots__ = ()
    enabled = Field(False)
