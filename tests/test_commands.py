"""`%claude WORD …`: every word does what its method does, and bad input is one sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import nbkit
from in_shell import SETUP, Notebook, error_of
from nbkit.notebook.commands import dispatch

TWO = "%%claude --tools get_weather\nWhat is the weather in Oslo and in Bergen?"
Say = Callable[[str], str]


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Notebook]:
    monkeypatch.chdir(tmp_path)
    notebook = Notebook()
    notebook.run(TWO)
    yield notebook
    notebook.run("%unload_ext nbkit")


@pytest.fixture
def say(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a line of `%claude` and return what it prints."""

    def run(line: str) -> str:
        capsys.readouterr()
        notebook.run(f"%claude {line}")
        return capsys.readouterr().out

    return run


def results(notebook: Notebook) -> list[object]:
    return [(each.result or {}).get("content") for each in notebook.chat.pending.values()]


def test_the_open_calls_are_listed_with_number_and_id(notebook: Notebook, say: Say) -> None:
    told = say("pending")
    for number, id in enumerate(notebook.chat.pending, 1):
        assert f"{number} get_weather(city=" in told
        assert id in told
    notebook.chat.tools = []
    assert "can’t be run: no tool called get_weather is defined here" in say("pending")


def test_a_call_is_named_by_its_number_its_id_or_the_end_of_it(notebook: Notebook, say: Say) -> None:
    oslo, bergen = notebook.chat.pending
    say("fake 1 by number")
    say(f"fake {bergen} by id")
    assert results(notebook) == ["by number", "by id"]
    say(f"fake {oslo[-5:]} by its end")
    assert results(notebook) == ["by its end", "by id"]


def test_each_call_is_decided_by_its_word(notebook: Notebook, say: Say) -> None:
    assert "22 °C in Oslo" in say("run 1")
    assert "every call has its result: %claude continue sends them" in say("refuse 2 not that far")
    assert results(notebook) == ["22 °C in Oslo", "The user refused to run this tool. not that far"]
    assert [each["decision"]["type"] for each in notebook.chat.decisions] == ["approve", "refuse"]
    say("continue")
    assert notebook.chat.messages[-1]["role"] == "assistant"
    assert not notebook.chat.pending


def test_all_are_decided_alike(notebook: Notebook, say: Say) -> None:
    say("fake all the same everywhere")
    assert results(notebook) == ["the same everywhere"] * 2
    say("undo")
    say("run all")
    assert results(notebook) == ["22 °C in Oslo", "22 °C in Bergen"]


def test_the_only_open_call_needs_no_name(notebook: Notebook, say: Say) -> None:
    say("run 1")
    say("fake 5 °C and snow")
    assert results(notebook) == ["22 °C in Oslo", "5 °C and snow"]


def test_a_result_that_waits_to_be_seen_is_let_go_or_replaced(notebook: Notebook, say: Say) -> None:
    told = say("run 1 --look")
    assert "waits to be seen" in told
    assert "%claude run 1 lets the result go" in told
    assert say("result 1") == "22 °C in Oslo\n"
    say("result 1 colder")
    say("run --look 2")
    say("run 2")
    assert results(notebook) == ["colder", "22 °C in Bergen"]
    assert all(each.settled for each in notebook.chat.pending.values())


def test_a_large_result_waits_to_be_seen_unless_it_is_let_through(notebook: Notebook, say: Say) -> None:
    notebook.run(SETUP.replace("22 °C in {city}", "{'word ' * 200_000}"))
    told = say("run 1")
    assert "large: " in told
    assert "%claude run 1 lets the result go" in told
    say("run 2 --large")
    assert [each.settled for each in notebook.chat.pending.values()] == [False, True]


def test_an_input_is_edited_and_rewritten_or_kept(notebook: Notebook, say: Say) -> None:
    say('edit 1 {"city": "Rome"}')
    say('edit 2 --keep {"city":"Nice"}')
    first, second = notebook.chat.pending.values()
    assert (first.call.input, second.call.input) == ({"city": "Rome"}, {"city": "Bergen"})
    assert results(notebook)[0] == "22 °C in Rome"
    assert "the tool ran with" in str(results(notebook)[1])


