"""What a classifier says of labels that it has not seen.

Confident learning (Northcutt, Jiang and Chuang 2021): a label is in doubt where another class gets at least the
probability that members of that class get on average, and more than the label does. Messages and their near duplicates
are judged by a classifier that was trained without any of them. Each class counts by what it gets itself, so that
neither rare classes nor an unsure classifier fill the list.
"""

import importlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from monitor.actions.material import Message

FOLDS: Final = 5
SEED: Final = 0  # of the folds


@dataclass(frozen=True, slots=True)
class Dissent:
    """The class that the classifier would have given, and by how much it is more probable than the label, in (0, 1]."""

    label: str
    margin: float


def dissents(messages: Sequence[Message]) -> dict[str, Dissent]:
    """Labels in doubt, by the key of the message; `messages` are different ones.

    Classes with fewer groups of near duplicates than there are folds are left alone.
    """
    groups = {(message.row.label, message.group) for message in messages}
    sizes = Counter(label for label, _ in groups)
    judged = [message for message in messages if sizes[message.row.label] >= FOLDS]
    labels = sorted({message.row.label for message in judged})
    if len(labels) <= 1:
        return {}
    given = np.array([labels.index(message.row.label) for message in judged])
    return _in_doubt(judged, labels, given, _probabilities(judged, given, len(labels)))


def _in_doubt(
    messages: Sequence[Message], labels: Sequence[str], given: NDArray[np.intp], chance: NDArray[np.float64]
) -> dict[str, Dissent]:
    own = chance[np.arange(len(given)), given]
    usual = np.array([own[given == k].mean() for k in range(len(labels))])
    rival = np.where(chance >= usual, chance, -1.0)
    rival[np.arange(len(given)), given] = -1.0
    best = rival.argmax(axis=1)
    margin = rival.max(axis=1) - own
    return {
        message.key: Dissent(labels[best[i]], float(margin[i])) for i, message in enumerate(messages) if margin[i] > 0
    }


def _probabilities(messages: Sequence[Message], given: NDArray[np.intp], classes: int) -> NDArray[np.float64]:
    """Of each class for each message (N x K), by classifiers that were trained on the other folds."""
    # these take seconds to import, and only this command needs them
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    threadpool_limits: Any = importlib.import_module("threadpoolctl").threadpool_limits  # publishes no types

    texts = np.array([message.key for message in messages], dtype=object)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    chance = np.zeros((len(messages), classes))
    with threadpool_limits(1):  # several threads wait for each other longer than these small sums take
        for train, test in folds.split(texts, given, [message.group for message in messages]):
            words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\b\w+\b")  # noqa: S106
            model: Any = make_pipeline(words, LogisticRegression(C=10, class_weight="balanced", max_iter=1000))
            model.fit(texts[train], given[train])
            chance[np.ix_(test, model.classes_)] = model.predict_proba(texts[test])
    return chance
