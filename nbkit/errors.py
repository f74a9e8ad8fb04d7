"""Everything nbkit raises on purpose, sorted first by whose fault it is.

    NbkitError
    ├── InvalidRequest      ours: the contract forbids it, caught before anything is sent
    ├── InvalidReply        ours: what a person says in the model's place breaks the contract
    ├── TurnError           ours: not now (the turn is paused, running, or has nothing to do)
    ├── ToolError           ours: a tool can't be made, or can't be called with these arguments
    ├── UsageError          ours: a cell, a command, an argument or a path that can't be understood
    ├── LoadError           ours: a saved conversation can't be read
    ├── APIError            theirs: the server answered with an error
    ├── TransportError      the wire's: no answer came (refused, timed out, unreachable)
    └── StreamError         the wire's: the answer began and broke off

Each message is one sentence: what happened, where, what to do next.
"""

from __future__ import annotations

import json
import reprlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbkit.rules.validator import Problem
    from nbkit.wire.messages import Message


PLAIN_WORDS = {str.__repr__, int.__repr__, float.__repr__, bytes.__repr__, bool.__repr__}


class NbkitError(Exception):
    """The root: catch this for everything nbkit raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[NbkitError], args: tuple[object, ...], state: dict[str, Any]) -> NbkitError:
    """Make an error again from its parts, so that it can be copied and sent between processes."""
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidRequest(NbkitError):
    """The request breaks the contract; nothing was sent. `problems` says where, in the API's words.

    `first` is what a person can do before, where that is better than the fix.
    """

    def __init__(self, problems: Sequence[Problem], first: str = "") -> None:
        self.problems = tuple(problems)
        found = self.problems[0]
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        fix = f"; fix: {found.fix.label}" if found.fix else ""
        todo = f"; {first}" if first else fix
        super().__init__(f"not sent, the API would refuse it: {found.message}{more}{todo}")


class InvalidReply(NbkitError):
    """A reply written in the model's place breaks the contract; nothing was sent. `problems` says where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        more = f" (and {len(self.problems) - 1} more)" if len(self.problems) > 1 else ""
        super().__init__(f"not sent, no model says this: {self.problems[0].message}{more}")


class TurnError(NbkitError):
    """The move is not possible in the turn's present state; nothing was changed."""


class ToolError(NbkitError):
    """A tool can't be made of this function, or can't be called with these arguments."""


class UsageError(NbkitError):
    """A cell, an option, a command, an argument or a path can't be understood."""


class LoadError(NbkitError):
    """A file holds no conversation that can be read."""


RETRIED = frozenset({408, 409, 429})  # and every status from 500 on
PASSING = frozenset(
    {"rate_limit_error", "timeout_error", "api_error", "overloaded_error"}
    | {"throttlingException", "modelTimeoutException", "modelStreamErrorException"}  # Bedrock's words
    | {"internalServerException", "serviceUnavailableException"}
)


class APIError(NbkitError):
    """The server answered with an error envelope (contract, section 7).

    `status` is the HTTP status; it is 200 for an `error` event in a stream that had begun, and `partial` then
    holds what had arrived. `raw_text` is the envelope as JSON, whatever else stood in it. `retryable` says
    whether the same request may succeed when it is sent again.
    """

    def __init__(
        self,
        status: int,
        type: str,
        message: str,
        *,
        request_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        partial: Message | None = None,
        raw_text: str = "",
    ) -> None:
        self.status = status
        self.type = type
        self.message = message
        self.request_id = request_id
        self.details = dict(details or {})
        self.headers = dict(headers or {})
        self.partial = partial
        self.raw_text = raw_text
        super().__init__(f"{status} {type}: {message}")

    @property
    def retryable(self) -> bool:
        told = self.headers.get("x-should-retry")
        if told in ("true", "false"):
            return told == "true"
        if self.status == 200:  # of a stream that had begun only the type says what went wrong
            return self.type in PASSING
        return self.status in RETRIED or self.status >= 500

    @classmethod
    def from_envelope(
        cls,
        status: int,
        body: object,
        *,
        headers: Mapping[str, str] | None = None,
        partial: Message | None = None,
    ) -> APIError:
        """Make the error of a decoded body; a body of another shape is quoted, not lost."""
        headers = headers or {}
        error = body.get("error") if isinstance(body, dict) else None
        raw_text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, default=repr)
        if not isinstance(body, dict) or not isinstance(error, dict):
            text = body if isinstance(body, str) else repr(body)
            message = " ".join(text.split())[:300] or "the body is empty"
            return cls(status, "api_error", message, headers=headers, partial=partial, raw_text=raw_text)
        return cls(
            status,
            str(error.get("type") or "api_error"),
            str(error.get("message") or ""),
            request_id=body.get("request_id") or headers.get("request-id"),
            details=error.get("details") if isinstance(error.get("details"), dict) else None,
            headers=headers,
            partial=partial,
            raw_text=raw_text,
        )


class TransportError(NbkitError):
    """No answer came: connection refused, timed out, name unknown."""


class StreamError(NbkitError):
    """The stream broke off or made no sense; `partial` is what had arrived, never a finished message.

    `raw_text` is the text that could not become a part of it: the event that was cut off or made no sense.
    """

    def __init__(self, message: str, *, partial: Message | None = None, raw_text: str = "") -> None:
        self.partial = partial
        self.raw_text = raw_text
        super().__init__(message)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, as in `1 message`, `2,000 messages`."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def a_kind(value: object) -> str:
    """Say what somebody gave in place of something else: `a list`, `an int`, `None`."""
    return "None" if value is None else an(type(value).__name__)


def quoted(value: object) -> str:
    """Quote what somebody gave as a name, shortly; of anything but a string or a number say what it is."""
    plain = isinstance(value, str | int | float | bytes)
    return reprlib.repr(value) if plain and type(value).__repr__ in PLAIN_WORDS else a_kind(value)


def an(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
