"""Images and PDFs: what their first bytes say, and what the API makes of it."""

from __future__ import annotations

import base64
import struct
import time
from typing import Any

import pytest

from asking import OLD, TOOL, ask, assistant, mended, refused, result, rules, text, use, user
from nbkit.rules.media.image_header import Header, sniff
from nbkit.rules.media.papers import page_count
from nbkit.rules.validator import check
from pictures import gif, image, jpeg, paper, pdf, png, webp

OLDER = {"model": "claude-sonnet-4-5"}
AT = "messages.0.content.1.image.source.base64"
SAYS = AT + ": The image was specified using the {} media type, but the image appears to be a {} image"


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (png(300, 200), Header("image/png", 300, 200)),
        (gif(300, 200), Header("image/gif", 300, 200)),
        (jpeg(300, 200), Header("image/jpeg", 300, 200)),
        (
            jpeg(300, 200, b"\xff\xe1" + struct.pack(">H", 6) + b"\xff\xc0\0\0"),
            Header("image/jpeg", 300, 200),
        ),
        (webp(b"VP8X", b"\0\0\0\0" + b"\x2b\x01\0" + b"\xc7\0\0"), Header("image/webp", 300, 200)),
        (webp(b"VP8L", b"\x2f" + ((199 << 14) | 299).to_bytes(4, "little")), Header("image/webp", 300, 200)),
        (webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 300, 200)), Header("image/webp", 300, 200)),
        (b"\xff\xd8\xff\xe0", Header("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n", Header("image/png")),
        (b"BM....", None),
        (b"", None),
    ],
)
def test_the_first_bytes_say_type_and_size(data: bytes, header: Header | None) -> None:
    assert sniff(data) == header


@pytest.mark.parametrize(
    ("block", "rule", "message"),
    [
        (image(""), "R55", f"{AT}: image cannot be empty"),
        (image("no base64!"), "R55", f"{AT}: invalid base64 data"),
        (image("data:image/png;base64,iVBORw0KGgo="), "R55", f"{AT}: invalid base64 data"),
        (image(b"BM not ours"), "R55", "Could not process image"),
        (image(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "R55", "Could not process image"),
        (image(png()[:8]), "R55", "Could not process image"),
        (image(png()[:-20]), "R55", "Could not process image"),
        (image(png(0, 8)), "R55", "Could not process image"),
        (image(png().replace(b"IDAT", b"IDAT!")), "R55", "Could not process image"),
        (image(jpeg()[:20], "image/jpeg"), "R55", "Could not process image"),
        (image(gif()), "R56", SAYS.format("image/png", "image/gif")),
        (image(png(), "image/webp"), "R56", SAYS.format("image/webp", "image/png")),
        (
            image(png(8001, 1)),
            "R59",
            f"{AT}.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
        ),
        (
            image(png(), "image/jpg"),
            "R57",
            f"{AT}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
        ),
        (
            pdf(b"<html>"),
            "R64",
            "messages.0.content.1.pdf.source.base64.data: The PDF specified was not valid.",
        ),
        (
            pdf(b"%PDF-1.4\n1 0 ob"),
            "R64",
            "messages.0.content.1.pdf.source.base64.data: The PDF specified was not valid.",
        ),
        (
            pdf(paper(end=b"trailer<</Encrypt 5 0 R>>")),
            "R64",
            "messages.0.content.1.pdf.source.base64.data: The PDF specified is password protected.",
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "http://example.com/a.png"}},
            "source_url",
            "messages.0.content.1.image.source.url.url: Only HTTPS URLs are supported.",
        ),
        (
            {"type": "document", "source": {"type": "url", "url": "file:///a.pdf"}},
            "source_url",
            "messages.0.content.1.document.source.url.url: Only HTTPS URLs are supported.",
        ),
        (
            image(png(2577, 1), transformations={"oversized_image": "error"}),
            "R62",
            f"{AT}.data: image is 2577x1 pixels, above the maximum of 2576 pixels a side",
        ),
    ],
)
def test_what_the_bytes_show_is_told_in_the_words_of_the_api(
    block: dict[str, Any], rule: str, message: str
) -> None:
    (problem,) = refused(ask(user(text(), block)))
    assert (problem.rule, problem.message) == (rule, message)


