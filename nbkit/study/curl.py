"""A curl command as the request that it would send: address, method, headers, body.

No key goes further than this module: whether there is one is all that the rules ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from nbkit.errors import UsageError
from nbkit.facts import facts
from nbkit.rules import endpoints
from nbkit.rules.envelope import VALID_KEY
from nbkit.rules.problem import Problem
from nbkit.study import scripts, sending, unknown
from nbkit.study.curl_options import Options, curl_words, sorted_options
from nbkit.study.piping import ReadFile, content, incoming, resolved
from nbkit.study.unknown import Unknown
from nbkit.study.words import Command, Word

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Call:
    """What one curl command sends; `unknown` are the places of its body that only a shell knows.

    `around` is what is wrong with how it is sent. `platform` is the cloud that the address belongs to.
    """

    line: int
    path: str
    headers: dict[str, str]
    body: bytes
    unknown: Sequence[Unknown] = ()
    around: Sequence[Problem] = ()
    platform: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """A command that isn't judged, and why. `is_aside`: it doesn't look like a request to be judged."""

    line: int
    reason: str
    is_aside: bool = False


def calls(text: str, read_file: ReadFile, name: str = "") -> Iterator[Call | Unread]:
    """Yield what each curl command of a file sends; files named with `@` are read by `read_file`.

    One that sends no JSON, or whose body only a shell would know, is told of in its place, and so is where
    the file can't be read.
    """
    before: list[Call | Unread] = []
    for command in scripts.commands(text, name):
        if isinstance(command, UsageError):
            yield from before
            before = [Unread(0, f"{command}; what follows isn't read")]
            continue
        if before and command.after == "\n" and command.words and command.words[0].text.startswith("-"):
            yield from (each for each in before if isinstance(each, Call))
            yield _torn(command.words[0])
            before = []
            continue
        yield from before
        words = curl_words(command)
        before = list(_commanded(words, command, read_file)) if words else []
    yield from before


def _torn(word: Word) -> Unread:
    option = word.text.split("=")[0][:20] if word.text.startswith("--") else word.text[:2]
    return Unread(
        word.line,
        f"line {word.line} begins with {option}, but the curl command has ended before it: take away the "
        "blank behind the backslash there, or the comment, or add the backslash",
    )


def _commanded(words: list[Word], command: Command, read_file: ReadFile) -> Iterator[Call | Unread]:
    line = words[0].line
    try:
        for options in sorted_options(words):
            line = options.line
            yield _call(options, command, read_file)
    except UsageError as error:
        yield Unread(line, str(error))


def _call(options: Options, command: Command, read_file: ReadFile) -> Call | Unread:
    where = f"the curl command in line {options.line}"
    if options.url is None:
        if options.is_in_a_file:
            raise UsageError(f"{where} takes its options from a file, which isn't read: put them into it")
        raise UsageError(f"{where} names no address: add https://api.anthropic.com/v1/messages")
    host, path = _address(options.url.text, where)
    endpoint = endpoints.found(path)
    if endpoints.is_foreign(path):
        return Unread(
            options.line, f"{where} goes to {path[:100]}, which is not the Messages API: not judged"
        )
    if options.form:
        raise UsageError(
            f"{where} sends a form ({options.form}), the API takes JSON: send it with -d or --json"
        )
    if options.has_more and not options.data:
        raise UsageError(f"{where} has options in a variable, which only a shell knows: its body isn't seen")
    lists = endpoint == endpoints.BATCHES and options.method == "GET"
    if not options.data or lists:
        reason = f"{where} sends no body, so there is nothing to check: add it with -d or --json"
        return Unread(options.line, reason, is_aside=endpoint is None or lists)
    body, places = _body(options, command, where, read_file)
    headers = _headers(options, where)
    platform = endpoints.cloud(host, path)
    if platform:  # how a cloud knows who asks is not judged
        headers["x-api-key"] = VALID_KEY
    around = [*sending.method(options.method or "POST"), *sending.media_type(headers["content-type"])]
    return Call(options.line, path, headers, body, places, around, platform)


def _address(url: str, where: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url)
        if not parts.netloc and "/" in url:  # curl takes an address without its https://
            parts = urlsplit(f"//{url}")
    except ValueError:
        raise UsageError(f"{where} has an address that is none: check its brackets") from None
    return parts.netloc, parts.path


def _headers(options: Options, where: str) -> dict[str, str]:
    """Return the headers that the rules look at; what is secret in them is left here."""
    is_json = any(name == "json" for name, _ in options.data)
    headers = {"content-type": JSON if is_json else FORM}
    if options.login:
        headers["authorization"] = f"Bearer {VALID_KEY}"
    elif options.password:
        headers["authorization"] = "Basic"
    if options.has_more or options.is_in_a_file:
        _might_be_any(headers)
    for word in options.headers:
        name, colon, value = word.text.partition(":")
        name, value = name.strip().lower(), value.strip()
        if name.startswith("@") or (word.expansions and (not colon or "$" in name or "%" in name)):
            _might_be_any(headers)  # a file of headers or a variable, which may well hold the key
        elif not colon and not name.endswith(";"):
            raise UsageError(f"{where} has a -H that is no header: write it as 'name: value'")
        elif value:  # curl leaves a header without one out
            _take(headers, name, value, is_known=not word.expansions)
    return headers


def _take(headers: dict[str, str], name: str, value: str, is_known: bool) -> None:
    """Take one header; of a value that only a shell knows, what lets the request pass."""
    if name in ("x-api-key", "authorization"):
        headers[name] = _masked(value)
    elif name == "content-type":
        headers[name] = value if is_known else JSON
    elif name == "anthropic-beta":
        value = value if is_known else ",".join(facts.betas())
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    elif name.startswith("anthropic-"):
        headers[name] = value if is_known else facts.DEFAULT_VERSION


def _might_be_any(headers: dict[str, str]) -> None:
    """Take what stands in a header that can't be seen for what is needed."""
    headers.setdefault("x-api-key", VALID_KEY)
    headers.setdefault("anthropic-version", facts.DEFAULT_VERSION)
    headers["content-type"] = JSON


