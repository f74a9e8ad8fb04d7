"""Tools that the API runs itself: uses and results in one reply, pauses, mixed turns, what goes back."""

import base64
import json
import re
from typing import Any

import pytest

from bridges import sdk_for
from nbkit.rules.validator import check
from nbkit.sim.library import shelf
from nbkit.sim.simulator import Simulator
from nbkit.wire.assembly import assemble

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2026-10-21", "content-type": "application/json"}
SEARCH: Json = {"type": "web_search_20250305", "name": "web_search"}
FETCH: Json = {"type": "web_fetch_20250910", "name": "web_fetch", "citations": {"enabled": True}}
CODE: Json = {"type": "code_execution_20250825", "name": "code_execution"}
REGEX: Json = {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}
BM25: Json = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
WEATHER: Json = {
    "name": "get_weather",
    "description": "Current weather in a city.",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
MOON = "https://science.example.org/moon"


def body(question: str, *tools: Json, **more: Any) -> Json:
    messages = [{"role": "user", "content": question}]
    return {"model": "claude-sonnet-5", "max_tokens": 4000, "messages": messages, "tools": [*tools], **more}


def sent(request: Json, path: str = "/v1/messages") -> tuple[int, bytes]:
    plan = Simulator().respond("POST", path, HEADERS, json.dumps(request).encode())
    return plan.status, b"".join(step for step in plan.steps if isinstance(step, bytes))


def reply_to(request: Json) -> Json:
    status, data = sent(request)
    reply: Json = json.loads(data)
    assert status == 200, reply
    return reply


def kinds(reply: Json) -> list[str]:
    return [block["type"] for block in reply["content"] if block["type"] != "thinking"]


def only(reply: Json, kind: str) -> Json:
    (block,) = (block for block in reply["content"] if block["type"] == kind)
    found: Json = block
    return found


def texts(reply: Json) -> str:
    return "".join(block["text"] for block in reply["content"] if block["type"] == "text")


def citations(reply: Json) -> list[Json]:
    return [each for block in reply["content"] for each in block.get("citations") or ()]


def going_on(request: Json, reply: Json, *messages: Json) -> Json:
    said = {"role": "assistant", "content": reply["content"]}
    return {**request, "messages": [*request["messages"], said, *messages]}


def results(reply: Json, text: str) -> Json:
    uses = [block for block in reply["content"] if block["type"] == "tool_use"]
    content = [{"type": "tool_result", "tool_use_id": use["id"], "content": text} for use in uses]
    return {"role": "user", "content": content}


def test_a_search_is_answered_from_its_pages_with_citations() -> None:
    reply = reply_to(body("How tall was the lighthouse of Alexandria?", SEARCH))
    assert kinds(reply)[:3] == ["text", "server_tool_use", "web_search_tool_result"]
    use, result = only(reply, "server_tool_use"), only(reply, "web_search_tool_result")
    assert use["id"].startswith("srvtoolu_01")
    assert result["tool_use_id"] == use["id"]
    assert "100 metres" in texts(reply)
    assert reply["stop_reason"] == "end_turn"
    assert reply["usage"]["server_tool_use"] == {"web_search_requests": 1, "web_fetch_requests": 0}
    for cited in citations(reply):
        page = shelf.page_at(cited["url"])
        assert page is not None
        assert cited["cited_text"] in page.text
        assert cited["title"] == page.title


@pytest.mark.parametrize("version", ["web_search_20250305", "web_search_20260209", "web_search_20260318"])
def test_every_version_of_the_search_finds_pages(version: str) -> None:
    tool = {"type": version, "name": "web_search", "allowed_callers": ["direct"]}
    reply = reply_to(body("Search the web for sourdough and honeybees", tool))
    found = [block for block in reply["content"] if block["type"] == "web_search_tool_result"]
    assert [block["content"][0]["title"] for block in found] == ["Sourdough bread for beginners", "Honeybees"]


@pytest.mark.parametrize(
    "limits", [{"allowed_domains": ["kitchen.example.com"]}, {"blocked_domains": ["example.org"]}]
)
def test_domains_limit_what_is_found(limits: Json) -> None:
    reply = reply_to(body("Search the web for water in the sea", {**SEARCH, **limits}))
    urls = [hit["url"] for hit in only(reply, "web_search_tool_result")["content"]]
    assert urls
    assert not any("example.org" in url for url in urls)


def test_uses_beyond_the_most_are_an_error_in_the_reply() -> None:
    reply = reply_to(body("Search for tea, coffee, and chocolate", {**SEARCH, "max_uses": 1}))
    found = [block["content"] for block in reply["content"] if block["type"] == "web_search_tool_result"]
    assert isinstance(found[0], list)
    assert found[1:] == [{"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}]
    assert "max_uses_exceeded" in texts(reply)
    assert reply["usage"]["server_tool_use"]["web_search_requests"] == 1


@pytest.mark.parametrize("question", ["Hello", "What is 17*23?", "What is the capital of France?"])
def test_what_needs_no_search_is_not_searched(question: str) -> None:
    assert kinds(reply_to(body(question, SEARCH))) == ["text"]


def test_a_long_loop_pauses_and_goes_on_when_it_is_sent_back() -> None:
    request = body("Do 12 searches about coffee", SEARCH)
    paused = reply_to(request)
    assert paused["stop_reason"] == "pause_turn"
    assert paused["content"][-1]["type"] == "server_tool_use"
    assert kinds(paused).count("web_search_tool_result") == 10
    rest = reply_to(going_on(request, paused))
    assert rest["stop_reason"] == "end_turn"
    assert rest["content"][0]["type"] == "web_search_tool_result"
    assert rest["content"][0]["tool_use_id"] == paused["content"][-1]["id"]
    assert kinds(rest).count("web_search_tool_result") == 2
    assert citations(rest)


def test_a_paused_turn_needs_its_tool() -> None:
    request = body("Do 12 searches about coffee", SEARCH)
    status, data = sent({**going_on(request, reply_to(request)), "tools": [WEATHER]})
    assert status == 400
    assert "no `web_search` tool was provided" in json.loads(data)["error"]["message"]


def test_a_search_waits_beside_a_call_of_the_client() -> None:
    request = body("Search the web for lighthouses, and get the weather in Oslo.", SEARCH, WEATHER)
    first = reply_to(request)
    assert first["stop_reason"] == "tool_use"
    assert kinds(first) == ["server_tool_use", "tool_use"]
    with_text = results(first, "rain, 9 °C")
    with_text["content"].append({"type": "text", "text": "Hurry."})
    assert sent(going_on(request, first, with_text))[0] == 400
    last = reply_to(going_on(request, first, results(first, "rain, 9 °C")))
    assert last["stop_reason"] == "end_turn"
    assert kinds(last)[0] == "web_search_tool_result"
    assert "lighthouse" in texts(last)
    assert "9 °C" in texts(last)


def test_one_at_a_time_searches_before_it_calls() -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    question = "Search the web for lighthouses, and get the weather in Oslo."
    reply = reply_to(body(question, SEARCH, WEATHER, tool_choice=choice))
    assert kinds(reply) == ["text", "server_tool_use", "web_search_tool_result", "tool_use"]


def test_a_page_named_in_the_question_is_read() -> None:
    reply = reply_to(body(f"Read {MOON} and tell me how far away the Moon is.", FETCH))
    page = only(reply, "web_fetch_tool_result")["content"]
    assert page["url"] == MOON
    text = page["content"]["source"]["data"]
    assert "384,400 kilometres" in texts(reply)
    for cited in citations(reply):
        assert text[cited["start_char_index"] : cited["end_char_index"]] == cited["cited_text"]
    assert reply["usage"]["server_tool_use"] == {"web_search_requests": 0, "web_fetch_requests": 1}


@pytest.mark.parametrize(
    ("url", "limits", "code"),
    [
        ("https://nowhere.example.org/x", {}, "url_not_accessible"),
        ("http://[::1", {}, "url_not_accessible"),
        (MOON, {"allowed_domains": ["tech.example.com"]}, "url_not_allowed"),
        (MOON, {"blocked_domains": ["science.example.org"]}, "url_not_allowed"),
        ("https://science.example.org/" + "x" * 250, {}, "url_too_long"),
        (MOON, {"url_sources": {"user_input": {"type": "none"}}}, "url_not_in_prior_context"),
    ],
)
def test_a_page_that_may_not_or_cannot_be_read_is_an_error(url: str, limits: Json, code: str) -> None:
    reply = reply_to(body(f"Read {url} please", {**FETCH, **limits}))
    content = only(reply, "web_fetch_tool_result")["content"]
    assert content == {"type": "web_fetch_tool_result_error", "error_code": code}
    assert code in texts(reply)


def test_a_page_is_cut_at_the_most_tokens() -> None:
    reply = reply_to(body(f"Read {MOON}", {**FETCH, "max_content_tokens": 10}))
    text = only(reply, "web_fetch_tool_result")["content"]["content"]["source"]["data"]
    page = shelf.page_at(MOON)
    assert page is not None
    assert page.text.startswith(text)
    assert 10 < len(text) < 80


def test_a_page_can_be_fetched_as_a_pdf_and_is_cited_by_its_pages() -> None:
    request = body(f"Read {MOON}.pdf and tell me how many people have walked on the Moon.", FETCH)
    reply = reply_to(request)
    document = only(reply, "web_fetch_tool_result")["content"]["content"]
    assert (document["source"]["type"], document["source"]["media_type"]) == ("base64", "application/pdf")
    assert base64.b64decode(document["source"]["data"]).startswith(b"%PDF-")
    (cited,) = citations(reply)
    assert (cited["type"], cited["start_page_number"], cited["end_page_number"]) == ("page_location", 2, 3)
    assert cited["cited_text"] == "Twelve people have walked on the Moon so far."
    again = reply_to(going_on(request, reply, {"role": "user", "content": "How far away is the Moon?"}))
    assert "384,400" in texts(again)
    assert citations(again)[0]["start_page_number"] == 1


@pytest.mark.parametrize("searching", [REGEX, BM25], ids=["regex", "bm25"])
def test_a_deferred_tool_of_the_server_is_found_before_it_is_used(searching: Json) -> None:
    deferred = {**SEARCH, "defer_loading": True}
    reply = reply_to(body("Search the web for sourdough", searching, deferred))
    found = only(reply, "tool_search_tool_result")["content"]["tool_references"]
    assert found == [{"type": "tool_reference", "tool_name": "web_search"}]
    assert kinds(reply).index("tool_search_tool_result") < kinds(reply).index("web_search_tool_result")
    assert "web_search_tool_result" not in kinds(reply_to(body("Search the web for tea", deferred, WEATHER)))


def test_a_place_brings_near_pages_forward() -> None:
    far, near = (
        only(reply_to(body("Search the web for water", {**SEARCH, **where})), "web_search_tool_result")
        for where in ({}, {"user_location": {"type": "approximate", "region": "Ethiopia"}})
    )
    assert far["content"][0]["title"] != "How to brew coffee"
    assert near["content"][0]["title"] == "How to brew coffee"


def test_skills_are_loaded_into_the_container() -> None:
    skill = {"type": "anthropic", "skill_id": "xlsx"}
    reply = reply_to(body("Hello", CODE, container={"skills": [skill]}))
    assert reply["container"]["skills"] == [{**skill, "version": "latest"}]


def test_a_search_may_be_followed_by_reading() -> None:
    reply = reply_to(body("Search for chess champions and read the best page", SEARCH, FETCH))
    assert kinds(reply)[1:5] == [
        "server_tool_use",
        "web_search_tool_result",
        "server_tool_use",
        "web_fetch_tool_result",
    ]


@pytest.mark.parametrize(
    ("question", "stdout"),
    [
        ("What is 17*23?", "391\n"),
        ("Use Python: what is the mean of 3, 5 and 10?", "6\n"),
        ("Run ```python\na = [4, 2]\nprint(sorted(a), sum(a))\n```", "[2, 4] 6\n"),
    ],
)
def test_plain_code_is_worked_out(question: str, stdout: str) -> None:
    reply = reply_to(body(question, CODE))
    ran = only(reply, "bash_code_execution_tool_result")["content"]
    assert (ran["stdout"], ran["return_code"]) == (stdout, 0)
    assert stdout.strip() in texts(reply)
    assert reply["container"]["id"].startswith("container_01")
    assert reply["container"]["expires_at"].endswith("Z")
    assert reply_to(body(question, CODE, container="container_1"))["container"]["id"] == "container_1"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import os\nos.remove('x')", "unavailable"),
        ("open('/etc/passwd').read()", "unavailable"),
        ("import numpy", "unavailable"),
        ("print(9**9**9**9)", "execution_time_exceeded"),
        ("while 1: pass", "execution_time_exceeded"),
        ("```\n\n```sh\necho 'sh r.sh' > r.sh; sh r.sh", "execution_time_exceeded"),
    ],
)
def test_any_other_code_is_refused_truthfully(code: str, why: str) -> None:
    reply = reply_to(body(f"Run ```python\n{code}\n```", CODE))
    ran = only(reply, "bash_code_execution_tool_result")["content"]
    assert ran == {"type": "bash_code_execution_tool_result_error", "error_code": why}
    assert why in texts(reply)


def test_the_first_version_runs_python_and_an_error_is_in_stderr() -> None:
    old = {"type": "code_execution_20250522", "name": "code_execution"}
    reply = reply_to(body("Run ```python\nprint(1/0)\n```", old))
    assert only(reply, "server_tool_use")["input"] == {"code": "print(1/0)"}
    ran = only(reply, "code_execution_tool_result")["content"]
    assert ran["return_code"] == 1
    assert "ZeroDivisionError" in ran["stderr"]


@pytest.mark.parametrize("searching", [REGEX, BM25], ids=["regex", "bm25"])
@pytest.mark.parametrize("question", ["What's the weather in Paris?", "Should I take an umbrella in Paris?"])
def test_a_deferred_tool_is_found_and_called(searching: Json, question: str) -> None:
    email = {"name": "send_email", "description": "Send an e-mail.", "input_schema": {"type": "object"}}
    tools = [searching, {**email, "defer_loading": True}, {**WEATHER, "defer_loading": True}]
    request = body(question, *tools)
    reply = reply_to(request)
    assert kinds(reply) == ["text", "server_tool_use", "tool_search_tool_result", "tool_use"]
    found = only(reply, "tool_search_tool_result")["content"]["tool_references"]
    assert found == [{"type": "tool_reference", "tool_name": "get_weather"}]
    assert only(reply, "tool_use")["input"] == {"city": "Paris"}
    given = only(reply, "server_tool_use")["input"]
    assert "pattern" not in given or re.search(given["pattern"], "get_weather")
    answer = reply_to(going_on(request, reply, results(reply, "rain, 9 °C")))
    assert kinds(answer) == ["text"]
    assert "9 °C" in texts(answer)


def test_a_deferred_tool_is_not_called_before_it_is_found() -> None:
    other = {"name": "send_email", "description": "Send an e-mail.", "input_schema": {"type": "object"}}
    reply = reply_to(body("What's the weather in Paris?", other, {**WEATHER, "defer_loading": True}))
    assert "tool_use" not in kinds(reply)


ASKED = [
    body("How tall was the lighthouse of Alexandria?", SEARCH),
    body("Search the web for sourdough and honeybees", SEARCH),
    body("Search the web for lighthouses, and get the weather in Oslo.", SEARCH, WEATHER),
    body("Do 12 searches about coffee", SEARCH),
    body(f"Read {MOON} and tell me how far away the Moon is.", FETCH),
    body("What is 17*23?", CODE),
    body("What's the weather in Paris?", REGEX, {**WEATHER, "defer_loading": True}),
]


@pytest.mark.parametrize("request_", ASKED, ids=lambda request: request["messages"][0]["content"][:30])
def test_whole_and_streamed_are_the_same_and_may_be_sent_back(request_: Json) -> None:
    reply = reply_to(request_)
    status, data = sent({**request_, "stream": True})
    assert status == 200
    streamed = assemble([data]).to_wire()
    streamed.pop("container", None)
    whole = {key: value for key, value in reply.items() if key != "container"}
    assert {**streamed, "usage": None} == {**whole, "usage": None}
    assert streamed["usage"].get("server_tool_use") == reply["usage"].get("server_tool_use")
    if reply["stop_reason"] == "pause_turn":
        again = going_on(request_, reply)
    elif reply["stop_reason"] == "tool_use":
        again = going_on(request_, reply, results(reply, "rain, 9 °C"))
    else:
        again = going_on(request_, reply, {"role": "user", "content": "Thanks"})
    assert [each for each in check(again, headers=HEADERS) if each.level == "error"] == []
    assert sent(again)[0] == 200
    del again["max_tokens"]
    assert sent(again, "/v1/messages/count_tokens")[0] == 200


@pytest.mark.parametrize("path", ["/v1/messages", "/v1/messages/count_tokens"])
@pytest.mark.parametrize("key", ["encrypted_content", "encrypted_index", "url"])
def test_what_was_found_is_refused_when_it_was_changed(key: str, path: str) -> None:
    request = body("How tall was the lighthouse of Alexandria?", SEARCH)
    reply = reply_to(request)
    hit = only(reply, "web_search_tool_result")["content"][0]
    item = citations(reply)[0] if key == "encrypted_index" else hit
    item[key] = item[key][:20] + ("A" if item[key][20] != "A" else "B") + item[key][21:]
    again = going_on(request, reply, {"role": "user", "content": "Thanks"})
    if path.endswith("count_tokens"):
        del again["max_tokens"]
    status, data = sent(again, path)
    assert status == 400
    assert "Invalid `encrypted_" in json.loads(data)["error"]["message"]


def usages(request: Json) -> list[Json]:
    events = sent({**request, "stream": True})[1].decode().splitlines()
    told = [json.loads(line[5:]) for line in events if line.startswith("data:")]
    return [(event.get("message") or event)["usage"] for event in told if "usage" in str(event)]


def test_input_grows_with_each_round_of_a_server_tool() -> None:
    request = body("Do 3 searches about coffee", SEARCH)
    start, end = usages(request)
    one = usages(body("Do 1 searches about coffee", SEARCH))
    assert start["input_tokens"] * 4 < end["input_tokens"]
    assert one[1]["input_tokens"] < end["input_tokens"]
    assert reply_to(request)["usage"]["input_tokens"] == end["input_tokens"]
    plain = usages(body("Hello", SEARCH))
    assert plain[0]["input_tokens"] == plain[1]["input_tokens"]


def test_a_cached_prompt_is_read_again_in_each_round() -> None:
    cached = {"cache_control": {"type": "ephemeral"}, "system": "Be exact. " * 2000}
    start, end = usages(body("Do 3 searches about coffee", SEARCH, **cached))
    written = start["cache_creation_input_tokens"]
    assert (written > 2000, start["cache_read_input_tokens"]) == (True, 0)
    assert end["cache_creation_input_tokens"] > written
    assert end["cache_read_input_tokens"] > 3 * written
    assert end["input_tokens"] == 4 * start["input_tokens"]


def test_the_official_sdk_reads_a_search_from_a_stream() -> None:
    request: Any = body("How tall was the lighthouse of Alexandria?", SEARCH)
    sdk = sdk_for(Simulator())
    with sdk.messages.stream(**request) as stream:
        message = stream.get_final_message()
    result = next(block for block in message.content if block.type == "web_search_tool_result")
    assert isinstance(result.content, list)
    assert result.content[0].page_age == "February 11, 2026"
    assert message.usage.server_tool_use is not None
    assert message.usage.server_tool_use.web_search_requests == 1
    request["messages"] += [
        {"role": "assistant", "content": message.content},
        {"role": "user", "content": "And which lens was first used in 1822?"},
    ]
    answer = sdk.messages.create(**request)
    assert "Fresnel" in "".join(block.text for block in answer.content if block.type == "text")


@pytest.mark.parametrize("choice", [{"type": "tool", "name": "web_search"}, {"type": "any"}])
def test_a_search_can_be_forced(choice: Json) -> None:
    reply = reply_to(body("I like lighthouses.", SEARCH, tool_choice=choice))
    assert kinds(reply)[:2] == ["server_tool_use", "web_search_tool_result"]


@pytest.mark.parametrize("tool", [SEARCH, FETCH, CODE, REGEX, BM25], ids=lambda tool: str(tool["name"]))
@pytest.mark.parametrize("question", ["Hello", "7", "What is the capital of France?"])
def test_a_tool_of_the_server_that_is_forced_is_used(tool: Json, question: str) -> None:
    deferred = {**WEATHER, "name": "weather_of", "defer_loading": True}
    forced = {"type": "tool", "name": tool["name"]}
    reply = reply_to(body(question, tool, WEATHER, deferred, tool_choice=forced))
    first, result = reply["content"][:2]
    assert first["type"] == "server_tool_use"
    assert first["name"].endswith(tool["name"])
    assert result["tool_use_id"] == first["id"]
    assert reply["stop_reason"] == "end_turn"


@pytest.mark.parametrize("choice", [{"type": "none"}])
def test_a_search_can_be_forbidden(choice: Json) -> None:
    assert kinds(reply_to(body("Search the web for lighthouses", SEARCH, tool_choice=choice))) == ["text"]


def test_code_calls_a_tool_of_the_client_and_goes_on_with_its_result() -> None:
    code = {"type": "code_execution_20260120", "name": "code_execution"}
    from_code = {**WEATHER, "allowed_callers": ["code_execution_20260120"]}
    request = body("What's the weather in Paris?", code, from_code)
    first = reply_to(request)
    assert first["stop_reason"] == "tool_use"
    assert kinds(first) == ["server_tool_use", "tool_use"]
    use, call = only(first, "server_tool_use"), only(first, "tool_use")
    assert call["caller"] == {"type": "code_execution_20260120", "tool_id": use["id"]}
    assert call["id"].startswith("toolu_01")
    assert call["input"] == {"city": "Paris"}
    again = going_on(request, first, results(first, "rain, 9 °C"))
    status, data = sent(again)
    assert status == 400
    assert "container_id is required" in json.loads(data)["error"]["message"]
    last = reply_to({**again, "container": first["container"]["id"]})
    assert last["content"][0]["type"] == "code_execution_tool_result"
    assert last["content"][0]["content"]["stdout"] == "rain, 9 °C\n"
    assert last["stop_reason"] == "end_turn"
    assert texts(last).count("9 °C") == 1