def test_a_variable_is_faked_as_what_it_is(notebook: Notebook, say: Say) -> None:
    notebook.run("table = {'sky': 'grey', 'wind': [1, 2]}; place = 'Oslo'")
    say("fake 1 {table}")
    say("fake 2 --error no station in {place}, {nowhere}")
    assert json.loads(str(results(notebook)[0])) == {"sky": "grey", "wind": [1, 2]}
    second = list(notebook.chat.pending.values())[1].result or {}
    assert (second["content"], second["is_error"]) == ("no station in Oslo, {nowhere}", True)


def test_a_remark_goes_out_after_the_results(notebook: Notebook, say: Say) -> None:
    notebook.run("unit = 'kelvin'")
    assert say("remark") == "no remark\n"
    assert "after the results: in kelvin" in say("remark in {unit}")
    say("remark off")
    assert notebook.chat.remark == ""
    say("remark briefly, please")
    say("run all")
    say("continue")
    assert notebook.chat.messages[2]["content"][-1] == {"type": "text", "text": "briefly, please"}


def test_samples_are_listed_and_taken(notebook: Notebook, say: Say) -> None:
    say("run all")
    say("continue")
    notebook.run("%%claude\nAnd what is the weather in Paris?")
    told = say("fake")
    assert "1 the last real result: 22 °C in Bergen" in told
    assert results(notebook) == [None]
    say("fake 1 --sample 1")
    assert results(notebook) == ["22 °C in Bergen"]


def test_the_loop_is_stepped_and_run_to_its_end_within_limits(notebook: Notebook, say: Say) -> None:
    assert say("break get_weather request") == "stops at get_weather, before each request\n"
    assert [each.on for each in notebook.chat.breakpoints] == ["call", "request"]
    assert "where city contains" in say("break get_weather where city contains Par is")
    say("break off request")
    say("break off get_weather")
    say("break off")
    assert say("break") == "no breakpoints\n"
    say("run all")
    before = len(notebook.chat.messages)
    say("step")
    assert len(notebook.chat.messages) == before + 2
    notebook.run("chat = nbkit.Conversation(client=nbkit.Simulator(scenario='endless_loop'))")
    notebook.run("%%claude --tools get_weather\nWhat is the weather in Paris?")
    assert "has used" in error_of(lambda: notebook.run("%claude end --tokens 1_000"))
    assert "has made 2 requests" in error_of(lambda: notebook.run("%claude end --steps 2 --cost 1.5"))


def test_what_is_always_decided_is_listed_and_taken_back(notebook: Notebook, say: Say) -> None:
    assert "always get_weather: Refuse" in say("always get_weather refuse too far")
    say("always get_weather off")
    assert notebook.chat.always == {}
    say("always get_weather")
    say("continue")
    assert not notebook.chat.pending
    assert "policy: allow; where nobody can answer: the call waits" in say("policy allow")
    assert notebook.chat.policy is nbkit.allow


def test_the_array_is_listed_rewound_forked_and_switched(notebook: Notebook, say: Say) -> None:
    assert say("messages").splitlines()[0] == "0 user: What is the weather in Oslo and in Bergen?"
    assert json.loads(say("messages 0")) == notebook.chat.messages[0]
    assert "chat_fork is a fork of chat with 2 messages" in say("fork")
    assert list(notebook.variable("chat_fork").pending) == list(notebook.chat.pending)
    assert "the array as it was is branch-1" in say("rewind 1")
    assert say("branches") == "* main (1 message)\n  branch-1 (2 messages)\n"
    say("switch branch-1")
    assert len(notebook.chat.messages) == 2
    say("use chat_fork")
    say("fake all x")
    assert results(notebook) == [None, None]


