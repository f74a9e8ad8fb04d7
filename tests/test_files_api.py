"""Files of the simulated API, as the official SDK has them, and as bytes for what it can't send."""

import asyncio
import json
import subprocess
import sys
from typing import Any

import anthropic
import pytest

from bridges import async_sdk_for, sdk_for
from nbkit.sim import file_store
from nbkit.sim.allowance import Allowance
from nbkit.sim.api import files_api
from nbkit.sim.file_store import FileStore, StoredFile
from nbkit.sim.intake import most_bytes
from nbkit.sim.simulator import Simulator
from pictures import png
from still_clock import StillClock

Json = dict[str, Any]

HEADERS = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
OLD = {**HEADERS, "anthropic-beta": "files-api-2025-04-14"}
PDF = b"%PDF-1.4\n1 0 obj<</Type /Page>>endobj\n%%EOF"
MB = 1024 * 1024


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def simulator(clock: StillClock) -> Simulator:
    return Simulator(clock=clock)


@pytest.fixture
def sdk(simulator: Simulator) -> anthropic.Anthropic:
    return sdk_for(simulator)


def send(
    simulator: Simulator, method: str, path: str, body: bytes = b"", headers: Json = HEADERS
) -> tuple[int, Any]:
    plan = simulator.respond(method, path, headers, body)
    return plan.status, json.loads(b"".join(step for step in plan.steps if isinstance(step, bytes)))


def form(*parts: bytes, boundary: str = "xYzZY") -> tuple[bytes, Json]:
    lines = b"".join(b"--%s\r\n%s\r\n" % (boundary.encode(), part) for part in parts)
    headers = {**HEADERS, "content-type": f"multipart/form-data; boundary={boundary}"}
    return lines + b"--%s--\r\n" % boundary.encode(), headers


def part(disposition: bytes, data: bytes = b"hello", kind: bytes = b"text/plain") -> bytes:
    return b"Content-Disposition: form-data; %s\r\nContent-Type: %s\r\n\r\n%s" % (disposition, kind, data)


def upload(
    simulator: Simulator, name: bytes = b"a.txt", data: bytes = b"hello", kind: bytes = b"text/plain"
) -> Json:
    body, headers = form(part(b'name="file"; filename="%s"' % name, data, kind))
    status, file = send(simulator, "POST", "/v1/files", body, headers)
    assert status == 200, file
    answer: Json = file
    return answer


def ask(simulator: Simulator, *content: Json, path: str = "/v1/messages", **more: Any) -> tuple[int, Json]:
    messages = [{"role": "user", "content": [*content, {"type": "text", "text": "What is in it?"}]}]
    request = {"model": "claude-sonnet-5", "max_tokens": 500, "messages": messages, **more}
    if path.endswith("count_tokens"):
        del request["max_tokens"]
    return send(simulator, "POST", path, json.dumps(request).encode())


def sent_as(kind: str, id: str) -> Json:
    return {"type": kind, "source": {"type": "file", "file_id": id}}


def test_the_official_sdk_uploads_lists_and_deletes(sdk: anthropic.Anthropic, clock: StillClock) -> None:
    file = sdk.files.upload(file=("notes.txt", b"Oslo is cold.", "text/plain"), expires_in_seconds=3600)
    assert file.id.startswith("file_01")
    assert (file.filename, file.mime_type, file.size_bytes) == ("notes.txt", "text/plain", 13)
    assert file.downloadable is False
    assert file.expires_at
    assert (file.expires_at - file.created_at).total_seconds() == 3600
    assert sdk.files.retrieve_metadata(file.id) == file
    second = sdk.files.upload(file=("p.pdf", PDF))
    assert (second.mime_type, second.expires_at) == ("application/pdf", None)
    assert [each.id for each in sdk.files.list(limit=1)] == [second.id, file.id]
    with pytest.raises(anthropic.BadRequestError, match="not downloadable") as caught:
        sdk.files.download(file.id)
    assert type(caught.value).__name__ == "FileNotDownloadableError"
    clock.now += 3600
    with pytest.raises(anthropic.NotFoundError) as gone:
        sdk.files.retrieve_metadata(file.id)
    assert type(gone.value).__name__ == "FileExpiredError"
    assert [each.id for each in sdk.files.list()] == [second.id]
    assert sdk.files.delete(second.id).type == "file_deleted"
    with pytest.raises(anthropic.NotFoundError, match=f"File not found: {second.id}"):
        sdk.files.delete(second.id)


