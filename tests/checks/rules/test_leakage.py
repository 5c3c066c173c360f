"""Messages that a model had seen, and whether they flatter it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.messages.wording import worded
from checks.counts.studied.overlap import Overlap
from checks.counts.study import Study, StudySpan
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Verdict
from checks.rules.leakage import Leakage, is_flattered
from checks.statistics.alarm_budget import AlarmBudget
from tests.checks.advice.cases import GOOD
from tests.support.windows import NOW, Spell, history

CHECK = Leakage(max_overlap=0.05, budget=AlarmBudget(0.005))
LEAKED = Overlap(
    "m2", "training", n=1800, overlapping=700, labelled=420, right=415, labelled_clean=660, right_clean=500
)


def judged(*overlaps: Overlap) -> list[Verdict]:
    study = Study(NOW, StudySpan(NOW - timedelta(days=7), NOW), (), 2000, 2000, overlaps=overlaps)
    return [finding.verdict for finding in CHECK.run(Measured(replace(history(Spell(30, GOOD)), study=study)))]


@pytest.mark.parametrize(
    ("overlap", "verdict"),
    [
        (LEAKED, Verdict.WARNING),
        (replace(LEAKED, right=320), Verdict.OK),  # known messages are answered like all others
        (replace(LEAKED, overlapping=60), Verdict.OK),  # a few questions are always asked again
        (replace(LEAKED, labelled=3, right=3), Verdict.NOT_ENOUGH_DATA),
        (replace(LEAKED, overlapping=0, labelled=0, right=0), Verdict.OK),
        (Overlap("m2", "training", 0, 0, 0, 0, 0, 0), Verdict.OK),
    ],
)
def test_it_warns_where_many_messages_were_seen_and_are_answered_better(overlap: Overlap, verdict: Verdict) -> None:
    assert judged(overlap) == [verdict]


def test_the_message_holds_both_scores() -> None:
    study = Study(NOW, StudySpan(NOW, NOW), (), 0, 0, overlaps=(LEAKED,))
    (finding,) = map(worded, CHECK.run(Measured(replace(history(Spell(30, GOOD)), study=study))))
    assert finding.subject == "m2, training set"
    assert finding.message == (
        "39% of 1800 sampled messages to model m2 are in its training set, 99% (97–99.5%, n=420) of those are answered "
        "rightly, 76% (72–79%, n=660) of the others are answered rightly"
    )


def test_without_a_study_or_a_registered_set_there_is_nothing_to_say() -> None:
    assert judged() == []
    assert CHECK.run(Measured(history(Spell(30, GOOD)))) == []


def test_too_few_labels_cannot_say_whether_it_is_flattered() -> None:
    assert is_flattered(replace(LEAKED, labelled_clean=0, right_clean=0)) is None
