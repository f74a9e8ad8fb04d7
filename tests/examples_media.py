"""Examples of R50 to R67: caching, images, documents."""

from __future__ import annotations

from typing import Any

from asking import ask, system, text, user
from examples import Json, Legal, Refused
from pictures import image, paper, pdf, png

OPUS = {"model": "claude-opus-5"}
OLDER: Json = {"model": "claude-sonnet-4-5"}
CLEAR_AT = {"anthropic-beta": "mid-conversation-system-clear-at-2026-08-21"}
DATA = "messages.0.content.0.image.source.base64"


def marked(ttl: str = "5m", words: str = "words") -> Json:
    return text(words, cache_control={"type": "ephemeral", "ttl": ttl})


def scoped(**more: Any) -> Json:
    return {**system(text(**more)), "clear_at": "next_user_message"}


def schema(**more: object) -> Json:
    return {"format": {"type": "json_schema", "schema": {"type": "object", **more}}}


REFUSED = [
    Refused(
        "R50",
        "an hour after five minutes",
        ask(user(marked("5m"), marked("1h"))),
        "messages.0.content.1.cache_control.ttl",
        "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a "
        "ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, "
        "`system`, `messages`.",
    ),
    Refused(
        "R51",
        "a marker on nothing",
        ask(user(text(), marked("5m", ""))),
        "messages.0.content.1.text",
        "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
    ),
    Refused(
        "R52",
        "ten minutes",
        ask(user(marked("10m"))),
        "messages.0.content.0.text.cache_control.ephemeral.ttl",
        "messages.0.content.0.text.cache_control.ephemeral.ttl: Input should be '5m' or '1h'",
    ),
    Refused(
        "R54",
        "a marker that will be forgotten",
        ask(user("a"), scoped(cache_control={"type": "ephemeral"}), **OPUS),
        "messages.1.content.0.cache_control",
        "messages.1.content.0: cache_control is not permitted on a turn-scoped system message (clear_at: "
        "'next_user_message')",
        CLEAR_AT,
    ),
    Refused("R55", "no base64", ask(user(image("a,b"))), DATA, f"{DATA}: invalid base64 data"),
    Refused(
        "R55",
        "the beginning of a picture",
        ask(user(image(png()[:40]))),
        f"{DATA}.data",
        "Could not process image",
    ),
    Refused("R55", "no picture at all", ask(user(image(""))), DATA, f"{DATA}: image cannot be empty"),
    Refused(
        "R56",
        "a PNG that says GIF",
        ask(user(image(media_type="image/gif"))),
        DATA,
        # vybestack/llxprt-code#2130, anthropics/claude-code#35234
        f"{DATA}: The image was specified using the image/gif media type, but the image appears to be a "
        "image/png image",
    ),
    Refused(
        "R57",
        "a bitmap",
        ask(user(image(media_type="image/bmp"))),
        f"{DATA}.media_type",
        f"{DATA}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ),
    Refused(
        "R58",
        "more than ten megabytes",
        ask(user(image("A" * (10 * 1024 * 1024 + 4)))),
        DATA,
        f"{DATA}: image exceeds 10 MB maximum: 10485764 bytes > 10485760 bytes",
    ),
    Refused(
        "R59",
        "a side of 8001",
        ask(user(image(png(8001)))),
        f"{DATA}.data",
        f"{DATA}.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
    ),
    Refused(
        "R60",
        "a side of 2001 among many",
        ask(user(image(png(2001)), *[image()] * 20)),
        f"{DATA}.data",
        f"{DATA}.data: At least one of the image dimensions exceed max allowed size for many-image requests: "
        "2000 pixels",
    ),
    Refused(
        "R61",
        "101 images",
        ask(user(*[image()] * 101), **OLDER),
        "messages",
        # openclaw/openclaw#13202, anthropics/claude-code#23392
        "too many images and documents: 101 + 0 > 100",
    ),
    Refused(
        "R61",
        "an image beside 100 pages",
        ask(user(image(), pdf(paper(100))), **OLDER),
        "messages",
        "Too much media: 100 document pages + 1 images > 100",
    ),
    Refused(
        "R62",
        "a picture too wide to go unscaled",
        ask(user(image(png(2577), transformations={"oversized_image": "error"}))),
        f"{DATA}.data",
        f"{DATA}.data: image is 2577x8 pixels, above the maximum of 2576 pixels a side",
    ),
    Refused(
        "R63",
        "101 pages in two papers",
        ask(user(pdf(paper(100)), pdf(paper(1))), **OLDER),
        "messages",
        "A maximum of 100 PDF pages may be provided.",
    ),
    Refused(  # anthropics/claude-code#6231, warpdotdev/warp#8114; the same words of 600 pages in 2026-09
        "R63",
        "101 pages in one",
        ask(user(text(), pdf(paper(101))), **OLDER),
        "messages.0.content.1.pdf.source.base64.data",
        "messages.0.content.1.pdf.source.base64.data: A maximum of 100 PDF pages may be provided.",
    ),
    Refused(
        "R64",
        "no paper at all",
        ask(user(pdf(b""))),
        "messages.0.content.0.document.source.base64",
        "messages.0.content.0.document.source.base64: PDF cannot be empty",
    ),
    Refused(
        "R64",
        "a page of the web",
        ask(user(pdf(b"<html>"))),
        "messages.0.content.0.pdf.source.base64.data",
        "messages.0.content.0.pdf.source.base64.data: The PDF specified was not valid.",
    ),
    Refused(
        "R64",
        "a paper under lock and key",
        ask(user(pdf(paper(end=b"trailer<</Encrypt 9 0 R>>")))),
        "messages.0.content.0.pdf.source.base64.data",
        "messages.0.content.0.pdf.source.base64.data: The PDF specified is password protected.",
    ),
    Refused(
        "source_url",
        "a picture fetched in the open",
        ask(user({"type": "image", "source": {"type": "url", "url": "http://a/b"}})),
        "messages.0.content.0.image.source.url.url",
        "messages.0.content.0.image.source.url.url: Only HTTPS URLs are supported.",
    ),
    Refused(
        "R66",
        "citations on one of two",
        ask(user(pdf(citations={"enabled": True}), pdf())),
        "messages.0.content.1",
        "messages: citations must be enabled on all",
    ),
    Refused(
        "R67",
        "citations in a fixed format",
        ask(user(pdf(citations={"enabled": True})), output_config=schema(additionalProperties=False)),
        "output_config.format",
        "output_config.format: ",
    ),
]
LEGAL = [
    Legal("R50", "five minutes after an hour", ask(user(marked("1h"), marked("5m")))),
    Legal("R51", "a marker on a word", ask(user(marked("5m", "a")))),
    Legal("R52", "an hour", ask(user(marked("1h")))),
    Legal("R53", "a marker on next to nothing", ask(user(marked("5m", "a")))),
    Legal("R54", "words that will be forgotten", ask(user("a"), scoped(), **OPUS), CLEAR_AT),
    Legal("R55", "a PNG", ask(user(image()))),
    Legal("R56", "a PNG that says so", ask(user(image()))),
    Legal(
        "R57",
        "a picture on the web",
        ask(user({"type": "image", "source": {"type": "url", "url": "https://a/b"}})),
    ),
    Legal("R58", "seven megabytes", ask(user(image(png(more=7 * 1024 * 1024))))),
    Legal("R59", "a side of 8000", ask(user(image(png(8000))))),
    Legal("R60", "a side of 2001 among few", ask(user(image(png(2001)), *[image()] * 19))),
    Legal("R61", "100 images", ask(user(*[image()] * 100), **OLDER)),
    Legal(
        "R62",
        "a picture that fits unscaled",
        ask(user(image(png(2576), transformations={"oversized_image": "error"}))),
    ),
    Legal(
        "source_url",
        "a picture fetched in secret",
        ask(user({"type": "image", "source": {"type": "url", "url": "https://a/b"}})),
    ),
    Legal("R63", "100 pages", ask(user(pdf(paper(100))), **OLDER)),
    Legal("R64", "a PDF", ask(user(pdf()))),
    Legal("R66", "citations on both", ask(user(*[pdf(citations={"enabled": True})] * 2))),
    Legal("R67", "a fixed format", ask(user(pdf()), output_config=schema(additionalProperties=False))),
]
