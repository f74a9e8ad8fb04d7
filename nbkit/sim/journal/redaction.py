"""What a journal never keeps: keys, authorization, cookies, wherever in an address or a header they stand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_plus

REMOVED = "[removed]"
SECRET = re.compile(r"key|auth|cookie|token|secret|passw|credential|signature", re.IGNORECASE)
NO_SECRETS = frozenset({"idempotency-key", "max_tokens"})
SCHEMES = ("Bearer", "Basic", "AWS4-HMAC-SHA256", "Digest")
LOOKS_LIKE_A_KEY = re.compile(r"\b(sk-[\w-]{6,}|eyJ[\w-]+\.[\w.-]+|AKIA\w{12,}|gh[pousr]_\w{20,})")
KEY_IN_BODY = re.compile(LOOKS_LIKE_A_KEY.pattern.encode())
TOKEN_IN_BODY = re.compile(
    rb'("(?:authorization_token|access_token|refresh_token|api_key|client_secret|password)"\s*:\s*)"(?:[^"\\]|\\.)*"'
)
USER_IN_ADDRESS = re.compile(r"//[^/@?#]*@")
SHORTEST = 6  # of a secret that is looked for in other places: shorter ones are found in every word


def without_secrets(path: str, query: str, headers: Mapping[str, str]) -> tuple[str, str, dict[str, str]]:
    """Return path, query and headers with everything secret replaced.

    A key that the API would not take says so still (`[removed, invalid]`), so that it can be judged.
    """
    named = [pair.partition("=") for pair in query.split("&")]
    pairs = [(name, equals, value, _is_secret(unquote_plus(name))) for name, equals, value in named]
    in_query = [form for *_, value, secret in pairs if secret for form in (value, unquote_plus(value))]
    in_headers = [word for name, value in headers.items() if _is_secret(name) for word in value.split()]
    secrets = sorted({each for each in [*in_query, *in_headers] if _is_long(each)}, key=len, reverse=True)
    kept_query = "&".join(
        f"{name}={REMOVED}" if secret and value else _scrubbed(f"{name}{equals}{value}", secrets)
        for name, equals, value, secret in pairs
    )
    kept_headers = {
        name: _hidden(value) if _is_secret(name) else _scrubbed(value, secrets)
        for name, value in headers.items()
    }
    return _scrubbed(USER_IN_ADDRESS.sub(f"//{REMOVED}@", path), secrets), kept_query, kept_headers


def body_without_secrets(body: bytes) -> bytes:
    """Return a body, or an answer, with tokens and what looks like a key replaced inside its strings.

    It is judged as before: a string stays a string, and what is the same in two bodies stays the same.
    """
    return KEY_IN_BODY.sub(REMOVED.encode(), TOKEN_IN_BODY.sub(rb'\g<1>"' + REMOVED.encode() + b'"', body))


def _is_secret(name: str) -> bool:
    return SECRET.search(name) is not None and name.lower() not in NO_SECRETS


def _is_long(word: str) -> bool:
    return len(word) >= SHORTEST and word not in SCHEMES


def _hidden(value: str) -> str:
    """The place of a secret: its scheme stays, and what the API would refuse it for."""
    scheme = next((f"{each} " for each in SCHEMES if value.startswith(f"{each} ")), "")
    secret = value[len(scheme) :].strip()
    if not secret:
        return scheme.strip()
    return scheme + (f"{REMOVED[:-1]}, invalid]" if "invalid" in secret else REMOVED)


def _scrubbed(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, REMOVED)
    return LOOKS_LIKE_A_KEY.sub(REMOVED, text)
