"""`nbkit check` as a shell sees it: what it prints, its exit status, and nothing that it should not touch."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from check_runs import BAD, COMMAND, ENVIRONMENT, GOOD, SECRET, checked, nbkit_check
from nbkit import check, cli
from nbkit.rules.problem import Fix

NEWER = {**GOOD, "model": "claude-from-next-year"}


@pytest.mark.parametrize(("body", "status"), [(GOOD, 0), (NEWER, 0), (BAD, 1), ([GOOD, BAD], 1)])
def test_the_exit_status_counts_errors_only(body: Any, status: int, tmp_path: Path) -> None:
    assert checked(tmp_path, body) == status
    assert checked(tmp_path, body, "--json") == status


def test_a_warning_is_told_and_does_not_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "x", "input": {}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "1"}
    turns = [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    assert checked(tmp_path, {**GOOD, "messages": [*GOOD["messages"], *turns]}) == 0
    assert "no errors, 1 warning" in capsys.readouterr().out


def test_json_lines_tell_what_needs_a_look_and_add_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\n".join(json.dumps(each) for each in (GOOD, BAD, {"custom_id": "c", "params": BAD}, GOOD))
    assert checked(tmp_path, text.encode(), name="calls.jsonl") == 1
    out = capsys.readouterr().out
    assert f"{tmp_path / 'calls.jsonl'}:2: the API would refuse it" in out
    assert "calls.jsonl:3 (c): the API would refuse it" in out
    assert "calls.jsonl:1" not in out
    assert out.endswith("4 requests: 2 accepted, 2 refused; 2 errors\n")


START = {"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant"}}


CUT = f"event: message_start\ndata: {json.dumps(START)}\n\n"


OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


FAILED = f"event: error\ndata: {json.dumps(OVERLOADED)}\n\n"


@pytest.mark.parametrize(
    ("response", "said"),
    [
        ({}, "no message"),
        ({"id": "chatcmpl-1", "choices": []}, "no message"),
        ("<html>", "no message"),
        ({"status": 200, "body": CUT}, "a stream that breaks off"),
        (CUT, "a stream that breaks off"),
        ([START], "a stream that breaks off"),
        (None, ""),
        ("", ""),
        (OVERLOADED, ""),
        (FAILED, ""),
        (json.dumps(OVERLOADED), ""),
        ({"status": 502, "body": "<html>"}, ""),
        ({"status": 529, "body": OVERLOADED}, ""),
        ({"role": "assistant", "content": []}, ""),
    ],
)
def test_a_reply_that_cannot_be_used_is_said(
    response: Any, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    beside = [{"request": GOOD, "response": response}, {"request": GOOD}]
    entries: list[list[Any]] = [beside]
    if isinstance(response, str) and response.startswith("event:"):
        entries.append([GOOD, response, GOOD])  # on a line of its own
    for each in entries:
        text = "\n".join(map(json.dumps, each)).encode()
        assert checked(tmp_path, text, "--session", "--json", name="a.jsonl") == 0
        problems = json.loads(capsys.readouterr().out)["problems"]
        assert [(one["line"], one["level"]) for one in problems] == ([(1, "warning")] if said else [])
        assert all(said in one["message"] for one in problems)
        checked(tmp_path, text, "--json", name="a.jsonl")
        assert json.loads(capsys.readouterr().out)["problems"] == []


def test_a_session_is_judged_when_it_is_said_to_be_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
    more = {"role": "user", "content": "more"}
    whole, less = {**said}, {**said, "content": said["content"][:1]}
    bodies = [{**GOOD, "messages": [*GOOD["messages"], turn, more]} for turn in (whole, less)]
    text = "\n".join(json.dumps(each) for each in (GOOD, *bodies)).encode()
    assert checked(tmp_path, text, name="a.jsonl") == 0
    capsys.readouterr()
    status = checked(tmp_path, text, "--session", "--json", name="a.jsonl")
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(each["line"], each["path"].split(".")[0]) for each in problems] == [(3, "messages")]
    assert status == (1 if problems[0]["level"] == "error" else 0)


def test_json_is_one_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert checked(tmp_path, BAD, "--json") == 1
    whole = json.loads(capsys.readouterr().out)
    assert (whole["kind"], whole["errors"], whole["problems"][0]["rule"]) == ("request", 1, "R2")


def test_options_say_what_the_file_does_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    warm = {**GOOD, "temperature": 0.5, "model": "claude-sonnet-4-5"}
    assert checked(tmp_path, warm) == 1
    assert checked(tmp_path, warm, "--version", "2023-06-01") == 0
    assert checked(tmp_path, warm, "--header", "anthropic-version: 2023-06-01") == 0
    assert checked(tmp_path, GOOD, "--header", "x-api-key:") == 1
    count = {key: value for key, value in GOOD.items() if key != "max_tokens"}
    assert checked(tmp_path, count, "--endpoint", "/v1/messages/count_tokens") == 0
    assert checked(tmp_path, GOOD, "--platform", "moon") == 2
    assert "no platform is called 'moon'" in capsys.readouterr().err


@pytest.mark.parametrize("body", [json.dumps(BAD), "{", "@nothing.json", "$BODY", "'"])
@pytest.mark.parametrize(
    "option", [f"-H 'x-api-key: {SECRET}'", f"-H {SECRET}", f"-u a:{SECRET} -H 'x: {SECRET}'"]
)
@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_no_key_is_ever_printed(
    body: str, option: str, arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"curl https://key:{SECRET}@api.anthropic.com/v1/messages?k={SECRET} {option} -d '{body}'"
    assert checked(tmp_path, text.encode(), *arguments, "--header", f"x-api-key: {SECRET}", name="a.sh") in (
        1,
        2,
    )
    said = capsys.readouterr()
    assert "SECRET" not in said.out + said.err
    assert said.out + said.err


def test_a_header_without_a_name_is_refused_without_its_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, GOOD, "--header", SECRET) == 2
    said = capsys.readouterr()
    assert said.err == "nbkit: --header takes NAME:VALUE (NAME: alone takes a header away)\n"


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "many.jsonl").write_text(f"{json.dumps(BAD)}\n" * 3000, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "many.jsonl"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"many.jsonl:1: ")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_a_terminal_without_our_letters_is_written_to_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "é.json").write_text(json.dumps({**GOOD, "model": "modèle…"}), encoding="utf-8")
    done = subprocess.run(
        [*COMMAND, "é.json"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"mod\\xe8le\\u2026" in done.stdout


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "colour"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_that_want_it(
    variables: dict[str, str], colour: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    assert checked(tmp_path, BAD) == 1
    assert ("\x1b[" in terminal.getvalue()) is colour


def test_help_says_what_is_read_and_what_the_status_means(tmp_path: Path) -> None:
    text = nbkit_check("--help", cwd=tmp_path).stdout.decode()
    for words in ("JSON Lines", "curl command", "notebook", "exit status:", "  2  nothing was checked"):
        assert words in text


def test_an_option_that_is_unknown_is_refused_without_its_value(tmp_path: Path) -> None:
    done = nbkit_check("a.json", f"--key={SECRET}", cwd=tmp_path)
    assert done.returncode == 2
    assert b"check has no option --key" in done.stderr
    assert b"SECRET" not in done.stderr


ABOVE = "{'IPython', 'anywidget', 'traitlets', 'jupyter_client', 'ipykernel', 'httpx', 'jupyterlab'}"


@pytest.mark.parametrize("kind", ["notebook", "request"])
def test_nothing_of_jupyter_is_imported(kind: str, tmp_path: Path, root: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(GOOD), encoding="utf-8")
    file = tmp_path / "a.json" if kind == "request" else root / "notebooks" / cli.FIRST
    code = (
        "import sys; from nbkit import cli; status = cli.main(['check', sys.argv[1]]); "
        f"print({{name.split('.')[0] for name in sys.modules}} & {ABOVE}, status)"
    )
    command = [sys.executable, "-c", code, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT, timeout=60)
    assert done.stdout.endswith("set() 0\n"), done.stdout + done.stderr


def test_an_endpoint_that_is_none_is_told_before_anything_is_judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, GOOD, "--endpoint", "/v1/complete") == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "'/v1/complete' is no endpoint" in told.err
    assert checked(tmp_path, GOOD, "--endpoint", "https://api.anthropic.com/v1/messages?beta=true") == 0


def test_a_batch_may_be_sent_to_the_endpoint_of_batches(tmp_path: Path) -> None:
    batch = {"requests": [{"custom_id": "a", "params": GOOD}]}
    assert checked(tmp_path, batch, "--endpoint", "/v1/messages/batches") == 0


def test_a_batch_file_is_told_of_at_the_places_that_check_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = {**GOOD, "stream": True, "foo": 1, "messages": [{"role": "assistant", "content": "x "}]}
    entries: list[Any] = [{"params": odd}, 7, {"custom_id": "a"}, {"custom_id": "a", "params": BAD}]
    batch = {"requests": entries, "extra": 1}
    known = [each.to_json() for each in check(batch, endpoint="/v1/messages/batches")]
    assert checked(tmp_path, batch, "--json") == 1
    told = json.loads(capsys.readouterr().out)["problems"]
    assert [{key: each[key] for key in known[0]} for each in told] == known
    mended: Any = batch
    for each in told:
        for operation in each["fix"]["operations"] if each["fix"] else ():
            mended = Fix("", (operation,)).apply(mended)
    assert set(mended["requests"][0]["params"]) == set(GOOD)
    assert "extra" not in mended


def test_a_line_of_a_batch_is_told_of_at_its_place_in_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, {"custom_id": "a", "params": {**GOOD, "foo": 1}}, "--json", name="a.jsonl") == 1
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["path"], problem["pointer"]) == ("params.foo", "/params/foo")
    assert problem["fix"]["operations"] == [{"op": "remove", "path": "/params/foo"}]


def test_a_key_that_stands_twice_is_told_in_every_kind_of_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = json.dumps(GOOD).replace('"max_tokens": 10', '"max_tokens": 10, "max_tokens": 20')
    headers = "-H 'x-api-key: k' -H 'anthropic-version: 2023-06-01'"
    curl = f"curl https://api.anthropic.com/v1/messages {headers} -d '{twice}'"
    for name, data in (
        ("a.json", twice),
        ("a.jsonl", f"{json.dumps(GOOD)}\n{twice}\n"),
        ("b.json", f'{{"requests": [{{"custom_id": "a", "params": {twice}}}]}}'),
        ("c.json", f'[{{"body": {twice}}}]'),
        ("d.sh", curl),
    ):
        assert checked(tmp_path, data.encode(), name=name) == 0
        assert "max_tokens: this key stands here more than once" in capsys.readouterr().out, name
    body = json.dumps({"custom_id": "a", "params": GOOD})
    assert checked(tmp_path, f'{{"requests": [], "requests": [{body}]}}'.encode()) == 0
    assert "requests: this key stands here more than once" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_report_that_can_not_be_written_is_told_in_a_sentence(more: list[str], tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps(BAD))
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "bad.json", *more],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            cwd=tmp_path,
            env=ENVIRONMENT,
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr == b"nbkit: the report can't be written: No space left on device\n"


def test_requests_of_an_array_are_counted_from_one_as_lines_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, [GOOD, BAD]) == 1
    assert "a.json: 2: the API would refuse it" in capsys.readouterr().out
