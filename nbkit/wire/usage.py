"""Usage: what a reply cost in tokens, and how they were counted (contract, section 9.1)."""

from __future__ import annotations

from nbkit.wire.views import Field, Many, Maybe, One, View, by_type


class CacheCreation(View):
    """How the tokens written to the cache split by how long they live."""

    __slots__ = ()
    ephemeral_5m_input_tokens = Field(0)
    ephemeral_1h_input_tokens = Field(0)


class OutputTokensDetails(View):
    __slots__ = ()
    thinking_tokens = Field(0)


class ServerToolUsage(View):
    __slots__ = ()
    web_search_requests = Field(0)
    web_fetch_requests = Field(0)


class Tokens(View):
    """The counts that a reply and each of its iterations have; a `message_delta` may have only the output."""

    __slots__ = ()
    input_tokens: Field[int | None] = Field(None)
    output_tokens = Field(0)
    cache_creation_input_tokens: Field[int | None] = Field(None)
    cache_read_input_tokens: Field[int | None] = Field(None)
    cache_creation = Maybe(CacheCreation)


class Iteration(Tokens):
    """One sampling within a reply (beta): `message`, `compaction`, `advisor_message`, `fallback_message`."""

    __slots__ = ()
    type = Field("")
    model: Field[str | None] = Field(None)


class CreditStatus(View):
    __slots__ = ()
    type = Field("")


class CreditNotApplied(CreditStatus):
    __slots__ = ()
    reason = Field("")
    remove_to_redeem: Field[list[str] | None] = Field(None)


class FallbackCredit(View):
    """Whether a fallback credit was redeemed (beta)."""

    __slots__ = ()
    status = One(by_type({"not_applied": CreditNotApplied}, CreditStatus))


class Usage(Tokens):
    """What a reply cost; `input_tokens` counts only what no cache entry covers."""

    __slots__ = ()
    output_tokens_details = Maybe(OutputTokensDetails)
    server_tool_use = Maybe(ServerToolUsage)
    service_tier: Field[str | None] = Field(None)
    speed: Field[str | None] = Field(None)
    inference_geo: Field[str | None] = Field(None)
    iterations = Many(Iteration)
    fallback_credit = Maybe(FallbackCredit)
