"""Turns that only make sense after others: shorter, in Spanish, one more, why, what about another."""

from __future__ import annotations

import re
from collections.abc import Callable

from nbkit.sim.brain import lexicon, verses
from nbkit.sim.brain.hearing import sentences
from nbkit.sim.brain.plain import lists, rewrites, shape
from nbkit.sim.brain.plain.heard import bare, count_wanted, numbers, written
from nbkit.sim.brain.scene import Exchange, Scene
from nbkit.sim.brain.wordlists import table

Ask = Callable[[str], str]
_PROGRAMMING = "python|javascript|js|typescript|java|bash|sql|go|rust|c|ruby|php"
_LEAD = (
    r"(?:(?:ok(?:ay)?|now|and|then|great|perfect|thanks|nice|cool|good|please|can you|could you|so"
    r"|but)[,!.]?\s+)*"
)
_STEPS = (
    r"(?P<how>add|plus|subtract|minus|take away|multiply(?: it| that)? by|times|divide(?: it| that)? by"
    r"|divided by)\s+(?P<by>-?[\d.,]*\d|\w+)"
)


_SAYING = {lexicon.stem(one) for one in ("called", "name", "remember", "say", "tell", "told", "mention")}


def said(seen: Scene, text: str, ask: Ask) -> str:
    """The answer to a follow-up, or ""; `ask` answers a question that stands by itself."""
    if not seen.before or len(text) > 200:
        return ""
    last = seen.before[-1]
    plain = re.sub(rf"^{_LEAD}", "", text.strip(), flags=re.IGNORECASE).strip(" .!")
    if first := _first(plain.lower(), seen) or _another_piece(plain.lower(), seen):
        return first
    for rule in (_repeated, _shortened, _cased, _reckoned, _more, _on, _translated, _coded, _sure, _why):
        if answer := rule(plain.lower(), last, ask):
            return answer
    for another in (_in_unit, _of_each, _restyled):
        if answer := another(plain, last, ask):
            return answer
    return _about_another(plain, last, ask) or _about_it(plain, seen, ask) or _told_before(text, seen)


def _repeated(low: str, last: Exchange, ask: Ask) -> str:
    if re.fullmatch(
        (
            r"(?:what did you (?:just )?say|repeat(?: that| it)?|say (?:that|it) again|come again|pardon"
            r"|again|what was that|what was your (?:last )?answer)\W*"
        ),
        low,
    ):
        return last.answer
    if re.fullmatch(
        (
            r"what (?:did i (?:just )?(?:say|ask|write|tell you)|was my (?:last |previous )?(?:question"
            r"|message))\W*"
        ),
        low,
    ):
        return f"You wrote: “{last.question.strip()[:300]}”"
    return ""


def _first(low: str, seen: Scene) -> str:
    if re.fullmatch(
        r"what (?:was my first (?:message|question)|did i (?:say|ask|write)(?: you)? first)\W*", low
    ):
        return f"You wrote: “{seen.exchanges[0].question.strip()[:300]}”"
    return ""


def _another_piece(low: str, seen: Scene) -> str:
    """Another joke or poem: of the last that was asked for, the next."""
    if not re.fullmatch(
        r"(?:(?:tell|give|write)(?: me)? )?(?:another|one more|a new one|next)(?: one)?(?: please)?\W*", low
    ):
        return ""
    for turn, exchange in enumerate(reversed(seen.before), 1):
        if made := verses.written(exchange.question, turn):
            return made
    return ""


def _shortened(low: str, last: Exchange, ask: Ask) -> str:
    asks = (
        r"(?:(?:make|keep|write|say) (?:it|that|this) )?(?:(?:a (?:bit|little)|much|even) )?(?:shorter"
        r"|briefer|more concise|more brief|simpler)(?: please)?|shorten (?:it|that|this)|tl;?dr"
        r"|summari[sz]e (?:it|that|this|your answer)(?: in .+)?|in (?:short|brief|one sentence|a sentence"
        r"|fewer words)|be (?:brief|concise)|too long"
    )
    if not re.fullmatch(rf"(?:{asks})\W*", low):
        return ""
    said = sentences(last.answer)
    return said[0] if said else ""


