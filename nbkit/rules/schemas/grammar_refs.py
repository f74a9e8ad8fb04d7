"""What the compiler of grammars says of `$ref`: it leads to a definition, and not in a circle."""

from __future__ import annotations

from typing import Any

from nbkit.wire.blocks import Json

GROUPS = ("$defs", "definitions")
VALUES = ("enum", "const", "default", "examples")  # values, and no schemas


def fault(root: Any, reference: str) -> str | None:
    """Return what is wrong with where a reference leads, or None; only the schema itself can be led into."""
    if not reference.startswith("#"):
        return f"External reference '{reference}' is not supported"
    if not _leads(root, reference):
        return f"Invalid schema: Reference to non-existent definition: {reference}"
    return None


def _leads(root: Any, reference: str) -> bool:
    node = root
    for key in reference.lstrip("#").split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, dict) or key not in node:
            return False
        node = node[key]
    return True


def circle(root: Any) -> list[str] | None:
    """Return the names of definitions that lead back to the first of them, or None."""
    leads = {
        f"#/{group}/{name}": list(_references(part))
        for group in GROUPS
        for name, part in (_group(root, group)).items()
    }
    leads["#"] = list(_references({key: value for key, value in _dict(root).items() if key not in GROUPS}))
    done: set[str] = set()
    for start in leads:
        found = _from(start, leads, done)
        if found:
            return [name.rpartition("/")[2] for name in found]
    return None


def _from(start: str, leads: dict[str, list[str]], done: set[str]) -> list[str] | None:
    """Walk depth first, without recursion: a schema may be as deep as it likes."""
    way, branches = [start], [iter(leads[start])]
    while way:
        step = next(branches[-1], None)
        if step in way:
            return [*way[way.index(step) :], step]
        if step is None:
            done.add(way.pop())
            branches.pop()
        elif step in leads and step not in done:
            way.append(step)
            branches.append(iter(leads[step]))
    return None


def _references(part: Any) -> list[str]:
    found: list[str] = []
    rest = [part]
    while rest:
        node = rest.pop()
        if isinstance(node, dict):
            reference = node.get("$ref")
            found += [reference] if isinstance(reference, str) else []
            rest += [
                value for key, value in node.items() if key not in ("enum", "const", "default", "examples")
            ]
        elif isinstance(node, list):
            rest += node
    return found


def _group(root: Any, name: str) -> Json:
    return _dict(_dict(root).get(name))


def _dict(value: Any) -> Json:
    return value if isinstance(value, dict) else {}
