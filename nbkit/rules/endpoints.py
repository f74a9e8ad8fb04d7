"""The endpoints whose requests are judged, and their names on the clouds (contract, sections 1.1 and 10)."""

from __future__ import annotations

import re
from typing import Any

from nbkit.errors import UsageError, quoted

MESSAGES = "/v1/messages"
COUNT = "/v1/messages/count_tokens"
BATCHES = "/v1/messages/batches"
ALL = (MESSAGES, COUNT, BATCHES)

ADDRESS = re.compile(r"https?://[^/]+|(?=/v\d+/)")
# The model stands in the address there: Bedrock's invocations, Vertex's predictions.
CLOUD = (
    (re.compile(r"/models/count-tokens:rawPredict$"), COUNT),
    (re.compile(r"/model/[^/]+/invoke(-with-response-stream)?$"), MESSAGES),
    (re.compile(r"/models/[^/:]+:(streamRawPredict|rawPredict)$"), MESSAGES),
)
# What other APIs call their places, also where a host has both.
FOREIGN = re.compile(
    r"/(chat/completions|completions|responses|embeddings|v1/complete|api/(chat|generate)|converse(-stream)?)$"
    r"|:(stream)?generateContent$",
    re.IGNORECASE,
)


def found(address: Any) -> str | None:
    """Return the endpoint that a path or a whole URL ends in; its query says nothing of it."""
    path = re.split(r"[?#]", address.strip())[0].rstrip("/") if isinstance(address, str) else ""
    path = path if path.startswith(("/", "http")) else f"/{path}"
    ours = next((each for each in ALL if path.endswith(each)), None)
    return ours or next((each for shape, each in CLOUD if shape.search(path)), None)


def named(address: Any) -> str:
    """Return the endpoint of an address; `UsageError` names the known ones."""
    if not isinstance(address, str):
        raise UsageError(f"endpoint= takes a string, not {quoted(address)}")
    endpoint = address if address in ALL else found(address)
    if endpoint is None:
        known = f"{', '.join(ALL[:-1])} and {ALL[-1]}"
        raise UsageError(
            f"{address[:200]!r} is no endpoint whose requests are judged here; there are {known}, "
            "also as whole addresses"
        )
    return endpoint


def elsewhere(address: Any) -> str:
    """Say of an address that is no endpoint known here what becomes of its request."""
    start = ADDRESS.match(address) if isinstance(address, str) and not found(address) else None
    return as_messages(re.split("[?#]", address[start.end() :])[0]) if start else ""


def as_messages(path: str) -> str:
    """Say that a request is judged by another endpoint than the one it goes to; a query may hold a key."""
    return f"it goes to {path[:100] or '/'}, which is no endpoint known here: judged as one to {MESSAGES}"


def is_foreign(path: str) -> bool:
    """Whether a path is another API's, whose requests only look like those that are judged here."""
    return not found(path) and FOREIGN.search(path.rstrip("/")) is not None


def cloud_of(address: Any) -> str:
    """Return the platform that a whole address or a path belongs to."""
    plain = re.split(r"[?#]", address.removeprefix("https://"))[0] if isinstance(address, str) else ""
    host, slash, path = plain.partition("/")
    return cloud(host, slash + path)


def cloud(host: str, path: str) -> str:
    """Return the platform that an address belongs to; empty for the API itself, or one that stands for it."""
    if re.search(r"/model/[^/]+/invoke(-with-response-stream)?$", path) or host.startswith("bedrock-runtime"):
        return "bedrock"
    is_vertex = re.search(r":(streamRawPredict|rawPredict)$", path) or "aiplatform.googleapis.com" in host
    return "vertex" if is_vertex else ""
