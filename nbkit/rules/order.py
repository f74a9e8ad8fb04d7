"""Which messages and blocks may stand where: roles, contents, prefill; `system_messages` has the rest."""

from __future__ import annotations

from collections.abc import Iterator

from nbkit.facts import switches
from nbkit.rules.problem import Fix, Problem, add, remove, replace
from nbkit.rules.removal import emptied, without
from nbkit.rules.request import Request
from nbkit.rules.turns import SERVER_USES, THINKING, Place, Turn, nested, with_nested

ASSISTANT_ONLY = frozenset(
    {
        *THINKING,
        *SERVER_USES,
        "tool_use",
        "web_search_tool_result",
        "web_fetch_tool_result",
        "code_execution_tool_result",
        "bash_code_execution_tool_result",
        "text_editor_code_execution_tool_result",
        "tool_search_tool_result",
        "advisor_tool_result",
        "mcp_tool_result",
        "mcp_tool_listing",
        "fallback",
    }
)
USER_ONLY = frozenset({"image", "search_result", "tool_result"}) | (
    frozenset() if switches.ASSISTANT_MAY_UPLOAD else frozenset({"container_upload"})
)
PREFILL = (
    "This model does not support assistant message prefill. The conversation must end with a user message."
)
ALL_MUST_SPEAK = "all messages must have non-empty content except for the optional final assistant message"
USERS_MUST_SPEAK = "user messages must have non-empty content"
NOT_THE_ASSISTANTS = "messages.{i}.content: '{kind}' blocks are not permitted within assistant turns."


def some_message(request: Request) -> Iterator[Problem]:
    """R2: at least one message."""
    if request.raw.get("messages") == []:
        fix = Fix("add a user message", (add("messages.0", {"role": "user", "content": "Hello"}),))
        why = "There is nothing to answer; a conversation begins with one message, usually the user's."
        yield Problem("R2", "messages", "messages: at least one message is required", why=why, fix=fix)


def not_too_many(request: Request) -> Iterator[Problem]:
    """R3: at most 100,000 messages."""
    if len(request.messages) > 100_000:
        message = "messages: at most 100000 messages are allowed"
        yield Problem("R3", "messages", message, why="A request holds up to 100,000 messages.")


def has_content(request: Request, turn: Turn) -> Iterator[Problem]:
    """R5: every message has content, except an optional final assistant message.

    Messages of the user are merged first: one that is empty beside one that isn't is let through.
    """
    is_exempt = turn.is_plain or turn.role == "system"
    for entry in () if is_exempt or (turn.role == "user" and turn.places) else turn.entries:
        if entry.places or entry.raw.get("content", False) not in ("", []):
            continue
        is_last, newer = entry.i == len(request.messages) - 1, switches.ONLY_USERS_MUST_SPEAK
        if entry.role == "assistant" and (is_last or newer):
            continue
        yield Problem(
            "R5",
            entry.path,
            f"{entry.path}: {USERS_MUST_SPEAK if newer else ALL_MUST_SPEAK}",
            why="An empty message says nothing, and the API refuses it rather than guess; leave it out.",
            fix=Fix("remove the empty message", emptied(request, entry.i)),
        )


def text_not_empty(request: Request, place: Place) -> Iterator[Problem]:
    """R6, R7, R51: a text has more than white space, or stands beside one that has; none is empty."""
    if place.broken or place.role == "system":
        return
    text = str(place.block.get("text"))
    if text.strip() or (text and _says_more(request, place)):
        return
    if not text and place.block.get("cache_control"):
        rule, path = "R51", f"{place.path}.text"
        message = f"{path}: cache_control cannot be set for empty text blocks"
    elif text:
        rule, path = "R7", place.path
        message = "messages: text content blocks must contain non-whitespace text"
    else:
        rule, path, message = "R6", place.path, "messages: text content blocks must be non-empty"
    yield Problem(
        rule,
        path,
        message,
        why="A text block without text is refused; when there is nothing to say, leave the block out.",
        fix=Fix("remove the empty text", without(request, place)),
    )


def _says_more(request: Request, place: Place) -> bool:
    """Say whether another text of the same message has more than white space."""
    content = request.messages[place.i].get("content")
    blocks = [block for block in content if isinstance(block, dict)] if isinstance(content, list) else []
    return any(block.get("type") == "text" and str(block.get("text")).strip() for block in blocks)


def nested_text_not_empty(request: Request, place: Place) -> Iterator[Problem]:
    """R6, R51: a text inside a result or a document is not empty; white space may be the true answer."""
    for path, way, block in () if place.broken else nested(place):
        if block.get("type") != "text" or block.get("text") != "":
            continue
        rule, message = "R6", "messages: text content blocks must be non-empty"
        if block.get("cache_control"):
            rule, message = "R51", f"{path}.text: cache_control cannot be set for empty text blocks"
        why = "An empty text says nothing; a result without content is legal."
        yield Problem(rule, path, message, why=why, fix=Fix("remove the empty text", (remove(way),)))