def test_the_beta_namespace_and_the_async_sdk_have_the_same(simulator: Simulator) -> None:
    async def run() -> list[str]:
        client = async_sdk_for(simulator)
        ids = []
        for at in range(3):
            file = await client.beta.files.upload(file=(f"{at}.md", b"# hi"), betas=["files-api-2025-04-14"])
            ids.append(file.id)
        assert [each.id async for each in client.files.list(limit=2)] == ids[::-1]
        some = await client.files.list(ids=[ids[0], ids[2], ids[0], "file_none"])
        assert [each.id for each in some.data] == [ids[2], ids[0]]
        listed = client.beta.files.list(limit=1, betas=["files-api-2025-04-14"])
        assert [each.id async for each in listed] == ids[::-1]
        assert (await client.beta.files.retrieve_metadata(ids[0])).mime_type == "text/markdown"
        assert (await client.beta.files.delete(ids[0])).id == ids[0]
        return ids

    ids = asyncio.run(run())
    assert len(sdk_for(simulator).beta.files.list().data) == len(ids) - 1


def test_a_client_of_the_beta_has_its_pages(simulator: Simulator) -> None:
    ids = [upload(simulator)["id"] for _ in range(3)][::-1]
    page = send(simulator, "GET", "/v1/files?limit=2", headers=OLD)[1]
    assert [file["id"] for file in page["data"]] == ids[:2]
    assert (page["first_id"], page["last_id"], page["has_more"]) == (ids[0], ids[1], True)
    page = send(simulator, "GET", f"/v1/files?limit=2&after_id={ids[1]}", headers=OLD)[1]
    assert [file["id"] for file in page["data"]] == ids[2:]
    assert page["has_more"] is False


def test_a_page_goes_on_where_its_last_file_was_deleted(simulator: Simulator) -> None:
    ids = [upload(simulator)["id"] for _ in range(4)][::-1]
    page = send(simulator, "GET", "/v1/files?limit=2")[1]
    assert page["next_page"].startswith("page_")
    send(simulator, "DELETE", f"/v1/files/{ids[1]}")
    rest = send(simulator, "GET", f"/v1/files?limit=2&page={page['next_page']}")[1]
    assert [file["id"] for file in rest["data"]] == ids[2:]
    assert rest["next_page"] is None


def test_files_have_ids_by_what_they_are(clock: StillClock) -> None:
    one, two = Simulator(clock=clock), Simulator(clock=clock)
    assert upload(one)["id"] == upload(two)["id"]
    assert upload(one)["id"] not in {upload(two, data=b"other")["id"], upload(Simulator())["id"]}


def test_a_text_is_read_where_it_is_sent(simulator: Simulator) -> None:
    text = "The harbour of Bergen opens at 07:45. " * 40
    id = upload(simulator, data=text.encode())["id"]
    status, reply = ask(simulator, sent_as("document", id))
    assert status == 200
    source = {
        "type": "text",
        "media_type": "text/plain",
        "data": "The harbour of Bergen opens at 07:45. " * 40,
    }
    inline = ask(simulator, {"type": "document", "source": source})[1]
    assert reply["content"] == inline["content"]
    assert reply["usage"] == inline["usage"]
    counted = ask(simulator, sent_as("document", id), path="/v1/messages/count_tokens")[1]
    assert counted["input_tokens"] == reply["usage"]["input_tokens"]
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [sent_as("document", id)]}
    tool = {"name": "open_file", "input_schema": {"type": "object", "properties": {}}}
    messages = [
        {"role": "user", "content": "When does it open?"},
        {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "toolu_1", "name": "open_file", "input": {}}],
        },
        {"role": "user", "content": [result]},
    ]
    status, reply = ask(simulator, messages=messages, tools=[tool], thinking={"type": "disabled"})
    assert status == 200
    assert "07:45" in reply["content"][-1]["text"]


