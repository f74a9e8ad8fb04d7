"""Signatures of thinking blocks: made here, recognised here, kept nowhere.

A signature seals the model, the text and the prefix it was thought on, with a fixed secret, so that a
restart invalidates nothing and everything can be verified from the request alone. It does not depend on
`display`: an empty text (omitted) verifies, the sealed text verifies, any other text doesn't. What is done
about a block that fails is the contract's: R34 (latest assistant message), R35, R36 (prefix), R37 (another
model: dropped without a word).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from nbkit.wire.blocks import Json

SIGNED = ("thinking", "redacted_thinking")
_SECRET = b"nbkit signs the thinking of its simulated models with this"
_sorted_json = json.JSONEncoder(sort_keys=True).encode  # made once: for each call it costs as much again
_MARK = b"\x12\x01"
_TAG, _DIGEST = 4, 16
_HEAD = len(_MARK) + 2 * _TAG + 2 * _DIGEST + 2

Fault = Literal["signature", "text", "prefix", "model"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A thinking block that does not verify: where it is, and what about it doesn't fit.

    `is_other_system` says of a changed prefix that the system prompt is one of what changed.
    """

    message: int
    block: int
    fault: Fault
    is_other_system: bool = False

    @property
    def path(self) -> str:
        return f"messages.{self.message}.content.{self.block}"


class Prefix:
    """A running hash of everything before a block: system, tools, messages. Cheap to extend, cheap to ask."""

    def __init__(self, body: Json) -> None:
        self._hash = hashlib.sha256()
        self._role = ""
        self.system = hashlib.sha256(_canonical(_blocks(body.get("system") or []))).digest()[:_TAG]
        self._add({"system": _blocks(body.get("system") or []), "tools": body.get("tools") or []})

    def role(self, role: str) -> None:
        """Begin a message. Messages of one role are one turn, so a second one adds nothing."""
        if role != self._role:
            self._role = role
            self._add({"role": role})

    def block(self, block: Json) -> None:
        if block.get("type") == "thinking":
            block = {"type": "thinking", "signature": block.get("signature")}
        self._add(block)

    def digest(self) -> bytes:
        return self._hash.digest()[:_DIGEST]

    def _add(self, value: Json) -> None:
        self._hash.update(_canonical(value))


def sign(body: Json, model: str, text: str) -> str:
    """Return the signature of `text`, thought by `model` in answer to `body`."""
    prefix = Prefix(body)
    for message in body["messages"]:
        prefix.role(message["role"])
        for block in _blocks(message["content"]):
            prefix.block(block)
    prefix.role("assistant")
    return _seal(model, prefix, _text_digest(text), min(len(text), 4096))


def findings(body: Json, model: str, *, bound: bool) -> Iterator[Finding]:
    """Yield every thinking block of the request that does not verify; `bound` asks for the prefix (R36)."""
    messages = [_blocks(message["content"]) for message in body["messages"]]
    if not any(block.get("type") in SIGNED for blocks in messages for block in blocks):
        return
    prefix = Prefix(body)
    for number, message in enumerate(body["messages"]):
        prefix.role(message["role"])
        for at, block in enumerate(_blocks(message["content"])):
            if block.get("type") in SIGNED:
                fault = _fault(block, model, prefix if bound else None)
                if fault is not None:
                    yield Finding(number, at, fault, fault == "prefix" and _is_other_system(block, prefix))
            prefix.block(block)


def _fault(block: Json, model: str, prefix: Prefix | None) -> Fault | None:
    head = _opened(_signature(block))
    if head is None:
        return "signature"
    at = len(_MARK)
    tag, sealed_prefix = head[at : at + _TAG], head[at + _TAG : at + _TAG + _DIGEST]
    text = head[at + _TAG + _DIGEST : at + _TAG + 2 * _DIGEST]
    if tag != _model_tag(model):
        return "model"
    if block.get("thinking") and _text_digest(block["thinking"]) != text:
        return "text"
    return "prefix" if prefix is not None and sealed_prefix != prefix.digest() else None


def _signature(block: Json) -> str:
    """What seals a block; of redacted thinking it is all that there is to see."""
    return str(block.get("data" if block["type"] == "redacted_thinking" else "signature"))


def _is_other_system(block: Json, prefix: Prefix) -> bool:
    head = _opened(_signature(block)) or b""
    return head[-2 - _TAG : -2] != prefix.system


def _seal(model: str, prefix: Prefix, text: bytes, length: int) -> str:
    said = _model_tag(model) + prefix.digest() + text + prefix.system
    return _spelled(_MARK + said + length.to_bytes(2, "big"))


def _spelled(head: bytes) -> str:
    """The signature of a head: its MAC, and filler as long as an encrypted text would be, which the MAC fixes
    too.
    """
    mac = hmac.new(_SECRET, head, hashlib.sha256).digest()
    filler = hashlib.shake_256(mac).digest(64 + int.from_bytes(head[-2:], "big"))
    return base64.b64encode(head + mac + filler).decode()


def _opened(signature: str) -> bytes | None:
    try:
        head = base64.b64decode(signature, validate=True)[:_HEAD]
    except (binascii.Error, ValueError):
        return None
    if len(head) < _HEAD or not head.startswith(_MARK):
        return None
    return head if hmac.compare_digest(_spelled(head), signature) else None


def _model_tag(model: str) -> bytes:
    return hashlib.sha256(model.encode()).digest()[:_TAG]


def _text_digest(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:_DIGEST]


def _blocks(content: str | list[Json]) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _canonical(value: Any) -> bytes:
    return _sorted_json(_without_cache_control(value)).encode()


def _without_cache_control(value: Any) -> Any:
    """Moving a cache breakpoint changes no prefix."""
    if isinstance(value, dict):
        return {key: _without_cache_control(item) for key, item in value.items() if key != "cache_control"}
    if isinstance(value, list):
        return [_without_cache_control(item) for item in value]
    return value
