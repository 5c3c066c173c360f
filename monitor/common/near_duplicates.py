"""Messages that say the same in almost the same letters.

Two texts are exact duplicates when they are equal once case, spacing, punctuation and invisible letters are evened
out, and near duplicates when the sets of their character 4-grams overlap by at least `SIMILAR` (Jaccard: what both have
over what either has). Only the first `COMPARED` letters are compared. A group is what is linked by such pairs, one
after another.

The pairs are found exactly, not by sampling: with grams ordered from rare to common, two sets that overlap by t must
share a gram among the first |x| - ceil(t |x|) + 1 of each (prefix filter: Chaudhuri, Ganti and Kaushik 2006, "A
primitive operator for similarity joins in data cleaning"; Bayardo, Ma and Srikant 2007, "Scaling up all pairs
similarity search").
"""

import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

SIMILAR: Final = 0.7
"""Jaccard similarity from which two messages are near duplicates: a word of ten changed, added or left out."""

GRAM: Final = 4  # letters: short enough for a typing error to spoil few, long enough for a shared one to tell something
COMPARED: Final = 400  # letters; a longer message is told by its beginning, and costs no more than this

Grams = frozenset[str]


def evened(text: str) -> str:
    """The text without what does not change its meaning.

    >>> evened("  My CARD was—stolen!! ")
    'my card was stolen'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    visible = (" " if unicodedata.category(letter)[0] in "PZCS" else letter for letter in folded if not _hidden(letter))
    return " ".join("".join(visible).split()) or " ".join(folded.split())


def grams(text: str) -> Grams:
    """The 4-grams of a text that is evened out already; a shorter one is its own."""
    text = text[:COMPARED]
    return frozenset(text[i : i + GRAM] for i in range(max(len(text) - GRAM + 1, 1)))


def similarity(one: Grams, other: Grams) -> float:
    """What both have over what either has, in [0, 1]."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def groups(texts: Sequence[str]) -> list[int]:
    """The group of each text, named by the place of its first member; texts in any form."""
    parent = list(range(len(texts)))
    for one, other in similar_pairs([grams(evened(text)) for text in texts]):
        first, second = sorted((_root(parent, one), _root(parent, other)))
        parent[second] = first
    return [_root(parent, place) for place in range(len(texts))]


def overlap(texts: Sequence[str], others: Sequence[str]) -> int:
    """How many pairs of near duplicates were found between two lists: 0 only where there is none."""
    sets = [grams(evened(text)) for text in (*texts, *others)]
    return sum(1 for one, other in similar_pairs(sets) if (one < len(texts)) != (other < len(texts)))


def similar_pairs(sets: Sequence[Grams]) -> Iterator[tuple[int, int]]:
    """Every pair of places, later one first, whose sets overlap by at least SIMILAR; equal sets by one link each."""
    counts = Counter(gram for each in sets for gram in each)
    rarity = {gram: rank for rank, (gram, _) in enumerate(sorted(counts.items(), key=lambda item: (item[1], item[0])))}
    seen: dict[str, list[int]] = defaultdict(list)
    same: dict[Grams, int] = {}
    for place, each in enumerate(sets):
        if each in same:
            yield place, same[each]
            continue
        same[each] = place
        needed = math.ceil(SIMILAR * len(each) - 1e-9)  # 0.7 times a number may come out just above a whole one
        prefix = sorted(each, key=rarity.__getitem__)[: len(each) - needed + 1]
        candidates = {other for gram in prefix for other in seen[gram]}
        for other in sorted(candidates):
            if _lengths_fit(each, sets[other]) and similarity(each, sets[other]) >= SIMILAR:
                yield place, other
        for gram in prefix:
            seen[gram].append(place)


def _lengths_fit(one: Grams, other: Grams) -> bool:
    return min(len(one), len(other)) >= SIMILAR * max(len(one), len(other))


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _hidden(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf"  # zero-width letters, soft hyphens, marks of direction
