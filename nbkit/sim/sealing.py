"""What only the server can read: `encrypted_content`, `encrypted_index`, `encrypted_stdout`. Made here and
recognised here, kept nowhere; changed, or from elsewhere, it is refused when it is sent back (R93).
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
_PLACE = ("url", "title", "cited_text")
# The sealed field of each object that has one, and the fields beside it that it is bound to.
_SEALED: dict[Any, tuple[str, tuple[str, ...]]] = {
    "web_search_result": ("encrypted_content", _PLACE),
    "web_search_result_location": ("encrypted_index", _PLACE),
    "encrypted_code_execution_result": ("encrypted_stdout", ("stderr", "return_code")),
}
_HOLDERS = ("text", "web_search_tool_result", "code_execution_tool_result")


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
    field = "citations" if block.get("type") == "text" else "content"
    held = block.get(field)
    if block.get("type") not in _HOLDERS or not isinstance(held, list | dict):
        return block
    return {
        **block,
        field: [_with_seal(each) for each in held] if isinstance(held, list) else _with_seal(held),
    }


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
    """What is sealed in a block: where, in what, and the name of the field."""
    kind = block.get("type")
    held = block.get("citations" if kind == "text" else "content") if kind in _HOLDERS else None
    items = held if isinstance(held, list) else [held]
    found = []
    for at, item in enumerate(items):
        key, _ = _SEALED.get(item.get("type"), ("", ())) if isinstance(item, dict) else ("", ())
        if key:
            step = f"citations.{at}.{item['type']}" if kind == "text" else "content"
            step += f".{at}" if kind == "web_search_tool_result" else ""
            found.append((f"{kind}.{step}.{key}", item, key))
    return found


def _with_seal(item: Any) -> Any:
    key, _ = _SEALED.get(item.get("type"), ("", ())) if isinstance(item, dict) else ("", ())
    if not key or holds(item.get(key), key, _bound(item)):
        return item
    return {**item, key: sealed(key, _bound(item))}


def _bound(item: Json) -> list[Any]:
    return [item.get(name) for name in _SEALED[item["type"]][1]]
