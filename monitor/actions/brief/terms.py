"""Words that tell one class from the others.

Log-odds of a word with an informative Dirichlet prior, in units of its standard deviation (Monroe, Colaresi and Quinn
2008, "Fightin' words"): words that are merely rare do not win, as they do by plain ratios.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from monitor.actions.material import Message

PRIOR: Final = 500.0  # words' worth of all classes together that both sides are given
CLEAR: Final = 2.0  # standard deviations
SHORTEST: Final = 3  # letters
OWN: Final = 0.4  # of the messages with the word that are of the class: "that" may be commoner in one, but is nobody's


def telling_words(label: str, messages: Sequence[Message], most: int) -> tuple[str, ...]:
    """The words that messages of the class use more than others do, most telling first."""
    inside = _words(message for message in messages if message.row.label == label)
    outside = _words(message for message in messages if message.row.label != label)
    own = [word for word, n in inside.items() if n > 1 and n >= OWN * (n + outside[word]) and len(word) >= SHORTEST]
    scores = {word: _score(word, inside, outside) for word in own}
    ranked = sorted(scores, key=lambda word: (-scores[word], word))
    return tuple(word for word in ranked[:most] if scores[word] >= CLEAR)


def _words(messages: Iterable[Message]) -> Counter[str]:
    """How many messages use each word."""
    return Counter(word for message in messages for word in set(message.key.split()))


def _score(word: str, inside: Counter[str], outside: Counter[str]) -> float:
    total = inside.total() + outside.total()
    prior = PRIOR * (inside[word] + outside[word]) / total
    odds = [(n[word] + prior) / (n.total() + PRIOR - n[word] - prior) for n in (inside, outside)]
    spread = sum(1 / (n[word] + prior) for n in (inside, outside))
    return (math.log(odds[0]) - math.log(odds[1])) / math.sqrt(spread)
