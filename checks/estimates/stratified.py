"""Post-stratification: shares of a window from labels that are not a fair sample of it.

A missed urgent message sits among those predicted non-urgent, which people label least. The predicted class of every
prediction is known, labelled or not, and so is its confidence where that is logged. So each labelled row stands for the
predictions of its own predicted class and confidence band: the correction for verification bias of Begg and Greenes
(1983), "Assessment of diagnostic tests when disease verification is subject to selection bias". It is right when,
within a predicted class and band, which predictions get a label does not depend on whether they are right.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from checks.counts.confusion import Confusion, Floats, by_class, sums
from checks.estimates.agreement import agree_on_right
from checks.estimates.design_based import recall_by_design
from checks.estimates.organic_labels import apart, unheard
from checks.estimates.shrinkage import LEVER, like_the_bot, likely_shares
from checks.estimates.strata import merge_thin
from checks.statistics import special
from checks.statistics.arithmetic import run_starts, safe_divide
from checks.statistics.intervals import Proportion
from checks.statistics.mean_share import mean_share
from checks.statistics.smoothing import PSEUDO, effective_size

MIN_STRATUM = 2
"""Labelled rows under which a confidence band is merged with its neighbour: one row would stand for too many."""

UPPER = 0.975
"""Level at which the certainty of a variance is judged: that of a bound of a 95% interval."""

GUESS = 4.0
"""Labels that a stratum without any is as good as known from, being taken to be like the bot as a whole."""

FEW = 2
"""Classes of a big window that are worked out one by one when they are asked for; of a third, all are, which is faster.
Of others all are at once, so that a figure does not depend, in its last digit, on what was asked before."""

KEPT = 30_000
"""Cells by row and label up to which the likely shares are kept: a quarter of a megabyte, of some thirty windows."""

MAX_UNSEEN = 0.2
"""Largest share of a class's estimated size, or of all traffic, that may lie in strata nobody has labelled at all."""


