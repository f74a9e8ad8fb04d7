"""Small texts to order: descriptions, recipes, travel plans, pros and cons, comparisons, slogans, plans. What
is known of a subject comes from `small_texts.json`; of any other a text says only what holds for it.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from nbkit.sim.brain import lexicon
from nbkit.sim.brain.plain import correspondence, knowledge, lists
from nbkit.sim.brain.plain.heard import bare, capital, count_wanted, numbers

_GATE = (
    r"\b(?:write|describe|draft|compose|recipe|plan|itinerary|pros|cons|advantages|disadvantages"
    r"|compare|comparison|vs|versus|paragraph|essay"
    r"|tweet|post|slogan|tagline|caption|headline|title|bio|description|cook|make|schedule|routine"
    r"|agenda|email|letter|message|note|invitation|speech|blog"
    r"|reply|better|card|text|tell me|talk)\b"
)
_TO_DO = r"^(?:please |can you |could you |now |help me )*"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(
        Path(__file__).with_name("small_texts.json").read_text(encoding="utf-8")
    )
    return data


def said(text: str) -> str:
    """The small text that is ordered, or ""."""
    if len(text) > 800 or not re.search(_GATE, text[:300], re.IGNORECASE):
        return ""
    for rule in (
        correspondence.said,
        _recipe,
        _trip,
        _sides,
        _comparison,
        _better,
        _line,
        _schedule,
        _described,
    ):
        if answer := rule(text.strip()):
            return answer
    return ""


def _entry(table: str, phrase: str) -> Any:
    """The entry of a table one of whose names the phrase has as a whole word."""
    stems = set(lexicon.stems(phrase))
    for names, value in _data()[table].items():
        if any(lexicon.stem(name) in stems for name in names.split()):
            return value
    return None


def _recipe(text: str) -> str:
    found = re.search(
        r"\brecipe\b(?: for| of)?(?: an?| some)?\s*(.*)|\bhow (?:do|can|should|to)(?: i| you| we)? "
        r"(?:make|cook|bake|prepare)\s+(.+)",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    dish = (
        bare(re.sub(r"\b(?:please|for \w+ people|from scratch|at home)\b", "", found[1] or found[2] or ""))
        or "pancakes"
    )
    entry = _entry("recipes", dish) or (
        _entry("recipes", "pancakes")
        if not found[2] and dish in ("pancakes", "dinner", "breakfast")
        else None
    )
    if entry is None:
        return (
            f"I don't know a recipe for {dish} by heart. Ask me for pancakes, pasta, soup, curry, "
            f"bread or pizza."
            if found[1]
            else ""
        )
    parts, steps = (one.split("|") for one in entry)
    lines = "\n".join(f"- {part}" for part in parts)
    numbered = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return f"**{capital(dish)}**\n\nIngredients:\n\n{lines}\n\nSteps:\n\n{numbered}"


def _trip(text: str) -> str:
    found = re.search(
        r"\b(?:trip|travel|itinerary|vacation|holiday|visit|weekend|days?)\b.*?\b(?:to|in|for"
        r"|around)\s+([A-Z][\w' -]*?)(?=\s+(?:for|in|with|on|over|this|next)\b|[.,?!]|$)",
        text,
    )
    if found is None or not re.search(
        r"\b(?:plan|itinerary|suggest|what (?:should|can|to)|trip)\b", text, re.IGNORECASE
    ):
        return ""
    city = found[1].strip()
    days = re.search(
        r"\b(\d+|one|two|three|four|five|six|seven|weekend|week)[- ]?(?:days?)?\b", text, re.IGNORECASE
    )
    most = {"weekend": 2.0, "week": 7.0}.get(days[1].lower(), (numbers(days[1]) or [3.0])[0]) if days else 3.0
    known = _data()["sights"].get(city.lower())
    sights = (
        known.split("|")
        if known
        else [
            "a walk through the old town",
            "the main museum",
            "the market and a park",
            "a trip to the surroundings",
        ]
    )
    rest = "free for shops, cafés and what you liked most"
    days_there = [sights[at] if at < len(sights) else rest for at in range(int(min(most, 10)))]
    lines = [f"- **Day {number}:** {capital(sight)}." for number, sight in enumerate(days_there, 1)]
    tail = (
        "Book tickets for the well-known sights ahead, and keep the evenings free."
        if known
        else f"I don't know {city} by heart: look up opening hours and names before you go."
    )
    return f"A plan for {city}:\n\n" + "\n".join(lines) + f"\n\n{tail}"


def _sides(text: str) -> str:
    found = re.search(
        r"\b(?:pros (?:and|&) cons|advantages and disadvantages|arguments for and against|benefits "
        r"and (?:drawbacks|risks))\b(?: of| about| to| for)?\s*(.*)",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    about = bare(re.split(r"[.?!\n]", found[1])[0]) or "it"
    known = next(
        (
            value
            for names, value in _data()["sides"].items()
            if about.lower() in names or about.lower().rstrip("s") in names
        ),
        None,
    )
    pros, cons = (
        (one.split("|") for one in known)
        if known
        else (
            [
                f"It may do well what you want from {about}.",
                "Others have experience with it that you can ask for.",
                "You learn something from trying.",
            ],
            [
                "It costs time or money.",
                "Something else cannot be done meanwhile.",
                "It is hard to know beforehand whether it fits.",
            ],
        )
    )
    return (
        f"**Pros of {about}**\n\n"
        + "\n".join(f"- {one}" for one in pros)
        + "\n\n**Cons**\n\n"
        + "\n".join(f"- {one}" for one in cons)
    )


def _comparison(text: str) -> str:
    found = re.match(
        rf"{_TO_DO}(?:compare|contrast|comparison (?:of|between)|compare and contrast|what(?:'s| is| "
        rf"are) the (?:main )?differences? between|difference between)\s+(.+?)\s+(?:and|with|to|vs\.?"
        rf"|versus)\s+(.+?)(?:\s+(?:in|as|using|for)\b.*)?[.?!]*$",
        text,
        re.IGNORECASE,
    ) or re.match(r"(\S+(?: \S+)?)\s+(?:vs\.?|versus)\s+(\S+(?: \S+)?)[.?!]*$", text, re.IGNORECASE)
    if found is None:
        return ""
    one, other = bare(found[1]), bare(found[2])
    for names, rows in _data()["pairs"].items():
        left, right = names.split()
        given = [name.lower().rstrip("s") for name in (one, other)]
        if given in ([left.rstrip("s"), right.rstrip("s")], [right.rstrip("s"), left.rstrip("s")]):
            swapped = given[0] == right.rstrip("s")
            cells = [row.split("|") for row in rows]
            lines = [
                f"| {cell[0]} | {cell[2 if swapped else 1]} | {cell[1 if swapped else 2]} |" for cell in cells
            ]
            return f"| | {capital(one)} | {capital(other)} |\n| --- | --- | --- |\n" + "\n".join(lines)
    known = [(name, knowledge.told(f"what is {name}")) for name in (one, other)]
    if all(told for _, told in known):
        return "\n".join(f"- {told}" for _, told in known)
    return (
        f"I don't know enough of {one} and {other} to compare them. Give me a few facts on each, such as "
        f"price, size or use, and I'll set them side by side."
    )


def _better(text: str) -> str:
    """ "Which is better, tea or coffee?": both sides; the best of a kind: some that are liked."""
    if found := re.search(
        r"\b(?:which|what)(?:'s| is) (?:the )?better\b[,:]? ?(.+?) or (.+?)\W*$", text, re.IGNORECASE
    ):
        compared = _comparison(f"compare {bare(found[1])} and {bare(found[2])}")
        return f"That depends on what you need.\n\n{compared}"
    if found := re.search(
        r"\bwhat(?:'s| is| are) the best ([a-z ]+?)(?: in the world| ever| to \w+)?\W*$", text, re.IGNORECASE
    ):
        things = lists.of(found[1])
        return f"There is no single best {found[1]}. Many like {', '.join(things[:4])}." if things else ""
    return ""


def _line(text: str) -> str:
    """One line: a slogan, a tweet, a caption, a headline, a title."""
    found = re.search(
        r"\b(slogan|tagline|tweet|caption|headline|title|motto|subject line|social media post"
        r"|linkedin post|post)\b(?: text)?(?: for| about| on)?\s+(.+)",
        text,
        re.IGNORECASE,
    )
    if found is None or not re.search(
        r"\b(?:write|give|suggest|create|make|come up|need|generate|draft)\b", text, re.IGNORECASE
    ):
        return ""
    kind, about = found[1].lower(), bare(re.split(r"[.?!\n]|\s+in \d+|\s+under \d+", found[2])[0])
    tag = "".join(word.capitalize() for word in re.findall(r"\w+", about)[-2:])
    scene = _entry("scenes", about)
    match kind:
        case "slogan" | "tagline" | "motto":
            return _entry("slogans", about) or f"{capital(about)}: made with care, made for you."
        case "tweet" | "social media post" | "linkedin post" | "post":
            first = (
                re.split(r"(?<=[.!?])\s", scene)[0]
                if scene
                else f"Small joys count, and {about} is one of them."
            )
            return f"{first} What do you say? #{tag}"
        case "caption":
            return f"A moment with {about}, just as it was."
    return f"{capital(about)}: what it is and why it matters"


def _schedule(text: str) -> str:
    found = re.search(
        r"\b(study|workout|exercise|training|meal|daily|morning|weekly|cleaning|learning|lesson"
        r"|meeting) (plan|schedule|routine|agenda)\b(?: for| on| about)?\s*(.*)",
        text,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    kind, about = found[1].lower(), bare(found[3])
    rows = {
        "meal": [
            "Monday: lentil soup",
            "Tuesday: pasta with tomatoes",
            "Wednesday: vegetable curry",
            "Thursday: omelette and salad",
            "Friday: baked fish or tofu with potatoes",
        ],
        "workout": [
            "Warm up for 5 minutes",
            "3 × 12 squats",
            "3 × 8 push-ups",
            "3 × 30 seconds of plank",
            "Stretch for 5 minutes",
        ],
        "morning": [
            "7:00 get up and drink a glass of water",
            "7:10 ten minutes of stretching",
            "7:30 breakfast",
            "8:00 plan the day's three tasks",
        ],
        "meeting": [
            "Welcome and goal (5 minutes)",
            "What was done (10 minutes)",
            "Open questions (15 minutes)",
            "Decisions and next steps (10 minutes)",
        ],
        "cleaning": [
            "Monday: kitchen",
            "Tuesday: bathroom",
            "Wednesday: floors",
            "Thursday: dusting",
            "Friday: laundry",
        ],
    }
    rows |= dict.fromkeys(("exercise", "training"), rows["workout"]) | {"daily": rows["morning"]}
    topic = about or "the topic"
    plan = rows.get(kind) or [
        f"Monday: read an overview of {topic}",
        "Tuesday: work through the basics, with notes",
        "Wednesday: exercises",
        "Thursday: repeat what was hard",
        "Friday: test yourself without notes",
    ]
    return "\n".join(f"- {row}." for row in plan[: count_wanted(found[3], len(plan)) or len(plan)])


def _described(text: str) -> str:
    if few := re.search(r"\bdescribe (.+?) in (one|two|three|four|five|\d) words?\b", text, re.IGNORECASE):
        row = lists.of("adjective")
        start = len(few[1]) % len(row)
        return ", ".join((row[start:] + row)[: int(numbers(few[2])[0])]).capitalize() + "."
    if told := re.match(
        rf"{_TO_DO}(?:tell me|talk)(?: \w+)? about (?:the |an? )?([\w ]+?)\W*$", text, re.IGNORECASE
    ):
        return str(_entry("scenes", told[1]) or "") if len(told[1].split()) == 1 else ""
    found = re.match(
        rf"{_TO_DO}(?:describe|write|draft|compose|give me|create|generate)(?: me)?(?: an?| the| some"
        rf"| \d+| two| three)?(?: \w+)?(?: \w+)? ?"
        r"(?:(?:paragraphs?|essay|description|text|article|introduction|blog post|blurb|report|speech"
        r"|passage|sentences?|lines?|product description|piece)\b(?: about| on| of| for| describing)?"
        r"|(?<=describe ))\s*(?P<about>.+)",
        text,
        re.IGNORECASE,
    ) or re.match(rf"{_TO_DO}describe\s+(?P<about>.+)", text, re.IGNORECASE)
    if found is None:
        return ""
    about = re.split(
        r"[.?!:\n]|\s+(?:in|with|using|within|under|of about)\s+(?:\d+|one|two|three|four|five|a|an"
        r"|at|exactly|no|less|under)\b",
        found["about"],
    )[0]
    about = bare(re.sub(r"^(?:about|on|of|for)\s+", "", about.strip(), flags=re.IGNORECASE))
    if (
        not about
        or len(about.split()) > 8
        or re.search(
            r"\b(?:yourself|your|my|with|word|sentence|image|picture|photo|this|that|it|function|code"
            r"|how|what)\b",
            about,
            re.IGNORECASE,
        )
    ):
        return ""
    key = next((value for names, value in _data()["scenes"].items() if about.lower() == names), None)
    return str(key or _entry("scenes", about) or knowledge.told(f"what is {about}") or _of_anything(about))


def _of_anything(about: str) -> str:
    return (
        f"{capital(about)} can be seen in more than one way. Look closely first: shape, color, "
        f"sound, and what it is good for. "
        f"Then ask who cares about {about}, and why. What stays in mind is mostly one small detail, "
        f"and that is where a good description begins."
    )