def test_an_image_is_measured_where_it_is_sent(simulator: Simulator) -> None:
    sizes = []
    for side in (56, 560):
        id = upload(simulator, b"p.png", png(side, side), b"image/png")["id"]
        status, reply = ask(simulator, sent_as("image", id))
        assert status == 200, reply
        sizes.append(reply["usage"]["input_tokens"])
    assert sizes[1] - sizes[0] == 20 * 20 - 2 * 2
    assert "560" in json.dumps(reply["content"])


def test_a_pdf_and_an_upload_for_a_container_are_taken(simulator: Simulator) -> None:
    pdf = upload(simulator, b"p.pdf", PDF, b"application/pdf")["id"]
    assert ask(simulator, sent_as("document", pdf))[0] == 200
    tools = [{"type": "code_execution_20250825", "name": "code_execution"}]
    data = upload(simulator, b"d.csv", b"a,b\n1,2\n", b"text/csv")["id"]
    block = {"type": "container_upload", "file_id": data}
    assert ask(simulator, block, tools=tools)[0] == 200
    status, answer = ask(simulator, {**block, "file_id": "file_none"}, tools=tools)
    assert (status, answer["error"]["type"]) == (404, "not_found_error")


def test_a_file_that_cannot_be_what_it_is_sent_as_is_refused(simulator: Simulator, clock: StillClock) -> None:
    text = upload(simulator)["id"]
    sheet = upload(simulator, b"a.csv", b"a,b", b"text/csv")["id"]
    broken = upload(simulator, b"p.pdf", b"no pdf", b"application/pdf")["id"]
    torn = upload(simulator, b"p.png", png(56, 56)[:30], b"image/png")["id"]
    for block, says in (
        (sent_as("image", text), "messages.0.content.0.image.source.file.file_id: "),
        (sent_as("document", sheet), "messages.0.content.0.document.source.file.file_id: "),
        (sent_as("document", broken), "The PDF specified was not valid."),
        (sent_as("image", torn), "Could not process image"),
    ):
        status, answer = ask(simulator, block)
        assert (status, answer["error"]["type"]) == (400, "invalid_request_error"), answer
        assert says in answer["error"]["message"]
    status, answer = ask(simulator, sent_as("document", "file_none"))
    assert (status, answer["error"]["message"]) == (404, "File not found: file_none")
    body, headers = form(part(b'name="file"; filename="a.txt"'), part(b'name="expires_in_seconds"', b"3600"))
    short = send(simulator, "POST", "/v1/files", body, headers)[1]["id"]
    assert ask(simulator, sent_as("document", short))[0] == 200
    clock.now += 3601
    status, answer = ask(simulator, sent_as("document", short))
    assert (status, answer["error"]["details"]) == (404, {"error_code": "file_expired"})


def test_a_batch_reads_files_too(simulator: Simulator, clock: StillClock) -> None:
    id = upload(simulator)["id"]
    requests = [
        {
            "custom_id": name,
            "params": {
                "model": "claude-sonnet-5",
                "max_tokens": 90,
                "messages": [{"role": "user", "content": [sent_as("document", file)]}],
            },
        }
        for name, file in (("there", id), ("missing", "file_none"))
    ]
    sdk = sdk_for(simulator, "k")
    batch = sdk.messages.batches.create(requests=requests)  # type: ignore[arg-type]
    sdk.files.delete(id)  # what is in a batch already stays in it
    clock.now += 1
    assert sdk.messages.batches.retrieve(batch.id).request_counts.succeeded == 1
    kinds = {line.custom_id: line.result.type for line in sdk.messages.batches.results(batch.id)}
    assert kinds == {"there": "succeeded", "missing": "errored"}


