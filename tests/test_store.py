"""What is saved comes back exactly: array, provenance, decisions, open calls; and what is damaged says so."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from nbkit.errors import LoadError, ToolError
from nbkit.loop.calls.decisions import Approve, EditInput, EditResult, Fake, Refuse
from nbkit.loop.conversation import Conversation
from nbkit.loop.saved import journal, store
from nbkit.loop.saved.document import MIME, document
from nbkit.loop.saved.journal import Autosave
from nbkit.loop.saved.store import save
from nbkit.loop.tools.tool import Tool
from nbkit.wire.blocks import Json
from scripted import Scripted, Step, call, calls, says

TWO = calls({"type": "text", "text": "Both."}, call("toolu_1"), call("toolu_2", city="Oslo"))


def load(path: Path, **overrides: Any) -> Conversation:
    return store.load(path, cls=Conversation, **overrides)


def get_weather(city: str) -> str:
    """Current weather."""
    return f"22 °C in {city}"


def chat(*steps: Step, **options: Any) -> Conversation:
    return Conversation(client=Scripted(list(steps)), tools=[get_weather], **options)


def paused() -> Conversation:
    """A conversation with everything in it: edits, faults, results, looks, options, a branch."""
    conversation = chat(says("Hello!"), TWO, system="Be brief.", stop_sequences=["END"], name="weather")
    conversation.send("hi \ud800 ü")
    conversation.edit("messages.1.content.0.text", "Hi!")
    conversation.rewind(1)
    conversation.switch("branch-1")
    conversation.send("weather?", options={"max_tokens": 99})
    conversation.decide("toolu_1", EditInput({"city": "Rome"}, look=True))
    conversation.decide("toolu_2", Refuse("no"))
    conversation.decide("toolu_1", EditResult({"degrees": 40}))
    conversation.decide("toolu_2", Approve(look=True))
    conversation.remark = "In degrees Celsius."
    return conversation


def same(one: Conversation, other: Conversation) -> bool:
    """Equal in all that is saved; nodes have ids of their own."""
    assert one.messages == other.messages
    assert one.request() == other.request()
    assert one.decisions == other.decisions
    assert one.state is other.state
    assert document(one) == document(other)
    made = [[block.by for block in node.blocks] for node in one.history]
    assert made == [[block.by for block in node.blocks] for node in other.history]
    return True


def notebook(*outputs: Any) -> str:
    cells = [
        {
            "cell_type": "code",
            "outputs": [{"output_type": "display_data", "data": {"text/plain": "x", MIME: each}}],
        }
        for each in outputs
    ]
    return json.dumps({"cells": [{"cell_type": "markdown", "source": "x"}, *cells], "nbformat": 4})


def test_a_saved_conversation_comes_back_as_it_was(tmp_path: Path) -> None:
    conversation = paused()
    save(conversation, tmp_path / "a.json")
    loaded = load(tmp_path / "a.json")
    assert same(conversation, loaded)
    assert loaded.name == "weather"
    assert loaded.branches == conversation.branches == ["branch-1", "main"]
    save(loaded, tmp_path / "b.json")
    assert (tmp_path / "a.json").read_text() == (tmp_path / "b.json").read_text()


def test_a_document_of_the_same_conversation_is_the_same_bytes() -> None:
    assert json.dumps(document(paused())) == json.dumps(document(paused()))


def test_a_paused_conversation_goes_on_after_loading(tmp_path: Path) -> None:
    conversation = paused()
    save(conversation, tmp_path / "a.json")
    loaded = load(tmp_path / "a.json", client=Scripted([says("done")]), tools=[get_weather])
    assert loaded.state.value == "paused"
    assert loaded.pending["toolu_2"].looking
    loaded.decide("toolu_2", Approve())
    assert loaded.resume().text == "done"


def test_without_its_function_a_call_can_only_be_answered_by_hand(tmp_path: Path) -> None:
    conversation = chat(TWO)
    conversation.send("weather?")
    conversation.save(tmp_path / "a.json")
    loaded = load(tmp_path / "a.json")
    assert "no function" in str(loaded.pending["toolu_1"].why_not)
    with pytest.raises(ToolError):
        loaded.decide("toolu_1", Approve())
    loaded.decide("toolu_1", Fake("22"))

    def resolve(name: str) -> Tool | None:
        return Tool(get_weather) if name == "get_weather" else None

    loaded.resolver = resolve
    assert loaded.decide("toolu_2", Approve()).result is not None


def test_a_call_that_was_started_and_never_answered_may_have_run(tmp_path: Path) -> None:
    def interrupting(city: str) -> str:
        raise KeyboardInterrupt

    conversation = Conversation(client=Scripted([TWO]), tools=[Tool(interrupting, name="get_weather")])
    autosave = Autosave(conversation, tmp_path / "a.jsonl")
    conversation.add_observer(autosave)
    conversation.send("weather?")
    with pytest.raises(KeyboardInterrupt):
        conversation.decide("toolu_1", Approve())
    conversation.save(tmp_path / "a.json")
    for name in ("a.json", "a.jsonl"):
        pending = load(tmp_path / name).pending
        assert pending["toolu_1"].may_have_run
        assert not pending["toolu_2"].may_have_run


def turns(conversation: Conversation, *starts: int) -> list[Json]:
    ends = [*starts[1:], None]
    return [document(conversation, start, end) for start, end in zip(starts, ends, strict=True)]


def test_a_notebook_is_put_together_from_the_turns_of_its_cells(tmp_path: Path) -> None:
    conversation = paused()
    path = tmp_path / "n.ipynb"
    path.write_text(notebook(*turns(conversation, 0, 2)))
    assert same(conversation, load(path))


def test_each_turn_holds_only_its_own_messages() -> None:
    first, second = turns(paused(), 0, 2)
    assert (len(first["messages"]), len(second["messages"])) == (2, 2)
    assert first["pending"] == []
    assert first["decisions"] == []
    assert second["base"]["length"] == 2


def test_the_last_whole_chain_wins_and_what_lost_its_base_is_left_out(tmp_path: Path) -> None:
    conversation = chat(says("one"), says("two"), says("new one"))
    conversation.send("a")
    conversation.send("b")
    first, second = turns(conversation, 0, 2)
    conversation.rewind(0)
    conversation.send("c")
    anew = document(conversation)
    path = tmp_path / "n.ipynb"
    path.write_text(notebook(anew, {**second, "stale": True}))
    assert load(path).messages == conversation.messages
    path.write_text(notebook(first, anew))
    assert load(path).messages == conversation.messages
    path.write_text(notebook(anew, first, second))
    assert len(load(path).messages) == 4
    path.write_text(notebook(anew, second))
    with pytest.warns(UserWarning, match="left out"):
        assert load(path).messages == conversation.messages
    path.write_text(notebook(second))
    with pytest.raises(LoadError, match="cleared"):
        load(path)


def test_cells_may_have_run_in_another_order_than_they_stand(tmp_path: Path) -> None:
    conversation = chat(says("one"), says("two"), says("three"))
    for words in ("a", "b", "c"):
        conversation.send(words)
    first, second, third = turns(conversation, 0, 2, 4)
    path = tmp_path / "n.ipynb"
    for order in ([third, second, first], [second, third, first], [first, third, second]):
        path.write_text(notebook(*order))
        assert same(conversation, load(path))


def test_the_order_of_keys_survives_a_notebook_that_sorts_them(tmp_path: Path) -> None:
    conversation = chat(TWO, says("done"))
    marker = {"ttl": "5m", "type": "ephemeral"}
    conversation.send([{"type": "text", "text": "weather?", "cache_control": marker}])
    [at] = [n for n, each in enumerate(conversation.messages[1]["content"]) if each.get("id") == "toolu_1"]
    odd = {"city": "Rome", "~a/b": {"z": 1, "a": [{"y": 2, "x": 3}]}}
    conversation.edit(f"messages.1.content.{at}.input", odd)
    path = tmp_path / "n.ipynb"
    path.write_text(json.dumps(json.loads(notebook(document(conversation))), sort_keys=True))
    loaded = load(path)
    assert json.dumps(loaded.request()) == json.dumps(conversation.request())


def test_a_turn_may_stand_in_the_middle_of_another(tmp_path: Path) -> None:
    conversation = chat(TWO, says("done"), says("other"), policy=Fake("22"))
    conversation.send("weather?")
    first = document(conversation)
    conversation.rewind(2)
    conversation.resume()
    second = document(conversation, 2)
    path = tmp_path / "n.ipynb"
    path.write_text(notebook(first, second))
    assert same(conversation, load(path))


def test_one_of_several_conversations_is_picked_by_name(tmp_path: Path) -> None:
    one, two = chat(says("1"), name="one"), chat(says("2"), name="two")
    one.send("a")
    two.send("b")
    path = tmp_path / "n.ipynb"
    path.write_text(notebook(document(one), document(two)))
    with pytest.warns(UserWarning, match=r"2 conversations, one, two: this is two, .*conversation="):
        assert load(path).name == "two"
    assert same(load(path, conversation="one"), one)
    with pytest.raises(LoadError, match="one, two"):
        load(path, conversation="three")


def journaled(tmp_path: Path) -> tuple[Conversation, Path]:
    path = tmp_path / ".nbkit" / "n.jsonl"
    conversation = chat(TWO, says("done"), says("more"))
    conversation.add_observer(Autosave(conversation, path))
    return conversation, path


def test_what_is_asked_is_written_down_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / ".nbkit" / "n.jsonl"
    written: list[list[Json]] = []

    def answer(body: Json) -> Json:
        written.append(load(path).messages)
        assert body["messages"] == written[-1]
        return says("done")

    conversation = chat(answer, answer)
    conversation.add_observer(Autosave(conversation, path))
    conversation.send("weather?")
    conversation.rewind(0)
    conversation.send("and now?")
    assert [len(each) for each in written] == [1, 1]


def test_the_journal_is_always_the_conversation(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    moves: list[Any] = [
        lambda: conversation.send("weather?"),
        lambda: conversation.decide("toolu_1", Approve(look=True)),
        lambda: conversation.decide("toolu_2", Refuse()),
        conversation.undo,
        lambda: setattr(conversation, "remark", "Briefly."),
        lambda: conversation.decide("toolu_2", Fake("x")),
        lambda: conversation.decide("toolu_1", Approve()),
        conversation.resume,
        lambda: conversation.edit("messages.0.content", "changed"),
        lambda: conversation.edit("system", "Be brief."),
        lambda: conversation.rewind(2),
        conversation.undo,
        lambda: conversation.send("more?"),
    ]
    for move in moves:
        move()
        assert same(conversation, load(path))


def test_a_torn_last_line_is_left_out_wherever_it_was_torn(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.send("weather?")
    whole = path.read_text()
    before = load(path)
    conversation.decide("toolu_1", Fake("22"))
    after = path.read_text()
    torn = tmp_path / "torn.jsonl"
    for cut in range(len(whole), after.index("\n", len(whole))):
        torn.write_text(after[:cut])
        assert load(torn).request() == before.request()


def test_a_change_in_a_long_array_writes_what_changed_and_no_more(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.messages = [
        {"role": ("user", "assistant")[at % 2], "content": f"words {at}"} for at in range(300)
    ]
    changes: list[Any] = [
        lambda: conversation.edit("messages.3.content", "other words"),
        lambda: conversation.insert("messages.7", {"role": "user", "content": "more"}),
        lambda: conversation.delete("messages.11"),
        lambda: conversation.move("messages.20", "messages.5"),
        conversation.undo,
        conversation.undo,
    ]
    for change in changes:
        before = path.stat().st_size
        change()
        assert path.stat().st_size - before < 3000
        assert same(load(path), conversation)


def test_a_line_that_keeps_more_messages_than_there_were_is_damage(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.messages = [{"role": "user", "content": "one"}]
    conversation.messages = [{"role": "user", "content": "two"}]
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:-1], lines[-1].replace('{"keep":0', '{"keep":0,"tail":9')]) + "\n")
    with pytest.raises(LoadError):
        load(path)


def test_each_kernel_writes_a_journal_of_its_own_and_the_newest_are_kept(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.send("weather?")
    for number in range(2, 9):
        fresh = chat(says("hi"))
        fresh.add_observer(Autosave(fresh, path))
        fresh.send(f"hello {number}")
        if number == 2:  # the first one goes on at the same time
            conversation.decide("toolu_1", Fake("22"))
            assert same(load(path), conversation)
            assert same(load(path.with_name("n.2.jsonl")), fresh)
    kept = journal.earlier(path)
    assert [file.name for file, _ in kept] == [f"n.{number}.jsonl" for number in range(8, 2, -1)]
    assert kept[0][1]["messages"][0]["content"] == "hello 8"


def test_a_journal_that_was_torn_in_its_first_line_hides_no_older_one(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.send("weather?")
    path.with_name("n.2.jsonl").write_text(path.read_text()[:100])
    path.with_name("n.3.jsonl").write_text("")
    assert [file for file, _ in journal.earlier(path)] == [path]


def test_a_journal_that_was_deleted_is_begun_again_with_all_there_is(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    conversation.send("weather?")
    path.unlink()
    conversation.decide("toolu_1", Fake("22"))
    assert same(load(path), conversation)


def test_a_notebook_that_was_saved_before_a_tool_ran_says_that_the_autosave_knows_more(
    tmp_path: Path,
) -> None:
    conversation = chat(TWO, says("done"), name="chat")
    autosave = Autosave(conversation, tmp_path / ".nbkit" / "work-chat.jsonl")
    conversation.add_observer(autosave)
    conversation.send("weather?")
    saved = tmp_path / "work.ipynb"
    saved.write_text(notebook(document(conversation)))
    assert same(load(saved), conversation)  # and a warning would be an error
    conversation.decide("toolu_1", Approve())
    with pytest.warns(UserWarning, match=r'the autosave knows more, nbkit.load\(".*work-chat.jsonl"\)'):
        load(saved)
    conversation.decide("toolu_2", Fake("x"))
    conversation.resume()
    with pytest.warns(UserWarning, match="the autosave knows more"):
        load(saved)
    conversation.rewind(0)
    conversation.messages = [{"role": "user", "content": "something else"}]
    load(saved)


def test_a_journal_that_is_cut_at_any_byte_was_once_the_truth(tmp_path: Path) -> None:
    conversation, path = journaled(tmp_path)
    truths = []

    class Witness(Autosave):
        def on_update(self) -> None:
            truths.append((conversation.messages, document(conversation)["pending"]))

    conversation.add_observer(Witness(conversation, path))
    conversation.send("weather?")
    conversation.decide("toolu_1", Approve(look=True))
    conversation.decide("toolu_2", Refuse())
    conversation.decide("toolu_1", Approve())
    conversation.resume()
    whole = path.read_bytes()
    first = whole.index(b"\n")
    torn = tmp_path / "torn.jsonl"
    for cut in range(0, len(whole), 3):
        torn.write_bytes(whole[:cut])
        if cut < first:  # nothing was written to its end
            with pytest.raises(LoadError):
                load(torn)
            continue
        loaded = load(torn)
        found = (loaded.messages, document(loaded)["pending"])
        assert any(found == truth or _lost_only_what_runs(found, truth) for truth in truths)


def _lost_only_what_runs(found: Any, truth: Any) -> bool:
    """A call that was started and has no result yet is nobody's decision after loading."""
    cleared = [
        {**each, "decision": None} if each["started"] and each["result"] is None else each
        for each in truth[1]
    ]
    return bool(found == (truth[0], cleared))


