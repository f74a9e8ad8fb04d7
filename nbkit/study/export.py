"""A request as text that sends it again: a curl command, Python code for the SDK, or the JSON of its body.

No key is ever in it: the text names the environment variables that hold them.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from nbkit.errors import UsageError, a_kind, quoted
from nbkit.loop.conversation import Conversation
from nbkit.study.python_literals import Literals
from nbkit.wire.blocks import Json

FORMS = ("curl", "python", "json")

HOST = "https://api.anthropic.com"
MESSAGES = "/v1/messages"
KEY, TOKEN, ADDRESS = "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"
# What every version of the SDK takes by name; all else goes beside it.
NAMED = (
    "model",
    "max_tokens",
    "system",
    "tools",
    "tool_choice",
    "thinking",
    "stop_sequences",
    "metadata",
    "service_tier",
    "stream",
    "messages",
)
NEEDED = ("model", "max_tokens", "messages")
# What a terminal or an editor would not show as it is: JSON has an escape for it.
UNSEEN = re.compile(r"[\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ud800-\udfff\ufeff]")


@dataclass(frozen=True, slots=True)
class Request:
    """A request to be written down. `secrets`: the variables that hold what stands in its body, by name."""

    body: Mapping[str, Any]
    version: str
    betas: tuple[str, ...] = ()
    base_url: str = HOST
    by_token: bool = False
    secrets: Mapping[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        betas = {"anthropic-beta": ",".join(self.betas)} if self.betas else {}
        return {"anthropic-version": self.version, **betas}


def export(chat: Conversation, form: str = "curl") -> str:
    """Return the next request as text: `"curl"`, `"python"` (code for the SDK) or `"json"` (its body).

    The request is the exact one of `chat.request()`. Keys are never in it: curl and the SDK take theirs from
    `ANTHROPIC_API_KEY` (or `ANTHROPIC_AUTH_TOKEN`, where the conversation has a token), and tokens of MCP
    servers from `MCP_TOKEN`, `MCP_TOKEN_2`, …. The curl command is for a POSIX shell. Raises `UsageError` for
    another form.
    """
    if not isinstance(chat, Conversation):
        raise UsageError(f"export() takes a conversation, not {a_kind(chat)}")
    outgoing = chat.outgoing()
    return written(request_of(chat.client, outgoing.body, outgoing.version, outgoing.betas), form)


def request_of(client: object, body: Mapping[str, Any], version: str, betas: tuple[str, ...]) -> Request:
    """Return a request for where a client sends it; a simulator's has the API's address."""
    provider = getattr(client, "provider", None)
    simulated = getattr(getattr(client, "target", None), "simulated", False)
    base_url = HOST if simulated else str(getattr(provider, "base_url", HOST))
    by_token = getattr(provider, "key", None) is None and getattr(provider, "token", None) is not None
    return Request(body, version, betas, base_url.rstrip("/").removesuffix("/v1"), by_token)


def written(request: Request, form: str) -> str:
    """Return a request as text of one of `FORMS`."""
    request = _without_secrets(request)
    match form:
        case "curl":
            return _curl(request)
        case "python":
            return _python(request)
        case "json":
            return _json(request.body) + "\n"
    raise UsageError(f"a request is exported as {', '.join(FORMS)}, not {quoted(form)}")


def _without_secrets(request: Request) -> Request:
    """Put the names of variables in place of the tokens that a body has for MCP servers."""
    servers = request.body.get("mcp_servers")
    secrets: dict[str, str] = {}
    kept = []
    for server in servers if isinstance(servers, list) else ():
        if isinstance(server, dict) and isinstance(server.get("authorization_token"), str):
            name = f"MCP_TOKEN_{len(secrets) + 1}" if secrets else "MCP_TOKEN"
            secrets[f"${name}"] = name
            server = {**server, "authorization_token": f"${name}"}
        kept.append(server)
    return (
        replace(request, body={**request.body, "mcp_servers": kept}, secrets=secrets) if secrets else request
    )


def _json(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, indent=2)
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _curl(request: Request) -> str:
    """The body comes from a here-document: a command line has no room for a picture."""
    ours = request.base_url == HOST
    url = f'"${{{ADDRESS}:-{HOST}}}{MESSAGES}"' if ours else shlex.quote(request.base_url + MESSAGES)
    key = f'"authorization: Bearer ${TOKEN}"' if request.by_token else f'"x-api-key: ${KEY}"'
    headers = {**request.headers, "content-type": "application/json"}
    lines = [
        f"curl --no-buffer {url}",
        f"--header {key}",
        *(f"--header {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()),
    ]
    body, mark = _json(request.body), "'JSON'"
    if request.secrets:  # the shell puts them in, so all else that it would read is escaped
        body, mark = _with_variables(body, request.secrets), "JSON"
    return " \\\n  ".join([*lines, f"--data-binary @- <<{mark}"]) + f"\n{body}\nJSON\n"


def _with_variables(body: str, secrets: Mapping[str, str]) -> str:
    body = re.sub(r"[\\$`]", r"\\\g<0>", body)
    for value, name in secrets.items():
        body = body.replace(f'"authorization_token": "\\{value}"', f'"authorization_token": "${{{name}}}"')
    return body


def _python(request: Request) -> str:
    literals = Literals({value: f'os.environ["{name}"]' for value, name in request.secrets.items()})
    body: Json = dict(request.body)
    named = {name: body.pop(name) for name in NAMED if name in body}
    fields = [f"    {name}={literals.written(value, 1)},\n" for name, value in named.items()]
    fields += [f"    {name}=anthropic.omit,\n" for name in NEEDED if name not in named]
    if body:
        fields.append(f"    extra_body={literals.written(body, 1)},\n")
    fields.append(f"    extra_headers={literals.written(request.headers, 1)},\n")
    address = "" if request.base_url == HOST else f"base_url={request.base_url!r}"
    key = TOKEN if request.by_token else KEY
    given = "".join(f"{name} = {value}\n" for name, value in literals.named.items())
    return (
        ("import os\n\n" if request.secrets else "")
        + "import anthropic\n\n"
        + (f"{given}\n" if given else "")
        + f"client = anthropic.Anthropic({address})  # takes its key from {key}\n"
        + f"stream = client.messages.create(\n{''.join(fields)})\n"
        + "for event in stream:\n    print(event)\n"
    )
