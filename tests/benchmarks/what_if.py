"""64 forks of a conversation gone on with at once, beside one after another; each answer takes a second."""

from __future__ import annotations

import time

from nbkit import Conversation, Simulator, connect, what_if

FORKS = 64
ALONE = 3  # that are timed one after another
BOUND = 20


def main() -> None:
    asked = "Count from 1 to 12."
    fast = Conversation(client=connect(Simulator()))
    fast.send(asked)
    assert fast.last is not None
    tokens = int(fast.last.raw["usage"]["output_tokens"])
    chat = Conversation(client=connect(Simulator(pace=tokens)))  # tokens a second
    begun = time.perf_counter()
    for number in range(ALONE):
        chat.fork(f"alone_{number}").send(asked)
    alone = (time.perf_counter() - begun) / ALONE
    begun = time.perf_counter()
    tried = what_if(chat, *[asked] * FORKS)
    together = time.perf_counter() - begun
    assert all(each.answer == tried[0].answer != "" for each in tried)
    ratio = alone * FORKS / together
    print(f"one answer {alone:.2f} s, {FORKS} at once {together:.2f} s")
    missed = "" if ratio >= BOUND else "  MISSED"
    print(f"faster than one after another: {ratio:.0f}x (at least {BOUND}x){missed}")


if __name__ == "__main__":
    main()
