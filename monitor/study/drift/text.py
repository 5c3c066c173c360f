"""Domain classifier for text: learns on some days, must tell now from before on others; its words are new."""

import re
from collections import Counter
from dataclasses import replace
from typing import Final

import numpy as np
from scipy import sparse, stats

from checks.counts.shift import Moved, NewText, ScaleShift
from monitor.common.redact import redact
from monitor.study.domain_classifier import Floats, Which, held_out
from monitor.study.drift.calendar import WEEK
from monitor.study.drift.features import Points, number_points
from monitor.study.drift.rows import Rows

BOTH_WAYS: Final = 0.5
"""Each half of the days is scored by a classifier that learned from the other half. What the halves say is one and the
same thing said twice (for a linear classifier the product of their differences), so it counts once."""

MOST_WORDS: Final = 8
MOST_CLASSES: Final = 3
MOST_EXAMPLES: Final = 3
LONGEST_EXAMPLE: Final = 120  # characters
LEAST_MESSAGES: Final = 5
"""Messages of now that must have a word for it to be named: a name or an address of one person is nobody's business."""

NUMBER: Final = re.compile(r"\d{4}")
"""What may be part of an account or a telephone number is not named."""

SURE: Final = 3.0
"""Standard errors that the frequency of a telling word must have risen by."""


def text_shift(rows: Rows, *, examples: bool) -> ScaleShift | None:
    """How much of the text is unlike before, and what is; None where the days are too few, or only one is now.

    What makes one day unlike all others is not drift until another day shows it too: so days are held out, not rows.
    The effect is the greatest difference of the distribution functions of the held-out scores, which is at most the
    share of the messages that are different.
    """
    odd = _odd(rows)
    if not all((odd & side).any() and (~odd & side).any() for side in (rows.now, rows.then)):
        return None
    ranks = held_out(rows.points.matrix, rows.now, odd, scale=_ranks).scores
    found = rows.difference(Points(sparse.csr_matrix(_savage(ranks)[:, None]), ("score",)), worth=BOTH_WAYS)
    cuts = number_points(ranks)
    apart = rows.difference(cuts)
    if found is None or apart is None:
        return None
    missing = apart.then - apart.now  # new messages rank high: fewer of those of now lie under a cut
    best = int(np.argmax(missing))
    rose = bool(found.now[0] > found.then[0])
    effect = max(float(missing[best]), 0.0) * found.contrast.shrinkage if rose else 0.0
    start, end = rows.span
    shift = ScaleShift(start, end, int(rows.now.sum()), effect, found.contrast)
    return shift if not effect else _with_news(shift, rows, ranks, float(cuts.names[best]), examples=examples)


def _odd(rows: Rows) -> Which:
    """Half of the days: every other one now, every other week in the reference, so that each half has all weekdays."""
    turn = np.where(rows.now, rows.day, rows.day // WEEK)
    return np.asarray(turn % 2 == 1)


def _ranks(scores: Floats) -> Floats:
    """Ranks in (0, 1)."""
    return np.asarray((stats.rankdata(scores) - 0.5) / scores.size)


def _savage(ranks: Floats) -> Floats:
    """Exponential scores (Savage 1956): a new topic is at the top of the ranks, not everywhere a little higher."""
    return -np.log1p(-ranks)


def _with_news(shift: ScaleShift, rows: Rows, ranks: Floats, cut: float, *, examples: bool) -> ScaleShift:
    new = (ranks > cut) & rows.now
    quoted = _examples(rows, ranks, new) if examples else ()
    return replace(shift, text=NewText(_telling_words(rows), _classes(rows, new), quoted))


def _telling_words(rows: Rows) -> tuple[Moved, ...]:
    """The words whose weight rose most, among those that surely more messages have than before."""
    has = sparse.csr_matrix(rows.points.matrix > 0, dtype=float)
    weight_now, weight_then = (_mean(rows.points.matrix[side]) for side in (rows.now, rows.then))
    now, then = (_mean(has[side]) for side in (rows.now, rows.then))
    n_now, n_then = int(rows.now.sum()), int(rows.then.sum())
    both = (now * n_now + then * n_then) / (n_now + n_then)
    sure = now - then > SURE * np.sqrt(both * (1 - both) * (1 / n_now + 1 / n_then))
    rise = np.where(sure, weight_now - weight_then, 0.0)
    common = now * n_now >= LEAST_MESSAGES
    order = [int(i) for i in np.argsort(-rise, kind="stable") if rise[i] > 0 and common[i]]
    return tuple(Moved(rows.points.names[i], float(now[i]), float(then[i])) for i in _apart(order, rows.points.names))


def _mean(matrix: sparse.csr_matrix) -> Floats:
    return np.asarray(matrix.mean(axis=0)).ravel()


def _apart(order: list[int], names: tuple[str, ...]) -> list[int]:
    """The first few, without a pair of words one of which was named, or a word that was named in a pair."""
    kept: list[int] = []
    named: set[str] = set()
    for i in order:
        parts = set(names[i].split())
        if not parts & named and not NUMBER.search(names[i]):
            kept.append(i)
            named |= parts
        if len(kept) == MOST_WORDS:
            break
    return kept


def _classes(rows: Rows, new: Which) -> tuple[Moved, ...]:
    """What the bot answers to the new messages, against its other answers of now."""
    there = Counter(rows.rows[i].predicted for i in np.flatnonzero(new))
    others = Counter(rows.rows[i].predicted for i in np.flatnonzero(rows.now & ~new))
    here, rest = max(there.total(), 1), max(others.total(), 1)
    return tuple(Moved(name, n / here, others[name] / rest) for name, n in there.most_common(MOST_CLASSES))


def _examples(rows: Rows, ranks: Floats, new: Which) -> tuple[str, ...]:
    places = sorted(np.flatnonzero(new), key=lambda i: (-ranks[i], rows.rows[i].id))
    shown = dict.fromkeys(_shown(rows.rows[i].text or "") for i in places[: 10 * MOST_EXAMPLES])
    return tuple(shown)[:MOST_EXAMPLES]


def _shown(text: str) -> str:
    line = redact(" ".join(text.split()))
    return line if len(line) <= LONGEST_EXAMPLE else line[: LONGEST_EXAMPLE - 1] + "…"
