"""Scripts are read as people keep them: with variables, in Markdown, for other shells."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nbkit.errors import UsageError
from nbkit.study.imports import Imported, read
from nbkit.study.verdict import Asked, Verdict, verdicts

BODY = {"model": "claude-sonnet-5", "max_tokens": 10, "messages": [{"role": "user", "content": "hi"}]}
TEXT = json.dumps(BODY)
URL = "https://api.anthropic.com/v1/messages"
HEADERS = "-H 'x-api-key: k' -H 'anthropic-version: 2023-06-01' -H 'content-type: application/json'"
CURL = f"curl {URL} {HEADERS}"


def read_file(name: str) -> bytes:
    if name == "body.json":
        return TEXT.encode()
    raise UsageError(f"{name} can't be read")


def requests(script: str, name: str = "a.sh") -> list[Imported]:
    return list(read(script.encode(), name, read_file).requests)


def judged(script: str, name: str = "a.sh") -> list[Verdict]:
    return list(verdicts(read(script.encode(), name, read_file), Asked()))


def rules(script: str, name: str = "a.sh") -> list[str]:
    (verdict,) = judged(script, name)
    assert not verdict.unread, verdict.note
    return [problem.rule for problem in verdict.problems]


@pytest.mark.parametrize(
    "script",
    [
        f"BODY='{TEXT}'\n{CURL} -d \"$BODY\"",
        f"export BODY='{TEXT}'\n{CURL} -d ${{BODY}}",
        f"readonly A='{TEXT[:30]}'; B='{TEXT[30:]}'; C=$A$B\n{CURL} -d \"$C\"",
        f"A='{TEXT[:30]}'\nA+='{TEXT[30:]}'\n{CURL} -d \"$A\"",
        f"BODY=$(cat <<'EOF'\n{TEXT}\nEOF\n)\n{CURL} -d \"$BODY\"",
        f'BODY=`cat body.json`\n{CURL} -d "$BODY"',
        f"FILE=body.json\n{CURL} -d @$FILE",
        f"{CURL} -d \"$(printf '{TEXT.replace('hi', '%s')}' hi)\"",
        f"printf '%s\\n' '{TEXT}' | {CURL} -d @-",
        f"MAX=${{1:-10}}\n{CURL} -d '{TEXT.replace('10', chr(39) + '$MAX' + chr(39))}'",
        f"FILE=body.json\ncat $FILE | {CURL} -d @-",
        f"MAX=10\n{CURL} -d @- <<EOF\n{TEXT.replace('10', '$MAX')}\nEOF",
        f"if true; then\n  MAX=10\n  {CURL} -d '{TEXT.replace('10', chr(39) + '$MAX' + chr(39))}'\nfi",
        f"{CURL} -d '{TEXT.replace('10', chr(39) + '${MAX:-10}' + chr(39))}'",
    ],
)
def test_a_variable_that_the_script_assigns_is_known(script: str) -> None:
    (request,) = requests(script)
    assert (request.body, request.note) == (BODY, "")


@pytest.mark.parametrize(
    "before",
    [
        "",
        "MAX=10; read MAX\n",
        "for MAX in 1 2; do :; done\n",
        "if true; then MAX=10; else MAX=11; fi\n",
        "MAX=10\n[ -n x ] && MAX=11\n",
        "MAX=$(compute)\n",
        "MAX=10 other\n",
        "MAX=10; unset MAX\n",
        "(MAX=$1)\n",
        'MAX="$2$3"\n',
    ],
)
def test_a_value_that_nobody_knows_is_not_judged_and_said(before: str) -> None:
    body = TEXT.replace("10", "'$MAX'").replace("hi", "'\"$X\"'")
    (verdict,) = judged(f"{before}{CURL} -d '{body}'")
    assert verdict.problems == []
    assert "max_tokens ($MAX), messages.0.content ($X)" in verdict.note


def test_a_value_that_is_known_in_part_is_put_in() -> None:
    body = TEXT.replace('"', '\\"').replace("hi", "$1 $LINE").replace("claude", "${NAME:-claude}")
    (verdict,) = judged(f'DATA="{body}"\n{CURL} -d "$DATA"')
    assert (verdict.problems, verdict.note.count("messages.0.content ($1, $LINE)")) == ([], 1)


def test_options_in_a_variable_may_hold_what_is_needed() -> None:
    assert rules(f'curl "${{args[@]}}" {URL} -d @body.json') == []
    assert rules('curl $OPTS "$API/v1/messages" -d @body.json') == []
    assert rules('curl "$API" $OPTS -d @body.json') == []
    with pytest.raises(UsageError, match="its body isn't seen"):
        requests(f'curl {URL} "${{args[@]}}"')


IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "$TYPE", "data": '$(base64 -w0 "a b")'}}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "w", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "$ID", "content": "x"}


def conversation(*messages: tuple[str, Any], **more: Any) -> str:
    body = {**BODY, "messages": [{"role": role, "content": content} for role, content in messages], **more}
    return json.dumps(body).replace('$(base64 -w0 \\"a b\\")', '$(base64 -w0 "a b")')


@pytest.mark.parametrize(
    "body",
    [
        conversation(("user", [IMAGE])),
        conversation(("user", "hi"), ("assistant", [CALL]), ("user", [RESULT])),
        conversation(
            ("user", "hi"), ("assistant", [{**CALL, "name": "$NAME", "input": {"$K": 1}}]), ("user", "x")
        ),
        conversation(("$ROLE", "hi"), ("user", "hi")),
        TEXT.replace('[{"role"', '[$EARLIER, {"role"'),
        TEXT.replace('"hi"', "$CONTENT"),
        json.dumps({**BODY, "model": "$MODEL", "tools": "@"}).replace('"@"', "$TOOLS"),
        conversation(("user", "hi"), thinking={"type": "$T", "budget_tokens": 5}),
    ],
)
@pytest.mark.parametrize("document", ["EOF", None])
def test_no_error_hangs_on_what_only_a_shell_knows(body: str, document: str | None) -> None:
    quoted = body.replace("\\", "\\\\").replace('"', '\\"').replace('\\"a b\\"', '"a b"')
    script = f"{CURL} -d @- <<EOF\n{body}\nEOF" if document else f'{CURL} -d "{quoted}"'
    (verdict,) = judged(script)
    assert [problem for problem in verdict.problems if problem.level == "error"] == []
    assert "only a shell knows" in verdict.note


def test_what_is_certain_beside_an_unknown_value_is_said() -> None:
    said = conversation(("user", "$PROMPT"), ("assistant", [CALL]), ("user", "no result"), temperature=7)
    assert rules(f"{CURL} -d @- <<EOF\n{said}\nEOF")[:2] == ["shape", "R19"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('-H "anthropic-version: $V"', []),
        ('-H "$AUTH" -H "anthropic-version: 2023-06-01"', []),
        ('-H "anthropic-version: 2023-06-01" -H "x-api-key: $KEY" -H "anthropic-beta: $B"', []),
        ('-H "anthropic-version: 2023-06-01"', ["R77"]),
    ],
)
def test_a_header_that_nobody_knows_is_no_problem(header: str, expected: list[str]) -> None:
    key = [] if expected or "AUTH" in header else ["-H 'x-api-key: k'"]
    script = f"curl {URL} {' '.join(key)} {header} -H 'content-type: application/json' -d '{TEXT}'"
    assert rules(script) == expected


@pytest.mark.parametrize(
    "script",
    [
        f"R=$({CURL} -d '{TEXT}')",
        f'R="$({CURL} -d @body.json | jq .)"',
        f"R=`{CURL} -d @body.json`",
        f"echo $(echo $({CURL} -d @body.json))",
        f'if [ "$({CURL} -d @body.json)" ]; then :; fi',
        f"IMG=$(curl https://x.example/a.png | base64)\n{CURL} -d @body.json",
    ],
)
def test_curl_is_found_inside_of_a_substitution(script: str) -> None:
    (request,) = requests(script)
    assert request.body == BODY


def test_commands_stand_in_the_fences_of_markdown() -> None:
    fence = f"```bash\n{CURL} \\\n  -d '{TEXT}'\n```"
    further = f"Use curl again, don't wait:\n\n```json\n{{'curl\n```\n\n~~~\n{CURL} -d '\n~~~\n"
    page = f"# It's a page\n\n{fence}\n\n{further}{fence}\n"
    assert [(each.where, each.kind) for each in requests(page, "page.md")] == [
        ("page.md:4", "request"),
        ("page.md", "unread"),
        ("page.md:18", "request"),
    ]
    (piped,) = requests(fence, "<stdin>")
    assert piped.line == 2
    document = f'{CURL} -d @- <<\'EOF\'\n{{"curl": "\n```\nx\n```\n"}}\nEOF'
    (broken,) = requests(document, "a.sh")
    assert broken.line == 1


ESCAPED = TEXT.replace('"', '\\"')
CARETS = "".join(f"^{each}" if each in '{}[]"\\' else each for each in ESCAPED)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("name", "mark", "body"),
    [
        ("a.bat", "^", f'"{ESCAPED}"'),
        ("a.cmd", "^", f'^"{CARETS}^"'),
        ("<stdin>", "^", f'^"{CARETS}^"'),
        ("a.ps1", "`", f"'{TEXT}'"),
        ("a.ps1", "`", f"'{ESCAPED}'"),
        ("<stdin>", "`", f"'{TEXT}'"),
        ("a.sh", "\\", f"'{TEXT}'"),
    ],
)
def test_the_continuations_of_windows_are_read(name: str, mark: str, body: str, end: str) -> None:
    key = '"x-api-key: %KEY%"' if mark == "^" else '"x-api-key: $env:KEY"'
    lines = [
        f"curl {URL}",
        f"  -H {key} -H anthropic-version:2023-06-01",
        " -H content-type:application/json",
    ]
    script = f" {mark}{end}".join([*lines, f"  -d {body}"]) + end
    (request,) = requests(script, name)
    assert request.body == BODY
    assert rules(script, name) == []


def test_the_prompt_of_windows_has_comments_pipes_and_line_breaks() -> None:
    first_call = f'@curl {URL} --data-raw ^"a^\n\nb\\\\\\"c^&d^%e^" > out.txt'
    script = f'@echo off\nrem curl "x\n:: "\n{first_call} & curl {URL} -d "%B%x&"'
    first, second = (each for each in requests(script, "a.bat"))
    assert first.broken is not None
    assert (first.line, second.line) == (4, 6)


def test_one_command_that_can_t_be_read_stops_no_other() -> None:
    script = f"{CURL} -d @none.json\n{CURL} -d @body.json\n{CURL} -d $B\n{CURL} -d '"
    found = judged(script)
    assert [(each.where, each.unread) for each in found] == [
        ("a.sh:1", True),
        ("a.sh:2", False),
        ("a.sh:3", True),
        ("a.sh", True),
    ]
    assert "none.json can't be read" in found[0].note
    assert "quote in line 4 is never closed" in found[3].note


@pytest.mark.parametrize("broken", ["\\ ", "\\\n  # the key"])
def test_a_command_that_breaks_off_says_before_which_line(broken: str) -> None:
    with pytest.raises(UsageError, match=r"begins with -d, but the curl command has ended before it"):
        requests(f"{CURL} {broken}\n  -d @body.json")


BEDROCK = "https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-x/invoke"
VERTEX = "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/c:rawPredict"
REST = {key: value for key, value in BODY.items() if key != "model"}


@pytest.mark.parametrize(
    ("address", "version"), [(BEDROCK, "bedrock-2023-05-31"), (VERTEX, "vertex-2023-10-16")]
)
def test_the_address_says_which_platform_judges(address: str, version: str) -> None:
    options = "-H 'content-type: application/json' -H 'authorization: Bearer k'"
    body = json.dumps({"anthropic_version": version, **REST})
    assert rules(f"curl {address} {options} -d '{body}'") == []
    assert "R10" in rules(f"{CURL} -d '{body}'")
    assert rules(json.dumps({"url": address, "body": body}), "log.jsonl") == []


def test_another_api_is_not_judged() -> None:
    other = f"curl https://x.example/v1/chat/completions {HEADERS} -d '{TEXT}'"
    first, second = judged(f"{other}\n{CURL} -d @body.json")
    assert first.unread
    assert "/v1/chat/completions, which is not the Messages API" in first.note
    assert not second.unread
    with pytest.raises(UsageError, match="not judged"):
        requests(other)


@pytest.mark.parametrize("option", ["-X GET", "-XPUT", "--request DELETE", "-G", "-sSG", "--get", "-I"])
def test_another_method_is_not_allowed(option: str) -> None:
    (verdict,) = judged(f"{CURL} {option} -d @body.json")
    (problem,) = verdict.problems
    assert (problem.status, problem.message) == (405, "Method Not Allowed")
    assert rules(f"{CURL} -X POST -d @body.json") == []
    assert rules(f"{CURL} -X $METHOD -d @body.json") == []


def test_a_file_that_is_put_is_read_as_the_body() -> None:
    assert rules(f"{CURL} -T body.json") == ["method"]
    assert rules(f"{CURL} -X POST -T body.json") == []


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("-d @body.json", ["content-type"]),
        ("-H 'Content-Type: text/plain' -d @body.json", ["content-type"]),
        ("--json @body.json", []),
        ("-H 'content-type: application/json; charset=utf-8' -d @body.json", []),
        ('-H "content-type: $TYPE" -d @body.json', []),
        ("-H @headers.txt -d @body.json", []),
    ],
)
def test_a_body_that_isn_t_called_json_is_warned_of(option: str, expected: list[str]) -> None:
    assert rules(f"curl {URL} -H x-api-key:k -H anthropic-version:2023-06-01 {option}") == expected


def test_an_address_may_lack_its_scheme() -> None:
    assert rules(f"curl api.anthropic.com/v1/messages {HEADERS} -d @body.json") == []


def test_a_list_of_batches_is_no_request_to_judge() -> None:
    (request,) = requests(f"curl {URL}/batches -G -d limit=20\n{CURL} -d @body.json")
    assert request.line == 2


@pytest.mark.parametrize("login", ["-u me:secret", "-H 'Authorization: Basic secret'"])
def test_a_password_is_no_key(login: str) -> None:
    assert rules(f"curl {URL} {login} -H anthropic-version:2023-06-01 --json @body.json") == ["R77"]
    assert rules(f"{CURL} {login} -d @body.json") == []


def test_values_of_a_batch_that_nobody_knows_are_left_out_where_they_stand() -> None:
    entries = [{"custom_id": "$ID", "params": {**BODY, "max_tokens": -1}}, {"custom_id": "b", "params": BODY}]
    batch = json.dumps({"requests": entries}).replace('"hi"', "$HI")
    first, second = judged(f"curl {URL}/batches {HEADERS} -d @- <<EOF\n{batch}\nEOF")
    assert [problem.path for problem in first.problems] == ["requests.0.params.max_tokens"]
    assert second.problems == []
    assert "custom_id ($ID)" in first.note


@pytest.mark.parametrize(
    "script",
    [
        "A=x\n" + "A=$A$A\n" * 60 + f'{CURL} -d "$A"',
        "A=x\n" + "A=$(echo $A$A)\n" * 60 + f'{CURL} -d "$A"',
        "A=$(echo x)\n" + "A=$A$A\n" * 60 + f'{CURL} -d "$A"',
    ],
    ids=["text", "output", "outputs"],
)
def test_a_variable_that_doubles_itself_comes_to_an_end(script: str) -> None:
    with pytest.raises(UsageError, match="only a shell knows"):
        requests(script)
