"""What a request holds beside its messages: model, system, tools, parameters, headers; and the defaults.

A frozen value, so that undo can return to an earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from nbkit.errors import UsageError, a_kind
from nbkit.facts.facts import DEFAULT_MAX_TOKENS, DEFAULT_MODEL, DEFAULT_THINKING, DEFAULT_VERSION, model
from nbkit.loop.array.history import History, listed, plain, written
from nbkit.loop.array.pieces import Pieces
from nbkit.loop.tools.tool import Tool, tool_of
from nbkit.wire.blocks import Json

# Options of a turn that go out as headers, not in the body.
HEADER_OPTIONS = ("version", "betas")
# Fields of the body that nobody but the conversation fills in.
OURS = frozenset({"messages", "stream"})
# The check before sending looks at the array; whether there is a key is the provider's to know.
PLACEHOLDER_KEY = "checked-elsewhere"


@dataclass(frozen=True)
class Outgoing:
    """A request that is about to go out: its fields, and the messages, which are shared with the history."""

    fields: Json
    version: str
    betas: tuple[str, ...]
    history: History = field(default_factory=Pieces)

    @cached_property
    def body(self) -> Json:
        """The body as it is sent; to be read only. Its messages are a list that knows its JSON."""
        return {**self.fields, "messages": written(self.history), "stream": True}

    @property
    def headers(self) -> dict[str, str]:
        """The headers as the check sees them."""
        betas = {"anthropic-beta": ",".join(self.betas)} if self.betas else {}
        return {"x-api-key": PLACEHOLDER_KEY, "anthropic-version": self.version, **betas}


@dataclass(frozen=True, slots=True)
class Settings:
    """`params` are the body's other fields; one that is None is left out, a default too.

    The body may be illegal, and is judged when it is sent; `UsageError` is for what can't be a request.
    """

    model: Any = DEFAULT_MODEL
    system: Any = None
    tools: tuple[Tool, ...] = ()
    params: Json = field(default_factory=dict)
    version: str = DEFAULT_VERSION
    betas: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _refuse_ours(self.params, "params")
        if self.params.keys() & {"model", "system", "tools"}:
            raise UsageError("model, system and tools are no params: set them by their own names")
        _check_headers(self.version, self.betas)

    @property
    def effective(self) -> Json:
        """The parameters with the defaults filled in; thinking has one only where the model takes it."""
        known = model(self.model) if isinstance(self.model, str) else None
        adaptive = known is not None and DEFAULT_THINKING["type"] in known.thinking
        thinking = dict(DEFAULT_THINKING) if adaptive else None
        return {"max_tokens": DEFAULT_MAX_TOKENS, "thinking": thinking, **self.params}

    @property
    def fields(self) -> Json:
        """Model, system and tools as the body has them; what is not set is left out."""
        fields = {"model": self.model, "system": self.system, "tools": self.definitions or None}
        return {key: value for key, value in fields.items() if value is not None}

    @property
    def definitions(self) -> list[Json]:
        return [tool.definition() for tool in self.tools]

    def outgoing(self, history: History, options: Json) -> Outgoing:
        """Return the request for this array; the options of the turn come last.

        A forced `tool_choice` holds for the first request of a turn: with every one of them the model could
        never answer.
        """
        own = self.effective
        if is_forced(own.get("tool_choice")) and within_turn(history):
            own = {key: value for key, value in own.items() if key != "tool_choice"}
        params = {**own, **{k: v for k, v in options.items() if k not in HEADER_OPTIONS}}
        fields: Json = {
            "model": params.pop("model", self.model),
            "max_tokens": params.pop("max_tokens", None),
            "system": params.pop("system", self.system),
            "tools": params.pop("tools", self.definitions or None),
            **params,
        }
        given = {key: value for key, value in fields.items() if value is not None}
        betas = tuple(options.get("betas", self.betas))
        return Outgoing(given, options.get("version", self.version), betas, history)

    def with_field(self, name: str, value: Any) -> Settings:
        """Return the settings with one field of the body set; None takes it away."""
        match name:
            case "model":
                return replace(self, model=plain(value, "model"))
            case "system":
                return replace(self, system=plain(value, "system"))
            case "tools":
                return self.with_tools(value)
            case _:
                return replace(self, params={**self.params, name: plain(value, name)})

    def with_tools(self, given: Iterable[Any] | None) -> Settings:
        """Return the settings with other tools; a definition that is there already keeps its function."""
        known = {tool.name: tool for tool in self.tools}
        tools = []
        for each in listed(given, "tools"):
            tool = tool_of(each)
            if tool.function is None and tool.name in known:
                tool = tool.bound(known[tool.name])
            tools.append(tool)
        return replace(self, tools=tuple(tools))

    def taken_over(self, before: Json, after: Json) -> Settings:
        """Return the settings after a body was changed; its messages are not ours."""
        settings = self
        for name in {**before, **after}:
            if name not in OURS and before.get(name) != after.get(name):
                settings = settings.with_field(name, after.get(name))
        return settings

    def with_betas(self, more: tuple[str, ...]) -> Settings:
        return replace(self, betas=tuple(dict.fromkeys((*self.betas, *more))))


def is_forced(choice: Any) -> bool:
    """Whether a `tool_choice` makes the model call a tool."""
    return isinstance(choice, dict) and choice.get("type") in ("any", "tool")


def within_turn(history: History) -> bool:
    """Whether the next request goes on with a turn: the array ends in a reply, or in the results of one."""
    if not history:
        return False
    last = history[-1]
    return last.role == "assistant" or any(block.wire.get("type") == "tool_result" for block in last.blocks)


def turn_options(given: Any) -> Json:
    """Return a turn's options: body fields, `version`, `betas`. Raises `UsageError` for anything else."""
    options: Json = plain({} if given is None else given, "options")
    _refuse_ours(options, "options")
    if "betas" in options:
        options["betas"] = listed(options["betas"], "betas")
    _check_headers(options.get("version", ""), options.get("betas", ()))
    return options


def _refuse_ours(fields: Any, where: str) -> None:
    if not isinstance(fields, dict):
        raise UsageError(f"{where} must be a dict of fields of the body, not {a_kind(fields)}")
    if fields.keys() & OURS:
        raise UsageError(
            "messages and stream are no parameters: the conversation fills them in; "
            "chat.messages = [...] sets the array"
        )


def _check_headers(version: Any, betas: Iterable[Any]) -> None:
    for name, value in (("version", version), *(("a beta", beta) for beta in betas)):
        if not isinstance(value, str):
            raise UsageError(f"{name} is sent in a header, so it must be a string, not {value!r}")
