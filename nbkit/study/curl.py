"""A curl command as the request that it would send: address, headers, body.

No key goes further than this module: whether there is one is all that the rules ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from nbkit.errors import UsageError
from nbkit.rules.envelope import VALID_KEY
from nbkit.study.piping import ReadFile, content, incoming, resolved
from nbkit.study.shell import Command, Word, commands

# The options that take the next word, as curl's manual has them; all others stand alone.
SHORT_WITH_VALUE = frozenset("AbcCdDeEFHKmoPQrtTuUwxXyYz")
LONG_WITH_VALUE = re.compile(
    r"""(?x) (proxy-)? (cacert|capath|cert|cert-type|ciphers|crlfile|header|key|key-type|pass|pinnedpubkey
        |tls13-ciphers|user) | abstract-unix-socket | alt-svc | aws-sigv4 | config | connect-(timeout|to)
        | continue-at | cookie(-jar)? | curves | data(-ascii|-binary|-raw|-urlencode)? | dns-\w+ | doh-url
        | dump-header | engine | etag-(compare|save) | expect100-timeout | form(-string)? | interface | json
        | keepalive-time | limit-rate | local-port | max-(filesize|redirs|time) | netrc-file | noproxy
        | oauth2-bearer | output(-dir)? | parallel-max | preproxy | proto(-default)? | proxy(1\.0)? | range
        | rate | referer | request(-target)? | resolve | retry(-delay|-max-time)? | socks\w+(-hostname)?
        | speed-(limit|time) | stderr | tls-max | trace(-ascii|-config)? | unix-socket | upload-file
        | url(-query)? | user-agent | variable | write-out"""
)
LONG = {"d": "data", "F": "form", "H": "header", "K": "config", "T": "upload-file", "n": "netrc", "u": "user"}
DATA = frozenset({"data", "data-ascii", "data-binary", "data-raw", "json"})
FORMS = frozenset({"data-urlencode", "form", "form-string", "upload-file"})
# What brings a key with it that doesn't stand in the command.
LOGINS = frozenset({"config", "user", "oauth2-bearer", "netrc", "netrc-file", "aws-sigv4"})


@dataclass(slots=True)
class Call:
    """What one curl command sends."""

    line: int
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Options:
    """The options of one command that matter to a request, in the order they were given."""

    line: int
    url: Word | None = None
    headers: list[Word] = field(default_factory=list)
    data: list[tuple[str, Word]] = field(default_factory=list)
    login: bool = False
    form: str | None = None


def calls(text: str, read_file: ReadFile) -> Iterator[Call]:
    """Yield what each curl command of a script sends; files named with `@` are read by `read_file`.

    Raises `UsageError` for a command that sends no JSON, or whose body only a shell would know.
    """
    for command in commands(text):
        words = _curl_words(command)
        if words is None:
            continue
        for options in _options(words):
            yield _call(options, command, read_file)


def _curl_words(command: Command) -> list[Word] | None:
    """Return the words of a curl command, from `curl` on; None for any other command."""
    for at, word in enumerate(command.words):
        program = word.text.removeprefix("!").rsplit("/", 1)[-1]
        if program in ("curl", "curl.exe"):
            return command.words[at:]
        # What may stand before a program: a prompt, variables for it, a word like `time` or `do`.
        is_assignment = "=" in word.text and word.text.split("=")[0].isidentifier()
        if not is_assignment and program not in ("$", "%", "!", "time", "sudo", "env", "do", "then", "exec"):
            return None
    return None


def _options(words: list[Word]) -> Iterator[Options]:
    """Sort the words of one command; `--next` begins another request."""
    options, rest = Options(words[0].line), iter(words[1:])
    for word in rest:
        name, value = _option(word)
        if name == "next":
            yield options
            options = Options(word.line)
        elif name is None:
            options.url = options.url or word
        else:
            if value is None and _takes_value(name):
                value = next(rest, None)
                if value is None:
                    raise UsageError(f"the curl command in line {word.line} ends after {_shown(name)}")
            _take(options, name, value)
    yield options


def _option(word: Word) -> tuple[str | None, Word | None]:
    """Return the long name of an option and the value that is joined to it; no name for an address."""
    text = word.text
    if text.startswith("--"):
        return text[2:] or None, None
    if not text.startswith("-") or text == "-":
        return None, None
    for at, letter in enumerate(text[1:], 1):
        if letter in SHORT_WITH_VALUE:
            joined = _without(word, at + 1)
            return LONG.get(letter, letter), joined if joined.text else None
    return LONG["n"] if "n" in text else "-", None


def _without(word: Word, letters: int) -> Word:
    """Return a word without its first letters, which are no expansion."""
    parts = list(word.parts)
    while letters and parts:
        first = parts.pop(0)
        text = first if isinstance(first, str) else first.source
        if len(text) > letters:
            parts.insert(0, text[letters:])
        letters -= min(letters, len(text))
    return Word(word.line, parts, word.quoted)


def _takes_value(name: str) -> bool:
    return name in SHORT_WITH_VALUE or LONG_WITH_VALUE.fullmatch(name) is not None


def _shown(name: str) -> str:
    return f"-{name}" if len(name) == 1 else f"--{name}"


def _take(options: Options, name: str, value: Word | None) -> None:
    if name in LOGINS:
        options.login = True
    elif name in FORMS:
        options.form = _shown(name)
    elif value is None:
        return
    elif name == "header":
        options.headers.append(value)
    elif name in DATA:
        options.data.append((name, value))
    elif name == "url":
        options.url = value


def _call(options: Options, command: Command, read_file: ReadFile) -> Call:
    where = f"the curl command in line {options.line}"
    if options.url is None:
        raise UsageError(f"{where} names no address: add https://api.anthropic.com/v1/messages")
    if options.form:
        raise UsageError(
            f"{where} sends a form ({options.form}), the API takes JSON: send it with -d or --json"
        )
    if not options.data:
        raise UsageError(f"{where} sends no body, so there is nothing to check: add it with -d or --json")
    return Call(
        options.line,
        _path(options.url.text, where),
        _headers(options, where),
        _body(options, command, where, read_file),
    )


def _path(url: str, where: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        raise UsageError(f"{where} has an address that is none: check its brackets") from None


def _headers(options: Options, where: str) -> dict[str, str]:
    """Return the headers that the rules look at; what is secret in them is left here."""
    headers = {"content-type": "application/json"}
    if options.login:
        headers["authorization"] = f"Bearer {VALID_KEY}"
    for word in options.headers:
        text = word.text
        if text.startswith("@"):  # a file of headers, which may well hold the key
            headers.setdefault("x-api-key", VALID_KEY)
            continue
        name, colon, value = text.partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            if not text.endswith(";"):
                raise UsageError(f"{where} has a -H that is no header: write it as 'name: value'")
            continue
        if not value:  # curl leaves such a header out
            continue
        if name in ("x-api-key", "authorization"):
            headers[name] = _masked(value)
        elif name == "anthropic-beta" and name in headers:
            headers[name] += f",{value}"
        elif name.startswith("anthropic-"):
            headers[name] = value
    return headers


def _masked(value: str) -> str:
    """Return a key's stand-in, which the rules judge as they would the key."""
    scheme, _, token = value.partition(" ")
    if scheme.lower() == "bearer":
        return f"Bearer {_masked(token.strip())}" if token.strip() else "Bearer"
    return "invalid" if "invalid" in value else VALID_KEY


def _body(options: Options, command: Command, where: str, read_file: ReadFile) -> bytes:
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
    return b"".join(pieces)


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
