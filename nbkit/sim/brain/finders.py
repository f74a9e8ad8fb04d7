"""Values of each kind in what was said: places, people, dates, ids, and so on; the likeliest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from nbkit.sim.brain import dates, lexicon, places, programs, vocabulary, wordings
from nbkit.sim.brain.candidates import FOUND, GUESSED, REMEMBERED, Candidate
from nbkit.sim.brain.hearing import Said
from nbkit.sim.brain.mentions import mentioned
from nbkit.sim.brain.wordlists import word_set
from nbkit.wire.blocks import Json


def _place(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "place")
    named = [one for one in mentioned(said, side, "name") if one.mention and one.mention.cue in _WHERE]
    yield from sorted(named, key=lambda one: one.mention is not None and one.mention.cue not in _WITHIN)
    yield from mentioned(said, side, "path")  # a destination may be one
    found = re.search(r"\b(?:in|near|around)\s+([a-z][\w'-]+(?: [a-z][\w'-]+)?)\s*(?:[?.!,]|$)", said.text)
    if found and found[1].split()[0] not in lexicon.STOP and not dates.DATE.search(found[0]):
        yield Candidate(found[1].title(), GUESSED, (found.start(1), found.end(1)))


POINT = re.compile(r"(?<![\w.])(-?\d{1,2}\.\d+)°?\s*[NS]?\s*,\s*(-?\d{1,3}\.\d+)(?![\d.])")
_WITHIN = word_set("in at near around en à in bei")
_WHERE = word_set(
    "in at near from to of for around and or between vs via "
    "nach von aus bei en a à de da em para desde hasta por vers"
)


def _country(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    coded = (
        re.search(r"\bISO|\bcode\b|\b2-letter|\btwo-letter", str(schema.get("description", "")))
        or schema.get("maxLength") == 2
    )
    for candidate in mentioned(said, side, "place"):
        name = str(candidate.value)
        place = places.find(name)
        country = place.country if place else name
        code = places.countries().get(country.lower(), country)
        yield Candidate(code if coded else country, FOUND, candidate.span, candidate.mention)
    yield from mentioned(said, side, "name")


def coordinates(kind: str, said: Said) -> Iterator[Candidate]:
    for hit in POINT.finditer(said.text):
        number = 2 if kind == "longitude" else 1
        yield Candidate(float(hit[number]), FOUND, hit.span(number))
    for mention in said.of("place"):
        if place := places.find(str(mention.value)):
            yield Candidate(getattr(place, kind), FOUND, None, mention)


def _person(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    described = str(schema.get("description", "")).lower()
    if "email" in described:
        yield from mentioned(said, side, "email")
    yield from mentioned(said, side, "name")
    yield from mentioned(said, side, "email")
    for hit in re.finditer(r"\b(?:by|von|por|par) ([a-z][\w.-]*\w)\b", said.text):
        if hit[1] not in lexicon.STOP and hit[1] not in ("default", "name", "date", "email", "phone"):
            yield Candidate(hit[1], FOUND, hit.span(1))
    found = re.search(r"\b(?:user|customer|employee|patient|member|contact)\s+([\w.-]+)", said.text)
    if found and found[1] not in lexicon.STOP:
        yield Candidate(found[1], FOUND, (found.start(1), found.end(1)))
    if found := re.search(
        r"\bmy (boss|wife|husband|mother|mom|father|dad|team|manager|sister|brother|friend)\b", said.text
    ):
        yield Candidate(found[1], GUESSED, (found.start(1), found.end(1)))


def _email(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "email")


def _date(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    iso = schema.get("format") in ("date", "date-time") or re.search(
        r"YYYY|ISO", str(schema.get("description", ""))
    )
    found = said.of("date")
    if side == "to" and len(found) > 1:
        found = found[1:] + found[:1]
    for mention in found:
        text = str(mention.value)
        value = (
            dates.iso_date(text, said.today) if iso or text[0].isdigit() or len(text.split()) > 2 else text
        )
        yield Candidate(value, FOUND, (mention.start, mention.end), mention)


def _time(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    for mention in said.of("time"):
        value = dates.iso_time(str(mention.value))
        yield Candidate(
            value if schema.get("format") == "time" else value[:5],
            FOUND,
            (mention.start, mention.end),
            mention,
        )


def _datetime(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "datetime")
    days, times = said.of("date"), said.of("time")
    if side == "to" and len(times) > 1:
        times = times[1:]
    if side == "to" and len(days) > 1:
        days = days[1:]
    if days or times:
        day = dates.iso_date(str(days[0].value), said.today) if days else said.today.isoformat()
        hour = dates.iso_time(str(times[0].value)) if times else "00:00:00"
        yield Candidate(f"{day}T{hour}Z", FOUND)


def _id(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "id", "uuid")
    yield from mentioned(said, side, "token")
    yield from wordings.weaker(mentioned(said, side, "number", "repository"), REMEMBERED)
    yield from mentioned(said, side, "quoted")
    for candidate in mentioned(said, side, "name"):
        if str(candidate.value).isupper():
            yield candidate


def _plain(*wanted: str) -> Callable[[Said, str, Json], Iterator[Candidate]]:
    def find(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
        yield from mentioned(said, side, *wanted)

    return find


def _from_table(table: str) -> Callable[[Said, str, Json], Iterator[Candidate]]:
    def find(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
        hits = vocabulary.scan(said.text, getattr(vocabulary, table))
        counted = [hit for hit in hits if re.search(r"\d\s*$", said.text[: hit[1]])]
        asked = [
            hit
            for hit in hits
            if re.search(r"how (?:many|much)(?: in)?\s*$", said.text[: hit[1]], re.IGNORECASE)
        ]
        if table == "LANGUAGES" and not _wants_code(schema):
            hits = [(said.text[start:end].title(), start, end) for _, start, end in hits]
        before = {hit: re.findall(r"[a-z]+", said.text[: hit[1]].lower())[-1:] for hit in hits}
        targets = [
            hit for hit in hits if before[hit] and before[hit][0] in ("to", "into", "in", "as")
        ] or asked
        if not targets and counted and side:
            targets = [hit for hit in hits if hit not in counted]
        if side == "to":
            hits = targets + [hit for hit in hits if hit not in targets]
        elif side == "from":
            hits = [hit for hit in hits if hit not in targets] + targets
        for value, start, end in hits:
            yield Candidate(value, FOUND, (start, end))

    return find


def _wants_code(schema: Json) -> bool:
    described = str(schema.get("description", ""))
    if re.fullmatch(r"\^?\[a-z\]\{2(?:,3)?\}\$?", str(schema.get("pattern", ""))):
        return True
    short = isinstance(schema.get("maxLength"), int) and schema["maxLength"] <= 3
    return short or bool(re.search(r"\bcode\b|\bISO\b|['\"(][a-z]{2}['\")]", described))


def _path(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "path")
    if (found := programs.folder(said.text)) and (at := said.text.find(found)) >= 0:
        yield Candidate(found, FOUND, (at, at + len(found)))
    yield from mentioned(said, side, "quoted")


def _url(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "url")
    for found in mentioned(said, side, "hostname"):
        yield Candidate(f"https://{found.value}", found.strength, found.span, found.mention)


def _timezone(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    yield from mentioned(said, side, "timezone")
    for candidate in mentioned(said, side, "place"):
        if place := places.find(str(candidate.value)):
            yield Candidate(place.timezone, FOUND, candidate.span, candidate.mention)


def _ticker(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    for mention in said.of("name"):
        value = str(mention.value)
        code = vocabulary.TICKERS.get(value.lower()) or (
            value if re.fullmatch(r"[A-Z]{1,5}", value) else None
        )
        if code:
            yield Candidate(code, FOUND, (mention.start, mention.end), mention)
    for mention in said.of("name"):
        yield Candidate(
            str(mention.value).upper().replace(" ", ""), GUESSED, (mention.start, mention.end), mention
        )


def _address(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    for found in mentioned(said, side, "address"):
        if schema.get("x-part") == "street" and found.mention:
            street = str(found.value).split(",")[0]
            start = found.mention.start
            yield Candidate(street, found.strength, (start, start + len(street)), found.mention)
        else:
            yield found
    yield from _place(said, side, schema)


_POSTCODE = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|\d{5}(?:-\d{4})?|\d{4}(?= [A-Z][a-z]))\b(?!\s*(?:€|%|[a-z]))"
)


def _postcode(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
    for hit in _POSTCODE.finditer(said.text):
        yield Candidate(hit[0], FOUND, hit.span())


def _name_part(last: bool) -> Callable[[Said, str, Json], Iterator[Candidate]]:
    """One half of a full name: "Ada" or "Lovelace"."""

    def find(said: Said, side: str, schema: Json) -> Iterator[Candidate]:
        for mention in said.of("name"):
            words = str(mention.value).split()
            if len(words) < 2:
                continue
            at = said.text.find(words[-1] if last else words[0], mention.start)
            value = words[-1] if last else " ".join(words[:-1])
            yield Candidate(value, FOUND, (at, at + len(value)), None)
        for mention in said.of("name"):
            if len(str(mention.value).split()) == 1 and not last:
                yield Candidate(mention.value, FOUND, (mention.start, mention.end), mention)

    return find


FINDERS: dict[str, Callable[[Said, str, Json], Iterator[Candidate]]] = {
    "place": _place,
    "postcode": _postcode,
    "country": _country,
    "person": _person,
    "given": _name_part(False),
    "surname": _name_part(True),
    "email": _email,
    "date": _date,
    "time": _time,
    "datetime": _datetime,
    "id": _id,
    "uuid": _plain("uuid"),
    "url": _url,
    "ip": _plain("ip"),
    "hostname": _plain("hostname", "url"),
    "path": _path,
    "phone": _plain("phone"),
    "currency": _from_table("CURRENCIES"),
    "language": _from_table("LANGUAGES"),
    "unit": _from_table("UNITS"),
    "color": _from_table("COLORS"),
    "timezone": _timezone,
    "ticker": _ticker,
    "code": wordings.code,
    "company": _plain("name", "quoted"),
    "owner": wordings.half(0),
    "repository": wordings.half(1),
    "address": _address,
    "room": wordings.room,
    "channel": wordings.channel,
    "thing": wordings.thing,
    "expression": wordings.expression,
    "title": wordings.title,
    "item": wordings.item,
    "query": wordings.query,
    "topic": wordings.query,
    "text": wordings.text,
}