@pytest.mark.parametrize(
    ("disposition", "kind", "filename"),
    [
        (b'name="file"; filename="../../etc/passwd"', b"text/plain", "passwd"),
        (b'name="file"; filename="C:\\\\dir\\\\x.txt"', b"text/plain", "x.txt"),
        (b'name="file"; filename="/"', b"text/plain", "unnamed.txt"),
        (b'name="file"; filename=".."', b"application/pdf", "unnamed.pdf"),
        (b'name="file"; filename=""', b"image/png", "unnamed.png"),
        (b'name="file"', b"application/x-nobody-knows", "unnamed"),
        ('name="file"; filename="naïve 日本.txt"'.encode(), b"text/plain", "naïve 日本.txt"),
        (b'name="file"; filename="\xff.txt"', b"text/plain", "\ufffd.txt"),
        (b"name=file; filename=" + b"a" * 255, b"text/plain", "a" * 255),
    ],
)
def test_the_last_part_of_a_path_is_kept(
    simulator: Simulator, disposition: bytes, kind: bytes, filename: str
) -> None:
    body, headers = form(part(disposition, kind=kind))
    status, file = send(simulator, "POST", "/v1/files", body, headers)
    assert (status, file["filename"]) == (200, filename)


@pytest.mark.parametrize(
    ("name", "data", "declared", "kind"),
    [
        (b"a.txt", b"x", b"text/plain; charset=utf-8", "text/plain"),
        (b"a.txt", b"x", b"application/octet-stream", "text/plain"),
        (b"a.md", b"x", b"", "text/markdown"),
        (b"a", png(8, 8), b"application/octet-stream", "image/png"),
        (b"a", PDF, b"nonsense", "application/pdf"),
        (b"a", b"\x00", b"", "application/octet-stream"),
    ],
)
def test_a_file_has_a_type(
    simulator: Simulator, name: bytes, data: bytes, declared: bytes, kind: str
) -> None:
    assert upload(simulator, name, data, declared)["mime_type"] == kind


GOOD = part(b'name="file"; filename="a.txt"')
REFUSED = [
    (form(), "file: Field required"),
    (form(part(b'name="other"')), "file: Field required"),
    (form(GOOD, GOOD), "file: one file can be uploaded at a time"),
    (form(GOOD, part(b'name="expires_in_seconds"', b"3599")), "expires_in_seconds: Input should be greater"),
    (form(GOOD, part(b'name="expires_in_seconds"', b"7776001")), "expires_in_seconds: Input should be less"),
    (form(GOOD, part(b'name="expires_in_seconds"', b"soon")), "expires_in_seconds: Input should be a valid"),
    (form(GOOD, part(b'name="expires_in_seconds"', b"9" * 5000)), "expires_in_seconds: Input should be a"),
    (form(part(b'name="file"; filename="a<b.txt"')), "file: Invalid filename"),
    (form(part(b'name="file"; filename="a\x01b.txt"')), "file: Invalid filename"),
    (form(part(b'name="file"; filename="%s"' % (b"a" * 256))), "file: Invalid filename"),
    (form(b"no headers at all"), "multipart: "),
    (form(b"X-Other: 1\r\n\r\nhello"), "multipart: each part needs"),
    (form(*[part(b'name="x"')] * 101), "multipart: a form may have 100 parts"),
    ((form(GOOD)[0][:-6], form(GOOD)[1]), "multipart: the form ends before its last boundary"),
    ((form(GOOD)[0][:40], form(GOOD)[1]), "multipart: the form ends before its last boundary"),
    ((b"", form(GOOD)[1]), "multipart: "),
    ((b"\x00\xff" * 5000, form(GOOD)[1]), "multipart: "),
    ((form(GOOD, boundary="other")[0], form(GOOD)[1]), "multipart: "),
    ((b'{"file": 1}', {**HEADERS, "content-type": "application/json"}), "content-type: "),
    ((form(GOOD)[0], {**HEADERS, "content-type": "multipart/form-data"}), "content-type: "),
    ((form(GOOD)[0], HEADERS), "content-type: "),
    (
        (form(GOOD)[0], {**HEADERS, "content-type": "multipart/form-data; boundary=" + "x" * 5000}),
        "multipart: ",
    ),
    ((form(GOOD)[0], {**HEADERS, "content-type": 'multipart/form-data; boundary="ü"'}), "multipart: "),
]


