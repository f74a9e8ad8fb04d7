"""Events of a stream as typed views of their data (contract, section 5.3); `Event.view` gives them."""

from __future__ import annotations

from typing import Literal, TypeAlias

from nbkit.wire.blocks import view
from nbkit.wire.deltas import delta
from nbkit.wire.messages import Message
from nbkit.wire.outcome import Container, ContextManagement, InputTransformation, StopDetails, StopReason
from nbkit.wire.usage import Usage
from nbkit.wire.views import Field, Json, Many, Maybe, One, View, by_type

KnownErrorType: TypeAlias = Literal[
    "invalid_request_error",
    "authentication_error",
    "billing_error",
    "permission_error",
    "not_found_error",
    "request_too_large",
    "rate_limit_error",
    "timeout_error",
    "api_error",
    "overloaded_error",
    "conflict_error",
    "memory_precondition_failed_error",
    "memory_path_conflict_error",
]
ErrorType: TypeAlias = KnownErrorType | str


class StreamEvent(View):
    """One event; a kind that nbkit doesn't know is a plain `StreamEvent`, passed on like any other."""

    __slots__ = ()
    type = Field("")


class MessageStart(StreamEvent):
    __slots__ = ()
    message = One(Message)


class ContentBlockStart(StreamEvent):
    __slots__ = ()
    index = Field(0)
    content_block = One(view)


class ContentBlockDelta(StreamEvent):
    __slots__ = ()
    index = Field(0)
    delta = One(delta)


class ContentBlockStop(StreamEvent):
    __slots__ = ()
    index = Field(0)


class MessageChange(View):
    """The end of a reply as it becomes known: what is given here replaces what was there."""

    __slots__ = ()
    stop_reason: Field[StopReason | None] = Field(None)
    stop_sequence: Field[str | None] = Field(None)
    stop_details = Maybe(StopDetails)
    container = Maybe(Container)


class MessageDelta(StreamEvent):
    """The end of the reply; its usage is cumulative, what it leaves out stays as it was."""

    __slots__ = ()
    delta = One(MessageChange)
    usage = One(Usage)
    context_management = Maybe(ContextManagement)
    input_transformations = Many(InputTransformation)


class MessageStop(StreamEvent):
    __slots__ = ()


class Ping(StreamEvent):
    __slots__ = ()


class ErrorObject(View):
    __slots__ = ()
    type: Field[ErrorType] = Field("")
    message = Field("")
    details: Field[Json | None] = Field(None)


class ErrorEvent(StreamEvent):
    """The stream breaks off here; outside of streams the same object is the body of an error answer."""

    __slots__ = ()
    error = One(ErrorObject)
    request_id: Field[str | None] = Field(None)


EVENTS: dict[str, type[StreamEvent]] = {
    "message_start": MessageStart,
    "content_block_start": ContentBlockStart,
    "content_block_delta": ContentBlockDelta,
    "content_block_stop": ContentBlockStop,
    "message_delta": MessageDelta,
    "message_stop": MessageStop,
    "ping": Ping,
    "error": ErrorEvent,
}
stream_event = by_type(EVENTS, StreamEvent)
