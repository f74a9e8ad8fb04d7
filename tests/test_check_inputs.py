"""What `nbkit check` can read and what not: each file that is no request gets a sentence and a status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from check_runs import BAD, GOOD, SECRET, checked, nbkit_check
from nbkit import cli


def test_standard_input_is_checked_like_a_file(tmp_path: Path) -> None:
    done = nbkit_check("-", cwd=tmp_path, given=json.dumps(BAD).encode())
    assert done.returncode == 1
    first, _, place, words, *_ = done.stdout.decode().split("\n")
    assert first == "<stdin>: the API would refuse it: 1 error"
    assert place == "  400 invalid_request_error at messages [R2]"
    assert words == "    messages: at least one message is required"
    assert b"\x1b" not in done.stdout


def test_files_that_a_curl_command_names_stand_beside_it(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "body.json").write_text(json.dumps(GOOD), encoding="utf-8")
    call = f"curl https://api.anthropic.com/v1/messages -H 'x-api-key: {SECRET}' -d @body.json"
    call += " -H 'anthropic-version: 2023-06-01'"
    (tmp_path / "inner" / "call.sh").write_text(call, encoding="utf-8")
    assert nbkit_check("inner/call.sh", cwd=tmp_path).returncode == 0
    assert nbkit_check("-", cwd=tmp_path / "inner", given=call.encode()).returncode == 0
    lost = nbkit_check("-", cwd=tmp_path, given=call.encode())
    assert lost.returncode == 2
    assert lost.stderr.decode() == "nbkit: <stdin>: body.json can't be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (b"", 2, "is empty"),
        (bytes(range(256)) * 20, 2, "is no text"),
        (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), 0, "byte order mark"),
        (b"{" * 200_000, 1, "not valid JSON"),
        (b'{"a":' * 200_000, 1, "recursion limit exceeded"),
        (b'{"a": "\xff"}', 1, "not valid UTF-8"),
        (b"curl https://x/v1/messages -d '{", 2, "quote in line 1 is never closed"),
        (b"just words", 2, "holds no request"),
        (b'{"cells": [], "nbformat": 4}', 2, "holds no conversation"),
    ],
)
def test_bad_input_is_a_sentence_and_a_status(
    data: bytes, status: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, data, name="a") == status
    said = capsys.readouterr()
    assert message in said.out + said.err
    if status == 2:
        assert said.out == ""
        assert said.err.count("\n") == 1


@pytest.mark.parametrize("depth", [150, 300, 800, 950, 970, 980, 990])
def test_a_body_of_any_depth_gets_a_verdict(depth: int, tmp_path: Path) -> None:
    deep = '{"a":' * depth + "1" + "}" * depth
    text = json.dumps(GOOD)[:-1] + f', "tools": [{{"name": "x", "input_schema": {deep}}}]}}'
    assert checked(tmp_path, text.encode()) in (0, 1)


def test_what_can_t_be_read_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "folder.json").mkdir()
    for name, why in (
        ("folder.json", "folder.json is a folder"),
        ("none.json", "No such file"),
        ("a\0b", "null byte"),
    ):
        assert cli.main(["check", str(tmp_path / name)]) == 2
        assert why in capsys.readouterr().err


def test_a_file_beyond_all_use_is_not_read_to_its_end(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "LARGEST", 1024 * 1024)
    assert checked(tmp_path, b" " * (1024 * 1024 + 1)) == 2
    assert "is larger than 1 MB" in capsys.readouterr().err


def test_a_file_that_is_no_json_and_too_large_says_so_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, b"{" + b"x" * 33 * 1024 * 1024, "--json") == 1
    found = json.loads(capsys.readouterr().out)["problems"]
    assert [problem["status"] for problem in found] == [413, 400]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["a.json", "b.json"], "check takes one FILE at a time, and has a.json already: check b.json"),
        (["a.json", "--json", "b.json"], "check takes one FILE at a time"),
        (["a.json", "--nope"], "check has no option --nope"),
        ([""], "the name of FILE is empty"),
        (["."], ". is a folder: name a file in it"),
    ],
)
def test_what_names_no_file_to_check_is_said(arguments: list[str], says: str, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text(json.dumps(GOOD))
    done = nbkit_check(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert says in done.stderr.decode()


def test_a_pipe_or_a_device_is_refused_instead_of_waited_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes here")
    os.mkfifo(tmp_path / "pipe")
    curl = "curl https://api.anthropic.com/v1/messages -d @"
    for given in (["pipe"], ["/dev/zero"], ["-"]):
        told = nbkit_check(*given, cwd=tmp_path, given=f"{curl}pipe".encode())
        assert told.returncode == 2
        assert b"is a pipe or a device" in told.stderr
    (tmp_path / "a.json").write_text(json.dumps(GOOD))
    assert nbkit_check("/dev/stdin", cwd=tmp_path, given=json.dumps(GOOD).encode()).returncode == 0


MADE = "curl https://api.anthropic.com/v1/messages -H x-api-key:k -H anthropic-version:2023-06-01"


@pytest.mark.parametrize(
    ("bodies", "status", "unread"),
    [
        (["@good.json", "$BODY"], 0, ["a.sh:2"]),
        (["@bad.json", "@none.json"], 1, ["a.sh:2"]),
        (["$A", "$B"], 2, ["a.sh:1", "a.sh:2"]),
        (["$A"], 2, ["a.sh"]),
    ],
)
def test_what_can_t_be_read_is_listed_and_is_no_error(
    bodies: list[str], status: int, unread: list[str], tmp_path: Path
) -> None:
    for name, body in (("good.json", GOOD), ("bad.json", BAD)):
        (tmp_path / name).write_text(json.dumps(body))
    (tmp_path / "a.sh").write_text("\n".join(f"{MADE} --json {body}" for body in bodies))
    told = nbkit_check("a.sh", cwd=tmp_path)
    listed = nbkit_check("a.sh", "--json", cwd=tmp_path)
    assert (told.returncode, listed.returncode) == (status, status)
    assert [each["where"] for each in json.loads(listed.stdout)["unread"]] == unread
    assert ("not checked" in told.stdout.decode()) == (len(bodies) > 1)


@pytest.mark.parametrize("file", ["none.json", "empty.json", "words.txt"])
def test_json_is_printed_also_where_nothing_was_checked(file: str, tmp_path: Path) -> None:
    (tmp_path / "empty.json").write_bytes(b"")
    (tmp_path / "words.txt").write_bytes(b"no request")
    told = nbkit_check(file, "--json", cwd=tmp_path)
    report = json.loads(told.stdout)
    assert (told.returncode, report["requests"], report["errors"]) == (2, [], 0)
    assert report["unread"][0]["reason"] in told.stderr.decode()


PRETTY = json.dumps(GOOD, indent=2)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"42", "not an int"),
        (b"null", "not null"),
        (b"[]", "an empty array"),
        (b"[1, 2]", "not an int"),
        (b'"x"', "not a str"),
        (f"{PRETTY}\n{PRETTY}\n".encode(), "several JSON documents"),
        (f"{PRETTY}{PRETTY}".encode(), "several JSON documents"),
        (PRETTY.encode() + b"\0\0", "NUL bytes"),
        (PRETTY.encode("utf-16-le"), "UTF-16"),
        (PRETTY.encode("utf-16-be"), "UTF-16"),
        (PRETTY.encode("utf-16"), "UTF-16"),
    ],
)
@pytest.mark.parametrize("name", ["a.json", "a.txt"])
def test_what_holds_no_request_is_not_checked(
    data: bytes, message: str, name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(tmp_path, data, name=name) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_text_in_another_encoding_is_placed_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = PRETTY.replace("hi", "caf\u00e9")
    assert checked(tmp_path, text.encode("latin-1")) == 1
    said = capsys.readouterr().out
    assert "line 1 column 1 (char 0)" in said
    assert f"0xe9 in line 7, byte {text.index(chr(0xE9))}" in said
