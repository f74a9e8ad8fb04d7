"""What is accepted and still not the same: fields without effect, dropped blocks, other defaults.

The request is compared with itself on the model it names, its home. Only what the contract supports is told;
where the contract is unsure, or a number is an estimate, the words say so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from nbkit.errors import counted
from nbkit.facts import facts
from nbkit.rules.caching import markers
from nbkit.rules.media.images import Picture, pictures
from nbkit.rules.portable.estimate import MORE_SINCE_4_7, Input, image_size
from nbkit.rules.problem import Problem
from nbkit.rules.request import Request
from nbkit.rules.thinking import INTERLEAVED, config, effort, forces_tool
from nbkit.rules.turns import THINKING


@dataclass(frozen=True, slots=True)
class Held:
    """What the messages hold in every cell: where thinking stands, and pictures with their long side."""

    thinking: tuple[str, ...]
    pictures: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A request as it goes to one model of one platform, beside the model it was written for.

    `is_home_shown`: the table has that model, too.
    """

    request: Request
    model: facts.Model
    home: facts.Model | None
    size: Input
    held: Held
    is_home_shown: bool = True

    @property
    def home_name(self) -> str:
        """The model it was written for, in words that need no row of the table."""
        if self.home is None:
            return "another model"
        return self.home.id if self.is_home_shown else f"the request's own {self.home.id}"


def held(request: Request) -> Held:
    """Look through the messages of a request that has a sound shape."""
    thinking, found = [], []
    for place in request.places:
        if place.type in THINKING:
            thinking.append(place.path)
        found += [
            (picture.path, side) for picture in pictures(request, place) if (side := _long_side(picture))
        ]
    return Held(tuple(thinking), tuple(found))


def _long_side(picture: Picture) -> int:
    """Return the pixels of the long side; 0 where nobody can tell, or the picture must not be scaled."""
    size = image_size(picture.source) if picture.source.get("type") == "base64" else None
    asked = picture.block.get("transformations")
    kept = isinstance(asked, dict) and asked.get("oversized_image") == "error"
    return max(size) if size and not kept else 0


def differences(move: Move) -> Iterator[Problem]:
    """Yield each difference as a problem of level `warning`."""
    for rule in RULES:
        yield from rule(move)


def _differs(rule: str, path: str, message: str, why: str) -> Problem:
    return Problem(rule, path, message, level="warning", status=200, type="", why=why)


def thinking_dropped(move: Move) -> Iterator[Problem]:
    """R37: a model drops, silently, the thinking that it can't read."""
    found = move.held.thinking
    home, model = move.home, move.model
    if not found:
        return
    what = counted(len(found), "thinking block")
    if home is None or home.id != model.id:
        certain = home is not None and home.prefix_bound
        maker = move.home_name
        message = f"{what} of {maker} {'are' if certain else 'may be'} dropped here"
        why = "Thinking is bound to the model that made it; another one answers without it, and says nothing."
        if not certain:
            why = f"A model drops thinking that it can't read. Whether it reads {maker}'s isn't confirmed."
        yield _differs("R37", found[0], message, why)
    elif model.prefix_bound and move.request.served_by.cloud:
        message = f"{what} may be dropped if made on another platform"
        why = "This model's thinking is bound to the organization too. How that carries over isn't confirmed."
        yield _differs("R37", found[0], message, why)


def thinking_default(move: Move) -> Iterator[Problem]:
    home, model = move.home, move.model
    if home is None or move.request.param("thinking") or home.thinking_default == model.thinking_default:
        return
    words = {True: "off", False: "on"}
    here, there = words[model.thinking_default == "off"], words[home.thinking_default == "off"]
    message = f"thinking is not set: it is {here} here, but {there} with {move.home_name}"
    why = "Thinking is output: it is paid, and taken from `max_tokens`. Name it to have it alike everywhere."
    yield _differs("thinking", "thinking", message, why)


def display_omitted(move: Move) -> Iterator[Problem]:
    given = config(move.request)
    if given.get("type") not in ("adaptive", "enabled") or given.get("display"):
        return
    if move.model.display_default == "omitted":
        message = "thinking arrives empty: `display` is not set, and `omitted` is the default here"
        why = 'Only the signature comes. "display": "summarized" asks for text, on every model.'
        yield _differs("display", "thinking", message, why)


def progress_as_thinking(move: Move) -> Iterator[Problem]:
    home, request = move.home, move.request
    if not move.model.progress_as_thinking or (home and home.progress_as_thinking) or not request.tools:
        return
    if request.thinking_type not in ("off", "disabled"):
        message = "text between tool calls arrives as `thinking` blocks"
        why = "A page that shows text only goes quiet; so does one without `display` that returns text."
        yield _differs("thinking", "tools", message, why)


