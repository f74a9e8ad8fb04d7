"""Words and phrases of five languages, both ways, and which language a text is in."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from nbkit.sim.brain.plain import knowledge
from nbkit.sim.brain.plain.heard import given, unquoted

_LANGUAGES = "French|German|Spanish|Italian|Portuguese"
_ASKS = (
    rf"(?:translate|say|write|put)(?: this| that| the (?:word|phrase|sentence|following)\w*(?: "
    rf"\w+)?)?:? (?P<what>.+?) (?:in|to|into) (?P<to>{_LANGUAGES})\W*$",
    rf"(?:translate|say|write|put)(?: this| the (?:word|phrase|sentence|following)\w*(?: \w+)?)? "
    rf"(?:from \w+ )?(?:in|to|into) (?P<to>{_LANGUAGES})\W+(?P<what>.+)",
    rf"how (?:do|would|can) (?:you|i|we|one) say (?P<what>.+?) in (?P<to>{_LANGUAGES})\W*$",
    rf"what(?:'s| is) (?:the )?(?P<to>{_LANGUAGES}) (?:word )?for (?P<what>.+?)\W*$",
    rf"what(?:'s| is) (?:the word )?(?:for )?(?P<what>.+?) (?:called )?in (?P<to>{_LANGUAGES})\W*$",
    rf"^(?P<what>[\w' ]{{2,30}}) in (?P<to>{_LANGUAGES})\W*$",
)
_BACK = (
    r"\btranslate (?:this |the (?:word|phrase) )?(?:to english:?\s*)?(?P<what>.+?)(?: (?:from \w+ )?"
    r"(?:in|to|into) english)?\W*$",
    r"\bwhat does (?P<what>.+?) mean(?: in english)?\W*$|\bwhat is (?P<other>.+?) in english\W*$",
)
_COMMON = {
    "French": "le la les est je vous et une des pas que avec dans pour qui il elle bonjour merci",
    "German": "der die das ist ich und nicht ein eine mit auf zu guten danke wie sie wir",
    "Spanish": "el los las es yo y una que por con está en qué cómo hola gracias muy",
    "Italian": "il lo gli è io e che per con sono una ciao grazie come di non",
    "Portuguese": "o os as é eu não uma que por com está em obrigado muito você",
    "English": "the is i and you a to of in that this are it with hello",
}


@cache
def book() -> dict[str, dict[str, str]]:
    """The phrases that are known, by language and English words."""
    data: dict[str, dict[str, str]] = json.loads(
        Path(__file__).with_name("phrasebook.json").read_text(encoding="utf-8")
    )
    return data


def said(text: str) -> str:
    """A phrase in the language that is asked for, or ""."""
    if len(text) > 300 or not re.search(
        rf"\b(?:{_LANGUAGES}|English|language|translate|mean)\b", text, re.IGNORECASE
    ):
        return ""
    if re.search(r"\b(?:what|which|identify|detect)\b.{0,20}\blanguage\b", text, re.IGNORECASE) and (
        source := given(text)
    ):
        return f"**{language_of(source)}**"
    for pattern in _ASKS:
        if found := re.search(pattern, text.strip(), re.IGNORECASE):
            phrase = _plain(found["what"])
            known = book()[found["to"].lower()].get(phrase) or book()[found["to"].lower()].get(
                re.sub(r"^(?:the|an?|to) ", "", phrase)
            )
            return (
                f"“{unquoted(found['what'].strip(' .?!:'))}” is **{known}** in {found['to'].title()}."
                if known
                else ""
            )
    for pattern in _BACK:
        if found := re.search(pattern, text.strip(), re.IGNORECASE):
            phrase = _plain(next(one for one in found.groups() if one))
            for language, words in book().items():
                for english, word in words.items():
                    if _plain(word) == phrase:
                        return f"“{phrase}” is {language.title()} for **{english}**."
    return ""


_CAPITALS = {
    "fr": (
        r"\bcapitale (?:de |du |d[e']s? |d['’])(?:l['’]|la |le |les )?(.+?)\W*$",
        "La capitale est **{}**.",
    ),
    "es": (r"\bcapital de (?:la |el |los )?(.+?)\W*$", "La capital es **{}**."),
    "de": (r"\bhauptstadt (?:von |der |des )?(.+?)\W*$", "Die Hauptstadt ist **{}**."),
    "it": (r"\bcapitale (?:della |del |dell['’]|di |degli )(.+?)\W*$", "La capitale è **{}**."),
}


def capital_abroad(text: str) -> str:
    """The capital of a country, asked for in French, Spanish, German or Italian."""
    if not re.search(r"\b(?:capitale|capital de|hauptstadt)\b", text, re.IGNORECASE):
        return ""
    for pattern, answer in _CAPITALS.values():
        found = re.search(pattern, text.strip(), re.IGNORECASE)
        for row in _COUNTRIES.split("\n") if found else ():
            names = row.lower().split()
            if found and found[1].lower() in names[1:]:
                capital = knowledge.told(f"capital of {names[0]}")
                return answer.format(capital.split("**")[1]) if capital else ""
    return ""


_COUNTRIES = """france francia frankreich francia frança
germany allemagne alemania deutschland germania
italy italie italia italien
spain espagne españa spanien spagna
portugal portugal portugal portogallo
england angleterre inglaterra england inghilterra
belgium belgique bélgica belgien belgio
austria autriche austria österreich
switzerland suisse suiza schweiz svizzera
greece grèce grecia griechenland
poland pologne polonia polen
japan japon japón japan giappone
china chine china china cina
brazil brésil brasil brasilien brasile
mexico mexique méxico mexiko messico
argentina argentine argentina argentinien
peru pérou perú peru perù
russia russie rusia russland
egypt égypte egipto ägypten egitto
sweden suède suecia schweden svezia
norway norvège noruega norwegen norvegia
canada canada canadá kanada"""


def language_of(text: str) -> str:
    """The language whose common words a text has most of."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    return max(_COMMON, key=lambda name: sum(word in _COMMON[name].split() for word in words))


def _plain(phrase: str) -> str:
    return unquoted(phrase.strip(" .?!:¿¡")).strip(" .?!:¿¡\"'“”‘’").lower()
