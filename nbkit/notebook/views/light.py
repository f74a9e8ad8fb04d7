"""A conversation among the user's own widgets: `chat.widget()`, for a `VBox`, with traits to observe.

It carries no front end: its page puts an empty element there, and the hub mounts the editor in that as in any
output (a page that makes models only when it must is told which one the hub is). Where the hub has gone, the
words of `record` stand there. Nothing of it is saved in the notebook.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from nbkit.errors import UsageError, counted
from nbkit.notebook import cells
from nbkit.notebook.page import hosts
from nbkit.notebook.record.plain import plain
from nbkit.notebook.views.snapshot import Frame, snapshot
from nbkit.notebook.views.stage import reported
from nbkit.wire.assembler import Change
from nbkit.wire.blocks import Json
from nbkit.wire.events import Event

if TYPE_CHECKING:
    from nbkit.loop.conversation import Conversation
    from nbkit.notebook.session import Session

TOLD = 20  # messages, the last ones, that stand in the record

ESM = """\
export default { render({ model, el }) {
const div = document.createElement("div"), pre = document.createElement("pre"),
tell = () => (pre.textContent = model.get("record"));
div.className = `nbkit nbkit-${model.get("view")}`;
pre.style.whiteSpace = "pre-wrap";
model.on("change:record", tell);
tell();
el.appendChild(div).append(pre);
model.widget_manager?.get_model(model.get("hub"))?.catch(() => {});
return () => model.off("change:record", tell);
} };
"""


class LightWidgets:
    """The widgets of one kernel: one for each conversation, that may be shown in many places."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._made: dict[int, Any] = {}

    def of(self, conversation: Conversation) -> Any:
        """Return the conversation's widget. Raises `UsageError` where there is no notebook."""
        if not self._session.has_kernel:
            raise UsageError(
                "chat.widget() needs a notebook: here, print(chat) or chat.messages tell the same"
            )
        self._session.mind(conversation)
        if id(conversation) not in self._made:
            view = cells.view_id(conversation.name, f"widget-{len(self._made) + 1}")
            self._session.stage(conversation).view(view, whole=True).framed = True
            made = self._made[id(conversation)] = _class()(view=view, hub=self._hub())
            made.shows = lambda: self._session.whole(conversation)
            teller = Teller(conversation, view, made)
            conversation.add_observer(teller)
            teller.on_update()
            self._session.stage(conversation).refresh()
        return self._made[id(conversation)]

    def _hub(self) -> str:
        if hosts.comes_later():
            self._session.has_page()
        hub = self._session.hub
        return hub.model if hub is not None else ""

    def close(self) -> None:
        for made in self._made.values():
            made.close()


class Teller:
    """Tells the traits of a widget what has become of its conversation."""

    def __init__(self, conversation: Conversation, view: str, widget: Any) -> None:
        self._conversation, self._view, self._widget = conversation, view, widget

    def on_update(self) -> None:
        with reported():
            chat = self._conversation
            last = chat.last
            with self._widget.hold_sync():
                self._widget.set_trait("length", len(chat.history))
                self._widget.set_trait("pending", tuple(chat.pending))
                self._widget.set_trait("last", last.text if last is not None else "")
                self._widget.set_trait("record", self._record())
                self._widget.set_trait("state", chat.state.name.lower())  # the others are there already

    def _record(self) -> str:
        """What stands there when nobody answers any more: the end of the conversation as text."""
        end = len(self._conversation.history)
        start = max(end - TOLD, 0)
        before = f"({counted(start, 'message')} before these)\n" if start else ""
        return before + plain(snapshot(self._conversation, Frame(self._view, start, end, speaks=False)))

    def on_request(self, body: Json) -> None: ...

    def on_change(self, event: Event, change: Change) -> None: ...

    def on_chunk(self, data: bytes) -> None: ...


@cache
def _class() -> Any:
    """Make the class; here, for anywidget is slow to import and few need one."""
    import anywidget
    import traitlets

    class ConversationWidget(anywidget.AnyWidget):  # type: ignore[misc]
        """A conversation in a `VBox`. `state`, `length`, `pending` (ids of open calls), `last` (the last
        reply's text) can be observed; they follow the conversation and can't be set.
        """

        _esm = ESM
        view = traitlets.Unicode("").tag(sync=True)
        hub = traitlets.Unicode("").tag(sync=True)
        record = traitlets.Unicode("", read_only=True).tag(sync=True)
        state = traitlets.Unicode("idle", read_only=True)
        length = traitlets.Int(0, read_only=True)
        pending = traitlets.Tuple(read_only=True)
        last = traitlets.Unicode("", read_only=True)

        def _ipython_display_(self, **_: Any) -> None:
            """Alone in a cell it is the conversation itself, which the notebook keeps."""
            self.shows()

        def __repr__(self) -> str:
            return f"ConversationWidget({self.view})"

    return ConversationWidget