def _cased(low: str, last: Exchange, ask: Ask) -> str:
    """The last answer in another form."""
    found = re.fullmatch(
        (
            r"(?:(?:make|put|write|format|give|show|say|turn|convert|return)(?: me)?(?: it| that| this| "
            r"them)? )?(?:as|in|into|to|with)? ?(?:an? |all )?(?P<form>json(?: array| list)?|bullet(?: "
            r"points?|s| list|ed list)?|numbered list|comma[- ]separated(?: list)?|upper-?case|caps|capitals"
            r"|lower-?case|csv|(?:plain text|without markdown|no markdown))(?: please| format)?\W*"
        ),
        low,
    )
    if found is None:
        return ""
    form = found["form"]
    items = re.findall(r"(?m)^(?:[-*]|\d+[.)])\s+(.+)$", last.answer)
    if not items and "," in last.answer and len(last.answer) < 300:
        items = re.split(r",\s*(?:and\s+)?", last.answer.strip(" ."))
    if form.startswith(("upper", "caps", "capit")):
        return last.answer.upper()
    if form.startswith("lower"):
        return last.answer.lower()
    if form.startswith(("plain", "without", "no ")):
        return re.sub(r"\*\*|`|(?m:^[-*] )", "", last.answer)
    if not items and form.startswith(("bullet", "numbered")):
        items = sentences(last.answer)
    plain = [one.replace("**", "") for one in items]
    if not plain and form.startswith("json"):
        core = re.findall(r"\*\*(.+?)\*\*", last.answer)
        return '{"answer": "' + (core[0] if core else last.answer.replace('"', "'").replace("\n", " ")) + '"}'
    return shape.listed(plain, f"list {form}") if plain else ""


def _reckoned(low: str, last: Exchange, ask: Ask) -> str:
    """Reckoning on with the last number."""
    before = numbers(" ".join(re.findall(r"\*\*(.+?)\*\*", last.answer)) or last.answer.split("=")[-1])
    if not before:
        return ""
    value = before[-1]
    if found := re.fullmatch(r"(double|triple|halve|half|square)(?: (?:it|that|of (?:it|that)))?\W*", low):
        by_word = {"double": value * 2, "triple": value * 3, "square": value * value}
        return f"**{written(by_word.get(found[1], value / 2))}**"
    found = re.fullmatch(
        (
            rf"(?:what(?:'s| is) (?:that|it) )?{_STEPS}(?: (?:to|from) (?:it|that|this|the "
            rf"result))?\W*"
        ),
        low,
    )
    by = numbers(found["by"]) if found else []
    if found is None or not by:
        return ""
    sign = {"a": "+", "p": "+", "s": "-", "min": "-", "tak": "-", "mul": "×", "tim": "×", "div": "÷"}
    op = sign.get(found["how"][:3]) or sign.get(found["how"][:1], "+")
    if op == "÷" and not by[0]:
        return "Nothing can be divided by 0."
    result = {"+": value + by[0], "-": value - by[0], "×": value * by[0], "÷": value / (by[0] or 1)}[op]
    return f"{written(value)} {op} {written(by[0])} = **{written(result)}**"


def _more(low: str, last: Exchange, ask: Ask) -> str:
    """More of the things that were listed."""
    if not re.fullmatch(
        (
            r"(?:(?:give|tell|show)(?: me)? )?(?:(?:just )?(?:one|an?|two|three|four|five|\d+|some|a few"
            r"|any) )?(?:more|another(?: one)?|other ones?|others?)(?: please| ones?| of (?:them|those"
            r"|these))?\W*|another(?: \w+)?\W*|something else\W*"
        ),
        low,
    ):
        return ""
    wanted = count_wanted(low, 1 if re.search(r"\banother\b|\bsomething\b|\bone\b", low) else 3)
    fuller = ask(
        re.sub(
            (
                r"\b(?:\d+|one|two|three|four|five|six|an?"
                r"|the)\b"
            ),
            "20",
            last.question,
            count=1,
            flags=re.IGNORECASE,
        )
    )
    rows = re.findall(r"(?m)^(?:[-*]|\d+[.)])\s+(.+)$", fuller)
    new = [row for row in rows or lists.like(last.answer) if row.lower() not in last.answer.lower()]
    return shape.listed(new[:wanted], last.question) if new else ""


