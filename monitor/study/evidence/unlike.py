"""The part of a study that finds the messages that are unlike those before, and how they are answered."""

from dataclasses import replace
from typing import Final

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from checks.counts.studied.new_topic import NewTopic
from checks.counts.study import Study
from monitor.log.sampled import Samples, StudyRow
from monitor.study.domain_classifier import Floats, Which, held_out

LEAST_ROWS: Final = 100
EXPECTED: Final = 0.02
"""Share of the earlier messages that score as high as those that are called new."""

MOST_WORDS: Final = 8


def unlike(samples: Samples, study: Study) -> Study:
    """Tell new messages from earlier ones by a classifier that did not learn from them.

    Whether there is anything new at all is for the part that looks for drift to say, which holds out whole days; this
    one adds which messages they are. It comes after it, and says nothing where that could not compare texts.
    """
    p_value = _p_value(study)
    now, then = ([row for row in rows if row.text] for rows in (samples.current, samples.reference))
    if p_value is None or min(len(now), len(then)) < LEAST_ROWS:
        return study
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, max_features=5_000)
    matrix = vectorizer.fit_transform([row.text or "" for row in (*then, *now)])
    is_now = np.arange(len(then) + len(now)) >= len(then)
    scores, weights = held_out(matrix, is_now, np.arange(is_now.size) % 2 == 0)
    new = scores > np.quantile(scores[~is_now], 1 - EXPECTED)
    return replace(
        study, new_topic=_topic(now, new[is_now], p_value, _words(vectorizer, matrix[is_now & new], weights))
    )


def _p_value(study: Study) -> float | None:
    """P-value of the shift of texts, over all scales together (Bonferroni)."""
    text = next((column for column in study.columns if column.column == "text"), None)
    if text is None or not text.scales:
        return None
    return min(min(scale.contrast.p_value for scale in text.scales) * len(text.scales), 1.0)


def _words(vectorizer: TfidfVectorizer, new: sparse.csr_matrix, weights: Floats) -> tuple[str, ...]:
    """The words that say most that a message is new, by what they add to the scores of those that are."""
    if not new.shape[0]:
        return ()
    adds = np.asarray(new.mean(axis=0)).ravel() * weights
    names = vectorizer.get_feature_names_out()
    return tuple(str(names[place]) for place in np.argsort(-adds)[:MOST_WORDS] if adds[place] > 0)


def _topic(now: list[StudyRow], new: Which, p_value: float, words: tuple[str, ...]) -> NewTopic:
    labelled = np.array([row.label is not None for row in now])
    wrong = labelled & np.array([row.label != row.predicted for row in now])
    return NewTopic(
        n=int(new.sum()),
        of=len(now),
        expected=EXPECTED,
        p_value=p_value,
        labelled=int((labelled & new).sum()),
        wrong=int((wrong & new).sum()),
        labelled_else=int((labelled & ~new).sum()),
        wrong_else=int((wrong & ~new).sum()),
        words=words,
    )
