"""Parameters against the model's limits and against each other (contract, sections 2 and 8.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbkit.facts import facts
from nbkit.rules import lifecycle
from nbkit.rules.problem import Fix, Problem, remove, replace
from nbkit.rules.request import Request
from nbkit.rules.shapes.findings import SAMPLING
from nbkit.rules.sizes import words
from nbkit.rules.thinking import config, effort, forces_tool

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Text is refused as too long only where even this would not fit: a token has no more characters, and hardly
# any word is less than a token.
GENEROUS = 6
TOKENS_PER_WORD = 0.9


def _digits(value: float) -> str:
    """A number as a person reads it; Python refuses to write out one of thousands of digits."""
    return str(value) if value < 10**40 else "a number of more than 40 digits"


def max_tokens(request: Request) -> Iterator[Problem]:
    """R68: `max_tokens` is at most what the model can write. Retired models, too, said it in their time."""
    value, name, model = request.param("max_tokens"), request.param("model"), request.model
    gone = facts.retired(name) if model is None and isinstance(name, str) else None
    most = model.max_output if model else gone.max_output if gone else None
    if most is not None and isinstance(value, int | float) and value > most:
        full = model.id if model else name
        yield Problem(
            "R68",
            "max_tokens",
            f"max_tokens: {_digits(value)} > {most}, which is the maximum allowed number of output tokens "
            f"for {full}",
            why="No answer of this model can be longer.",
            fix=Fix(f"use {most}", (replace("max_tokens", most),)),
        )


def prewarm(request: Request) -> Iterator[Problem]:
    """R69: `max_tokens` 0 only fills the cache, so nothing may be asked of an answer."""
    if request.param("max_tokens") != 0 or request.endpoint.endswith("/count_tokens"):
        return
    output = request.param("output_config")
    for path, clash in (
        ("stream", request.param("stream") is True),
        ("thinking", config(request).get("type") == "enabled"),
        ("output_config.format", isinstance(output, dict) and bool(output.get("format"))),
        ("tool_choice", forces_tool(request)),
    ):
        if clash:
            message = f"max_tokens: 0 is not supported together with `{path}`"
            fix = Fix(f"remove {path}", (remove(path),))
            yield Problem(
                "R69", path, message, why="With `max_tokens` 0 there is no answer to shape.", fix=fix
            )


def sampling(request: Request) -> Iterator[Problem]:
    """Under 2023-06-01 newer models take temperature 1 only, the 4.5 and 4.6 ones one parameter at a time.

    The API compares what is sent, not what it would change: `top_p` 1, its default, is refused as well.
    """
    if request.is_dated_2026 or request.model is None:
        return
    given = {name: request.param(name) for name in SAMPLING}
    given["top_k"] = None if given["top_k"] == -1 else given["top_k"]  # -1 says "not set", and is taken
    for name in ("temperature", "top_p"):
        if given[name] == -1:
            message = f"`{name}` cannot be set to -1 for this model"
            why = "To leave the choice to the model, leave the parameter out."
            fix = Fix(f"remove {name}", (remove(name),))
            yield Problem("sampling", name, message, why=why, fix=fix)
            return
    if request.model.sampling == "none":
        given["temperature"] = None if given["temperature"] == 1 else given["temperature"]
        for name, value in given.items():
            if value is not None:
                why = f"{request.model.id} chooses its own sampling; ask for what you want in words."
                fix = Fix(f"remove {name}", (remove(name),))
                yield Problem("sampling", name, f"`{name}` is deprecated for this model.", why=why, fix=fix)
    elif given["temperature"] is not None and given["top_p"] is not None:
        yield Problem(
            "sampling",
            "top_p",
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
            why="Both narrow the same choice; together they are hard to foresee.",
            fix=Fix("remove top_p", (remove("top_p"),)),
        )


def effort_supported(request: Request) -> Iterator[Problem]:
    """R80: the model knows this level of effort."""
    level, model = effort(request), request.model
    if level is None or model is None or level in model.effort:
        return
    path = "output_config.effort"
    if model.effort:
        levels = ", ".join(sorted(model.effort))
        message = f"This model does not support effort level '{level}'. Supported levels: {levels}."
        fix = Fix("use high", (replace(path, "high"),)) if "high" in model.effort else None
    else:
        message = "This model does not support the effort parameter."
        fix = Fix("remove effort", (remove(path),))
    yield Problem("R80", path, message, why="Levels of effort belong to a model.", fix=fix)


def place_supported(request: Request) -> Iterator[Problem]:
    """R85: `inference_geo` is for Opus 4.6 and later models, and names a place that there is."""
    place, path = request.param("inference_geo"), "inference_geo"
    if place is None:
        return
    fix = Fix("remove inference_geo", (remove(path),))
    if place not in facts.INFERENCE_PLACES:
        message = f"{path}: must be one of {list(facts.INFERENCE_PLACES)}"
        why = "These are the places known here; your workspace may have others."
        yield Problem("inference_geo", path, message, level="unknown", why=why, fix=fix)
    elif request.model is not None and not request.model.inference_geo:
        message = "inference_geo is not supported on this model"
        yield Problem("R85", path, message, why="Older models don't let you choose the place.", fix=fix)


def speed_supported(request: Request) -> Iterator[Problem]:
    """`speed` is `fast` only on the Opus models that can be (4.6 takes it and stays as it is)."""
    model = request.model
    if request.param("speed") != "fast" or model is None or (model.line == "opus" and not model.prefill):
        return
    message = f"'{model.id}' does not support the `speed` parameter. "
    message += "This feature is only available on supported models."
    fix = Fix("use the standard speed", (replace("speed", "standard"),))
    yield Problem("speed", "speed", message, why="Only newer Opus models have a fast mode.", fix=fix)


def beta_params_agree(request: Request) -> Iterator[Problem]:
    """Parameters of betas that can't be had together: summarizing and editing, a fallback and its credit."""
    for name, other in (("compaction", "context_management"), ("fallback_credit_token", "fallbacks")):
        if request.param(name) is not None and request.param(other) is not None:
            message = f"{name}: cannot be used together with `{other}`"
            fix = Fix(f"remove {name}", (remove(name),))
            yield Problem("betas", name, message, why="One already does the work of the other.", fix=fix)
    fallbacks = request.param("fallbacks")
    models = [each["model"] for each in fallbacks] if isinstance(fallbacks, list) else []
    if len(set(models)) < len(models):
        message = "fallbacks: models must be distinct"
        yield Problem("betas", "fallbacks", message, why="Each model is asked once at most.")


