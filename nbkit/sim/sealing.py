"""What only the server can read: `encrypted_content`, `encrypted_index`. Made here, recognised here, kept
nowhere; what was changed, or comes from elsewhere, is refused when it is sent back (R93).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any

from nbkit.sim.refusal import invalid
from nbkit.wire.blocks import Json

_SECRET = b"nbkit seals what its simulated server tools found with this"
_MARK = b"\x12\x02"
_LONGEST = 3000


def sealed(kind: str, bound: list[Any], length: int = 96) -> str:
    """Return a sealed value that holds for what it is bound to: the address and title it stands beside."""
    said = "\0".join([kind, *(str(each) for each in bound)]).encode(errors="surrogatepass")
    mac = hmac.new(_SECRET, said, hashlib.sha256).digest()
    size = min(length, _LONGEST)
    head = _MARK + size.to_bytes(2, "big") + mac
    return base64.b64encode(head + hashlib.shake_256(mac + head).digest(size)).decode()


def holds(value: Any, kind: str, bound: list[Any]) -> bool:
    """Whether a value is one that was sealed for this."""
    try:
        data = base64.b64decode(str(value), validate=True)
    except ValueError:
        return False
    size = int.from_bytes(data[2:4], "big")
    return data.startswith(_MARK) and hmac.compare_digest(sealed(kind, bound, size), str(value))


def completed(block: Json) -> Json:
    """The block with everything sealed that the API would have sealed, whoever wrote it."""
    content = block.get("content")
    if block.get("type") == "web_search_tool_result" and isinstance(content, list):
        return {**block, "content": [_with_seal(hit, "encrypted_content") for hit in content]}
    citations = block.get("citations")
    if block.get("type") == "text" and isinstance(citations, list):
        return {**block, "citations": [_with_seal(each, "encrypted_index") for each in citations]}
    return block


def check_sealed(request: Json) -> None:
    """Refuse what was changed in what the server sealed (R93)."""
    for i, message in enumerate(request["messages"]):
        content = message["content"]
        for j, block in enumerate(content if isinstance(content, list) else ()):
            for path, item, key in _seals(block):
                if not holds(item.get(key), key, _bound(item)):
                    where = f"messages.{i}.content.{j}.{path}"
                    raise invalid(f"{where}: Invalid `{key}` in `{item['type']}` block")


def _seals(block: Json) -> list[tuple[str, Json, str]]:
    kind = block.get("type")
    content, citations = block.get("content"), block.get("citations")
    if kind == "web_search_tool_result" and isinstance(content, list):
        return [
            (f"web_search_tool_result.content.{at}.encrypted_content", hit, "encrypted_content")
            for at, hit in enumerate(content)
        ]
    return [
        (f"text.citations.{at}.web_search_result_location.encrypted_index", each, "encrypted_index")
        for at, each in enumerate(citations if kind == "text" and isinstance(citations, list) else ())
        if each.get("type") == "web_search_result_location"
    ]


def _with_seal(item: Any, key: str) -> Any:
    kinds = {"encrypted_content": "web_search_result", "encrypted_index": "web_search_result_location"}
    if (
        not isinstance(item, dict)
        or item.get("type") != kinds[key]
        or holds(item.get(key), key, _bound(item))
    ):
        return item
    return {**item, key: sealed(key, _bound(item))}


def _bound(item: Json) -> list[Any]:
    return [item.get("url"), item.get("title"), item.get("cited_text")]
