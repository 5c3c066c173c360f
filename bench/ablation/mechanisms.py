"""The statistical mechanisms, where each is played, and how it is switched off."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bench.ablation import decisions
from bench.ablation.switches import (
    ByStrata,
    MeanWeight,
    NormalTails,
    NothingGuessed,
    OwnShares,
    Switch,
    Together,
    Unbounded,
    labelled_alone,
)
from bench.ablation.worlds import (
    ANOTHER_CLASS,
    BIASED,
    BREAKDOWN,
    COMPLAINTS,
    CORRECTED,
    HARDER,
    HASTENED,
    LATE,
    NEW_REPAIR,
    PLAIN,
    PRECISE,
    QUIET,
    QUIET_BREAKDOWN,
    RARER,
    REPAIR,
    SMALL,
    UNSURE,
    VERSION,
    WEEKENDS,
    World,
)
from checks.counts.cells import NO_BAND
from checks.counts.confusion import Confusion
from checks.counts.windows import Window


@dataclass(frozen=True)
class Mechanism:
    """What is played with and without: `off` in words, `page` of docs/statistics where it is described.

    `worlds` are those of logs, `samples` the names of those of single windows (see `bench.ablation.samples`).
    """

    name: str
    page: str
    off: str
    switch: Switch
    worlds: tuple[World, ...] = ()
    samples: tuple[str, ...] = ()


def _without_bands(window: Window) -> Confusion:
    return Confusion.of(replace(cell, band=NO_BAND) for cell in window.outcomes)


FAIR, FIVE, UNSURE_FIRST, SURE_FIRST, FEW, ONE_UNLABELLED = (
    "a fair sample",
    "urgent five times as often",
    "low confidence first",
    "low confidence hardly ever",
    "20 messages a day",
    "one class without a label",
)
MOVED, COMPLAINED = "queue: all misses moved to sure answers", "queue: complaints are labelled too"
EVERY_SAMPLE = (FAIR, FIVE, UNSURE_FIRST, SURE_FIRST, FEW)

MECHANISMS: Final[Sequence[Mechanism]] = (
    Mechanism(
        "post-stratification",
        "unfair_labels",
        "the labelled predictions are taken for a fair sample",
        Switch(weigh=labelled_alone),
        (PLAIN, BIASED, UNSURE, COMPLAINTS),
        EVERY_SAMPLE,
    ),
    Mechanism(
        "strata by confidence band",
        "unfair_labels",
        "strata by predicted class alone",
        Switch(count=_without_bands),
        (PLAIN, BIASED, UNSURE, COMPLAINTS),
        EVERY_SAMPLE,
    ),
    Mechanism(
        "classes without a label are taken to be like the bot",
        "unfair_labels",
        "strata without a label are left out",
        Switch(weigh=NothingGuessed.of),
        (QUIET,),
        (FEW, ONE_UNLABELLED),
    ),
    Mechanism(
        "shrinkage of the shares that variances are taken from",
        "intervals",
        "variances from each stratum's own labels",
        Switch(weigh=OwnShares.of),
        (PLAIN, BIASED, QUIET),
        EVERY_SAMPLE,
    ),
    Mechanism(
        "allowance for variances that rest on few labels",
        "intervals",
        "the effective number as it is",
        Switch(weigh=NormalTails.of),
        (PLAIN, BIASED, QUIET),
        EVERY_SAMPLE,
    ),
    Mechanism(
        "imagined answer of the largest weight",
        "intervals",
        "an imagined answer of the mean weight",
        Switch(weigh=MeanWeight.of),
        (PLAIN, BIASED, QUIET),
        EVERY_SAMPLE,
    ),
    Mechanism(
        "alarms count no more labels than there are",
        "intervals",
        "the effective number, be it larger",
        Switch(weigh=Unbounded.of),
        (PLAIN, BIASED, UNSURE, QUIET),
    ),
    Mechanism(
        "forecast of labels to come",
        "late_labels",
        "all labels that come are taken to be there",
        Switch(withhold=decisions.no_delays, apart=True),
        (PLAIN, LATE, QUIET, REPAIR),
    ),
    Mechanism(
        "correction of informative delay",
        "late_labels",
        "delays of right and of wrong answers are not told apart",
        Switch(withhold=decisions.delays_alike, apart=True),
        (PLAIN, HASTENED, LATE, COMPLAINTS),
    ),
    Mechanism(
        "windows that wait until delays are steady",
        "late_labels",
        "windows are judged whatever their labels weigh",
        Switch(steady=True),
        (HASTENED, LATE),
    ),
    Mechanism(
        "allowance for labels that will be corrected",
        "late_labels",
        "labels are final",
        Switch(withhold=decisions.settled),
        (PLAIN, CORRECTED),
    ),
    Mechanism(
        "level for endless looking",
        "false_alarms",
        "a 95% limit at each look",
        Switch(checks=decisions.at_each_look),
        (PLAIN, QUIET, WEEKENDS),
    ),
    Mechanism(
        "e-detector",
        "false_alarms",
        "the windows alone, with all of the budget",
        Switch(withhold=decisions.no_starts),
        (PLAIN, SMALL, QUIET, PRECISE, LATE),
    ),
    Mechanism(
        "rolling windows beside the e-detector",
        "false_alarms",
        "the e-detector alone, with all of the budget",
        Switch(checks=decisions.by_evidence_alone),
        (PLAIN, SMALL, QUIET, PRECISE, REPAIR, BREAKDOWN, QUIET_BREAKDOWN),
    ),
    Mechanism(
        "windows of several lengths",
        "false_alarms",
        "the window of a week alone",
        Switch(withhold=decisions.no_short_windows),
        (PLAIN, SMALL, REPAIR),
    ),
    Mechanism(
        "a window of the newest version's own time",
        "false_alarms",
        "the windows of fixed lengths alone",
        Switch(withhold=decisions.no_version_window),
        (VERSION, NEW_REPAIR),
    ),
    Mechanism(
        "older healthy time by a Bayes factor",
        "false_alarms",
        "the reference alone",
        Switch(withhold=decisions.no_older),
        (PLAIN, SMALL, QUIET, PRECISE),
    ),
    Mechanism(
        "starts that are followed for four weeks",
        "false_alarms",
        "starts are followed for a week",
        Switch(withhold=decisions.no_long_starts),
        (PLAIN, SMALL, QUIET),
    ),
    Mechanism(
        "bets on two sizes of drop",
        "false_alarms",
        "the smallest drop of interest alone",
        Switch(checks=decisions.one_size),
        (PLAIN, SMALL, PRECISE, QUIET, BREAKDOWN, QUIET_BREAKDOWN),
    ),
    Mechanism(
        "critical classes have 80% of the budget",
        "false_alarms",
        "each class has as much",
        Switch(checks=decisions.classes_alike),
        (PLAIN, QUIET),
    ),
    Mechanism(
        "the budget is shared out by what a check finds",
        "false_alarms",
        "each check has as much",
        Switch(checks=decisions.checks_alike),
        (PLAIN, SMALL, PRECISE),
    ),
    Mechanism(
        "margins that are not waited for",
        "false_alarms",
        "recall: a fall by more than the margin must be beyond doubt",
        Switch(checks=decisions.margin_beyond_doubt),
        (PLAIN, SMALL, QUIET, ANOTHER_CLASS),
    ),
    Mechanism(
        "accuracy at the reference's mix",
        "mix_or_behaviour",
        "accuracy as it is",
        Switch(checks=decisions.accuracy_as_it_is),
        (PLAIN, WEEKENDS, HARDER, SMALL),
    ),
    Mechanism(
        "precision by its cause",
        "false_alarms",
        "precision itself, a loss beyond the margin being sure",
        Switch(checks=decisions.precision_as_it_is),
        (PLAIN, WEEKENDS, RARER, PRECISE),
    ),
    Mechanism(
        "recall after a queue by its design",
        "label_queue",
        "recall as from any labels",
        Switch(weigh=ByStrata.of),
        samples=(MOVED, COMPLAINED),
    ),
    Mechanism(
        "test that a queue's labels and others agree",
        "label_queue",
        "they are always pooled",
        Switch(weigh=Together.of),
        samples=(MOVED, COMPLAINED),
    ),
)
"""Those that a switch takes out of a look. Others have a trial of their own (`bench.ablation.trials`)."""

BY_WORLD: Final = {
    world: tuple(one for one in MECHANISMS if world in one.worlds) for one in MECHANISMS for world in one.worlds
}
