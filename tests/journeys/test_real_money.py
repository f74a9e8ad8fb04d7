"""An address in the environment: the badge names it, and the first real call waits for a yes."""

from __future__ import annotations

from playwright.sync_api import expect

from journeys.conftest import Open
from journeys.editor import Editor
from loopback import Loopback, message, streamed

ENVIRONMENT = """\
import os
os.environ["ANTHROPIC_BASE_URL"] = "ADDRESS"
os.environ["ANTHROPIC_API_KEY"] = "sk-test"
%load_ext nbkit
"""


def test_the_first_real_call_is_confirmed_once(open_notebook: Open) -> None:
    answers = [streamed(message({"type": "text", "text": words})) for words in ("Rain.", "Sun.")]
    with Loopback(answers) as server:
        cells = [ENVIRONMENT.replace("ADDRESS", server.url), "%%claude\nParis?", "%%claude\nRome?"]
        notebook = open_notebook(cells)
        notebook.run(0, 1)
        editor = Editor(notebook, 1)
        editor.wait("confirm")
        expect(editor.badge).to_contain_text("anthropic")
        expect(editor.badge).to_contain_text(server.url.removeprefix("http://"))
        assert server.received == []

        editor.press("Send")
        editor.wait("idle")
        editor.wait_for("Rain.")
        notebook.run(2)
        Editor(notebook, 2).wait_for("Sun.")

        assert [each.path for each in server.received] == ["/v1/messages"] * 2
        assert {each.headers["x-api-key"] for each in server.received} == {"sk-test"}
        first, second = (each.body["messages"] for each in server.received)
        assert [each["role"] for each in second] == ["user", "assistant", "user"]
        assert second[:1] == first
        assert "sk-test" not in str([cell["outputs"] for cell in notebook.save()["cells"]])


def test_a_first_real_call_from_code_asks_below_the_cell(open_notebook: Open) -> None:
    with Loopback([streamed(message({"type": "text", "text": "Rain."}))]) as server:
        cells = [
            ENVIRONMENT.replace("ADDRESS", server.url),
            "import nbkit\nchat = nbkit.Conversation()\nchat.send('Paris?').text",
            "chat.send('Paris?').text",
            "chat.messages",
        ]
        notebook = open_notebook(cells)
        notebook.run(0)
        for at, said, words in ((1, "n", "nothing left this machine"), (2, "y", "Rain.")):
            notebook.start(at)
            answer = notebook.output(at).locator(".jp-Stdin-input")
            expect(answer).to_be_focused()
            assert server.received == []
            answer.fill(said)
            answer.press("Enter")
            expect(notebook.output(at)).to_contain_text(words)
        [only] = server.received
        assert only.body["messages"] == [{"role": "user", "content": "Paris?"}]
