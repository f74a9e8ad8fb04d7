"""The kind of a file is seen in its content, and each request comes with its place, headers and endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from nbkit.errors import LoadError, UsageError
from nbkit.rules.problem import Problem
from nbkit.study.imports import Import, Imported, read

BODY = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
TEXT = json.dumps(BODY)
URL = "https://api.anthropic.com/v1/messages"


def no_file(name: str) -> bytes:
    raise UsageError(f"{name} can't be read")


def found(data: str | bytes, name: str = "<stdin>") -> Import:
    return read(data if isinstance(data, bytes) else data.encode(), name, no_file)


def only(data: str | bytes, name: str = "<stdin>") -> Imported:
    (request,) = found(data, name).requests
    return request


@pytest.mark.parametrize(
    ("text", "kind", "bodies"),
    [
        (TEXT, "request", 1),
        (json.dumps(BODY, indent=2), "request", 1),
        ('{"messages": [\n{"role": "user", "content": "x"}\n],\n}', "request", 1),
        (f"[{TEXT}, {TEXT}]", "list", 2),
        (f"{TEXT}\n\n{TEXT}\r\n", "jsonl", 2),
        (f'{{"cut": \n{TEXT}', "jsonl", 2),
        (f"{TEXT}\nnonsense", "jsonl", 2),
        (json.dumps({"requests": [{"custom_id": "a", "params": BODY}]}), "batch", 1),
        (f"curl {URL} -d '{TEXT}'", "curl", 1),
        (f"#!/bin/sh\n(curl {URL} -d '{TEXT}' &)", "curl", 1),
    ],
)
def test_the_kind_is_seen_in_the_content(text: str, kind: str, bodies: int) -> None:
    made = found(text)
    assert (made.kind, len(list(made.requests))) == (kind, bodies)


def test_a_name_decides_what_the_content_leaves_open() -> None:
    assert only(TEXT, "one.jsonl").where == "one.jsonl:1"
    assert only("nonsense", "one.json").broken is not None
    with pytest.raises(LoadError, match="is no saved conversation"):
        found(TEXT, "one.ipynb")


def test_lines_keep_their_numbers() -> None:
    made = found(f"{TEXT}\n \n{{\n{TEXT}", "calls.jsonl")
    assert [(each.where, each.line, each.broken is None) for each in made.requests] == [
        ("calls.jsonl:1", 1, True),
        ("calls.jsonl:3", 3, False),
        ("calls.jsonl:4", 4, True),
    ]


HEADERS = {"Anthropic-Beta": "one", "x-api-key": "sk-ant-SECRET", "anthropic-version": "2023-06-01", "n": 1}


@pytest.mark.parametrize(
    ("record", "name", "endpoint", "headers"),
    [
        ({"params": BODY, "custom_id": "c1"}, "c1", "/v1/messages", None),
        ({"body": BODY}, None, "/v1/messages", None),
        ({"body": TEXT, "id": 3}, None, "/v1/messages", None),
        ({"json": BODY, "headers": [1]}, None, "/v1/messages", None),
        (
            {"id": "x", "request": BODY, "endpoint": "/v1/messages/count_tokens"},
            "x",
            "/v1/messages/count_tokens",
            None,
        ),
        (
            {"request": {"url": f"{URL}?beta=true", "headers": HEADERS, "body": TEXT}, "response": {}},
            None,
            "/v1/messages",
            {"anthropic-beta": "one", "anthropic-version": "2023-06-01"},
        ),
    ],
)
def test_a_record_around_a_request_is_taken_off(
    record: Any, name: str | None, endpoint: str, headers: dict[str, str] | None
) -> None:
    request = only(json.dumps(record))
    assert request.body == BODY
    assert (request.name, request.endpoint, request.headers) == (name, endpoint, headers)
    assert not request.whole, "a log that leaves out the key is no request without one"


REPLY = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "hello"}]}
STARTED = {"type": "message_start", "message": {**REPLY, "content": [], "stop_reason": None, "usage": {}}}
EVENTS: list[dict[str, Any]] = [
    STARTED,
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hello"}},
    {"type": "content_block_stop", "index": 0},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    {"type": "message_stop"},
]
STREAM = "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in EVENTS)
ERROR = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def came(request: Imported) -> Any:
    return request.reply["content"] if request.reply else request.reply


@pytest.mark.parametrize(
    "response",
    [
        REPLY,
        {"status": 200, "body": json.dumps(REPLY)},
        STREAM,
        {"status_code": 200, "headers": {}, "body_raw": STREAM},
        EVENTS,
    ],
    ids=["message", "text", "stream", "body_raw", "events"],
)
def test_a_reply_is_read_however_it_was_written_down(response: Any) -> None:
    beside = only(json.dumps({"request": {"url": URL, "body": BODY}, "response": response}))
    assert (came(beside), beside.is_answered) == (REPLY["content"], True)
    if isinstance(response, dict | str):
        behind = only(f"{TEXT}\n{json.dumps({'type': 'response', 'body': response})}", "a.jsonl")
        assert (came(behind), behind.is_answered, behind.line) == (REPLY["content"], True, 1)


@pytest.mark.parametrize("response", [ERROR, {"status": 529, "body": ERROR}, None, STREAM[:200]])
def test_where_no_message_came_the_request_is_answered_with_none(response: Any) -> None:
    request = only(json.dumps({"request": BODY, "response": response}))
    assert (request.reply, request.is_answered) == (None, True)
    assert not only(TEXT).is_answered


def test_a_stream_between_lines_is_the_reply_to_the_request_before() -> None:
    lines = f"{TEXT}\n{STREAM}{TEXT}\r\n\nnonsense\n: ping\n{STREAM}"
    first, second, nonsense, ping = found(lines, "a.jsonl").requests
    assert (came(first), first.is_answered, first.line) == (REPLY["content"], True, 1)
    assert (second.body, second.line) == (BODY, 2 + STREAM.count("\n"))
    assert nonsense.broken is not None
    assert ping.broken is not None
    assert ping.is_answered


def test_a_stream_alone_is_no_request() -> None:
    with pytest.raises(UsageError, match="holds what the API answered"):
        list(found(STREAM).requests)
    (request,) = found(f"{STREAM}\n{TEXT}\n").requests
    assert request.body == BODY


def test_replies_between_requests_go_to_those_they_name_else_to_the_last() -> None:
    def named(name: str, body: Any) -> str:
        return json.dumps({"id": name, "body": body})

    other = {**REPLY, "content": [{"type": "text", "text": "other"}]}
    lines = [
        named("a", BODY),
        named("b", BODY),
        named("a", REPLY),
        named("b", other),
        TEXT,
        json.dumps(ERROR),
    ]
    one, two, three = found("\n".join(lines), "log.jsonl").requests
    assert [came(one), came(two), came(three)] == [REPLY["content"], other["content"], None]
    assert three.is_answered
    assert [each.line for each in (one, two, three)] == [1, 2, 5]


def test_a_file_of_replies_alone_holds_no_request() -> None:
    for text, name in (
        (json.dumps(REPLY), "a.json"),
        (f"{json.dumps(REPLY)}\n{json.dumps(ERROR)}", "a.jsonl"),
    ):
        with pytest.raises(UsageError, match="what the API answered"):
            list(found(text, name).requests)


def test_what_went_to_another_address_is_left_out() -> None:
    other = {"request": {"url": "https://example.com/telemetry", "body": {"events": []}}, "response": {}}
    assert only(f"{json.dumps(other)}\n{TEXT}", "log.jsonl").line == 2


@pytest.mark.parametrize("around", [lambda reply: reply, lambda reply: {"status": 200, "body": reply}])
def test_the_reply_beside_a_request_is_kept(around: Callable[[Any], Any]) -> None:
    reply = {"role": "assistant", "content": []}
    assert only(json.dumps({"request": BODY, "response": around(reply)})).reply == reply
    assert only(json.dumps({"request": BODY, "response": around("lost")})).reply is None


@pytest.mark.parametrize(
    "body", [{"model": "m", "params": {}}, {"messages": [], "body": {}}, {"params": 1}, {}]
)
def test_a_request_is_never_taken_for_a_record(body: dict[str, Any]) -> None:
    assert only(json.dumps(body)).body == body


def test_a_body_kept_as_text_is_parsed_as_the_api_would() -> None:
    broken = only(json.dumps({"body": '{"model": NaN}'})).broken
    assert isinstance(broken, Problem)
    assert "unexpected character: line 1 column 11" in broken.message


def test_a_batch_names_each_place() -> None:
    made = found(json.dumps({"requests": [{"custom_id": "a", "params": BODY}, {"params": {}}]}), "b.json")
    assert [(each.where, each.name) for each in made.requests] == [
        ("b.json: requests.0", "a"),
        ("b.json: requests.1", None),
    ]


def test_curl_says_endpoint_and_all_headers() -> None:
    first, *batch = found(
        f"curl {URL}/count_tokens?beta=true -d '{TEXT}'\n"
        f"curl {URL}/batches -H 'x-api-key: k' -d '{{\"requests\": [{{\"params\": {TEXT}}}, 1]}}'\n"
        f"curl http://localhost:4000/claude -d '{TEXT}'",
        "calls.sh",
    ).requests
    assert (first.where, first.endpoint, first.whole) == ("calls.sh:1", "/v1/messages/count_tokens", True)
    assert [each.where for each in batch] == [
        "calls.sh:2: requests.0",
        "calls.sh:2: requests.1",
        "calls.sh:3",
    ]


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (f"curl https://x.example/anthropic?key=s3cret -d '{TEXT}'", "/anthropic"),
        (f"curl http://localhost:4000/claude -d '{TEXT}'", "/claude"),
        (json.dumps({"url": "/v1/chat/completions", "body": BODY}), "/v1/chat/completions"),
        (json.dumps({"url": "https://x.example/v1/complete?key=s3cret", "body": BODY}), "/v1/complete"),
    ],
)
def test_a_request_that_goes_elsewhere_says_as_what_it_is_judged(data: str, path: str) -> None:
    (request,) = found(data).requests
    assert request.endpoint == "/v1/messages"
    assert (
        request.note == f"it goes to {path}, which is no endpoint known here: judged as one to /v1/messages"
    )


def test_an_address_that_is_known_needs_no_note() -> None:
    for record in ({"url": f"{URL}?beta=true"}, {"path": "requests/17.json"}, {"endpoint": "messages"}, {}):
        (request,) = found(json.dumps({**record, "body": BODY})).requests
        assert request.note == ""


def test_a_byte_order_mark_is_skipped_and_said() -> None:
    made = found(b"\xef\xbb\xbf" + TEXT.encode())
    assert [each.body for each in made.requests] == [BODY]
    assert "byte order mark" in made.notes[0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "a is empty"),
        (b" \n\t", "a is empty"),
        (b"\xef\xbb\xbf", "a is empty"),
        (b"\x89PNG\r\n\x00\xff", "a is no text"),
        (b"x\0y", "a is no text"),
        ("{}".encode("utf-16"), "a is UTF-16 text"),
        (b"hello", "a holds no request"),
        (b"use curl here", "no command in it runs curl"),
        (b"curl --help", "a: the curl command in line 1 names no address"),
        (b"curl 'http", "a: the ' quote in line 1 is never closed"),
        (b"curl https://api.anthropic.com/v1/models -d {}", "a: the curl command in line 1 sends no request"),
        (b'{"requests": []}', "a is a batch without requests"),
        (b'{"requests": 5}', "a is a batch without requests"),
        (b'{"custom_id": "x", "result": {}}', "a is the result of a batch"),
    ],
)
def test_what_holds_no_request_says_so_in_a_sentence(data: bytes, message: str) -> None:
    with pytest.raises(UsageError) as refused:
        list(found(data, "a").requests)
    assert message in str(refused.value)


def test_broken_json_is_the_api_s_to_refuse() -> None:
    for data in (b"{", b'{"a": "\xff"}', b"[" * 100_000, rb'{"a": "\ud800"}', b'{"a": NaN}'):
        broken = only(data).broken
        assert broken is not None
        assert broken.message.startswith("The request body is not valid JSON: ")
