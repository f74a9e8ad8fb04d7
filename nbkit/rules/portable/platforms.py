"""What other platforms refuse that the first-party API takes (contract, section 10).

A platform's facts stand in `facts/platforms.json`. Where the contract has no words for a refusal, they are
what users of the platform reported, or follow the API's pattern; verdict and path are what counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.errors import UsageError, quoted
from nbkit.facts import facts
from nbkit.rules import envelope
from nbkit.rules.problem import Fix, Problem, remove, replace
from nbkit.rules.request import Request
from nbkit.rules.turns import SERVER_USES, Place, with_nested

CLASSIC = "2023-06-01"
VERSION_IN_BODY = "anthropic_version"
BETAS_IN_BODY = "anthropic_beta"


def named(name: str) -> facts.Platform:
    """Return the platform of that name; `UsageError` names the known ones."""
    if not isinstance(name, str):
        raise UsageError(f"platform= takes a string, not {quoted(name)}")
    platform = facts.platform(name)
    if platform is None:
        known = ", ".join(each.name for each in facts.platforms())
        raise UsageError(f"no platform is called {quoted(name)}; there are {known}")
    return platform


def headers(given: envelope.Headers | None, name: str, body: Any) -> dict[str, str]:
    """Read the headers as the platform does: its own name for the old contract, the version not always one.

    A body as it goes to a cloud names version and betas itself. Where no version is named it is the newest
    that the platform takes with this model.
    """
    platform = named(name)
    inside = _named_inside(platform, body)
    sent = {**envelope.read(given), **inside}
    chosen = any(str(key).lower() == "anthropic-version" for key in (*(given or ()), *inside))
    if not chosen and (platform.version_in == "body" or "anthropic-version" in sent):
        sent["anthropic-version"] = _newest(platform, body)
    elif platform.classic_version and sent.get("anthropic-version") == platform.classic_version:
        sent["anthropic-version"] = CLASSIC
    return sent


def _named_inside(platform: facts.Platform, body: Any) -> dict[str, str]:
    if platform.version_in != "body" or not isinstance(body, dict):
        return {}
    inside = {"anthropic-version": _said(body[VERSION_IN_BODY])} if VERSION_IN_BODY in body else {}
    betas = body.get(BETAS_IN_BODY)
    if isinstance(betas, list):
        inside["anthropic-beta"] = ",".join(map(_said, betas))
    return inside


def _said(value: Any) -> str:
    return value if isinstance(value, str) else quoted(value)


def moves(request: Request, where: tuple[str | int, ...]) -> bool:
    """Whether a platform keeps this field elsewhere: version and betas in the body, the model in the URL."""
    if request.served_by.version_in != "body":
        return False
    if where == ("model",):
        return "model" not in request.raw and VERSION_IN_BODY in request.raw
    return where in ((VERSION_IN_BODY,), (BETAS_IN_BODY,))


def _newest(platform: facts.Platform, body: Any) -> str:
    id = body.get("model") if isinstance(body, dict) else None
    model = facts.model(id, platform.name) if isinstance(id, str) else None
    if model and model.is_before_4_7 and facts.DEFAULT_VERSION in platform.refused_before_4_7:
        return CLASSIC
    return facts.DEFAULT_VERSION


def version(request: Request) -> Iterator[Problem]:
    """R75: Bedrock takes 2026-10-21 with the models from 4.7 on, and its own old version with the others."""
    if not _refused_before_4_7(request, request.version):
        return
    classic = request.served_by.classic_version
    yield Problem(
        "R75",
        "headers",
        f'anthropic_version: "{request.version}" is not a valid version',
        why=f"On {request.served_by.title} models before 4.7 still speak `{classic}`.",
    )


def _refused_before_4_7(request: Request, what: str) -> bool:
    model = request.model
    return bool(model and model.is_before_4_7 and what in request.served_by.refused_before_4_7)


def counting(request: Request) -> Iterator[Problem]:
    """Not every platform has an endpoint that counts tokens."""
    if request.endpoint.endswith("/count_tokens") and not request.served_by.count_tokens:
        why = f"{request.served_by.title} has no such endpoint; the official SDK raises before it sends."
        yield Problem("platform", "", "Token counting is not supported on this platform", why=why)


def profile(request: Request) -> Iterator[Problem]:
    """Most models of Bedrock are called through an inference profile; which ones isn't confirmed."""
    name = request.raw.get("model")
    if request.platform != "bedrock" or not isinstance(name, str) or not name.startswith("anthropic."):
        return
    yield Problem(
        "platform",
        "model",
        f"Invocation of model ID {name} with on-demand throughput isn't supported. Retry your request with "
        "the ID or ARN of an inference profile that contains this model.",
        level="warning",
        why="Most models there need the id of an inference profile, which begins with a region.",
        fix=Fix("use the global profile", (replace("model", f"global.{name}"),)),
    )