DAMAGED: list[tuple[str, str, str]] = [
    ("a.json", "", "no JSON"),
    ("a.json", "[1, 2", "no JSON"),
    ("a.json", "[]", "not one of messages"),
    ("a.json", "{}", "no format"),
    ("a.json", '{"format": "nbkit/9"}', "'nbkit/9'"),
    ("a.json", '{"format": "nbkit/1"}', "damaged"),
    ("a.json", '{"format": "nbkit/1", "model": "x", "messages": []}', "damaged"),
    ("a.json", '{"format": "nbkit/1", "model": "x", "messages": [], "base": {"length": 0}}', "damaged"),
    ("a.json", '{"format": "nbkit/1", "model": "x", "messages": [], "base": {"length": 2}}', "one turn"),
    ("a.ipynb", '{"cells": []}', "no conversation"),
    ("a.ipynb", '{"cells": [5, {"outputs": 3}, {"outputs": [4, {"data": 1}]}]}', "no conversation"),
    ("a.ipynb", notebook(5), "no saved conversation"),
    ("a.jsonl", "", "empty or torn"),
    ("a.jsonl", '{"format":', "empty or torn"),
    ("a.jsonl", '{"format"\n{}\n', "damaged in line 1"),
    ("a.jsonl", "5\n", "damaged in line 1"),
    ("a.jsonl", '{"messages": []}\n', "no format"),
]