@pytest.mark.parametrize(
    "block",
    [
        image(png(8000, 8000)),
        image(png(2576, 1), transformations={"oversized_image": "error"}),
        image(png(2577, 1), transformations={"oversized_image": "downsize"}),
        image(png() + b"what follows the end"),
        image(jpeg(8000, 10), "image/jpeg"),
        image(gif(), "image/gif"),
        image(webp(), "image/webp"),
        image(base64.encodebytes(png()).decode()),
        image(base64.b64encode(png()).decode().rstrip("=")),
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
        {"type": "image", "source": {"type": "file", "file_id": "file_1"}},
        {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "t"}},
        pdf(),
        pdf(paper(start=b"junk before %PDF-1.7")),
    ],
)
def test_a_sound_picture_or_paper_is_let_through(block: dict[str, Any]) -> None:
    assert refused(ask(user(text(), block))) == []


def test_too_wide_is_coded_and_found_inside_results() -> None:
    request = ask(user("q"), assistant(use()), user(result(content=[image(png(1, 8001))])))
    (problem,) = refused(request)
    assert problem.error_code == "image_dimensions_too_large"
    assert problem.path == "messages.2.content.0.tool_result.content.0.image.source.base64.data"
    assert mended(request)["messages"][2]["content"][0]["content"] == []


def test_with_more_than_twenty_images_each_is_smaller() -> None:
    small, large = image(png(2000, 2)), image(png(2001, 2))
    assert refused(ask(user(*[small] * 21))) == []
    assert refused(ask(user(*[large] * 20))) == []
    assert set(rules(ask(user(*[large] * 21)))) == {"R60"}


def test_how_many_images_depends_on_the_context() -> None:
    (problem,) = refused(ask(user(*[image(png())] * 101), **OLDER))
    assert problem.message == "too many images and documents: 101 + 0 > 100"
    assert refused(ask(user(*[image(png())] * 101))) == []
    assert refused(ask(user(*[image(png())] * 100), **OLDER)) == []


def test_pages_of_a_pdf_that_stand_in_the_open_are_counted() -> None:
    long = pdf(paper(101))
    assert rules(ask(user(long), **OLDER)) == ["R63"]
    told = pdf(b"%PDF-1.4\n1 0 obj<</Type/Pages/Count 101/Kids[2 0 R]>>endobj\ntrailer<<>>")
    assert rules(ask(user(told), **OLDER)) == ["R63"]
    assert refused(ask(user(long))) == []


def test_the_size_limit_is_that_of_platform_version_and_model() -> None:
    data = base64.b64encode(png(more=5_000_000)).decode()
    request = ask(user(image(data)), **OLDER)
    assert refused(request) == []
    (problem,) = refused(request, OLD)
    words = f"image exceeds 5 MB maximum: {len(data)} bytes > 5242880 bytes"
    assert problem.message == f"messages.0.content.0.image.source.base64: {words}"
    assert [p.rule for p in check(request, platform="bedrock")][-1] == "R58"