def interleaved_ignored(move: Move) -> Iterator[Problem]:
    if INTERLEAVED not in move.request.betas or config(move.request).get("type") != "enabled":
        return
    if not move.model.interleaves:
        message = f"the beta {INTERLEAVED} has no effect on this model"
        yield _differs("betas", "headers", message, "It thinks before its first tool call only.")


def effort_default(move: Move) -> Iterator[Problem]:
    home, here = move.home, move.model.effort_default
    there = home.effort_default if home else None
    if home and here and there and here != there and effort(move.request) is None:
        message = f"effort is not set: it is {here} here, but {there} with {move.home_name}"
        why = "Less effort is fewer tokens and less thought. Name it to have it alike everywhere."
        yield _differs("effort", "output_config.effort", message, why)


def cache_minimum(move: Move) -> Iterator[Problem]:
    """R53: what is shorter than the model's minimum isn't cached, and nothing says so."""
    marked, least = move.size.marked, move.model.min_cacheable
    if not marked or least is None or marked >= least:
        return
    found = [path for path, _, _ in markers(move.request)]
    automatic = move.request.param("cache_control") is not None
    path = "cache_control" if automatic or not found else f"{found[-1]}.cache_control"
    message = f"nothing is cached: fewer than {least} tokens are marked, by estimate"
    why = "A marker on too short a beginning is accepted, does nothing, and nothing says so."
    yield _differs("R53", path, message, why)


def speed(move: Move) -> Iterator[Problem]:
    if move.request.param("speed") != "fast" or move.model.price_fast:
        return
    if move.model.ignores_fast:
        message, why = (
            "speed fast is ignored: the answer comes at standard speed",
            "This model has no fast mode.",
        )
    else:
        message = "speed fast may be refused: this model isn't known to have it"
        why = "Models without fast mode refuse it with a 400; which have it isn't confirmed for all."
    yield _differs("speed", "speed", message, why)


def images_scaled(move: Move) -> Iterator[Problem]:
    edge = move.model.image_edge
    large = [path for path, side in move.held.pictures if side > edge]
    if large:
        message = f"{counted(len(large), 'image is', 'images are')} scaled down to {edge} pixels"
        why = "The model sees the smaller picture, and gives coordinates in it."
        yield _differs("images", large[0], message, why)


def fits(move: Move) -> Iterator[Problem]:
    """R70, R71 by the estimate: check() itself refuses only what can never fit."""
    context, most = move.request.context, move.request.param("max_tokens") or 0
    if context is None or not isinstance(most, int) or move.size.tokens + most <= context:
        return
    if move.size.tokens > context:
        message = f"prompt is too long, by estimate: {move.size.tokens} tokens > {context} maximum"
        yield _differs(
            "R70", "messages", message, "Have it counted by the API to be sure; it would be refused."
        )
    else:
        message = f"the answer may be cut: about {move.size.tokens} tokens and max_tokens {most} > {context}"
        why = "It would stop with `model_context_window_exceeded`. The tokens are an estimate."
        yield _differs("R71", "max_tokens", message, why)


def tokenizer(move: Move) -> Iterator[Problem]:
    home, model = move.home, move.model
    if home is None or home.is_before_4_7 == model.is_before_4_7:
        return
    percent = (
        round((MORE_SINCE_4_7 - 1) * 100) if home.is_before_4_7 else round((1 - 1 / MORE_SINCE_4_7) * 100)
    )
    message = f"the same text is about {percent} % {'more' if home.is_before_4_7 else 'fewer'} tokens here"
    why = "The tokenizer changed with 4.7: limits and prices mean another length of text than on "
    why += f"{move.home_name}."
    yield _differs("tokenizer", "", message, why)


def unconfirmed(move: Move) -> Iterator[Problem]:
    """What our own table isn't sure of, where this request depends on it."""
    kind = config(move.request).get("type")
    if f"thinking.{kind}" in move.model.unconfirmed and kind in move.model.thinking:
        message = f"thinking.type {kind} may be refused: nobody has confirmed it for this model"
        yield _differs("thinking", "thinking", message, "Adaptive thinking is sure.")
    if "forced_tool_choice" in move.model.unconfirmed and forces_tool(move.request):
        message = "a forced tool may be refused: nobody has confirmed it for this model"
        yield _differs("R45", "tool_choice", message, "Its siblings let the model choose only.")


def betas(move: Move) -> Iterator[Problem]:
    platform = move.request.served_by
    if not platform.cloud or not move.request.betas:
        return
    names = ", ".join(sorted(move.request.betas))
    message = f"betas may not be available here: {names}"
    why = (
        f"Which betas {platform.title} takes isn't confirmed; what they switch on may be refused or missing."
    )
    yield _differs("betas", "headers", message, why)


RULES: tuple[Callable[[Move], Iterable[Problem]], ...] = (
    betas,
    thinking_default,
    display_omitted,
    progress_as_thinking,
    thinking_dropped,
    interleaved_ignored,
    effort_default,
    speed,
    cache_minimum,
    images_scaled,
    fits,
    unconfirmed,
    tokenizer,
)
