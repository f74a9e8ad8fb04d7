"""Tools whose work is done on a server: which sites the web tools may see, and MCP servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.rules.problem import Fix, Problem, add, remove, replace
from nbkit.rules.request import Request

OLD_CLIENT = "mcp-client-2025-04-04"  # it offered a server's tools without a toolset
DOMAINS = ("allowed_domains", "blocked_domains")
# Known from live refusals: sites that keep the API's crawler out, countries that a search can't be for.
CLOSED = frozenset(("blog.naver.com", "m.blog.naver.com", "reddit.com", "reuters.com", "www.reddit.com"))
NO_COUNTRY = frozenset(("CR", "CY", "IE", "KZ", "SG"))
LINES = ("haiku", "sonnet", "opus", "fable", "mythos")
CRAWLER = (
    "https://support.anthropic.com/en/articles/"
    "8896518-does-anthropic-crawl-data-from-the-web-and-how-can-site-owners-block-the-crawler"
)


def domains(request: Request) -> Iterator[Problem]:
    """Allowed and blocked domains exclude each other; each is a host, with a path or without."""
    for k, tool in request.tools:
        path = f"tools.{k}.{tool.get('type')}"
        if all(tool.get(name) for name in DOMAINS):
            message = f"{path}: only one of `allowed_domains` and `blocked_domains` may be specified"
            fix = Fix("remove blocked_domains", (remove(f"tools.{k}.blocked_domains"),))
            yield Problem("tools", path, message, why="One list already says all about the rest.", fix=fix)
        for name in DOMAINS:
            if tool.get(name) == []:
                at = f"{path}.{name}"
                message = f"{at}: Empty list of domains is ambiguous. Provide at least one domain or null."
                fix = Fix(f"remove {name}", (remove(f"tools.{k}.{name}"),))
                yield Problem("tools", at, message, why="It could mean every site, or none.", fix=fix)
            for n, domain in enumerate(tool.get(name) or ()):
                if not _is_domain(domain):
                    at = f"{path}.{name}.{n}"
                    message = f"{at}: '{domain}' is not a valid domain"
                    why = "Write the host without https://; a * may stand in the path behind it only."
                    fix = Fix("remove it", (remove(f"tools.{k}.{name}.{n}"),))
                    yield Problem("tools", at, message, why=why, fix=fix)


def reachable(request: Request) -> Iterator[Problem]:
    """A web tool isn't held to sites that are closed to it, nor to a country that it doesn't know."""
    for k, tool in request.tools:
        path = f"tools.{k}.{tool.get('type')}"
        closed = [domain for domain in tool.get(DOMAINS[0]) or () if domain in CLOSED]
        if closed:
            message = (
                f"The following domains are not accessible to our user agent: {closed}. Read more: {CRAWLER}"
            )
            why = "These sites keep the crawler out, so a search that is held to them finds nothing."
            yield Problem("tools", f"{path}.{DOMAINS[0]}", message, why=why)
        place = tool.get("user_location")
        country = place.get("country") if isinstance(place, dict) else None
        if country in NO_COUNTRY:
            message = f"{path}: Country code {country} is not supported."
            fix = Fix("remove country", (remove(f"tools.{k}.user_location.country"),))
            why = "A search can be for some countries only; the rest of the place may stay."
            yield Problem("tools", f"{path}.user_location.country", message, why=why, fix=fix)


def advisor(request: Request) -> Iterator[Problem]:
    """An advisor is at least as able as who asks it: of no lower line, and no older one of the same."""
    for k, tool in request.tools:
        name = tool.get("model")
        known = (
            facts.model(name) if tool.get("type") == "advisor_20260301" and isinstance(name, str) else None
        )
        asker = request.model
        if known is None or asker is None or known.created >= asker.created:
            continue
        if LINES.index(known.line) <= LINES.index(asker.line):
            path = f"tools.{k}.model"
            message = f"{path}: '{known.id}' cannot be used as an advisor when the request model is "
            message += f"'{asker.id}'."
            fix = Fix("let the model advise itself", (replace(path, request.raw["model"]),))
            yield Problem("tools", path, message, why="It would know less than who asks it.", fix=fix)


def _is_domain(text: str) -> bool:
    host = text.partition("/")[0]
    return bool(host) and "://" not in text and "*" not in host and not any(map(str.isspace, host))


def mcp_servers(request: Request) -> Iterator[Problem]:
    """Each MCP server is used by exactly one `mcp_toolset`, and each toolset names a server."""
    servers: Any = request.param("mcp_servers") or []
    named = [server["name"] for server in servers]
    used = [(k, tool["mcp_server_name"]) for k, tool in request.tools if tool.get("type") == "mcp_toolset"]
    why = "A server says where the tools are, a toolset that they are offered; one needs the other."
    for k, server in enumerate(servers):
        path, name = f"mcp_servers.{k}", server["name"]
        if not server["url"].startswith("https://"):
            message = f"{path}.url: MCP server URLs must use https"
            yield Problem("mcp_servers", f"{path}.url", message, why="Tokens travel to it.")
        if name in named[:k]:
            message = f"{path}: MCP server names must be unique"
            fix = Fix("remove the second", (remove(path),))
            yield Problem("mcp_servers", path, message, why="A toolset names its server.", fix=fix)
            continue
        uses = [each for _, each in used].count(name)
        if not uses and not _is_excused(request):
            message = f"MCP server '{name}' is defined but not referenced by any `mcp_toolset` in `tools`."
            yield Problem("mcp_servers", path, message, why=why, fix=_offered(request, name))
        if uses > 1 and not _is_excused(request):
            message = f"{path}: MCP server '{name}' must be referenced by exactly one mcp_toolset"
            yield Problem("mcp_servers", path, message, why=why)
    for k, name in used:
        if name not in named and "mcp_servers" not in request.broken_params:
            path = f"tools.{k}.mcp_toolset.mcp_server_name"
            message = f"{path}: MCP server '{name}' is not defined in mcp_servers"
            fix = Fix("remove the toolset", (remove(f"tools.{k}"),))
            yield Problem("mcp_servers", path, message, why=why, fix=fix)


def _offered(request: Request, server: str) -> Fix | None:
    """Return the toolset that a server lacks, once the beta is sent that toolsets belong to."""
    if not any(beta.startswith("mcp-client-") for beta in request.betas):
        return None
    toolset, tools = {"type": "mcp_toolset", "mcp_server_name": server}, request.raw.get("tools")
    place = add("tools", [toolset])
    if isinstance(tools, list):
        place = add(f"tools.{len(tools)}", toolset)
    return Fix("offer its tools", (place,))


def _is_excused(request: Request) -> bool:
    newer = any(name.startswith("mcp-client-") and name != OLD_CLIENT for name in request.betas)
    return bool(request.broken_tools) or (OLD_CLIENT in request.betas and not newer)
