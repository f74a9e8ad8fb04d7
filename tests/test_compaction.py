"""Compaction while a request runs: where it may be asked for, and what its blocks want."""

from __future__ import annotations

from typing import Any

from asking import ask, assistant, mended, refused, text, user

EDITS = {"context_management": {"edits": [{"type": "compact_20260112"}]}}
BETA = {"anthropic-beta": "compact-2026-01-12"}
ON_DEMAND = {"anthropic-beta": "compact-2026-09-04"}


def compacted(**params: Any) -> dict[str, Any]:
    block = {"type": "compaction", "content": "What was said so far."}
    return ask(user("a"), assistant(block, text()), user("b"), **params)


def test_a_model_of_before_4_6_does_not_compact() -> None:
    """The words are those of a live refusal of October 2026."""
    request = ask(model="claude-haiku-4-5", **EDITS)
    (problem,) = refused(request, BETA)
    assert problem.message == (
        "'claude-haiku-4-5-20251001' does not support the 'compact_20260112' context management strategy."
    )
    assert refused(mended(request, BETA), BETA) == []
    assert refused(ask(model="claude-opus-4-6", **EDITS), BETA) == []


def test_a_compaction_goes_back_to_a_request_that_compacts() -> None:
    """As above; a block that came on demand goes back under the beta of that."""
    (problem,) = refused(compacted(), BETA)
    assert problem.message == (
        "messages.1.content.0: `compaction` blocks require a `compact_20260112` strategy in "
        "`context_management.edits`."
    )
    assert refused(mended(compacted(), BETA), BETA) == []
    assert refused(compacted(**EDITS), BETA) == []
    assert refused(compacted(), ON_DEMAND) == []


def test_a_compaction_is_not_empty() -> None:
    block = {"type": "compaction", "content": ""}
    (problem,) = refused(ask(user("a"), assistant(block, text()), user("b"), **EDITS), BETA)
    assert problem.message == "messages.1.content.0.compaction.content: content cannot be empty"
