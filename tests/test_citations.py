"""Citations of documents and search results: what is cited stands there, whole and streamed alike."""

import base64
import json
import zlib
from typing import Any

import pytest

from bridges import sdk_for
from nbkit.rules.validator import check
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}
FERRY = (
    "The Alder ferry carries 240 passengers. It leaves Norrby at 08:15 and returns at 17:40. "
    "Tickets cost 12 euros, e.g. for adults. Children under 6 travel free!\n\nDr. Lindqvist designed "
    "the hull in 1998 – “built to last”.\n\n- Dogs are welcome\n- Bikes cost 3 euros"
)


def text_of(data: str = FERRY, **more: Any) -> Json:
    source = {"type": "text", "media_type": "text/plain", "data": data}
    return {"type": "document", "source": source, "title": "Ferry", "citations": {"enabled": True}, **more}


def blocks_of(*texts: str) -> Json:
    content = [{"type": "text", "text": text} for text in texts]
    source = {"type": "content", "content": content}
    return {"type": "document", "source": source, "citations": {"enabled": True}}


def found(title: str, *texts: str, enabled: bool = True) -> Json:
    content = [{"type": "text", "text": text} for text in texts]
    where = f"https://docs.example.com/{title.lower()}"
    cited = {"enabled": enabled}
    return {"type": "search_result", "source": where, "title": title, "content": content, "citations": cited}


def pdf_of(*pages: str, deflated: bool = False) -> Json:
    objects = {1: b"<< /Type /Catalog /Pages 2 0 R >>"}
    kids = " ".join(f"{3 + 2 * at} 0 R" for at in range(len(pages)))
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    for at, text in enumerate(pages):
        page = f"<< /Type /Page /Parent 2 0 R /Contents {4 + 2 * at} 0 R >>"
        drawn = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
        drawn = zlib.compress(drawn) if deflated else drawn
        how = " /Filter /FlateDecode" if deflated else ""
        objects[3 + 2 * at] = page.encode()
        head = f"<< /Length {len(drawn)}{how} >>\nstream\n".encode()
        objects[4 + 2 * at] = head + drawn + b"\nendstream"
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, each) for number, each in objects.items())
    data = base64.b64encode(b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF").decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    return {"type": "document", "source": source, "title": "Annual report", "citations": {"enabled": True}}


def body(question: str, *blocks: Json, **more: Any) -> Json:
    content = [*blocks, {"type": "text", "text": question}]
    messages = [{"role": "user", "content": content}]
    return {"model": "claude-sonnet-5", "max_tokens": 900, "messages": messages, **more}


def sent(request: Json) -> tuple[int, bytes]:
    plan = Simulator().respond("POST", "/v1/messages", HEADERS, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def reply_to(request: Json) -> Json:
    status, data = sent(request)
    reply: Json = json.loads(data)
    assert status == 200, reply
    return reply


def texts(reply: Json) -> str:
    return "".join(block["text"] for block in reply["content"] if block["type"] == "text")


def citations(reply: Json) -> list[Json]:
    return [each for block in reply["content"] for each in block.get("citations") or ()]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How much is a ticket?", "12 euros"),
        ("When does the ferry leave?", "08:15"),
        ("Who designed the hull?", "Dr. Lindqvist"),
        ("Can children travel free?", "Children under 6"),
        ("What is the price for bikes?", "3 euros"),
        ("How many passengers does it carry?", "240"),
    ],
)
def test_a_question_is_answered_from_a_text_and_the_citation_is_the_slice(question: str, answer: str) -> None:
    reply = reply_to(body(question, text_of()))
    assert answer in texts(reply)
    cited = citations(reply)
    assert cited
    for each in cited:
        assert each["type"] == "char_location"
        assert FERRY[each["start_char_index"] : each["end_char_index"]] == each["cited_text"]
        assert (each["document_index"], each["document_title"]) == (0, "Ferry")


def test_the_second_question_of_two_is_answered_as_well() -> None:
    reply = reply_to(body("When does the ferry leave and who designed the hull?", text_of()))
    assert "08:15" in texts(reply)
    assert "Lindqvist" in texts(reply)
    assert len(citations(reply)) == 2


def test_documents_are_counted_over_the_whole_request() -> None:
    request = body("What is in the first one?", text_of())
    request["messages"] += [
        {"role": "assistant", "content": "A ferry."},
        {"role": "user", "content": [blocks_of("Cats sleep 14 hours.", "Dogs sleep 11 hours.")]},
    ]
    request["messages"][-1]["content"].append({"type": "text", "text": "How long do dogs sleep?"})
    (cited,) = citations(reply_to(request))
    assert cited == {
        "type": "content_block_location",
        "cited_text": "Dogs sleep 11 hours.",
        "document_index": 1,
        "document_title": None,
        "file_id": None,
        "start_block_index": 1,
        "end_block_index": 2,
    }