def automatic_caching(request: Request) -> Iterator[Problem]:
    """A top-level `cache_control` is an extra input where Bedrock serves the models before 4.7."""
    if request.param("cache_control") is None or not _refused_before_4_7(request, "cache_control"):
        return
    yield Problem(
        "platform",
        "cache_control",
        "cache_control: Extra inputs are not permitted",
        why=f"{request.served_by.title} has automatic caching from 4.7 on; before, mark blocks yourself.",
        fix=Fix("remove cache_control", (remove("cache_control"),)),
    )


def server_tools(request: Request) -> Iterator[Problem]:
    """Tools that the API runs itself exist only where somebody runs them."""
    platform = request.served_by
    if "*" in platform.server_tools:
        return
    for k, tool in request.tools:
        row = facts.tool_type(str(tool.get("type")))
        name = row.name or row.type if row else ""
        if row is None or row.runs != "server" or name in platform.server_tools:
            continue
        refused = "*" in platform.no_server_tools or name in platform.no_server_tools
        path = f"tools.{k}"
        tags = ", ".join(f"'{each}'" for each in _taken_tools(platform))
        only = len(request.raw["tools"]) == 1
        yield Problem(
            "platform",
            path,
            f"{path}: Input tag '{row.type}' found using 'type' does not match any of the expected tags: "
            f"{tags}",
            level="error" if refused else "warning",
            why=f"{platform.title} doesn't run this tool; offer one of your own that does the same."
            if refused
            else f"Whether {platform.title} runs this tool isn't confirmed; it may be refused there.",
            fix=Fix("remove the tool", (remove("tools" if only else path),)),
        )


def _taken_tools(platform: facts.Platform) -> list[str]:
    rows = [row for row in facts.tool_types() if row.status == "ga"]
    return [
        "custom",
        *(row.type for row in rows if row.runs == "client" or row.name in platform.server_tools),
    ]


def server_calls(request: Request) -> Iterator[Problem]:
    """A history may hold calls of tools that don't exist there; nobody has confirmed that they are read."""
    platform = request.served_by
    if "*" in platform.server_tools or not request.seen.server_uses:
        return
    for place in request.places:
        known = place.type == "server_tool_use" and place.block.get("name") in platform.server_tools
        if place.type in SERVER_USES and not known:
            yield Problem(
                "platform",
                place.path,
                f"{place.path}: `{place.block.get('name')}` is a tool that this platform doesn't run",
                level="warning",
                why=f"Whether {platform.title} reads such calls isn't confirmed; it may refuse them.",
            )
            return


def sources(request: Request, place: Place) -> Iterator[Problem]:
    """What is sent by its address or from the Files API must be inside the request on the clouds."""
    if request.served_by.url_and_file_sources or place.broken:
        return
    for path, _, block in with_nested(place):
        source = block.get("source")
        kind = source.get("type") if isinstance(source, dict) else None
        if place.type == "container_upload" or (
            block.get("type") in ("image", "document") and kind in ("url", "file")
        ):
            yield _outside(request, path, "file" if kind is None else str(kind))


def _outside(request: Request, path: str, kind: str) -> Problem:
    """Vertex names an image's base64 data here whatever the block is; other words aren't known."""
    words = "image.source.base64.data: URL" if kind == "url" else "source: File"
    return Problem(
        "platform",
        path,
        f"{path}.{words} sources are not supported",
        why=f"{request.served_by.title} fetches nothing: send the bytes themselves, as base64.",
    )
