"""The table of endpoints (contract, sections 1.1 and 10): which function answers what.

A `{name}` in a path is one segment, and is given to the function as it stands in the URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from nbkit.sim import aws_errors, browsers
from nbkit.sim.api.admission import check_login, check_named_key
from nbkit.sim.asked import Asked
from nbkit.sim.faults import HEADER as FAULT_HEADER
from nbkit.sim.plan import Plan
from nbkit.sim.refusal import Refused, not_found

Endpoint = Callable[..., Plan]

BATCHES = "/v1/messages/batches"
FILES = "/v1/files"
JOURNAL = "/_nbkit/requests"
NO_JOURNAL = "no journal is kept here: start with `nbkit serve --journal`, or Simulator(journal=True)"
VERTEX = "/projects/{project}/locations/{region}/publishers/anthropic/models/"
# Platforms that serve the API as it is have it below these.
HOSTS = (
    "/anthropic",
    "/v1/projects/{project}/locations/{location}/workspaces/{workspace}/invoke",
    "/projects/{project}/locations/{location}/workspaces/{workspace}/invoke",
)

# An endpoint is the function of a module beside this one, imported when it is first asked for: most users of
# the simulator never ask for most of them.
TABLE: dict[str, dict[str, str]] = {
    "/v1/messages": {"POST": "messages_api.create"},
    "/v1/messages/count_tokens": {"POST": "messages_api.count"},
    BATCHES: {"POST": "batches_api.create", "GET": "batches_api.list_all"},
    BATCHES + "/{id}": {"GET": "batches_api.retrieve", "DELETE": "batches_api.delete"},
    BATCHES + "/{id}/cancel": {"POST": "batches_api.cancel"},
    BATCHES + "/{id}/results": {"GET": "batches_api.results"},
    FILES: {"POST": "files_api.upload", "GET": "files_api.list_all"},
    FILES + "/{id}": {"GET": "files_api.metadata", "DELETE": "files_api.delete"},
    FILES + "/{id}/content": {"GET": "files_api.content"},
    "/v1/models": {"GET": "models_api.list_all"},
    "/v1/models/{name}": {"GET": "models_api.retrieve"},
    "/model/{model}/invoke": {"POST": "bedrock_api.invoke"},
    "/model/{model}/invoke-with-response-stream": {"POST": "bedrock_api.invoke_with_response_stream"},
    "/model/{model}/count-tokens": {"POST": "bedrock_api.count_tokens"},
    "/model/{model}/converse": {"POST": "bedrock_api.converse"},
    "/model/{model}/converse-stream": {"POST": "bedrock_api.converse"},
    JOURNAL: {"GET": "journal_api.read", "DELETE": "journal_api.clear"},
    JOURNAL + "/{number}/body": {"GET": "journal_api.body"},
}
for _below in HOSTS:
    TABLE[_below + "/v1/messages"] = {"POST": "hosted_api.create"}
    TABLE[_below + "/v1/messages/count_tokens"] = {"POST": "hosted_api.count"}
for _root in ("/v1", ""):  # a base URL of one's own may end before the version
    TABLE[f"{_root}{VERTEX}count-tokens:rawPredict"] = {"POST": "vertex_api.count_tokens"}
    TABLE[f"{_root}{VERTEX}{{model}}:rawPredict"] = {"POST": "vertex_api.predict"}
    TABLE[f"{_root}{VERTEX}{{model}}:streamRawPredict"] = {"POST": "vertex_api.stream_predict"}


@cache
def endpoint_of(name: str) -> Endpoint:
    """Return the function that an entry of the table names."""
    module, _, function = name.partition(".")
    endpoint: Endpoint = getattr(import_module(f"nbkit.sim.api.{module}"), function)
    return endpoint


def login_of(name: str) -> Callable[[Asked], None]:
    """Return what judges the key of an endpoint: the platform's own way, or the API's."""
    module = import_module(f"nbkit.sim.api.{name.partition('.')[0]}")
    check: Callable[[Asked], None] = getattr(module, "check_login", check_login)
    return check


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )


PATTERNS = [(_pattern(path), methods) for path, methods in TABLE.items() if "{" in path]


def answer(simulator: Any, asked: Asked) -> Plan:
    """Answer by the endpoint that is asked for; refuses a path or a method that there isn't."""
    if opening := browsers.preflight(asked):
        return opening
    methods, names = _found(asked.path)
    if methods is None:
        raise aws_errors.unknown() if asked.front == "amazon" else not_found("Not Found")
    if simulator.journal is None and asked.path.startswith(JOURNAL):
        raise not_found(NO_JOURNAL)
    # The server sends no body to a HEAD (RFC 9110, 9.3.2).
    name = methods.get("GET" if asked.method == "HEAD" else asked.method)
    if name is None:
        allowed = {"allow": ", ".join(sorted(methods))}
        raise Refused(405, "invalid_request_error", "Method Not Allowed", headers=allowed)
    browsers.check(asked)
    if simulator.key is not None:
        check_named_key(simulator.key, asked.headers)
    if FAULT_HEADER in asked.headers:
        login_of(name)(asked)  # a fault comes after the key (contract, 7.6)
        from nbkit.sim.faults import injection

        injection.begin(asked)
    plan = endpoint_of(name)(simulator, asked, **names)
    if not asked.faults:
        asked.workspace.tries.passed(asked.id)
        return plan
    from nbkit.sim.faults import injection

    return injection.applied(plan, asked)


def _found(path: str) -> tuple[dict[str, str] | None, dict[str, str]]:
    if path in TABLE and "{" not in path:
        return TABLE[path], {}
    for pattern, methods in PATTERNS:
        if match := pattern.fullmatch(path):
            return methods, match.groupdict()
    return None, {}
