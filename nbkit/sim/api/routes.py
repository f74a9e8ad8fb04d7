"""The table of endpoints (contract, sections 1.1 and 10): which function answers what.

A `{name}` in a path is one segment, and is given to the function as it stands in the URL.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from nbkit.sim.api import (
    batches_api,
    bedrock_api,
    files_api,
    hosted_api,
    journal_api,
    messages_api,
    models_api,
    vertex_api,
)
from nbkit.sim.api.admission import check_key, check_named_key
from nbkit.sim.asked import Asked
from nbkit.sim.faults import injection
from nbkit.sim.plan import Plan
from nbkit.sim.refusal import Refused, not_found
from nbkit.sim.workspace import key_of

Endpoint = Callable[..., Plan]

TABLE: dict[str, dict[str, Endpoint]] = {
    "/v1/messages": {"POST": messages_api.create},
    "/v1/messages/count_tokens": {"POST": messages_api.count},
    batches_api.PATH: {"POST": batches_api.create, "GET": batches_api.list_all},
    batches_api.PATH + "/{id}": {"GET": batches_api.retrieve, "DELETE": batches_api.delete},
    batches_api.PATH + "/{id}/cancel": {"POST": batches_api.cancel},
    batches_api.PATH + "/{id}/results": {"GET": batches_api.results},
    files_api.PATH: {"POST": files_api.upload, "GET": files_api.list_all},
    files_api.PATH + "/{id}": {"GET": files_api.metadata, "DELETE": files_api.delete},
    files_api.PATH + "/{id}/content": {"GET": files_api.content},
    "/v1/models": {"GET": models_api.list_all},
    "/v1/models/{name}": {"GET": models_api.retrieve},
    "/model/{model}/invoke": {"POST": bedrock_api.invoke},
    "/model/{model}/invoke-with-response-stream": {"POST": bedrock_api.invoke_with_response_stream},
    "/model/{model}/count-tokens": {"POST": bedrock_api.count_tokens},
    journal_api.PATH: {"GET": journal_api.read, "DELETE": journal_api.clear},
    journal_api.PATH + "/{number}/body": {"GET": journal_api.body},
}
TABLE.update({path: {"POST": endpoint} for path, endpoint in hosted_api.endpoints().items()})
for _root in ("/v1", ""):  # a base URL of one's own may end before the version
    TABLE[f"{_root}{vertex_api.MODELS}count-tokens:rawPredict"] = {"POST": vertex_api.count_tokens}
    TABLE[f"{_root}{vertex_api.MODELS}{{model}}:rawPredict"] = {"POST": vertex_api.predict}
    TABLE[f"{_root}{vertex_api.MODELS}{{model}}:streamRawPredict"] = {"POST": vertex_api.stream_predict}


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", path)
    return re.compile(
        "".join(f"(?P<{part}>[^/]+)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )


PATTERNS = [(_pattern(path), methods) for path, methods in TABLE.items() if "{" in path]


def answer(simulator: Any, asked: Asked) -> Plan:
    """Answer by the endpoint that is asked for; refuses a path or a method that there isn't."""
    methods, names = _found(asked.path)
    if methods is None or (simulator.journal is None and asked.path.startswith(journal_api.PATH)):
        raise not_found("Not Found")
    endpoint = methods.get(asked.method)
    if endpoint is None:
        allowed = {"allow": ", ".join(sorted(methods))}
        raise Refused(405, "invalid_request_error", "Method Not Allowed", headers=allowed)
    if simulator.key is not None:
        check_named_key(simulator.key, asked.headers)
    if injection.HEADER in asked.headers and key_of(asked.headers):
        check_key(asked.headers, asked.path)
        injection.begin(asked)
    return injection.applied(endpoint(simulator, asked, **names), asked)


def _found(path: str) -> tuple[dict[str, Endpoint] | None, dict[str, str]]:
    if path in TABLE and "{" not in path:
        return TABLE[path], {}
    for pattern, methods in PATTERNS:
        if match := pattern.fullmatch(path):
            return methods, match.groupdict()
    return None, {}