def _on(low: str, last: Exchange, ask: Ask) -> str:
    if not re.fullmatch(r"(?:continue|go on|keep going|carry on|and then|more|next|proceed)\W*", low):
        return ""
    row = re.findall(r"-?\d+(?:\.\d+)?", last.answer)
    if len(row) > 2 and len(row) == len(re.findall(r"[^\s,]+", last.answer.strip(" ."))):
        from nbkit.sim.brain.plain.figures import following_in

        values = [float(one) for one in row]
        for _ in range(5):
            following = following_in(values)
            if following is None:
                break
            values.append(following)
        return ", ".join(written(one) for one in values[len(row) :])
    return "" if last.answer.rstrip().endswith((".", "!", "?", "```")) else _rest(last, ask)


def _rest(last: Exchange, ask: Ask) -> str:
    """What is left of an answer that was cut."""
    whole = ask(last.question)
    return whole[len(last.answer) :].lstrip() if whole.startswith(last.answer) else ""


def _translated(low: str, last: Exchange, ask: Ask) -> str:
    languages = "|".join(table("phrasebook"))
    found = re.fullmatch(
        (
            rf"(?:(?:translate|say|write|put)(?: it| that| this)? )?(?:in|to|into) ({languages})(?: "
            rf"please)?\W*"
        ),
        low,
    )
    if found is None:
        return ""
    book = table("phrasebook")[found[1]]
    for text in (last.question, last.answer):
        plain = re.sub(r"[^\w\s']", " ", text.lower())
        hit = next(
            (one for one in sorted(book, key=len, reverse=True) if re.search(rf"\b{one}\b", plain)), ""
        )
        if hit:
            return f"“{hit}” is **{book[hit]}** in {found[1].title()}."
    known = ", ".join(list(book)[:5])
    return f"My {found[1].title()} is small: I don't know how to say that. I know words such as {known}."


def _coded(low: str, last: Exchange, ask: Ask) -> str:
    found = re.fullmatch(
        (
            rf"(?:(?:write|do|show|give me|convert|translate|rewrite|make)(?: it| that| this| the same)? )?"
            rf"(?:(?:in|to|into|for|using) )?({_PROGRAMMING})(?: version)?(?: please| instead)?\W*"
        ),
        low,
    )
    if found is None:
        return ""
    question = f"{last.question.rstrip(' .?!')} in {found[1]}"
    if re.search(rf"\b({_PROGRAMMING})\b", last.question, re.IGNORECASE):
        question = re.sub(rf"\b(?:{_PROGRAMMING})\b", found[1], last.question, count=1, flags=re.IGNORECASE)
    return ask(question)


def _sure(low: str, last: Exchange, ask: Ask) -> str:
    if not re.fullmatch(
        (
            r"(?:are you (?:really |absolutely |quite )?(?:sure|certain)(?: about (?:that|it))?|really|is "
            r"that (?:right|correct|true)|double[- ]check(?: that)?|check again)\W*"
        ),
        low,
    ):
        return ""
    again = ask(last.question)
    if again and again.replace("**", "") == last.answer.replace("**", ""):
        return f"Yes, I'm sure. {last.answer}"
    return (
        f"I said: {sentences(last.answer)[0] if sentences(last.answer) else last.answer} I have no "
        f"better source than that."
    )


def _why(low: str, last: Exchange, ask: Ask) -> str:
    if not re.fullmatch(
        (
            r"(?:why(?: (?:is that|so|not|is it))?|how (?:so|come|do you know)|explain(?: (?:that|it|why))?"
            r"|what do you mean|tell me more|elaborate|more details?)\W*"
        ),
        low,
    ):
        return ""
    for name in re.findall(r"\*\*(.+?)\*\*", last.answer):
        if (more := ask(f"what is {bare(name)}")) and more != last.answer:
            return more
    first = sentences(last.answer)
    return (
        f"I know it only as I said: {first[0] if first else last.answer} I can't give more reasons than "
        f"that by heart."
    )


