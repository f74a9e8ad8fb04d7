"""Little pieces that are made up: a haiku, a joke, a story, a poem."""

from __future__ import annotations

import re

_VERSE = re.compile(
    r"\b(haiku|poem|story|joke|limerick|tale|song)\b(?:.*?\b(?:about|on|of)\s+(.+?))?[.?!]*$",
    re.IGNORECASE | re.DOTALL,
)
_FILE = re.compile(r"\s+(?:to|in|into|as)\s+(?:(?:a|the) (?:new )?file\s+)?(?:called |named )?\S+\.\w{1,5}$")


_JOKES = (  # word of its topic, or "" for any
    ("cat", "Why did the cat sit on the computer? To keep an eye on the mouse."),
    ("dog", "What do you call a dog that does magic? A labracadabrador."),
    ("program", "Why do programmers mix up Halloween and Christmas? Because OCT 31 = DEC 25."),
    ("computer", "How does a computer drink its coffee? With Java."),
    ("coffee", "How does a computer drink its coffee? With Java."),
    ("math", "Why was the math book sad? It had too many problems."),
    ("chicken", "Why did the chicken cross the road? To get to the other side."),
    ("", "Why don't scientists trust atoms? Because they make up everything."),
    ("", "Why can't a bicycle stand on its own? It is two tired."),
    ("", "Why did the scarecrow win a prize? He was outstanding in his field."),
    ("", "What do you call cheese that isn't yours? Nacho cheese."),
)
_HAIKUS = (
    "Quiet morning light —  \na thought of {about} drifts by,  \nthen the page is still.",
    "Evening, and the wind  \nspeaks softly of {about} —  \nwho is listening?",
    "One small lamp is lit;  \nin its circle {about},  \nand around it night.",
)


def is_creative(text: str) -> bool:
    """Whether a text is to be invented: no tool knows more about it."""
    return bool(
        re.search(r"\b(?:write|tell|compose|invent|make up|sing)\b", text, re.IGNORECASE)
        and _VERSE.search(text)
    )


def written(text: str, turn: int = 0) -> str:
    """The piece that a text asks for, or ""; another one at each turn."""
    found = _VERSE.search(text)
    if found is None:
        return ""
    about = (_FILE.sub("", found[2] or "") or "small things").strip()
    match found[1].lower():
        case "haiku":
            haiku = _HAIKUS[turn % len(_HAIKUS)].format(about=about)
            return f"*{about[0].upper()}{about[1:]}*\n\n{haiku}"
        case "joke":
            return _joke(about if found[2] else "", turn)
        case "story" | "tale":
            return (
                f"Once there was a small town that knew only one thing about {about}: that nobody had "
                f"ever asked. One day a child did.\n\n"
                f"The baker had no answer, the teacher had three, and the mayor had a committee. So the "
                f"child went to look, with a notebook and a "
                f"pencil, and came back in the evening with a single page.\n\n"
                f"“It is simpler than you think,” the child said, “but you have to see it yourself.” From "
                f"then on, people in the town asked "
                f"about {about} every day — and went to look."
            )
        case kind:
            return (
                f"A {kind} about {about}:\n\nThe day begins with {about} in the air,  \na line "
                f"half-written waits for what is due;  \n"
                "and if you ask, an answer may be there,  \nas short as this, and nearly always true."
            )


def _joke(about: str, turn: int) -> str:
    fits = [
        joke for topic, joke in _JOKES if (topic in about.lower() if about else True) and (topic or not about)
    ]
    if not fits:
        return f"Why did the model bring {about} to the party? Because somebody said: *just add context.*"
    return fits[(turn - 4 * (not about)) % len(fits)]