@pytest.mark.parametrize(("sent", "message"), REFUSED)
def test_what_is_no_upload_is_refused(simulator: Simulator, sent: tuple[bytes, Json], message: str) -> None:
    status, answer = send(simulator, "POST", "/v1/files", *sent)
    assert (status, answer["error"]["type"]) == (400, "invalid_request_error"), answer
    assert answer["error"]["message"].startswith(message)
    assert send(simulator, "GET", "/v1/files")[1] == {"data": [], "next_page": None}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=abc", "limit: Input should be a valid integer"),
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("page=2", "page: Invalid page cursor"),
        ("page=page_%F0", "page: Invalid page cursor"),
        ("page=page_YmVmb3JlOi0x", "page: Invalid page cursor"),
        ("ids[]=a&limit=3", "ids: "),
        ("&".join(f"ids%5B%5D={at}" for at in range(101)), "ids: List should have at most 100 items"),
        ("after_id=file_none", "after_id: "),
    ],
)
def test_a_query_that_cannot_be_read_is_refused(simulator: Simulator, query: str, message: str) -> None:
    status, answer = send(simulator, "GET", f"/v1/files?{query}")
    assert status == 400
    assert answer["error"]["message"].startswith(message)


@pytest.mark.parametrize("id", ["..", "%2e%2e", "a%2Fb", "%00", "file_" + "x" * 5000, "~"])
def test_an_id_that_is_none_is_not_found(simulator: Simulator, id: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        status, answer = send(simulator, method, f"/v1/files/{id}{path}")
        assert (status, answer["error"]["type"]) == (404, "not_found_error")
    assert send(simulator, "POST", f"/v1/files/{id}")[0] == 405
    assert send(simulator, "GET", f"/v1/files/{id}/../x")[0] == 404


def test_a_file_belongs_to_its_key(simulator: Simulator) -> None:
    id = upload(simulator)["id"]
    other = {**HEADERS, "x-api-key": "other"}
    for method, path in (("GET", ""), ("GET", "/content"), ("DELETE", "")):
        assert send(simulator, method, f"/v1/files/{id}{path}", headers=other)[0] == 404
    assert send(simulator, "GET", "/v1/files", headers=other)[1]["data"] == []
    bearer = {"authorization": "Bearer k", "anthropic-version": "2026-10-21"}
    assert send(simulator, "GET", f"/v1/files/{id}", headers=bearer)[0] == 200  # the same key, sent otherwise


def test_a_file_needs_a_key_and_a_version(simulator: Simulator) -> None:
    body, headers = form(GOOD)
    for left_out, status in (("x-api-key", 401), ("anthropic-version", 400)):
        fewer = {name: value for name, value in headers.items() if name != left_out}
        assert send(simulator, "POST", "/v1/files", body, fewer)[0] == status
        assert send(simulator, "GET", "/v1/files", b"", fewer)[0] == status


def test_what_a_tool_made_can_be_downloaded(simulator: Simulator) -> None:
    workspace = simulator._workspaces.of(HEADERS)
    workspace.files.add(StoredFile("file_1", 0, "plot.png", "image/png", b"\x89PNG", 0.0, downloadable=True))
    plan = simulator.respond("GET", "/v1/files/file_1/content", HEADERS)
    assert (plan.status, plan.headers["content-type"]) == (200, "image/png")
    assert b"".join(step for step in plan.steps if isinstance(step, bytes)) == b"\x89PNG"
    sdk = sdk_for(simulator, "k")
    assert sdk.files.download("file_1").read() == b"\x89PNG"


def test_where_the_room_runs_out_nothing_more_is_kept(
    monkeypatch: pytest.MonkeyPatch, clock: StillClock
) -> None:
    monkeypatch.setattr(file_store, "MOST_OF_KEY", 5 * MB)
    monkeypatch.setattr(file_store, "MOST_BYTES", 7 * MB)
    simulator = Simulator(clock=clock)
    first = upload(simulator, data=b"x" * (4 * MB))["id"]
    body, headers = form(part(b'name="file"; filename="a.txt"', b"x" * (4 * MB)))
    for key in ("k", "other"):
        status, answer = send(simulator, "POST", "/v1/files", body, {**headers, "x-api-key": key})
        assert (status, answer["error"]["details"]) == (400, {"error_code": "storage_quota_exceeded"})
    assert send(simulator, "DELETE", f"/v1/files/{first}")[0] == 200
    assert send(simulator, "POST", "/v1/files", body, {**headers, "x-api-key": "other"})[0] == 200
    assert upload(simulator, data=b"x" * (2 * MB))["size_bytes"] == 2 * MB


def test_a_file_has_a_largest_size(monkeypatch: pytest.MonkeyPatch, simulator: Simulator) -> None:
    assert file_store.LARGEST == 500 * MB < most_bytes("/v1/files")
    monkeypatch.setattr(files_api, "LARGEST", MB)
    upload(simulator, data=b"x" * MB)
    body, headers = form(part(b'name="file"; filename="a.bin"', b"x" * (MB + 1)))
    status, answer = send(simulator, "POST", "/v1/files", body, headers)
    assert (status, answer["error"]["type"]) == (413, "request_too_large")


def test_a_store_gives_back_what_it_took() -> None:
    shared = Allowance(10_000)
    store = FileStore(shared)
    for at in range(20):
        store.add(StoredFile(f"file_{at}", at, "a", "text/plain", b"x" * 4000, 0.0, expires=float(at + 1)))
        store.expire(at + 1.0)
    assert shared.used == 0
    store.add(StoredFile("file_x", 99, "a", "text/plain", b"x" * 4000, 50.0))
    store.clear()
    assert shared.used == 0


def test_what_is_cited_from_a_file_names_it(sdk: anthropic.Anthropic, clock: StillClock) -> None:
    text = "The ferry to Bergen leaves at 07:45. The harbour has three piers."
    file = sdk.files.upload(file=("ferry.txt", text.encode()))
    ask: Any = {"role": "user", "content": [{**sent_as("document", file.id), "citations": {"enabled": True}}]}
    ask["content"].append({"type": "text", "text": "When does the ferry leave?"})
    common: Any = {"model": "claude-sonnet-5", "max_tokens": 300}
    reply = sdk.messages.create(messages=[ask], **common)
    cited = [each for block in reply.content if block.type == "text" for each in block.citations or ()]
    (citation,) = cited
    assert citation.type == "char_location"
    assert citation.file_id == file.id
    assert text[citation.start_char_index : citation.end_char_index].strip() == citation.cited_text.strip()
    again: Any = [ask, {"role": "assistant", "content": reply.content}, {"role": "user", "content": "Thanks"}]
    assert sdk.messages.create(messages=again, **common).stop_reason == "end_turn"
    requests: Any = [{"custom_id": "a", "params": {**common, "messages": [ask]}}]
    batch = sdk.messages.batches.create(requests=requests)
    clock.now += 1
    (line,) = sdk.messages.batches.results(batch.id)
    assert line.result.type == "succeeded"
    assert line.result.message.content == reply.content


def test_a_torn_form_is_answered_and_not_printed() -> None:
    code = """if True:
        from nbkit.sim.simulator import Simulator
        headers = {"x-api-key": "k", "anthropic-version": "2023-06-01"}
        headers["anthropic-beta"] = "files-api-2025-04-14"
        headers["content-type"] = "multipart/form-data; boundary=b"
        print(Simulator().respond("POST", "/v1/files", headers, b"--x\\r\\n").status)
    """
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout, ran.stderr) == ("400\n", "")
