"""The relevance check."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.counts.scores import Scores
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.metrics.window import estimates
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.relevance import Relevance
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.scored import Scoring, bot, drawn, plain, with_scores
from tests.support.windows import Spell, answers, history

CHECK = Relevance(min_mean=None, max_low_share=None, max_drop=0.05, budget=AlarmBudget(0.03))
LIMITED = replace(CHECK, min_mean=0.70, max_low_share=0.20)

QUIET = plain()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def found(known: Windows, check: Relevance = CHECK) -> dict[tuple[str, str], Finding]:
    return {(finding.subject, finding.slice): finding for finding in map(worded, check.run(Measured(known)))}


def overall(known: Windows, check: Relevance = CHECK, source: str = "judge-v1") -> Finding:
    return found(known, check)["all", f"relevance_source={source}"]


def test_a_log_without_scores_says_so() -> None:
    (finding,) = CHECK.run(Measured(plain()))
    assert (finding.verdict, finding.cause) == (Verdict.NOT_ENOUGH_DATA, Cause.NOT_LOGGED)


def test_scores_as_before_are_well(rng: np.random.Generator) -> None:
    finding = overall(bot(rng, Scoring(35, 0.8)))
    assert (finding.verdict, finding.clear) == (Verdict.OK, True)
    assert finding.value == pytest.approx(0.8, abs=0.03)
    assert finding.reference == pytest.approx(0.8, abs=0.03)
    assert finding.threshold == pytest.approx((finding.reference or 0) - 0.05)


def test_a_fall_is_an_alarm_that_tells_that_accuracy_holds(rng: np.random.Generator) -> None:
    finding = overall(bot(rng, Scoring(30, 0.8), Scoring(5, 0.6)))
    assert (finding.verdict, finding.cause) == (Verdict.WARNING, Cause.BELOW_REFERENCE)
    assert "accuracy holds meanwhile (95%, was 95% in the reference)" in finding.message
    assert "was 0.8" in finding.message


def test_a_fall_together_with_accuracy_does_not_claim_that_accuracy_holds(rng: np.random.Generator) -> None:
    known = history(Spell(28, answers()), Spell(7, answers(recall=0.6)))
    finding = overall(with_scores(known, drawn(rng, [Scoring(28, 0.8), Scoring(7, 0.6)])))
    assert finding.verdict is Verdict.WARNING
    assert "accuracy" not in finding.message


def test_without_labels_a_fall_is_told_all_the_same(rng: np.random.Generator) -> None:
    unlabelled = history(Spell(35, {("billing", None): 200}))
    finding = overall(with_scores(unlabelled, drawn(rng, [Scoring(30, 0.8), Scoring(5, 0.6)])))
    assert finding.verdict is Verdict.WARNING
    assert not finding.provisional
    assert "accuracy" not in finding.message


def test_a_changed_judge_is_no_changed_bot(rng: np.random.Generator) -> None:
    known = bot(rng, Scoring(28, 0.8), Scoring(7, 0.5, "judge-v2"))
    (finding,) = map(worded, CHECK.run(Measured(known)))
    assert (finding.verdict, finding.cause) == (Verdict.NOT_ENOUGH_DATA, Cause.NOT_COMPARABLE)
    assert "judge-v2" in finding.message
    assert "judge-v1" in finding.message


def test_of_two_sources_each_is_held_against_itself(rng: np.random.Generator) -> None:
    """Thumbs are far more severe than the judge, and there are many more of them this week: nothing fell."""
    more_thumbs = [Scoring(28, 0.3, "thumbs", a_day=10, levels=1), Scoring(7, 0.3, "thumbs", a_day=300, levels=1)]
    known = with_scores(plain(), drawn(rng, [Scoring(35, 0.8)]), drawn(rng, more_thumbs))
    assert {finding.verdict for finding in found(known).values()} == {Verdict.OK}


def test_a_source_that_fell_is_told_beside_one_that_did_not(rng: np.random.Generator) -> None:
    thumbs = [Scoring(28, 0.7, "thumbs", levels=1), Scoring(7, 0.4, "thumbs", levels=1)]
    known = with_scores(plain(), drawn(rng, [Scoring(35, 0.8)]), drawn(rng, thumbs))
    assert overall(known, source="thumbs").verdict is Verdict.WARNING
    assert overall(known).verdict is Verdict.OK


def test_limits_hold_without_a_reference_and_for_a_new_judge(rng: np.random.Generator) -> None:
    known = bot(rng, Scoring(28, 0.9), Scoring(7, 0.5, "judge-v2"))
    mean = overall(known, LIMITED, "judge-v2")
    assert (mean.verdict, mean.cause, mean.threshold) == (Verdict.CRITICAL, Cause.BELOW_FLOOR, 0.70)
    low = found(known, LIMITED)["low_share", "relevance_source=judge-v2"]
    assert (low.verdict, low.cause) == (Verdict.CRITICAL, Cause.ABOVE_LIMIT)
    assert low.threshold == pytest.approx(0.20)
    assert low.value == pytest.approx(0.31, abs=0.06)
    assert (low.low or 1) < (low.value or 0) < (low.high or 0)
    assert "of the scores by judge-v2 are low, over 20%" in low.message


def test_few_scores_are_not_judged(rng: np.random.Generator) -> None:
    finding = overall(bot(rng, Scoring(34, 0.9), Scoring(1, 0.1, a_day=10)), replace(CHECK, max_drop=0.01))
    assert finding.verdict is not Verdict.WARNING
    few = overall(with_scores(plain(), drawn(rng, [Scoring(7, 0.9, a_day=3)])))
    assert (few.verdict, few.cause) == (Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW)
    assert "too few to judge" in few.message


def test_a_class_whose_answers_got_worse_is_named(rng: np.random.Generator) -> None:
    urgent = [Scoring(28, 0.8, predicted="urgent", a_day=20), Scoring(7, 0.5, predicted="urgent", a_day=20)]
    known = with_scores(plain(), drawn(rng, [Scoring(35, 0.8, a_day=300)]), drawn(rng, urgent))
    by_subject = {subject: finding for (subject, _), finding in found(known).items()}
    assert {subject: finding.verdict for subject, finding in by_subject.items()} == {
        "all": Verdict.OK,
        "billing": Verdict.OK,
        "urgent": Verdict.WARNING,
    }
    assert "answers predicted urgent" in by_subject["urgent"].message


def test_one_bad_hour_is_no_fall(rng: np.random.Generator) -> None:
    """A judge that was down gave an hour of zeros."""
    outage = replace(drawn(rng, [Scoring(35, 0.8)]))
    last = outage.bucket == outage.bucket.max()
    outage.total[last], outage.squares[last] = 0.0, 0.0
    outage.n[last] *= 40
    finding = overall(with_scores(plain(), outage))
    assert finding.value is not None
    assert finding.value < 0.75
    assert finding.verdict is Verdict.OK


def test_after_the_repair_the_shorter_windows_say_so(rng: np.random.Generator) -> None:
    finding = overall(bot(rng, Scoring(30, 0.8), Scoring(2, 0.5), Scoring(3, 0.8)))
    assert (finding.verdict, finding.clear) == (Verdict.OK, True)


def test_metrics_are_of_all_answers_classes_versions_and_sources(rng: np.random.Generator) -> None:
    lines = [line for line in estimates(Measured(bot(rng, Scoring(35, 0.8)))) if line.metric.startswith("relevance")]
    named = {(line.metric, line.class_name, line.slice) for line in lines}
    slices = [("", "all"), ("billing", "all"), ("", "relevance_source=judge-v1")]
    slices += [("", "prompt_version=p1"), ("", "model_version=m1")]
    assert named == {(metric, *of) for metric in ("relevance_mean", "relevance_low_share") for of in slices}
    (mean,) = (line for line in lines if (line.metric, line.class_name, line.slice) == ("relevance_mean", "", "all"))
    assert mean.value == pytest.approx(0.8, abs=0.03)
    assert mean.n == pytest.approx(420, abs=60)
    assert mean.coverage == pytest.approx(420 / (7 * 473), abs=0.03)
    assert (mean.n_labelled, mean.provisional) == (0, False)


def test_a_log_without_scores_has_no_metrics_of_them() -> None:
    assert not [line for line in estimates(Measured(plain())) if line.metric.startswith("relevance")]


@pytest.mark.parametrize("spread", [0.0, 0.4])
def test_intervals_cover_the_truth_though_hours_and_days_agree(rng: np.random.Generator, spread: float) -> None:
    truth = float(np.mean(1 / (1 + np.exp(-np.log(4) - rng.normal(0, np.sqrt(2) * spread, 200_000)))))
    covered = 0
    for _ in range(200):
        scores = drawn(rng, [Scoring(28, 0.8, day_sd=spread, hour_sd=spread)])
        mean = drawn(rng, [Scoring(7, 0.8, day_sd=spread, hour_sd=spread)]).mean(scores.day_effect)
        assert mean is not None
        low, high = mean.interval()
        covered += low <= truth <= high
    assert covered / 200 >= 0.92


def alarms(scores: Scores, days: int, check: Relevance) -> int:
    """How often an alarm began in so many daily looks."""
    looks = (Measured(with_scores(QUIET, scores, days_ago=ago)) for ago in range(days, 0, -1))
    raised = [any(finding.verdict.is_alarm for finding in check.run(look)) for look in looks]
    return sum(now and not before for before, now in pairwise([False, *raised]))


def test_daily_looks_at_a_healthy_bot_alarm_no_more_often_than_is_paid_for(rng: np.random.Generator) -> None:
    """Four years at two false alarms a year, of days that agree: eight are paid for, and any fall would alarm."""
    days = 4 * 365
    scores = drawn(rng, [Scoring(days + 35, 0.8, a_day=40, day_sd=0.2)])
    assert alarms(scores, days, replace(CHECK, max_drop=0.0, budget=AlarmBudget(2.0))) <= 8
