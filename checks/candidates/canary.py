"""A share of the traffic, and how long, that would confirm in production what a candidate did on a sample."""

import math
from dataclasses import dataclass
from typing import Final

from checks.candidates.differences import Difference, normal_quantile

SHARES: Final = (0.05, 0.10, 0.20, 0.50)
"""Shares of the traffic that a canary may get, least first."""

SOON: Final = 7.0  # days; the smallest share that is done by then is taken

LONGEST: Final = 60.0  # days, above which a canary is of no use

LEVEL, POWER = 0.05, 0.8


@dataclass(frozen=True, slots=True)
class Canary:
    """`share` of the traffic for `days`: `labels` of the candidate's answers would show the change, with 80% power.

    Of class `name`, or of any where it is "".
    """

    share: float
    days: float
    labels: int
    name: str


def canary(change: Difference, labels_a_day: float, delay: float = 0.0, tolerated: float = 0.0) -> Canary | None:
    """The canary that would confirm a change for the better; None where none would within `LONGEST`.

    With a loss that is `tolerated` (>= 0, a difference of shares) it would confirm that there is no greater one.

    `labels_a_day` come for answers like those that the change is of, and `delay` days after them. With n answers of
    the candidate and n (1 - s) / s of what answers now, both labelled, the smallest difference that is seen is
    (z(0.975) + z(0.8)) sqrt(p (1 - p) / n + q (1 - q) s / (n (1 - s))).
    """
    gap = change.change + tolerated
    if gap <= 0 or labels_a_day <= 0:
        return None
    reach = (normal_quantile(1 - LEVEL / 2) + normal_quantile(POWER)) / gap
    plans = []
    for share in SHARES:
        p, q = (min(max(each, 0.02), 0.98) for each in (change.candidate, change.now))
        spread = p * (1 - p) + q * (1 - q) * share / (1 - share)
        labels = math.ceil(reach**2 * spread)
        days = labels / (labels_a_day * share) + delay
        plans.append(Canary(share, days, labels, change.name))
    soon = [plan for plan in plans if plan.days <= SOON]
    best = soon[0] if soon else min(plans, key=lambda plan: plan.days)
    return best if best.days <= LONGEST else None