def _masked(value: str) -> str:
    """Return a key's stand-in, which the rules judge as they would the key."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() == "bearer":
        return f"Bearer {_masked(token.strip())}" if token.strip() else "Bearer"
    if scheme.lower() == "basic":
        return "Basic"
    return "invalid" if "invalid" in value else VALID_KEY


def _body(
    options: Options, command: Command, where: str, read_file: ReadFile
) -> tuple[bytes, tuple[Unknown, ...]]:
    pieces: list[bytes] = []
    for name, word in options.data:
        if word.text.startswith("@") and name != "data-raw":
            piece = _file(word, command, where, read_file)
            if name in ("data", "data-ascii"):  # curl takes the line ends out
                piece = piece.translate(None, b"\r\n\0")
        else:
            piece = resolved(word, where, read_file)
        pieces.append(b"" if name == "json" or not pieces else b"&")
        pieces.append(piece)
    body, places = unknown.places(b"".join(pieces))
    if places is None:
        name = unknown.first(b"".join(pieces))
        raise UsageError(f"{where} has {name} in its body, and only a shell knows what that is")
    return body, places


def _file(word: Word, command: Command, where: str, read_file: ReadFile) -> bytes:
    """Return what `@name` stands for; `@-` is what is piped into the command, where that can be seen."""
    name = word.text[1:]
    if word.expansions:
        shown = word.expansions[0].shown
        raise UsageError(
            f"{where} has {shown} in the name of its body, which only the shell knows: name the file"
        )
    if name not in ("-", "/dev/stdin"):
        return content(name, where, read_file)
    found = incoming(command, where, read_file)
    if found is None:
        raise UsageError(
            f"{where} takes its body from standard input, which is not here: put it into the command"
        )
    return found