def failure_is_told(request: Request, place: Place) -> Iterator[Problem]:
    """A result with `is_error` has content that says what went wrong."""
    if place.broken or place.block.get("is_error") is not True or place.block.get("content"):
        return
    path = f"{place.path}.tool_result"
    yield Problem(
        "is_error",
        path,
        f"{path}: content cannot be empty if `is_error` is true",
        why="The model reads the content to learn what went wrong; only a success may say nothing.",
        fix=Fix("say that it failed", (add(f"{place.path}.content", "The tool failed."),)),
    )


def right_role(request: Request, place: Place) -> Iterator[Problem]:
    """R11, R12: results and images are the user's; calls, thinking and server blocks the assistant's."""
    kind, role = place.type, place.role
    if kind in ASSISTANT_ONLY and role == "user":
        message = f"messages.{place.i}: `{kind}` blocks can only be in `assistant` messages"
        if kind in THINKING:
            message = f"messages.{place.i}.content: thinking blocks may only be in `assistant` messages"
    elif kind in USER_ONLY and role == "assistant":
        message = NOT_THE_ASSISTANTS.format(i=place.i, kind=kind)
        if kind == "tool_result":
            message = f"messages.{place.i}: `{kind}` blocks can only be in `user` messages"
    elif kind == "document" and role == "assistant" and request.is_dated_2026:
        message = NOT_THE_ASSISTANTS.format(i=place.i, kind=kind)
    else:
        return
    rule = "R12" if kind == "document" else "R11"
    why = "Each kind of block has its speaker: the model calls and thinks, the user brings results."
    yield Problem(rule, place.path, message, why=why, fix=Fix(f"remove the {kind}", without(request, place)))


def user_citations(request: Request, place: Place) -> Iterator[Problem]:
    """R13: version 2026-10-21 takes no filled `citations` on a user's text or in a search_result."""
    if place.role != "user" or not request.is_dated_2026 or place.broken:
        return
    for path, way, block in with_nested(place):
        if block.get("type") == "text" and block.get("citations"):
            yield Problem(
                "R13",
                f"{path}.citations",
                f"{path}.citations: citations are not permitted on `text` blocks in `user` messages",
                why="Citations are what the model gives as its sources; a user's text has none.",
                fix=Fix("remove the citations", (remove(f"{way}.citations"),)),
            )


def final_turn(request: Request) -> Iterator[Problem]:
    """R15, R16, R17: whether the conversation may end with an assistant message, and how that may end."""
    if not request.turns or request.turns[-1].role != "assistant":
        return
    turn = request.turns[-1]
    if not request.judges_end or request.model is None:
        return
    if any(place.is_client_use for place in turn.places) or _continues(request, turn):
        return
    path = turn.last.path
    if not request.model.prefill:
        go_on = {"role": "user", "content": "Please go on."}
        yield Problem(
            "R15",
            path,
            PREFILL,
            why=f"{request.model.id} doesn't continue a begun answer; the last word must be the user's.",
            fix=Fix("add a user message", (add("messages.-", go_on),)),
        )
        return
    last = turn.last.places[-1] if turn.last.places else None
    text = last.block.get("text") if last and last.type == "text" else None
    if last is not None and isinstance(text, str) and text.strip() and text != text.rstrip():
        at = last.path if last.from_string else f"{last.path}.text"
        yield Problem(
            "R16",
            last.path,
            "messages: final assistant content cannot end with trailing whitespace",
            why="The model continues right after the last character, and a space there leads it astray.",
            fix=Fix("cut the white space", (replace(at, text.rstrip()),)),
        )
    config = request.param("output_config")
    if isinstance(config, dict) and config.get("format") and last is not None:
        yield Problem(
            "R17",
            path,
            "output_config.format: structured outputs are not supported with assistant message prefill",
            why="A begun answer can't be held to a schema from its first character.",
            fix=Fix("remove the begun answer", (remove(path),)),
        )


def _continues(request: Request, turn: Turn) -> bool:
    """R15's exceptions: an unfinished server tool (pause_turn), a redeemed fallback, a compaction."""
    if any(name in request.raw for name in ("fallback_credit_token", "compaction")):
        return True
    results = [place for place in turn.places if place.type.endswith("_tool_result")]
    answered = [place.block.get("tool_use_id") for place in results]
    uses = [place for place in turn.places if place.type in SERVER_USES]
    return any(place.block.get("id") not in answered for place in uses) or bool(
        turn.places and turn.places[-1].type.endswith("_tool_result")
    )
