"""What is judged before the body: its size, the key, the version, the betas.

Headers that are all `anthropic-…` are changes against the defaults (a valid key, the newest version), and a
None takes one away; with any other header they are taken for those of a whole request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from nbkit.errors import UsageError, a_kind, quoted
from nbkit.facts import facts
from nbkit.rules.problem import Level, Problem
from nbkit.rules.request import Request

VALID_KEY = "a-key-that-passes"
NO_KEY = "x-api-key header is required"
BASIC = re.compile(r"basic(\s|$)", re.IGNORECASE)
DATED = re.compile(r".+-\d{4}-\d{2}-\d{2}$")

Headers = Mapping[str, str | None]


def read(headers: Headers | None) -> dict[str, str]:
    """Return the headers with lower-case names, the defaults filled in where they are only changes."""
    given: dict[str, Any] = {str(name).lower(): value for name, value in _items(headers)}
    if all(name.startswith("anthropic-") for name in given):
        given = {"x-api-key": VALID_KEY, "anthropic-version": facts.DEFAULT_VERSION, **given}
    # White space around a value is no part of it: whoever receives a header takes it off.
    return {name: value.strip() for name, value in given.items() if value is not None}


def _items(headers: Any) -> list[tuple[object, object]]:
    if headers is not None and not isinstance(headers, Mapping):
        raise UsageError(f"headers must be a dict of strings, not {a_kind(headers)}")
    for name, value in (headers or {}).items():
        if not isinstance(value, str | None):
            raise UsageError(
                f"the header {name} must be a string, or None to leave it out, not {quoted(value)}"
            )
    return list((headers or {}).items())


def betas_of(headers: Mapping[str, str]) -> list[str]:
    return [name for each in headers.get("anthropic-beta", "").split(",") if (name := each.strip())]


def body_size(request: Request) -> Iterator[Problem]:
    """R72: a body has at most 32 MB, less on the clouds."""
    yield from too_large(request.seen.characters + request.seen.uncounted, request.served_by.body_mb)


def too_large(size: int, most_mb: int) -> Iterator[Problem]:
    """R72, of a body of so many bytes."""
    if size > most_mb * 1024 * 1024:
        yield Problem(
            "R72",
            "",
            "Request exceeds the maximum size",
            status=413,
            type="request_too_large",
            why=f"A request body may have {most_mb} MB; "
            "large files belong to the Files API, or into several requests.",
        )


def key(headers: Mapping[str, str]) -> Iterator[Problem]:
    """R77: a request carries a key, as `x-api-key` or as a bearer token."""
    given = headers.get("x-api-key")
    login = headers.get("authorization", "")
    token = "" if BASIC.match(login) else login.removeprefix("Bearer").strip()
    if (given or token) and "invalid" not in (given or token):
        return
    message = "invalid x-api-key" if given else "Invalid bearer token" if token else NO_KEY
    why = "Every request names its key, in `x-api-key` or in `Authorization: Bearer`."
    yield Problem("R77", "headers", message, status=401, type="authentication_error", why=why)


def version(headers: Mapping[str, str]) -> Iterator[Problem]:
    """R75: the `anthropic-version` header is there and names a version."""
    given = headers.get("anthropic-version")
    if given is None:
        message = "anthropic-version: header is required"
    elif given not in facts.VERSIONS:
        message = f'anthropic-version: "{given}" is not a valid version'
    else:
        return
    why = f"The version says which contract you speak; the newest is {facts.DEFAULT_VERSION}."
    yield Problem("R75", "headers", message, why=why)


def betas(request: Request, names: list[str]) -> Iterator[Problem]:
    """R78: a beta must be known. Names without a date are only warned of: test suites send all sorts."""
    unknown = [name for name in names if not facts.is_beta(name)]
    dated = [name for name in unknown if DATED.match(name)]
    undated = [name for name in dict.fromkeys(unknown) if name not in dated]
    if dated:
        why = "No beta of this name is known here: it is misspelt, has ended, or is newer than this table."
        yield _unexpected(dated, "unknown", why)
    if undated:
        why = "No beta of this name is known here, and the name of a beta ends in a date: it may be refused."
        yield _unexpected(undated, "warning", why)


def _unexpected(names: list[str], level: Level, why: str) -> Problem:
    near = dict.fromkeys(close for name in names[:5] for close in _like(name[:80]))
    return Problem(
        "R78",
        "headers",
        f"Unexpected value(s) {', '.join(f'`{name}`' for name in names)} for the `anthropic-beta` header. "
        "Please consult our documentation at platform.claude.com/docs or try again without the header.",
        level=level,
        why=f"{why} Much like it: {', '.join(f'`{name}`' for name in near)}." if near else why,
    )


def _like(name: str) -> list[str]:
    """Return the known beta that was meant: one of that name with a date, or with a letter changed."""
    same = [each for each in facts.betas() if each[:-11] == name.lower()]
    return same[-1:] or get_close_matches(name, facts.betas(), 1, 0.8)
