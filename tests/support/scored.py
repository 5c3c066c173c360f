"""Windows with relevance scores, for tests: say how answers were scored in each spell of days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from checks.counts.scores import ScoreCell, ScoreGroup, Scores
from checks.counts.windows import Window, Windows
from tests.support.windows import DAY, NOW, Spell, answers, history

HOUR = 3600
LEVELS = 4  # a judge who says 0, 1/4, ... 1


@dataclass(frozen=True)
class Scoring:
    """Days on which answers were scored alike. `mean` is of a judge with five levels, or of thumbs (`levels` 1)."""

    days: int
    mean: float
    source: str = "judge-v1"
    a_day: float = 60
    predicted: str = "billing"
    prompt: str = "p1"
    levels: int = LEVELS
    day_sd: float = 0.0  # of the log odds, from day to day
    hour_sd: float = 0.0


def drawn(rng: np.random.Generator, spells: Sequence[Scoring]) -> Scores:
    """Hourly scores of spells that followed each other, the last one ending now."""
    start = int(NOW.timestamp()) - sum(spell.days for spell in spells) * 24 * HOUR
    cells: list[ScoreCell] = []
    for spell in spells:
        cells += _cells(rng, spell, start)
        start += spell.days * 24 * HOUR
    return Scores.of(cells)


def with_scores(known: Windows, *several: Scores, days_ago: int = 0) -> Windows:
    """These windows with the scores as they were some days ago; each of `several` has groups of its own."""
    whole = several[0] if len(several) == 1 else _joined(several)
    at = whole.bucket + days_ago * 24 * HOUR

    def between(start: float, end: float) -> Scores:
        return whole.rows((at >= start) & (at < end))

    def scored(window: Window) -> Window:
        return replace(window, scores=between(window.start.timestamp(), window.end.timestamp()))

    versions = tuple(
        replace(run, scores=whole.where(model_version=run.model_version, prompt_version=run.prompt_version))
        for run in known.versions
    )
    return replace(
        known,
        current=scored(known.current),
        recent=tuple(scored(window) for window in known.recent),
        reference=scored(known.reference),
        versions=versions,
    )


def plain(days: int = 35) -> Windows:
    """A bot that is well, without labels problems."""
    return history(Spell(days, answers()))


def bot(rng: np.random.Generator, *spells: Scoring, beside: Sequence[Scoring] = ()) -> Windows:
    """A healthy bot whose answers were scored so; `beside` ran over the last days next to the others."""
    others = [drawn(rng, [spell]) for spell in beside]
    return with_scores(plain(), drawn(rng, spells), *others)


def _cells(rng: np.random.Generator, spell: Scoring, start: int) -> list[ScoreCell]:
    group = ScoreGroup(spell.source, spell.predicted, "m1", spell.prompt)
    hours = np.arange(spell.days * 24)
    odds = np.log(spell.mean / (1 - spell.mean)) if 0 < spell.mean < 1 else np.inf * (spell.mean - 0.5)
    odds = odds + np.repeat(rng.normal(0, spell.day_sd, spell.days), 24) + rng.normal(0, spell.hour_sd, hours.size)
    sizes = rng.poisson(spell.a_day / 24, hours.size)
    found = []
    for hour, n, p in zip(hours.tolist(), sizes.tolist(), (1 / (1 + np.exp(-odds))).tolist(), strict=True):
        if n:
            scores = rng.binomial(spell.levels, p, n) / spell.levels
            sums = (float(scores.sum()), float((scores**2).sum()), int((scores < 0.5).sum()))
            found.append(ScoreCell(start + hour * HOUR, group, n, *sums))
    return found


def _joined(several: Sequence[Scores]) -> Scores:
    cells = [
        ScoreCell(int(bucket), each.groups[group], int(n), total, squares, int(low))
        for each in several
        for group, bucket, n, total, squares, low in zip(
            each.group.tolist(),
            each.bucket.tolist(),
            each.n.tolist(),
            each.total.tolist(),
            each.squares.tolist(),
            each.low.tolist(),
            strict=True,
        )
    ]
    return Scores.of(cells)


__all__ = ["DAY", "NOW", "Scoring", "bot", "drawn", "plain", "with_scores"]
