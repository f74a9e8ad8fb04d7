"""Whatever is mixed in a request, each citation is the slice that it says: documents of every kind, files and
search results, in messages and in results of tools; over HTTP, with the official SDK.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from served import simulated_sdk
from test_citations import pdf_of

Json = dict[str, Any]
MODELS = ["claude-haiku-4-5", "claude-opus-4-8", "claude-sonnet-5", "claude-opus-5-5", "claude-fable-5-2"]
FIND: Json = {"name": "find", "description": "Find in the manual.", "input_schema": {"type": "object"}}
FACTS = [
    "The ferry Älv carries 240 passengers – “at most”.",
    "A ticket costs 12 € for adults, e.g. on Sundays.",
    "日本の茶 is served at 16:30 on deck 2 🍵.",
    "Dr. Ünal designed the hull in 1998!",
    "Bikes\tcost 3 euros each.",
    "Is the harbour open? It closes at 22:15.",
    "👩‍👩‍👧 families pay 20 euros.",
]
PLAIN = [
    "The report says revenue was 14 million.",
    "The firm has 52 employees.",
    "Costs fell by 3 percent in 2024.",
]
QUESTIONS = [
    "How much is a ticket?",
    "Who designed the hull and how many passengers does it carry?",
    "Summarize the documents",
    "How many employees are there?",
    "When does the harbour close?",
    "What do families pay?",
]

SOURCES: list[Json] = [
    {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": " ".join(FACTS)}},
    {"type": "search_result", "source": "a", "title": "b", "content": [{"type": "text", "text": FACTS[1]}]},
]

facts = st.lists(st.sampled_from(FACTS), min_size=1, max_size=4)
gaps = st.sampled_from([" ", "\n\n", "\r\n", "  \t", "\n- "])
titles = st.sampled_from([None, "Ferry", "Größe & Preis 🚢"])
cited: Json = {"enabled": True}


@st.composite
def texts(draw: st.DrawFn) -> Json:
    data = draw(gaps).join(draw(facts))
    source = {"type": "text", "media_type": "text/plain", "data": f"  {data}\n"}
    return {"type": "document", "source": source, "title": draw(titles), "citations": cited}


@st.composite
def customs(draw: st.DrawFn) -> Json:
    blocks: Any = [{"type": "text", "text": text} for text in draw(facts)]
    content = draw(st.sampled_from([blocks, draw(st.sampled_from(FACTS))]))
    return {"type": "document", "source": {"type": "content", "content": content}, "citations": cited}


@st.composite
def papers(draw: st.DrawFn) -> Json:
    return {**pdf_of(*draw(st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3))), "title": draw(titles)}


@st.composite
def hits(draw: st.DrawFn) -> Json:
    content = [{"type": "text", "text": text} for text in draw(facts)]
    place = {"source": "https://docs.example.com/a", "title": "Hit"}
    return {"type": "search_result", **place, "content": content, "citations": cited}


sources = st.lists(st.one_of(texts(), customs(), papers(), hits()), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def sdk() -> Iterator[anthropic.Anthropic]:
    with simulated_sdk() as client:
        yield client


def asking(blocks: list[Json], question: str, in_result: list[Json]) -> list[Json]:
    """The sources in a first message, more of them in a tool's result, and the question behind them."""
    opening = [*blocks, {"type": "text", "text": "Here is what I have."}]
    call = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": in_result}
    return [
        {"role": "user", "content": opening},
        {"role": "assistant", "content": [call]},
        {"role": "user", "content": [result]},
        {"role": "assistant", "content": "I have read it."},
        {"role": "user", "content": question},
    ]