def test_blocks_are_found_doubled_cut_and_joined(notebook: Notebook, say: Say) -> None:
    assert say("search BERGEN").splitlines()[0] == (
        "messages.0.content: …is the weather in Oslo and in Bergen?"
    )
    assert "no block has 'Rome' in it" in say("search Rome")
    say("stop")
    say('set messages.0.content [{"type": "text", "text": "Oslo and Bergen"}]')
    say("duplicate messages.0.content.0")
    say("split messages.0.content.0 and Bergen")
    assert [block["text"] for block in notebook.chat.messages[0]["content"]] == [
        "Oslo ", "and Bergen", "Oslo and Bergen",
    ]  # fmt: skip
    say("merge messages.0.content.0")
    say("split messages.0.content.1 4")
    assert [block["text"] for block in notebook.chat.messages[0]["content"]] == [
        "Oslo and Bergen", "Oslo", " and Bergen",
    ]  # fmt: skip
    say("undo")
    assert len(notebook.chat.messages[0]["content"]) == 2


def test_branches_are_renamed_and_forgotten(notebook: Notebook, say: Say) -> None:
    say("rewind 1")
    assert "  rainy days (2 messages)" in say("rename branch-1 rainy days")
    assert say("drop rainy days") == "* main (1 message)\n"
    say("undo")
    assert notebook.chat.branches == ["main", "rainy days"]


def test_a_block_is_taken_from_a_branch_or_a_request(notebook: Notebook, say: Say) -> None:
    whole = notebook.chat.messages
    say("rewind 1")
    call = next(line for line in say("diff branch-1").splitlines() if "(assistant, tool_use)" in line)
    say(f"take {call.split()[1]} branch-1")
    assert notebook.chat.messages[1]["content"][0]["type"] == "tool_use"
    say("undo")
    assert notebook.chat.messages == whole[:1]
    say("set messages.0.content Hello")
    assert "[-Hello-]" in say("diff request 1")
    say("take messages.0.content.0 request 1")
    assert "Oslo" in json.dumps(notebook.chat.messages[0])
    say("fork other")
    assert "no difference" in say("diff other")


def test_problems_are_told_and_mended(notebook: Notebook, say: Say) -> None:
    say("run all")
    say("continue")
    assert say("problems") == "no problems\n"
    say("delete messages.2.content.0")
    told = say("problems")
    assert "error at messages.1.content.2: messages.1: `tool_use` ids" in told
    assert "fix: " in told
    assert "no problems" in say("fix")
    say("set messages.0.content How warm is it?")
    say("set max_tokens 500")
    assert "rewind N" in say("rewind?")
    assert notebook.said()[0] == "How warm is it?"
    assert notebook.chat.params["max_tokens"] == 500


def test_the_request_is_the_exact_body(notebook: Notebook, say: Say) -> None:
    assert json.loads(say("request")) == notebook.chat.request()
    say("request body.json")
    assert json.loads(Path("body.json").read_text("utf-8")) == notebook.chat.request()
    assert "is there already" in error_of(lambda: notebook.run("%claude request body.json"))


def test_a_conversation_is_saved_and_brought_back_beside_the_other(notebook: Notebook, say: Say) -> None:
    say("save 'my chat.json'")
    say("save 'my chat.json'")
    say("stop")
    say("load 'my chat.json'")
    assert list(notebook.variable("chat2").pending)
    say("run 1")
    assert next(iter(notebook.variable("chat2").pending.values())).result["content"] == "22 °C in Oslo"
    Path("mine.txt").write_text("a text of mine")
    assert "is no saved conversation" in error_of(lambda: notebook.run("%claude save mine.txt"))
    assert Path("mine.txt").read_text() == "a text of mine"