def test_citations_are_for_all_documents_or_none_and_not_with_a_format() -> None:
    cited, plain = pdf(citations={"enabled": True}), pdf()
    assert rules(ask(user(cited, plain))) == ["R66"]
    assert refused(ask(user(cited, cited))) == []
    assert refused(ask(user(plain, plain))) == []
    schema = {"type": "object", "additionalProperties": False}
    form = {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
    assert rules(ask(user(cited), **form)) == ["R67"]
    assert refused(ask(user(plain), **form)) == []


def test_results_beside_the_web_search_are_cited_as_its_own_are() -> None:
    """The page on search results says so, and a public run of 2026-08-26 shows the words."""
    result = {"type": "search_result", "source": "s", "title": "t", "content": [text("x")]}
    cited = {**result, "citations": {"enabled": True}}
    web = {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}
    (problem,) = refused(ask(user(result), **web))
    said = "When web search is enabled, citations must be enabled on all `search_result` blocks"
    assert (problem.rule, problem.path, problem.message) == ("R66", "messages.0.content.0", said)
    assert refused(ask(user(cited), **web)) == []
    assert refused(ask(user(result))) == []
    assert refused(ask(user(pdf(), text("q")), **web)) == []


def test_where_the_model_clicks_nothing_is_scaled() -> None:
    offered = [{"type": "computer_toolset_20260801"}]

    def shown(width: int) -> Any:
        call = use(name="screenshot", toolset_name="computer")
        picture = result(content=[image(png(width, 8))], toolset_name="computer")
        return ask(user("q"), assistant(call), user(picture), tools=offered)

    assert refused(shown(2576)) == []
    assert rules(shown(2577)) == ["R62"]


def test_taking_the_only_picture_away_leaves_a_request_that_can_be_sent() -> None:
    for block in (image(""), pdf(b"<html>"), {"type": "image", "source": {"type": "url", "url": "x"}}):
        assert refused(mended(ask(user("a"), assistant("b"), user(block)))) == []


def test_the_pages_of_a_fetched_paper_count() -> None:
    """Seen live when a turn that had fetched a building code went on: `messages.1.content.22.pdf...`."""
    call = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_fetch", "input": {"url": "https://a"}}
    source = pdf(paper(101))["source"]
    found = {
        "type": "web_fetch_result",
        "url": "https://a",
        "content": {"type": "document", "source": source},
    }
    answer = {"type": "web_fetch_tool_result", "tool_use_id": "srvtoolu_1", "content": found}
    (problem,) = refused(ask(user("q"), assistant(call, answer, text()), user("go on"), **OLDER))
    path = "messages.1.content.1.pdf.source.base64.data"
    assert (problem.rule, problem.path) == ("R63", path)
    assert problem.message == f"{path}: A maximum of 100 PDF pages may be provided."
    assert refused(ask(user("q"), assistant(call, answer, text()), user("go on"))) == []


def test_a_pdf_that_is_made_to_take_long_is_read_at_once() -> None:
    began = time.process_time()
    assert page_count(b"%PDF-1.4\n" + b"/Count 1 " * 100_000) == 0
    assert time.process_time() - began < 5


def test_what_is_too_much_for_a_short_context_goes_to_the_next_model_with_a_longer_one() -> None:
    crowd = [image()] * 101
    for blocks in (crowd, [image(), pdf(paper(100))], [pdf(paper(101))]):
        request = ask(user(*blocks), **OLDER)
        (problem,) = refused(request)
        assert problem.fix is not None
        fixed = problem.fix.apply(request)
        assert (fixed["model"], fixed["messages"]) == ("claude-sonnet-4-6", request["messages"])
        assert refused(fixed) == []


def test_what_no_model_holds_is_told_in_words_alone() -> None:
    (problem,) = refused(ask(user(*[image()] * 601), **OLDER))
    assert problem.fix is None
    assert "remove the ones that no longer matter" in problem.why
    (problem,) = refused(ask(user(pdf(paper(601)))))
    assert problem.fix is None
    assert "split the document" in problem.why


def test_a_picture_is_called_what_its_first_bytes_say() -> None:
    request = ask(user(image(jpeg(), "image/jpg")))
    (problem,) = refused(request)
    assert problem.fix is not None
    assert problem.fix.label == "call it image/jpeg"
    assert refused(problem.fix.apply(request)) == []
    (unknown,) = refused(ask(user(image(b"<svg/>", "image/svg+xml"))))
    assert (unknown.rule, unknown.fix) == ("R57", None)


def test_citations_that_one_document_wants_are_wanted_of_all() -> None:
    cited = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}
    first = user({**cited, "citations": {"enabled": True}}, cited)
    request = ask(first, assistant(use("toolu_1")), user(result("toolu_1", [cited])), tools=[TOOL])
    (problem,) = refused(request)
    assert problem.fix is not None
    assert problem.fix.label == "cite every document"
    assert refused(problem.fix.apply(request)) == []