def slice_of(citation: Any, documents: list[Json], results: list[Json]) -> str:
    """What stands where a citation points."""
    if citation.type == "search_result_location":
        found = results[citation.search_result_index]
        assert (found["source"], found["title"]) == (citation.source, citation.title)
        blocks = found["content"][citation.start_block_index : citation.end_block_index]
        return "".join(block["text"] for block in blocks)
    document = documents[citation.document_index]
    assert citation.document_title == document.get("title")
    source = document["source"]
    if citation.type == "char_location":
        return str(source["data"][citation.start_char_index : citation.end_char_index])
    if citation.type == "content_block_location":
        content = source["content"]
        blocks = [{"text": content}] if isinstance(content, str) else content
        return "".join(
            block["text"] for block in blocks[citation.start_block_index : citation.end_block_index]
        )
    assert citation.end_page_number == citation.start_page_number + 1
    pages = base64.b64decode(source["data"]).decode("latin-1").split("stream\n")[1::2]
    return str(pages[citation.start_page_number - 1])


@settings(max_examples=60, deadline=None)
@given(blocks=sources, more=sources, question=st.sampled_from(QUESTIONS), model=st.sampled_from(MODELS))
def test_each_citation_is_the_slice_that_it_says(
    sdk: anthropic.Anthropic, blocks: list[Json], more: list[Json], question: str, model: str
) -> None:
    request: Any = {"model": model, "max_tokens": 2000, "tools": [FIND]}
    request["messages"] = asking(blocks, question, more)
    message = sdk.messages.create(**request)
    everything = [*blocks, *more]
    documents = [one for one in everything if one["type"] == "document"]
    results = [one for one in everything if one["type"] == "search_result"]
    for block in message.content:
        for citation in (block.citations or ()) if block.type == "text" else ():
            place = slice_of(citation, documents, results)
            if citation.type == "page_location":
                assert citation.cited_text in place
            else:
                assert citation.cited_text == place
    with sdk.messages.stream(**request) as stream:
        streamed = stream.get_final_message()
    assert [block.to_dict().get("citations") for block in streamed.content] == [
        block.to_dict().get("citations") for block in message.content
    ]
    thanks = {"role": "user", "content": "Thank you."}
    said = [*request["messages"], {"role": "assistant", "content": message.content}, thanks]
    assert sdk.messages.create(**{**request, "messages": said}).stop_reason == "end_turn"


def test_what_is_quoted_in_citations_is_free(sdk: anthropic.Anthropic) -> None:
    content = [{**source, "citations": cited} for source in SOURCES]
    question: Json = {
        "role": "user",
        "content": [*content, {"type": "text", "text": "What does a ticket cost?"}],
    }
    request: Any = {"model": "claude-sonnet-5", "messages": [question]}
    message = sdk.messages.create(**request, max_tokens=500, thinking={"type": "disabled"})
    blocks = [block for block in message.content if block.type == "text"]
    assert any(block.citations for block in blocks)
    plain = [{"type": "text", "text": block.text} for block in blocks]
    thanks = {"role": "user", "content": "Thank you."}
    counts = []
    for said in (blocks, plain):
        request["messages"] = [question, {"role": "assistant", "content": said}, thanks]
        counts.append(sdk.messages.count_tokens(**request).input_tokens)
    assert counts[0] == counts[1]


def test_a_cited_file_is_named(sdk: anthropic.Anthropic) -> None:
    data = "Ünïcode first.\nThe ferry costs 12 euros today.".encode()
    file = sdk.files.upload(file=("ferry.txt", data, "text/plain"))
    document = {"type": "document", "source": {"type": "file", "file_id": file.id}, "citations": cited}
    question: Any = [document, {"type": "text", "text": "What does the ferry cost?"}]
    message = sdk.messages.create(
        model="claude-sonnet-5",
        max_tokens=500,
        messages=[{"role": "user", "content": question}],
    )
    (citation,) = [
        each for block in message.content if block.type == "text" for each in block.citations or ()
    ]
    assert citation.type == "char_location"
    assert citation.file_id == file.id
    assert data.decode()[citation.start_char_index : citation.end_char_index] == citation.cited_text