def test_a_request_is_shown_as_text_and_a_clean_copy_written(
    notebook: Notebook, say: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    say("run 1")
    assert say("export json") == nbkit.export(notebook.variable("chat"), "json")
    assert say("export").startswith("curl ")
    assert "a clean copy of chat is saved" in say("clean shared.json")
    assert "22 °C in Oslo" not in Path("shared.json").read_text(encoding="utf-8")
    assert "as curl, python, json" in error_of(lambda: notebook.run("%claude export rust"))


def test_a_clean_copy_has_a_free_name_or_is_one_of_the_notebook(
    notebook: Notebook, say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    say("run 1")
    assert say("share").endswith("chat_clean.json\n")
    assert say("share").endswith("chat_clean2.json\n")
    refused = error_of(lambda: notebook.run("%claude share copy.ipynb"))
    assert "which notebook this is isn't known here: nbkit clean NOTEBOOK -o copy.ipynb" in refused
    saved = notebook.saved(Path.cwd())
    monkeypatch.setenv("JPY_SESSION_NAME", str(saved))
    assert "a clean copy of saved.ipynb, as it was saved last, is copy.ipynb" in say("share copy.ipynb")
    assert "22 °C in Oslo" in json.dumps(json.loads(saved.read_text("utf-8")), ensure_ascii=False)
    assert "22 °C in Oslo" not in Path("copy.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rnu 1", "no such command; did you mean run?"),
        ("pend", "did you mean pending?"),
        ("run", "say which call: there is 1 get_weather(city="),
        ("run 3", "no open call is called 3"),
        ("run 1 now", "is more than it takes"),
        ("edit all {}", "say which one, by its number"),
        ("edit 1", 'it is {\n  "city": "Oslo"\n}'),
        ("edit 1 {city: Rome}", "this is no JSON"),
        ("edit 1 [1]", "a JSON object, in braces"),
        ("edit 1 {nothing}", "no variable of that name"),
        ('edit 1 {"city": 5}', "city"),
        ("result 1", "has no result yet"),
        ("result 1 x", "toolu_"),
        ("fake 1", "there are no samples"),
        ("fake x", "say which call"),
        ("break get_wether", "did you mean get_weather?"),
        ("break get_weather where city", "where NAME equals VALUE"),
        ("break get_weather where city is Oslo", "equals or contains"),
        ("always get_weather maybe", "run, refuse [REASON], fake TEXT, or off"),
        ("end --steps many", "takes --steps N"),
        ("end --steps 1.5", "no number that fits"),
        ("end --steps 0", "1 or more, not 0"),
        ("rewind", "say which number"),
        ("rewind 9", "can't rewind to 9"),
        ("switch mian", "did you mean main?"),
        ("rename mian x", "did you mean main?"),
        ("rename main", "write its new name"),
        ("drop main", "is the present branch"),
        ("split", "say where"),
        ("split messages.0.content", "as a number or as the text"),
        ("split messages.0.content Rome", "no text at messages.0.content has 'Rome' in it"),
        ("search", "write what to look for"),
        ("duplicate", "say where"),
        ("take", "say which block"),
        ("take messages.0.content.0", "nothing differs there"),
        ("take messages.0.content.0 mian", "did you mean main?"),
        ("diff request 9", "no request 9 is kept"),
        ("fork chat", "a variable of that name already"),
        ("fix", "knows no fix"),
        ("set", "say where"),
        ("set messages.9 x", "messages.9"),
        ("policy maybe", "takes allow, deny or ask"),
        ("load nothing.json", "nothing.json"),
        ("tools nothing", "no tool is called nothing"),
        ("decide", "nobody can answer here"),
        ("remark {chat}", "a remark is a text"),
        ("wait 0", "seconds over 0"),
        ("wait long", "takes a number"),
        ("wait", "nobody can click here"),
        ("abandon 1", "does not run"),
    ],
)
def test_bad_input_is_one_sentence_and_changes_nothing(
    notebook: Notebook, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    before = notebook.chat.messages, list(notebook.chat.pending.values()), notebook.chat.breakpoints
    assert words in error_of(lambda: notebook.run(f"%claude {line}"))
    assert (notebook.chat.messages, list(notebook.chat.pending.values()), notebook.chat.breakpoints) == before
    shown = capsys.readouterr()
    assert "Traceback" not in shown.out + shown.err


def test_help_lists_every_word_and_explains_each(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    listed = say("help")
    assert max(map(len, listed.splitlines())) <= 80
    for word, command in dispatch.COMMANDS.items():
        assert f"\n  {word}" in listed
        told = say(f"help {word}")
        assert max(map(len, told.splitlines())) <= 80
        told = " ".join(told.split())
        assert told.startswith(f"%claude {command.usage}")
        assert f" {command.summary} {command.details}".rstrip() in told
    assert "in code: chat.decide(id, nbkit.Fake(content))" in say("help fake")


def test_what_code_is_told_can_be_typed(notebook: Notebook) -> None:
    """Where help names a method, the conversation has it."""
    for command in dispatch.COMMANDS.values():
        for part in command.method.split("chat.")[1:]:
            name = part.partition("(")[0].partition("[")[0].split()[0]
            assert hasattr(notebook.chat, name), command.usage


def test_the_magics_explain_themselves(notebook: Notebook, capsys: pytest.CaptureFixture[str]) -> None:
    notebook.run("%claude?")
    assert "run [ID|all] [--look]" in capsys.readouterr().out
    notebook.run("%%claude?")
    assert "--unattended" in capsys.readouterr().out


def test_what_a_model_or_a_tool_wrote_steers_no_terminal(notebook: Notebook, say: Say) -> None:
    evil = "\x1b[2J\x9b31m\u202egpj\rover\x00"
    notebook.run(SETUP.replace("22 °C in {city}", "x").replace('"x"', repr(evil)))
    shown = say("run 1") + say("result 1") + say("pending") + say("messages") + say("request")
    assert "\\u001b[2J\\u009b31m\\u202egpj" in shown
    assert not set(shown) & set("\x1b\x9b\u202e\r\x00")
    assert json.loads(say("request")) == notebook.chat.request()


def test_the_wire_of_a_reply_is_told_event_by_event(notebook: Notebook, say: Say) -> None:
    told = say("wire")
    assert re.search(r"ms to the first byte, [\d.]+ ms to the last, [\d,]+ bytes in \d+ pieces", told)
    assert "request-id: req_" in told
    assert re.search(r"ms  message_start  \{.*\n", told)
    assert re.search(r"content_block_delta  \d+ of them, until [\d.]+ ms", told)
    assert say("wire 1") == told
    assert say("wire raw").startswith("event: message_start\\n\ndata: {")
    assert "%claude wire 0: this is no reply; there is 1" in error_of(lambda: notebook.run("%claude wire 0"))
    notebook.run("%claude new fresh\n%claude use fresh")
    assert "fresh has sent nothing yet" in error_of(lambda: notebook.run("%claude wire"))


def test_the_cost_of_all_branches_is_told_by_model(notebook: Notebook, say: Say) -> None:
    say("run all")
    say("continue")
    spent = notebook.chat.spent()["claude-sonnet-5"]
    usages = [each["usage"] for each in (node.reply for node in notebook.chat.history) if each]
    assert spent.replies == 2
    assert spent.tokens_out == sum(each["output_tokens"] for each in usages)
    assert spent.cost == pytest.approx(
        sum(each["input_tokens"] * 2 + each["output_tokens"] * 10 for each in usages) / 1e6
    )
    told = say("cost")
    assert told.startswith("claude-sonnet-5: 2 replies, ")
    assert f"simulated, so nothing is billed; by the list it would be ${spent.cost:.4f}" in told
    say("rewind 1")
    assert say("cost") == told  # the branch that was left was paid for
    say("new fresh")
    say("use fresh")
    assert "nothing was spent" in say("cost")


def test_ways_to_go_on_are_tried_side_by_side(notebook: Notebook, say: Say) -> None:
    before = notebook.chat.messages, list(notebook.chat.pending)
    say("fake 1 rain")
    say("whatif 2 fake hail | refuse too far | run")
    shown = notebook.screen.outputs[notebook.screen.shown[-1]]["text/html"]
    assert [words in shown for words in ("fake hail", "refuse too far", "run")] == [True] * 3
    assert "hail" in shown
    assert (notebook.chat.messages, list(notebook.chat.pending)) == before
    say("fake 2 sun")
    say("continue")
    say("whatif say And in Rome? | model claude-haiku-4-5")
    assert "model claude-haiku-4-5" in notebook.screen.outputs[notebook.screen.shown[-1]]["text/html"]
    assert "a way begins with run, fake" in error_of(lambda: notebook.run("%claude whatif fkae x"))
    assert "say at least one way" in error_of(lambda: notebook.run("%claude whatif"))
