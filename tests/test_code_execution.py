"""Code execution as the official SDK sees it over HTTP: files, edits, containers, what may be downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from nbkit.sim.server import LocalServer
from nbkit.sim.simulator import Simulator
from still_clock import StillClock

Json = dict[str, Any]
VERSIONS = ["code_execution_20250825", "code_execution_20260120", "code_execution_20260521"]
MODELS = ["claude-haiku-4-5", "claude-opus-4-8", "claude-sonnet-5", "claude-opus-5-5", "claude-fable-5-2"]


@pytest.fixture(scope="module")
def clock() -> StillClock:
    return StillClock()


@pytest.fixture(scope="module")
def sdk(clock: StillClock) -> Iterator[anthropic.Anthropic]:
    with (
        LocalServer(Simulator(clock=clock)) as server,
        anthropic.Anthropic(api_key="sk-test", base_url=server.url, max_retries=0) as client,
    ):
        yield client


def asking(*messages: Any, version: str = VERSIONS[0], **more: Any) -> Any:
    said = [
        {"role": "user" if at % 2 == 0 else "assistant", "content": each} for at, each in enumerate(messages)
    ]
    tools = [{"type": version, "name": "code_execution"}]
    return {"model": "claude-sonnet-5", "max_tokens": 3000, "messages": said, "tools": tools, **more}


def results(message: Any) -> list[Any]:
    return [block.content for block in message.content if block.type.endswith("_tool_result")]


def inputs(message: Any) -> list[tuple[str, Json]]:
    return [(block.name, block.input) for block in message.content if block.type == "server_tool_use"]


def text(message: Any) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_file_is_created_changed_and_shown(sdk: anthropic.Anthropic, version: str) -> None:
    question = 'Create a file notes.txt with "Buy milk", replace "milk" with "oat milk", and show it to me.'
    message = sdk.messages.create(**asking(question, version=version))
    made, changed, shown = results(message)
    assert (made.type, made.is_file_update) == ("text_editor_code_execution_create_result", False)
    assert changed.type == "text_editor_code_execution_str_replace_result"
    assert changed.lines == ["-Buy milk", "+Buy oat milk"]
    assert (changed.old_start, changed.old_lines, changed.new_start, changed.new_lines) == (1, 1, 1, 1)
    assert (shown.content, shown.file_type) == ("Buy oat milk", "text")
    assert (shown.num_lines, shown.start_line, shown.total_lines) == (1, 1, 1)
    assert [given["command"] for _, given in inputs(message)] == ["create", "str_replace", "view"]
    assert {name for name, _ in inputs(message)} == {"text_editor_code_execution"}
    assert "oat milk" in text(message)


def test_a_container_keeps_its_files_for_who_names_it(sdk: anthropic.Anthropic, clock: StillClock) -> None:
    create = 'Create a file todo.txt with "call Ada"'
    first = sdk.messages.create(**asking(create))
    assert first.container is not None
    id = first.container.id
    show = "Show me todo.txt"
    (found,) = results(sdk.messages.create(**asking(show, container=id)))
    assert found.content == "call Ada"
    (missing,) = results(sdk.messages.create(**asking(show)))
    assert (missing.error_code, "todo.txt" in missing.error_message) == ("file_not_found", True)
    (again,) = results(sdk.messages.create(**asking(create, container=id)))
    assert again.is_file_update
    (other,) = results(sdk.with_options(api_key="sk-other").messages.create(**asking(show, container=id)))
    assert other.error_code == "file_not_found"
    clock.now += 3700
    (expired,) = results(sdk.messages.create(**asking(show, container=id)))
    assert expired.error_code == "file_not_found"


def test_a_container_lives_an_hour_from_its_last_use(sdk: anthropic.Anthropic, clock: StillClock) -> None:
    first = sdk.messages.create(**asking('Create a file a.txt with "x"'))
    assert first.container is not None
    assert first.container.expires_at.timestamp() == clock.now + 3600
    clock.now += 3000
    later = sdk.messages.create(**asking("Show me a.txt", container=first.container.id))
    assert later.container is not None
    assert (later.container.id, later.container.expires_at.timestamp()) == (
        first.container.id,
        clock.now + 3600,
    )


def test_a_saved_file_can_be_downloaded(sdk: anthropic.Anthropic) -> None:
    question = "Save this as rooms.csv so that I can download it:\n```csv\nroom,seats\nA,12\nB,30\n```"
    message = sdk.messages.create(**asking(question))
    (ran,) = results(message)
    (output,) = ran.content
    assert output.type == "bash_code_execution_output"
    assert output.file_id in text(message)
    told = sdk.files.retrieve_metadata(output.file_id)
    assert (told.filename, told.mime_type, told.downloadable) == ("rooms.csv", "text/csv", True)
    assert sdk.files.download(output.file_id).read() == b"room,seats\nA,12\nB,30\n"
    (same,) = results(sdk.messages.create(**asking(question)))
    assert same.content[0].file_id == output.file_id
    assert output.file_id in [file.id for file in sdk.files.list()]


def test_the_first_version_writes_files_in_python(sdk: anthropic.Anthropic) -> None:
    code = "import os\nwith open(os.environ['OUTPUT_DIR'] + '/n.txt', 'w') as f:\n    f.write('é' * 3)\n"
    code += "print('ok')"
    request = asking(f"Run this:\n```python\n{code}\n```", version="code_execution_20250522")
    (ran,) = results(sdk.messages.create(**request))
    assert (ran.type, ran.stdout, ran.content[0].type) == (
        "code_execution_result",
        "ok\n",
        "code_execution_output",
    )
    assert sdk.files.download(ran.content[0].file_id).read() == "ééé".encode()


def test_an_uploaded_table_is_read(sdk: anthropic.Anthropic) -> None:
    table = b"city,people\nOslo,700\nBergen,300\nBod\xc3\xb8,50\n"
    file = sdk.files.upload(file=("cities.csv", table, "text/csv"))
    content = [
        {"type": "text", "text": "What is the average number of people in this data?"},
        {"type": "container_upload", "file_id": file.id},
    ]
    message = sdk.messages.create(**asking(content))
    (ran,) = results(message)
    assert ran.stdout == "3 rows\ncity: 3 values, such as Bergen\npeople: mean 350\n"
    assert "350" in text(message)


@pytest.mark.parametrize(
    ("question", "printed"),
    [
        ("Print the squares of 1 to 4 with code", "1 1\n2 4\n3 9\n4 16\n"),
        ("What is the sum of the squares of the numbers 1 to 12?", "650\n"),
        ("What is the 10th Fibonacci number?", "55\n"),
        ("Use code: what are the primes below 20?", "[2, 3, 5, 7, 11, 13, 17, 19]\n"),
        ("Compute the factorial of 20", "2432902008176640000\n"),
        ('How many words are in "the quick brown fox"?', "4\n"),
        ("What's the sum of the first 50 prime numbers? Use code.", "5117\n"),
        ("Calculate the mean and median of [3, 1, 8]", "mean: 4\nmedian: 3\n"),
        ("Sort these numbers with Python, largest first: 5, 3, 9, 1", "[9, 5, 3, 1]\n"),
        ("print('hi', 2 + 3)", "hi 5\n"),
        ("Execute echo hello", "hello\n"),
        ("Run `seq 3 | tail -1`", "3\n"),
        ("```bash\necho hi > f && cat f | wc -c\n```", "3\n"),
        (
            "Run it:\n```python\nfor n in range(3):\n    print(f'{n}: {n ** 2:>3}')\n```",
            "0:   0\n1:   1\n2:   4\n",
        ),
    ],
)
def test_code_is_followed_step_by_step(sdk: anthropic.Anthropic, question: str, printed: str) -> None:
    (ran,) = results(sdk.messages.create(**asking(question)))
    assert (ran.stdout, ran.stderr, ran.return_code, ran.content) == (printed, "", 0, [])


def test_a_script_is_written_and_then_run(sdk: anthropic.Anthropic) -> None:
    code = "def double(n):\n    return 2 * n\n\nprint([double(n) for n in (1, 2, 3)])"
    message = sdk.messages.create(**asking(f"Create double.py and run it:\n```python\n{code}\n```"))
    made, ran = results(message)
    assert made.type == "text_editor_code_execution_create_result"
    assert ran.stdout == "[2, 4, 6]\n"
    assert inputs(message)[1] == ("bash_code_execution", {"command": "python3 /tmp/double.py"})


@pytest.mark.parametrize(
    ("question", "path", "content"),
    [
        ("Create a file called list.txt containing milk, eggs and bread", "list.txt", "milk, eggs and bread"),
        ("Write 'Ärger' to /tmp/a/b.md, then show it", "a/b.md", "Ärger"),
        ('Make data.json with ```json\n{"a": 1}\n```', "data.json", '{"a": 1}'),
        ("Write a Python script that prints hello world to hello.py", "hello.py", "print('hello world')"),
    ],
)
def test_a_file_holds_what_was_said(sdk: anthropic.Anthropic, question: str, path: str, content: str) -> None:
    name, given = inputs(sdk.messages.create(**asking(question)))[0]
    assert name == "text_editor_code_execution"
    assert given == {"command": "create", "path": f"/tmp/{path}", "file_text": content}


def test_lines_of_a_file_are_shown(sdk: anthropic.Anthropic) -> None:
    made = sdk.messages.create(**asking("Create poem.txt with\n```\none\ntwo\nthree\nfour\n```"))
    assert made.container is not None
    question = "Show me lines 2 to 3 of poem.txt"
    (shown,) = results(sdk.messages.create(**asking(question, container=made.container.id)))
    assert (shown.content, shown.start_line, shown.num_lines, shown.total_lines) == ("two\nthree", 2, 2, 4)


def test_whatever_a_saved_file_holds_it_comes_back(sdk: anthropic.Anthropic) -> None:
    text = "a 'quote' \"$HOME\"\nEOF\n`ls` \\ end"
    message = sdk.messages.create(**asking(f"Save this to odd.txt:\n```\n{text}\n```"))
    (ran,) = results(message)
    assert sdk.files.download(ran.content[0].file_id).read().decode() == text + "\n"


def test_a_mistake_in_code_is_told_with_its_line(sdk: anthropic.Anthropic) -> None:
    code = "def f(items):\n    return items[3]\n\nprint('a')\nf([1])"
    (ran,) = results(sdk.messages.create(**asking(f"Run:\n```python\n{code}\n```")))
    assert (ran.stdout, ran.return_code) == ("a\n", 1)
    assert ran.stderr.splitlines()[0] == "Traceback (most recent call last):"
    assert 'line 5, in <module>\n  File "<string>", line 2, in f\nIndexError: list index' in ran.stderr


QUESTIONS = [
    'Create a file notes.txt with "Buy milk", replace "milk" with "tea", and show it to me.',
    'Save "a line" to line.txt so that I can download it',
    "Show me missing.txt",
    "Run ```python\nprint(1/0)\n```",
    "Run ```python\nimport numpy\n```",
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_streamed_as_whole_and_sent_back_untouched(
    sdk: anthropic.Anthropic, question: str, model: str
) -> None:
    request = asking(question, model=model)
    whole = sdk.messages.create(**request)
    with sdk.messages.stream(**request) as stream:
        streamed = stream.get_final_message()
    kept = [block.to_dict() for block in whole.content]
    for block in streamed.content:
        if block.type == "text":
            del block.parsed_output
    assert [block.to_dict() for block in streamed.content] == kept
    assert (streamed.container, streamed.stop_reason) == (whole.container, whole.stop_reason)
    assert streamed.usage.server_tool_use == whole.usage.server_tool_use
    assert whole.container is not None
    messages = [*request["messages"], {"role": "assistant", "content": whole.content}]
    messages.append({"role": "user", "content": "Thank you."})
    again = sdk.messages.create(**{**request, "messages": messages, "container": whole.container.id})
    assert again.stop_reason == "end_turn"
    assert again.container is None