def _about_another(plain: str, last: Exchange, ask: Ask) -> str:
    """ "and Germany?", "what about X": the last question with another subject."""
    short = len(plain.split()) < 3 and plain.endswith("?")
    found = re.fullmatch(
        r"(?:and |what about |how about |and what about |and for |and in |same for |now )"
        r"(?:for |in |of |with )?(?:the )?(.{1,40}?)\W*",
        f"and {plain}" if short else plain,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    new = found[1].strip()
    question = last.question.strip()
    spots = [
        *re.finditer(r"(?<=\s)[A-Z][\w'-]*(?: [A-Z][\w'-]*)*", question),
        *(re.finditer(r"\b\d[\d,.]*\b", question) if numbers(new) else ()),
        *re.finditer(r"(?<=\bof )(?:the )?[\w -]+?(?=\W*$)|\b[\w-]+(?=\W*$)", question),
    ]
    for spot in spots:
        if answer := ask(question[: spot.start()] + new + question[spot.end() :]):
            return answer
    return ""


def _about_it(plain: str, seen: Scene, ask: Ask) -> str:
    """A question with a pronoun, about what the last turn was about."""
    if not re.search(r"\b(?:he|she|it|they|his|her|its|their|him|them|there)\b", plain, re.IGNORECASE):
        return ""
    last = seen.before[-1]
    names = re.findall(r"\*\*(.+?)\*\*", last.answer) + re.findall(
        (
            r"(?<=\s)[A-Z][\w'-]*(?: "
            r"[A-Z][\w'-]*)*"
        ),
        last.question,
    )
    names += re.findall(r"^[A-Z][\w'-]*(?: [A-Z][\w'-]*)*", last.answer)
    for name in names:
        for mark in (r"\b(?:his|her|its|their)\b", r"\b(?:he|she|it|they|him|them)\b", r"\bthere\b"):
            put = f"{name}'s" if "his" in mark else f"in {name}" if "there" in mark else name
            question = re.sub(mark, put, plain, flags=re.IGNORECASE)
            if question != plain and (answer := ask(question)):
                return answer
    return ""


def _in_unit(plain: str, last: Exchange, ask: Ask) -> str:
    """The last amount in another unit: "in Fahrenheit?"."""
    found = re.fullmatch(
        r"(?:and |what is (?:that|it) |convert (?:it|that) )?(?:in|to|into) ([\w/ ]{1,20}?)\W*",
        plain,
        re.IGNORECASE,
    )
    amount = re.search(r"(-?\d[\d,.]*)\s*(°?[A-Za-z/]+)", last.answer.replace("**", "")) if found else None
    return ask(f"convert {amount[1]} {amount[2]} to {found[1]}") if found and amount else ""


def _of_each(plain: str, last: Exchange, ask: Ask) -> str:
    """A property of each thing that was listed: "and their capitals?"."""
    found = re.fullmatch(
        r"(?:and |with |what (?:are|about) |give me |add |now )?their ([a-z ]+?)s?\W*", plain, re.IGNORECASE
    )
    things = re.findall(r"(?m)^(?:[-*]|\d+[.)])\s+(.+)$", last.answer) if found else []
    told = [
        (thing, re.search(r"\*\*(.+?)\*\*", ask(f"What is the {found[1]} of {thing}?")))
        for thing in things
        if found
    ]
    lines = [f"- {thing}: {core[1]}" for thing, core in told if core]
    return "\n".join(lines) if lines and len(lines) == len(things) else ""


def _restyled(plain: str, last: Exchange, ask: Ask) -> str:
    """The last text more formal, more casual, or longer."""
    found = re.fullmatch(
        r"(?:can you )?(?:(?:make|write|say) (?:it|that|this) )?(?:sound )?(?:a (?:bit|little) )?(?:more )?"
        r"(formal|professional|polite|casual|informal|friendly|friendlier|longer|detailed|less formal)\W*",
        plain,
        re.IGNORECASE,
    )
    if found is None:
        return ""
    how = found[1].lower()
    if how in ("longer", "detailed"):
        return f"{last.answer} And whoever comes back at another hour finds it changed, and still the same."
    return rewrites.restyled(
        last.answer, casual=how in ("casual", "informal", "friendly", "friendlier", "less formal")
    )


def _told_before(text: str, seen: Scene) -> str:
    """What the person said before that answers the question: their own words."""
    if not re.search(r"\b(?:my|i|me|we|our)\b", text, re.IGNORECASE) or not text.rstrip().endswith("?"):
        return ""
    if re.search(r"\b(?:should|can|could|would|how do) (?:i|we)\b", text, re.IGNORECASE):
        return ""
    asked = set(lexicon.stems(text)) - lexicon.STOP - _SAYING
    best, most = "", 0
    for exchange in seen.before:
        for sentence in sentences(exchange.question):
            shared = len(asked & set(lexicon.stems(sentence)))
            if shared > most and not sentence.endswith("?"):
                best, most = sentence, shared
    return f"You said: “{best}”" if best else ""
