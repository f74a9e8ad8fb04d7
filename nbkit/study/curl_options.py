"""The options of a curl command, as curl itself sorts them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nbkit.errors import UsageError
from nbkit.study.words import Command, Expansion, Word

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
LONG = {
    "d": "data",
    "F": "form",
    "G": "get",
    "H": "header",
    "I": "head",
    "K": "config",
    "T": "upload-file",
    "X": "request",
    "n": "netrc",
    "u": "user",
}
DATA = frozenset({"data", "data-ascii", "data-binary", "data-raw", "json"})
FORMS = frozenset({"data-urlencode", "form", "form-string"})
# What brings a key with it that doesn't stand in the command.
LOGINS = frozenset({"config", "oauth2-bearer", "netrc", "netrc-file", "aws-sigv4"})
METHODS = {"get": "GET", "head": "HEAD"}
# What may stand before a program: a prompt, or a word like `time` or `do`.
BEFORE = frozenset(
    {"$", "%", ">", "!", "{", "time", "sudo", "env", "do", "then", "else", "exec", "if", "while", "until"}
    | {"elif", "command", "call"}
)


@dataclass(slots=True)
class Options:
    """The options of one command that matter to a request, in the order they were given."""

    line: int
    url: Word | None = None
    headers: list[Word] = field(default_factory=list)
    data: list[tuple[str, Word]] = field(default_factory=list)
    login: bool = False
    password: bool = False
    is_in_a_file: bool = False
    has_more: bool = False  # a variable stands for further ones
    method: str | None = None
    form: str | None = None


def curl_words(command: Command) -> list[Word] | None:
    """Return the words of a curl command, from `curl` on; None for any other command."""
    for at, word in enumerate(command.words):
        program = word.text.lstrip("!@").rsplit("/", 1)[-1]
        if program in ("curl", "curl.exe"):
            return command.words[at:]
        is_assignment = "=" in word.text and word.text.split("=")[0].isidentifier()
        if not is_assignment and program not in BEFORE:
            return None
    return None


def sorted_options(words: list[Word]) -> Iterator[Options]:
    """Sort the words of one command; `--next` begins another request."""
    options, rest = Options(words[0].line), iter(words[1:])
    for word in rest:
        for name, value in _option(word):
            if name == "next":
                yield options
                options = Options(word.line)
            elif name is None:
                _take_address(options, word)
            else:
                if value is None and _takes_value(name):
                    value = next(rest, None)
                    if value is None:
                        raise UsageError(f"the curl command in line {word.line} ends after {_shown(name)}")
                _take(options, name, value)
    yield options


def _take_address(options: Options, word: Word) -> None:
    """Take the first address; a word that is a variable may be one, or may be options."""
    known = options.url
    if known is None or (_is_variable(known) and not _is_variable(word)):
        options.url = word
    elsewhere = word if known is options.url else known
    options.has_more |= elsewhere is not None and _is_variable(elsewhere)


def _is_variable(word: Word) -> bool:
    return len(word.parts) == 1 and isinstance(word.parts[0], Expansion)


def _option(word: Word) -> Iterator[tuple[str | None, Word | None]]:
    """Yield the long names of a word's options, and the value joined to the last; no name for an address."""
    text = word.text
    if text.startswith("--"):
        yield text[2:] or None, None
    elif not text.startswith("-") or text == "-":
        yield None, None
    else:
        for at, letter in enumerate(text[1:], 1):
            if letter in SHORT_WITH_VALUE:
                joined = _without(word, at + 1)
                yield LONG.get(letter, letter), joined if joined.text else None
                return
            if letter in LONG:
                yield LONG[letter], None


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
    options.is_in_a_file |= name == "config"
    if name in LOGINS:
        options.login = True
    elif name == "user":
        options.password = True
    elif name in FORMS:
        options.form = _shown(name)
    elif name in METHODS:
        options.method = options.method or METHODS[name]
    elif value is None:
        return
    elif name == "request":
        options.method = None if value.expansions else value.text.upper()
    elif name == "upload-file":
        options.method = options.method or "PUT"
        options.data.append(("data-binary", Word(value.line, ["@", *value.parts])))
    elif name == "header":
        options.headers.append(value)
    elif name in DATA:
        options.data.append((name, value))
    elif name == "url":
        options.url = value
