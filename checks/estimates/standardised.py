"""Accuracy at a fixed mix of classes: what the check of accuracy judges, and what advice compares versions by."""

from collections.abc import Sequence

from checks.statistics.intervals import Proportion
from checks.statistics.smoothing import effective_size, smoothed, variance_of_mean


def at_mix(recalls: Sequence[tuple[float, Proportion]], rows: float, labelled: float) -> Proportion:
    """The mean of recalls, each at the share of its class; the shares are made to sum to 1. Direct standardisation.

    Its variance is that of a sum of independent recalls, sum of w^2 r (1 - r) / n with Jeffreys' half hit and half miss
    in each class (Keiding and Clayton 2014, "Standardization and control for confounding in observational studies",
    direct method). The linearised variance of the whole covers less where some classes have few labels: a class whose
    few labels are all right then has none (`tests/checks/estimates/test_standardised.py`). `rows` are the predictions,
    over which the effective number never is, and `labelled` those with a label.
    """
    total = sum(share for share, _ in recalls)
    value = sum(share * recall.value for share, recall in recalls) / total
    variance = sum(
        (share / total) ** 2 * variance_of_mean(recall.value, recall.effective_n) for share, recall in recalls
    )
    effective = min(effective_size(smoothed(value, labelled), variance), rows)
    return Proportion(min(value, 1.0), effective, sum(recall.n for _, recall in recalls))
