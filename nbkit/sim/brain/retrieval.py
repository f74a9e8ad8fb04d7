"""Finding texts by the words of a question: BM25 over stems, with a little for near-synonyms."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from nbkit.sim.brain import lexicon

_K1, _B = 1.2, 0.75
_AKIN = 0.5  # what a near-synonym counts, against the word itself


@lru_cache(maxsize=4096)
def stemmed(text: str) -> tuple[str, ...]:
    """The stems of the words that tell something."""
    return tuple(lexicon.stems(text))


def scores(query: str, texts: Sequence[str]) -> list[float]:
    """How well each text fits the query; 0 is not at all."""
    documents = [Counter(stemmed(text)) for text in texts]
    lengths = [sum(words.values()) for words in documents]
    mean = sum(lengths) / len(lengths) if sum(lengths) else 1.0
    total = [0.0] * len(texts)
    for term in dict.fromkeys(stemmed(query)):
        hits = [_occurrences(term, words) for words in documents]
        seen = sum(1 for hit in hits if hit)
        weight = math.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5))
        for at, hit in enumerate(hits):
            if hit:
                total[at] += weight * hit * (_K1 + 1) / (hit + _K1 * (1 - _B + _B * lengths[at] / mean))
    return total


def _occurrences(term: str, words: Counter[str]) -> float:
    if words[term]:
        return float(words[term])
    begun = sum(count for word, count in words.items() if lexicon.alike(term, word))
    if begun:
        return 0.7 * begun
    groups = lexicon.concepts(term)
    return _AKIN * sum(count for word, count in words.items() if groups & lexicon.concepts(word))