@dataclass(frozen=True)
class Stratified:
    """A confusion matrix weighted up to all predictions of the window.

    Its R rows are those of `confusion.rows`: one for each predicted class and confidence band. `groups` (R) numbers the
    stratum of each row, `sizes` (G) are the predictions, `effective` (G) the effective labelled rows and `weight` (G)
    the sum of the labels' weights of a stratum. `cells` (K x K) are the estimated numbers of predictions by predicted
    class and label. Strata without a label are taken to be like the bot as a whole: `guesses` (K x K) are its shares.
    """

    confusion: Confusion
    groups: NDArray[np.intp]
    sizes: Floats
    effective: Floats
    labelled: Floats
    weight: Floats
    cells: Floats
    guesses: Floats | None = None

    @classmethod
    def of(cls, confusion: Confusion, parts: NDArray[np.intp] | None = None) -> "Stratified":
        """Merge thin strata, and weight each cell by predictions over (weighted) labels of its stratum.

        Rows are merged within their predicted class, or within their part where `parts` (R, rising) says it.
        """
        rows = confusion.rows
        groups = merge_thin(rows.classes if parts is None else parts, rows.labelled, MIN_STRATUM)
        count = int(groups.max()) + 1 if groups.size else 0
        sizes = sums(groups, rows.predicted, count)
        labelled = sums(groups, rows.labelled, count)
        weight = sums(groups, rows.weight, count)
        squared = sums(groups, rows.weight_squared, count)
        effective = safe_divide(weight**2, squared)
        scaled = safe_divide(rows.weights, weight[groups][:, None])
        scaled *= sizes[groups][:, None]
        cells = by_class(rows.classes, scaled)
        counts = cls(confusion, groups, sizes, effective, labelled, weight, cells)
        return counts._with_the_unlabelled() if cells.any() and not labelled.all() else counts

    def _with_the_unlabelled(self) -> "Stratified":
        """Give strata without a label the shares of the bot as a whole, with the weight of GUESS labels."""
        guesses = like_the_bot(self.confusion, self.cells)
        guessed = replace(self, guesses=guesses, effective=np.where(self.labelled > 0, self.effective, GUESS))
        cells = by_class(self.confusion.rows.classes, guessed.share * self.sizes[self.groups][:, None])
        return replace(guessed, cells=cells)

    @property
    def share(self) -> Floats:
        """Each cell's share of its stratum (R x K).

        It is not kept: a look weights some thirty windows, and with 150 classes each such table takes 1.4 megabytes.
        """
        rows = self.confusion.rows
        share = safe_divide(rows.weights, self.weight[self.groups][:, None])
        if self.guesses is None:
            return share
        missing = self.labelled[self.groups] == 0
        part = safe_divide(rows.predicted, self.sizes[self.groups])[:, None]
        return np.where(missing[:, None], part * self.guesses[rows.classes], share)

    @property
    def told(self) -> "Stratified":
        """The window by the labels that represent the predictions that they stand for.

        Labels that came by themselves are pooled with the labels of a queue only as long as both say as often that
        answers are right (`checks.estimates.agreement`); else they represent nothing but themselves
        (`checks.estimates.organic_labels`).
        """
        return self._apart or self

    @cached_property
    def _apart(self) -> "Stratified | None":
        """The window by the labels of the queue alone, where the others disagree; None where it is this one.

        Who kept a reference to itself would stay in memory, with all its matrices, to the end of a look.
        """
        return None if agree_on_right(self.confusion.rows) else Stratified.of(*apart(self.confusion))

    def accuracy(self) -> Proportion | None:
        """Share of predictions that are right.

        None without labels, and where much of the traffic is of classes whose only labels came by themselves and
        disagree with those of a queue.
        """
        is_unheard = self._unheard.sum() > MAX_UNSEEN * self.confusion.n
        if is_unheard or not self.confusion.n_labelled:
            return None
        return self._apart.accuracy() if self._apart else self._accuracy

    def recall(self, class_name: str) -> Proportion | None:
        """Share of the predictions truly of the class that were predicted as it.

        None when no labelled row is of the class, or when too many predictions of the class were never labelled.
        Labels with an inclusion probability have their own estimator (`checks.estimates.design_based`).
        """
        k = self.confusion.index(class_name)
        if k is None or not self._has_recall[k]:
            return None
        return recall_by_design(self.confusion, k) or self._recalls.of(k, self._recalls_of)

    @cached_property
    def _has_recall(self) -> list[bool]:
        """Which classes (K) have a labelled row and were seen well enough: metric lines ask twice for each."""
        there: list[bool] = (self.confusion.support > 0).tolist()
        return [has_label and not self._is_unseen(k) for k, has_label in enumerate(there)]

    def precision(self, class_name: str) -> Proportion | None:
        """Share of the predictions as the class that are truly of it.

        None when none of them is labelled, or when labels of a queue disagree with the others and miss many of them.
        """
        k = self.confusion.index(class_name)
        if k is None or not self.confusion.labelled[k]:
            return None
        if self._unheard[k] > MAX_UNSEEN * self.confusion.predicted[k]:
            return None
        return self._apart.precision(class_name) if self._apart else self._precisions.of(k, self._precisions_of)

    def wrong(self) -> tuple[Proportion, float] | None:
        """Share of the predictions that are wrong, and how many predictions there are; None as of accuracy."""
        right = self.accuracy()
        return None if right is None else (right.rest, float(self.confusion.n))

    def mistaken(self, class_name: str) -> tuple[Proportion, float] | None:
        """Share of the predictions as the class that are not of it, and how many there are; None as of precision."""
        right, k = self.precision(class_name), self.confusion.index(class_name)
        return None if right is None or k is None else (right.rest, float(self.confusion.predicted[k]))

    def missed(self, class_name: str) -> tuple[Proportion, float] | None:
        """Share of all predictions that are of the class and were not predicted as it, and how many there are.

        Both how many messages are of the class and how many of those are missed are estimated, so the interval is that
        of their product. None as of recall, and where labels of a queue are told apart from others.
        """
        k = self.confusion.index(class_name)
        if k is None or self._apart or self.recall(class_name) is None:
            return None
        return self._missed(k), float(self.confusion.n)

    def _missed(self, k: int) -> Proportion:
        other = ~self._own(np.array([k]))
        likely = self._strata.sums(self._likely())
        misses = self.cells[:, [k]].sum(axis=0) - self.cells[k, k]
        of_class = likely[:, [k]] * other
        everything = np.ones_like(other)
        return self._ratios(
            _Parts(misses, of_class, self._largest_weight(other)),
            _Parts(
                self.cells.sum() - misses,
                likely.sum(axis=1)[:, None] - of_class,
                self._largest_weight(everything),
            ),
            np.array([self.confusion.n_labelled]),
        )[0]

    def balanced_accuracy(self) -> Proportion | None:
        """Mean recall over the classes with a labelled row; their errors are taken as independent."""
        recalls = [recall for name in self.confusion.real_classes if (recall := self.recall(name)) is not None]
        if not recalls:
            return None
        return mean_share(recalls, lopsided=self.confusion.rows.is_designed)

    def prevalence(self, class_name: str) -> float:
        """Estimated share of the predictions that are truly of the class, in [0, 1]."""
        k = self.confusion.index(class_name)
        return float(self._prevalences[k]) if k is not None else 0.0

    @cached_property
    def _prevalences(self) -> Floats:
        sizes = self.told.cells.sum(axis=0)
        return safe_divide(sizes, sizes.sum())

    @cached_property
    def _unheard(self) -> Floats:
        """Predictions by class that no representative label stands for (K)."""
        confusion = self.confusion
        return unheard(confusion) if self._apart else np.zeros(len(confusion.classes))

    @property
    def unheard(self) -> tuple[str, ...]:
        """Predicted classes without a label of the queue, where labels that came by themselves are no fair sample."""
        return tuple(name for name, n in zip(self.confusion.classes, self._unheard, strict=True) if n)

    def variance(self, slope: Floats) -> float:
        """Linearised variance of a function of `cells` whose derivative by each cell is `slope` (K x K)."""
        by_row = slope[self.confusion.rows.classes]
        weighted = self._likely() * by_row
        return self._variance_of(weighted.sum(axis=1), np.einsum("rk,rk->r", weighted, by_row))

    def variance_of_hits(self, by_hit: Floats, by_label: Floats) -> float:
        """Linearised variance where the derivative by a cell is `by_label` (K), plus `by_hit` (K) on the diagonal."""
        classes = self.confusion.rows.classes
        likely, either = self._likely(), by_label + by_hit
        right = self._likely_right(likely)
        return self._variance_of(
            likely @ by_label + right * by_hit[classes],
            likely @ by_label**2 + right * (either**2 - by_label**2)[classes],
        )

    def _variance_of(self, *slopes: Floats) -> float:
        sampled, own = self._variance(*(self._strata.sums(values[:, None]) for values in slopes))
        return float((sampled.sum(axis=0) + own)[0])

    @cached_property
    def unlabelled(self) -> tuple[str, ...]:
        """Predicted classes of which no prediction has a label; none where they are hardly any of the traffic.

        They are taken to be like the bot as a whole, which tells little once they are more than MAX_UNSEEN of all
        predictions.
        """
        confusion = self.confusion
        missing = (confusion.labelled == 0) & (confusion.predicted > 0)
        if confusion.predicted[missing].sum() <= MAX_UNSEEN * confusion.n:
            return ()
        return tuple(name for name, is_missing in zip(confusion.classes, missing, strict=True) if is_missing)

    def _likely(self) -> Floats:
        """Each cell's share of its stratum (R x K), as it may well be; a big one is not kept, as `share` is not."""
        return self._kept_likely if self._is_small else self._work_out_likely()

    @property
    def _is_small(self) -> bool:
        return self.confusion.rows.counts.size <= KEPT

    @cached_property
    def _kept_likely(self) -> Floats:
        return self._work_out_likely()

    def _work_out_likely(self) -> Floats:
        return likely_shares(self.confusion, self.groups, self.sizes, self.share, self.cells)

    def _likely_right(self, likely: Floats) -> Floats:
        """Of each row (R), the part that is likely right."""
        return np.take_along_axis(likely, self.confusion.rows.classes[:, None], axis=1)[:, 0]

    @cached_property
    def _right_and_wrong(self) -> tuple[Floats, Floats]:
        """The part of each stratum that is likely right, and the rest (G x 1)."""
        likely = self._likely()
        right = self._strata.sums(self._likely_right(likely)[:, None])
        return right, self._strata.sums(likely.sum(axis=1)[:, None]) - right

    @cached_property
    def _accuracy(self) -> Proportion:
        weight = self._largest_weight(np.ones((self.sizes.size, 1), dtype=bool))
        hits, (right, wrong) = np.array([np.trace(self.cells)]), self._right_and_wrong
        misses = self.cells.sum() - hits
        return self._ratios(
            _Parts(hits, right, weight), _Parts(misses, wrong, weight), np.array([self.confusion.n_labelled])
        )[0]

    @cached_property
    def _recalls(self) -> "_OfClasses":
        return _OfClasses(len(self.confusion.classes), 0 if self._is_small else FEW)

    def _recalls_of(self, classes: NDArray[np.intp]) -> list[Proportion]:
        own, (right, _) = self._own(classes), self._right_and_wrong
        hits = self.cells[classes, classes]
        misses = self.cells[:, classes].sum(axis=0) - hits
        return self._ratios(
            _Parts(hits, right * own, self._largest_weight(own)),
            _Parts(misses, self._strata.sums(self._likely())[:, classes] * ~own, self._largest_weight(~own)),
            self.confusion.support[classes],
        )

    @cached_property
    def _precisions(self) -> "_OfClasses":
        return _OfClasses(len(self.confusion.classes), 0 if self._is_small else FEW)

    def _precisions_of(self, classes: NDArray[np.intp]) -> list[Proportion]:
        own, (right, wrong) = self._own(classes), self._right_and_wrong
        hits, weight = self.cells[classes, classes], self._largest_weight(own)
        misses = self.cells[classes].sum(axis=1) - hits
        return self._ratios(
            _Parts(hits, right * own, weight), _Parts(misses, wrong * own, weight), self.confusion.labelled[classes]
        )

    def _own(self, classes: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which strata are predicted as each of some classes (G x columns)."""
        return np.asarray(self.confusion.rows.classes[self._strata.firsts][:, None] == classes)

    def _ratios(self, hits: "_Parts", misses: "_Parts", n: Floats) -> list[Proportion]:
        """Shares of hits among hits and misses, one for each column, with their effective sample sizes.

        The variance is the linearised one of a ratio from a stratified sample of a population that is itself random
        (Särndal, Swensson and Wretman 1992, section 5.6): with d the derivative of the ratio by a cell,
        sum over strata g of size N and n effective labels of N^2/n (E[d^2] - E[d]^2) + N E[d]^2.
        One imagined observation, half hit and half miss, of the most that such a label may stand for, keeps it positive
        when all labelled rows agree, and is taken off the effective n again.
        """
        total = hits.total + misses.total + PSEUDO * (hits.weight + misses.weight)
        smooth = (hits.total + PSEUDO * hits.weight) / total
        by_hit, by_miss = (1 - smooth) / total, -smooth / total
        sampled, own = self._variance(
            hits.likely * by_hit + misses.likely * by_miss, hits.likely * by_hit**2 + misses.likely * by_miss**2
        )
        variance = sampled.sum(axis=0) + own + PSEUDO * ((hits.weight * by_hit) ** 2 + (misses.weight * by_miss) ** 2)
        effective = effective_size(smooth, variance / self._certainty(sampled, n))
        values = safe_divide(hits.total, hits.total + misses.total)
        columns = zip(values.tolist(), effective.tolist(), n.tolist(), strict=True)
        return [Proportion(value, known, int(rows)) for value, known, rows in columns]

    def _variance(self, first: Floats, second: Floats) -> tuple[Floats, Floats]:
        """Variances of functions of the cells, a column each, from the means of derivatives and of their squares.

        These are by stratum (G x columns), and so is the variance of the labels; that of the predictions is in all.
        """
        squares = first**2
        sampled = safe_divide(self.sizes**2, self.effective)[:, None] * (second - squares)
        return sampled, self.sizes @ squares

    def _certainty(self, sampled: Floats, n: Floats) -> Floats:
        """Part of the effective n that is left because the variance itself rests on a few labels, in (0, 1].

        (t of n / t of d)^2 for Student's t at 97.5%, with d the degrees of freedom of Satterthwaite (1946): the
        adjustment of Korn and Graubard (1998), "Confidence intervals for proportions with small expected number of
        positive counts estimated from survey data". It is 1 where labels are a fair sample.
        """
        squares = (sampled**2 / (self.effective + LEVER)[:, None]).sum(axis=0)
        freedom = np.maximum(safe_divide(sampled.sum(axis=0) ** 2, squares), 1.0)
        ratio = special.stdtrit(np.maximum(n, 1), UPPER) / special.stdtrit(freedom, UPPER)
        return np.asarray(np.minimum(ratio, 1.0) ** 2)

    @cached_property
    def _strata(self) -> "_Groups":
        return _Groups.of_numbers(self.groups)

    def _largest_weight(self, strata: NDArray[np.bool_]) -> Floats:
        """The most predictions that one label stands for, in some strata (G x columns).

        A miss that no label has shown yet is where labels are fewest. A stratum's labels are few by chance too, so its
        weight leans on the mean of all with LEVER rows.
        """
        there = (strata & (self.labelled > 0)[:, None]).astype(float)
        mean = safe_divide(self.sizes @ there, self.labelled @ there)
        weight = (self.sizes[:, None] + LEVER * mean) / (self.labelled[:, None] + LEVER) * there
        largest = weight.max(axis=0, initial=0.0)
        return np.where(largest > 0, largest, 1.0)

    def _is_unseen(self, k: int) -> bool:
        """Whether much of the class may lie among predictions of it that nobody has labelled."""
        if self.confusion.labelled[k]:
            return False
        unseen = self.confusion.predicted[k]
        known = self.cells[:, k].sum()
        return bool(unseen > MAX_UNSEEN * (unseen + known))


@dataclass(frozen=True, slots=True)
class _Parts:
    """Predictions that count as hits, or as misses, a column each.

    `total` are the estimated ones, `likely` (G x columns) is the share of each stratum that may well be such, and
    `weight` the most predictions that one label may stand for.
    """

    total: Floats
    likely: Floats
    weight: Floats


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups of rows, none empty: `of` is the number of each row's group."""

    of: NDArray[np.intp]
    order: NDArray[np.intp]  # rows, group by group
    starts: NDArray[np.intp]  # where each group begins in that order
    is_in_order: bool  # whether the rows are group by group as they are

    @classmethod
    def of_numbers(cls, numbers: NDArray[np.intp]) -> "_Groups":
        """Groups that are numbered from 0 without gaps."""
        order = np.argsort(numbers, kind="stable")
        starts = run_starts(numbers[order])
        return cls(numbers, order, starts, bool((order == np.arange(order.size)).all()))

    @property
    def firsts(self) -> NDArray[np.intp]:
        """The first row of each group."""
        return self.order[self.starts]

    def sums(self, values: Floats) -> Floats:
        """Sum the rows of each group."""
        if self.starts.size == self.of.size:  # nothing to add up
            return values if self.is_in_order else values[self.order]
        in_order = values if self.is_in_order else values[self.order]
        return np.add.reduceat(in_order, self.starts, axis=0, dtype=float)


class _OfClasses:
    """The share of each class, worked out when it is asked for; after a `few` classes the next asks for all of them."""

    def __init__(self, classes: int, few: int) -> None:
        self._all = np.arange(classes)
        self._few = few
        self._known: dict[int, Proportion] = {}

    def of(self, k: int, work_out: Callable[[NDArray[np.intp]], list[Proportion]]) -> Proportion:
        """The share of one class, by its place; `work_out` is the same each time."""
        if k not in self._known:
            asked = np.array([k]) if len(self._known) < self._few else self._all
            self._known.update(zip(asked.tolist(), work_out(asked), strict=True))
        return self._known[k]