@pytest.mark.parametrize("deflated", [False, True])
def test_pages_of_a_pdf_are_cited_by_number(deflated: bool) -> None:
    paper = pdf_of(
        "Revenue was 14 million in 2024.", "The firm \\(Oslo\\) has 52 employees.", deflated=deflated
    )
    reply = reply_to(body("How many employees are there?", paper))
    assert "The firm (Oslo) has 52 employees." in texts(reply)
    (cited,) = citations(reply)
    assert cited["type"] == "page_location"
    assert (cited["start_page_number"], cited["end_page_number"]) == (2, 3)


def test_search_results_are_cited_wherever_they_stand() -> None:
    first, second = (
        found("Manual", "Press reset."),
        found("Terms", "No refunds.", "The warranty is two years."),
    )
    reply = reply_to(body("How long is the warranty?", first, second))
    (cited,) = citations(reply)
    assert cited == {
        "type": "search_result_location",
        "cited_text": "The warranty is two years.",
        "search_result_index": 1,
        "source": "https://docs.example.com/terms",
        "title": "Terms",
        "start_block_index": 1,
        "end_block_index": 2,
    }


def test_a_tool_may_bring_search_results() -> None:
    tool = {"name": "find", "description": "Find in the manual.", "input_schema": {"type": "object"}}
    request = body("How long is the warranty?", tools=[tool])
    call = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}
    result = {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [found("Terms", "The warranty is two years.")],
    }
    request["messages"] += [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    reply = reply_to(request)
    assert "two years" in texts(reply)
    assert citations(reply)[0]["search_result_index"] == 0


def test_without_citations_the_answer_is_plain_text() -> None:
    reply = reply_to(body("How much is a ticket?", text_of(citations={"enabled": False})))
    assert "12 euros" in texts(reply)
    assert citations(reply) == []


def test_what_no_document_says_is_not_made_up() -> None:
    reply = reply_to(body("Where do elephants sleep?", text_of()))
    assert "find nothing" in texts(reply)
    assert citations(reply) == []


@pytest.mark.parametrize(
    "request_",
    [
        body("How much is a ticket?", text_of(), blocks_of("A") | {"citations": {"enabled": False}}),
        body(
            "How much is a ticket?",
            text_of(),
            output_config={
                "format": {
                    "type": "json_schema",
                    "schema": {"type": "object", "properties": {}, "additionalProperties": False},
                }
            },
        ),
    ],
    ids=["some documents only", "structured output"],
)
def test_the_contract_limits_where_citations_may_be_asked_for(request_: Json) -> None:
    status, data = sent(request_)
    assert status == 400
    assert "citations" in json.loads(data)["error"]["message"]


QUESTIONS = [
    "Summarize this document",
    "How much is a ticket and when does it leave?",
    "Who designed the hull?",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_whole_and_streamed_are_the_same_and_may_be_sent_back(question: str) -> None:
    request = body(question, text_of())
    reply = reply_to(request)
    status, data = sent({**request, "stream": True})
    assert status == 200
    streamed = assemble([data]).to_wire()
    assert {**streamed, "usage": None} == {**reply, "usage": None}
    request["messages"] += [
        {"role": "assistant", "content": reply["content"]},
        {"role": "user", "content": "And what does a bike cost?"},
    ]
    assert [each for each in check(request, headers=HEADERS) if each.level == "error"] == []
    assert "3 euros" in texts(reply_to(request))


def test_the_official_sdk_reads_citations_from_a_stream() -> None:
    request: Any = body("How much is a ticket?", text_of())
    with sdk_for(Simulator()).messages.stream(**request) as stream:
        kinds = {event.type for event in stream}
        message = stream.get_final_message()
    assert "citation" in kinds
    text = message.content[-1]
    assert text.type == "text"
    assert text.citations
    assert text.citations[0].type == "char_location"


def test_a_text_that_was_cut_has_its_citation_already() -> None:
    request = body("Who designed the hull?", text_of(), thinking={"type": "disabled"}, max_tokens=4)
    reply = reply_to(request)
    assert reply["stop_reason"] == "max_tokens"
    (cited,) = citations(reply)
    assert cited["cited_text"].startswith(texts(reply).strip())
    assert assemble([sent({**request, "stream": True})[1]]).to_wire()["content"] == reply["content"]
