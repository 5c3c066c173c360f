"""Rows as points: where a category, a number or a text lies, so that means of rows can be compared."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from monitor.log.sampled import StudyRow

Floats = NDArray[np.float64]

MOST_VALUES: Final = 50
"""Values of a category that are told apart; the rarer ones are one."""

WORD: Final = r"(?u)\b\w+\b"

OTHERS: Final = "(others)"

CUTS: Final = 20
"""Quantiles at which distribution functions are compared."""

VOCABULARY: Final = 5_000
"""Words and pairs of words that are looked at, the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Points:
    """A point for each row: `matrix` is N x K and may be sparse; `names` (K) say what each dimension is."""

    matrix: sparse.csr_matrix
    names: tuple[str, ...]

    def day_means(self, day: NDArray[np.intp], days: NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Mean of the rows of each of the days (D x K), and their numbers (D), all above 0."""
        member = sparse.csr_matrix((day[None, :] == days[:, None]).astype(float))
        rows = np.asarray(member.sum(axis=1), dtype=float).ravel()
        return np.asarray((member @ self.matrix).todense()) / rows[:, None], rows


def category_points(values: Sequence[str]) -> Points:
    """One dimension for each value: 1 in its own."""
    frequent = [value for value, _ in Counter(values).most_common(MOST_VALUES)]
    place = {value: i for i, value in enumerate(frequent)}
    columns = [place.get(value, len(frequent)) for value in values]
    names = (*frequent, OTHERS)
    cells = (np.ones(len(values)), (np.arange(len(values)), columns))
    return Points(sparse.csr_matrix(cells, shape=(len(values), len(names))), names)


def number_points(values: Floats) -> Points:
    """One dimension for each cut: 1 where the number is at or under it, so that means are distribution functions."""
    cuts = np.unique(np.quantile(values, np.linspace(0, 1, CUTS + 1)[:-1], method="inverted_cdf"))
    return Points(sparse.csr_matrix((values[:, None] <= cuts).astype(float)), tuple(f"{cut:g}" for cut in cuts))


def numbers_of(read: Callable[[StudyRow], object], rows: Sequence[StudyRow]) -> Floats:
    """The numbers of a column, which has one in each of the rows."""
    return np.array([float(str(read(row))) for row in rows])


def text_points(texts: Sequence[str]) -> Points | None:
    """TF-IDF of words and pairs of words, of length 1; None where no two messages share one."""
    words = TfidfVectorizer(
        max_features=VOCABULARY, min_df=2, ngram_range=(1, 2), sublinear_tf=True, token_pattern=WORD
    )
    try:
        matrix = words.fit_transform(texts)
    except ValueError:  # an empty vocabulary
        return None
    return Points(sparse.csr_matrix(matrix), tuple(str(name) for name in words.get_feature_names_out()))