@pytest.mark.parametrize(("name", "text", "says"), DAMAGED)
def test_a_file_that_holds_no_conversation_says_so(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(LoadError, match=says) as raised:
        load(path)
    assert "\n" not in str(raised.value)


def test_no_file_and_no_text_say_so(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match="can't be read"):
        load(tmp_path / "nowhere.json")
    (tmp_path / "a.json").write_bytes(b"\x80\xff")
    with pytest.raises(LoadError, match="no text"):
        load(tmp_path / "a.json")


def leaves(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(data, dict):
        return [path, *(leaf for key in data for leaf in leaves(data[key], (*path, key)))]
    if isinstance(data, list):
        return [path, *(leaf for at in range(len(data)) for leaf in leaves(data[at], (*path, at)))]
    return [path]


def test_any_one_thing_damaged_gives_a_conversation_or_one_sentence(tmp_path: Path) -> None:
    whole = document(paused())
    path = tmp_path / "a.json"
    told: list[str] = []
    nonsenses: list[Any] = [None, 5, "x", [], {}, [5]]
    for place in leaves(whole)[1:]:
        for nonsense in nonsenses:
            data = json.loads(json.dumps(whole))
            holder = data
            for key in place[:-1]:
                holder = holder[key]
            holder[place[-1]] = nonsense
            path.write_text(json.dumps(data))
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    loaded = load(path)
                    loaded.request()
                    repr(loaded.pending)
                    loaded.problems()
            except LoadError as error:
                told.append(str(error))
    assert told
    assert not [sentence for sentence in told if "\n" in sentence]


def test_what_was_set_by_code_wins_over_what_was_saved(tmp_path: Path) -> None:
    conversation = chat(says("one"))
    conversation.send("a")
    conversation.save(tmp_path / "a.json")
    loaded = load(tmp_path / "a.json", model="claude-haiku-4-5", name="other", max_tokens=7)
    assert (loaded.model, loaded.name, loaded.params["max_tokens"]) == ("claude-haiku-4-5", "other", 7)