def stop_sequences(request: Request) -> Iterator[Problem]:
    """R73: each stop sequence has something to see in it."""
    given = request.param("stop_sequences")
    for k, text in enumerate(given if isinstance(given, list) else []):
        if not text.strip():
            words = "contain non-whitespace" if text else "be non-empty"
            yield Problem(
                "R73",
                f"stop_sequences.{k}",
                f"stop_sequences: each stop sequence must {words}",
                why="A blank stop sequence would end the answer almost at once.",
                fix=Fix("remove it", (remove(f"stop_sequences.{k}"),)),
            )


def user_id(request: Request) -> Iterator[Problem]:
    """R74: `metadata.user_id` is an opaque id, no e-mail address."""
    metadata: Any = request.param("metadata")
    value = metadata.get("user_id") if isinstance(metadata, dict) else None
    if isinstance(value, str) and EMAIL.search(value):
        yield Problem(
            "R74",
            "metadata.user_id",
            "metadata.user_id: user_id appears to contain an email address. "
            "Please send a uuid or hash value instead.",
            why="It goes to logs, so it must not say who the person is.",
            fix=Fix("remove user_id", (remove("metadata.user_id"),)),
        )


def _words(request: Request) -> int:
    """Count the words of all text, that of each message once."""
    seen, messages = request.seen, request.messages
    if not seen.counted:
        seen.words = sum(words(request.raw.get(name)) for name in ("system", "tools"))
    seen.words += sum(map(words, messages[seen.counted :]))
    seen.counted, seen.counted_characters = len(messages), seen.characters
    return seen.words


def _may_be_many(request: Request, context: int) -> bool:
    """Say whether the words may be too many for the context; where they can't be, nobody has to count them.

    There are up to four to a character: itself, and what isn't counted as text, the role, a type and an id.
    """
    seen = request.seen
    most = seen.words + 4 * (seen.characters - seen.counted_characters)
    # A word and what parts it are two characters.
    return seen.characters // 2 > context and most * TOKENS_PER_WORD > context


def fits_context(request: Request) -> Iterator[Problem]:
    """R70: the input fits the context. Tokens can't be counted here: only what can never fit is refused."""
    if request.context is None:
        return
    tokens = request.seen.characters // GENEROUS
    if tokens <= request.context and _may_be_many(request, request.context):
        tokens = max(tokens, int(_words(request) * TOKENS_PER_WORD))
    if tokens > request.context:
        yield Problem(
            "R70",
            "messages",
            f"prompt is too long: {tokens} tokens > {request.context} maximum",
            why="What you send must fit the model's context: shorten the longest blocks, put a summary in "
            "the place of earlier turns, or use a model with more.",
            fix=lifecycle.roomier(request, tokens),
        )
