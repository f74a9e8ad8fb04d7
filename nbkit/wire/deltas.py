"""Deltas: what a `content_block_delta` adds to its block (contract, section 5.4)."""

from __future__ import annotations

from nbkit.wire.citations import citation
from nbkit.wire.views import Field, One, View, by_type


class Delta(View):
    """What is new in a block; a kind that nbkit doesn't know is a plain `Delta`, and changes nothing."""

    __slots__ = ()
    type = Field("")


class TextDelta(Delta):
    __slots__ = ()
    text = Field("")


class InputJsonDelta(Delta):
    """A piece of the JSON text of a call's input; the first is often empty."""

    __slots__ = ()
    partial_json = Field("")


class ThinkingDelta(Delta):
    __slots__ = ()
    thinking = Field("")
    estimated_tokens: Field[int | None] = Field(None)


class SignatureDelta(Delta):
    """The whole signature, which replaces what was there."""

    __slots__ = ()
    signature = Field("")


class CitationsDelta(Delta):
    """One citation more."""

    __slots__ = ()
    citation = One(citation)


class CompactionDelta(Delta):
    """The whole summary (beta), which replaces what was there."""

    __slots__ = ()
    content: Field[str | None] = Field(None)
    encrypted_content: Field[str | None] = Field(None)


DELTAS: dict[str, type[Delta]] = {
    "text_delta": TextDelta,
    "input_json_delta": InputJsonDelta,
    "thinking_delta": ThinkingDelta,
    "signature_delta": SignatureDelta,
    "citations_delta": CitationsDelta,
    "compaction_delta": CompactionDelta,
}
delta = by_type(DELTAS, Delta)
