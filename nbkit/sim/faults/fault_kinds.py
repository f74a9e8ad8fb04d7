"""The faults there are. This table is the list that people read, and the one that a header is read by."""

from __future__ import annotations

from nbkit.sim.faults.fault import FaultKind, Option

ATTEMPTS = Option(
    "attempts",
    "count",
    None,
    "only the first N tries of a request, as its client counts them or as they come",
)
AFTER = Option("after", "count", None, "of a stream: after N events, as an error event")
RETRY = (
    Option("retry_after", "word", "none", "the retry-after header: seconds, or a date, or none"),
    Option("retry_after_ms", "count", None, "the retry-after-ms header"),
    Option("should_retry", "word", None, "the x-should-retry header", ("true", "false")),
    Option("message", "word", None, "the error's message"),
)
EVENTS = (
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "ping",
)
EVENT = Option("event", "word", "content_block_delta", "which type of event", EVENTS)
NTH = Option("nth", "count", None, "only the Nth of them, from 1", least=1)

# name: status, type, message
ERRORS: dict[str, tuple[int, str, str]] = {
    "rate_limit": (429, "rate_limit_error", "This request would exceed your rate limit. Try again later."),
    "spend_limit": (429, "rate_limit_error", "You have reached your specified API usage limits."),
    "overloaded": (529, "overloaded_error", "Overloaded"),
    "server_error": (500, "api_error", "Internal server error"),
    "unavailable": (503, "api_error", "Service unavailable"),
    "timeout": (504, "timeout_error", "The request timed out"),
    "request_timeout": (408, "timeout_error", "Request timeout"),
    "conflict": (409, "conflict_error", "Conflict"),
    "authentication": (401, "authentication_error", "invalid x-api-key"),
    "billing": (402, "billing_error", "Your credit balance is too low to access the API."),
    "permission": (403, "permission_error", "Your API key does not have permission to use this resource."),
    "too_large": (413, "request_too_large", "Request exceeds the maximum size"),
}


def _error(name: str, status: int, type: str) -> FaultKind:
    options = [ATTEMPTS, AFTER, *RETRY]
    if name == "rate_limit":
        options[2] = Option("retry_after", "word", "1", RETRY[0].what)
    return FaultKind(name, "error", f"{status} {type}", tuple(options))


_KINDS = [
    *(_error(name, status, type) for name, (status, type, _) in ERRORS.items()),
    FaultKind(
        "status",
        "error",
        "any other status: code=500; type=api_error",
        (
            Option("code", "count", 500, "the HTTP status", least=400, most=599),
            Option("type", "word", "api_error", "the error's type"),
            ATTEMPTS,
            AFTER,
            *RETRY,
        ),
    ),
    FaultKind("bad_gateway", "connection", "502 with a page of HTML, as a proxy answers", (ATTEMPTS,)),
    FaultKind("no_answer", "connection", "the connection is closed without an answer", (ATTEMPTS,)),
    FaultKind(
        "cut",
        "bytes",
        "the connection is cut in the body",
        (
            Option("at", "count", None, "after N bytes of the body"),
            Option("after", "count", None, "of a stream: after N events (3 unless told)"),
            ATTEMPTS,
        ),
    ),
    FaultKind(
        "stall",
        "bytes",
        "nothing comes for a while in the body",
        (
            Option("seconds", "seconds", 60.0, "for how long"),
            Option("at", "count", None, "after N bytes of the body"),
            Option("after", "count", None, "of a stream: after N events (3 unless told)"),
            ATTEMPTS,
        ),
    ),
    FaultKind(
        "delay",
        "bytes",
        "the first byte of the body is late",
        (Option("seconds", "seconds", 1.0, "by how much"), ATTEMPTS),
    ),
    FaultKind(
        "slow",
        "bytes",
        "the body drips",
        (
            Option("bytes", "count", 16, "so many bytes a time", least=1),
            Option("every", "seconds", 0.02, "so many seconds between them"),
            ATTEMPTS,
        ),
    ),
    FaultKind(
        "split",
        "bytes",
        "the body comes in tiny pieces",
        (Option("bytes", "count", 1, "of this size", least=1),),
    ),
    FaultKind("split_utf8", "bytes", "each character of several bytes is split between two pieces"),
    FaultKind(
        "split_escape", "bytes", r"of a stream: what isn't ASCII is written \uXXXX, split inside (SSE only)"
    ),
    FaultKind("crlf", "bytes", r"lines end in \r\n (SSE only)"),
    FaultKind(
        "ping",
        "events",
        "pings between all events",
        (Option("count", "count", 1, "so many at each place; 100 is a storm"),),
    ),
    FaultKind("duplicate", "events", "events come twice", (EVENT, NTH)),
    FaultKind("missing", "events", "events are left out", (EVENT, NTH)),
    FaultKind(
        "malformed_json",
        "events",
        "the JSON of tool inputs is none",
        (
            Option(
                "how", "word", "garbled", "broken at its start, or its end is missing", ("garbled", "torn")
            ),
        ),
    ),
    FaultKind(
        "garbage",
        "events",
        "an event that is no JSON; of a whole answer: half of the document",
        (Option("after", "count", 2, "after N events"),),
    ),
    FaultKind("unknown_event", "events", "events of a type that is not known yet"),
    FaultKind("unknown_delta", "events", "deltas of a type that is not known yet"),
    FaultKind("unknown_block", "events", "a block of a type that is not known yet, as the last one"),
    FaultKind("two_message_deltas", "events", "two message_delta events, with growing usage"),
]

KINDS: dict[str, FaultKind] = {kind.name: kind for kind in _KINDS}


def listing() -> list[str]:
    """Return the list for people, a line for each fault with its parameters."""
    errors = [kind for kind in KINDS.values() if kind.stage == "error"]
    options = "; ".join(map(_shown, KINDS["overloaded"].options))
    lines = [
        "Errors in place of the answer; with `after`, of a stream that has begun. All take",
        f"  {options}",
    ]
    lines += [f"  {kind.name:<19} {kind.what}" for kind in errors]
    lines.append(
        "Others; those of events want a stream (else the header nbkit-fault-without-effect names them)"
    )
    for kind in KINDS.values():
        if kind.stage != "error":
            lines.append(f"  {kind.name:<19} {kind.what}")
            lines += [f"  {'':<19}   {'; '.join(map(_shown, kind.options))}"] if kind.options else []
    return lines


def _shown(option: Option) -> str:
    name, value = option.name.replace("_", "-"), option.default
    if value is None:
        value = "|".join(option.choices) or {"count": "N", "seconds": "S", "word": "TEXT"}[option.kind]
    return f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
