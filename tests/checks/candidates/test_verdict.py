"""A candidate ships when it is better in production, and hardly ever when it is not."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from alerts.messages.candidates import verdict_in_words
from checks.candidates.canary import canary
from checks.candidates.counts import Answered, Part
from checks.candidates.differences import Difference, Measure, accuracy, discordant
from checks.candidates.sampling import Stratum
from checks.candidates.verdict import Decision, Question, Reason, judge, on_failures_alone
from tests.support.candidate_worlds import Kind, World

QUESTION = Question(((Measure.ACCURACY, ""), (Measure.RECALL, "urgent")), ("urgent",), candidates=1)
RUNS = 12


def _part(answered: str, there: int, mass: float, turned: int, n: int, label: str = "") -> Part:
    right = answered == "right"
    now = "a" if right else "b"
    stays, turns = Answered("a", now, now), Answered("a", now, "b" if right else "a")
    return Part(Stratum(label, right=right), there, mass, mass, ((stays, n - turned), (turns, turned)))


def test_the_change_is_what_is_won_less_what_is_lost_each_by_its_weight() -> None:
    parts = [_part("wrong", 100, 1000, 30, 60), _part("right", 900, 9000, 6, 60)]
    found = accuracy(parts, 0.025)
    assert found is not None
    assert found.now == pytest.approx(0.9)
    assert found.change == pytest.approx(0.1 * 0.5 - 0.9 * 0.1)
    assert found.low < found.change < found.high


def test_nothing_lost_in_a_few_messages_is_not_taken_for_no_loss() -> None:
    found = accuracy([_part("wrong", 100, 1000, 20, 40), _part("right", 900, 9000, 0, 40)], 0.025)
    assert found is not None
    assert found.change == pytest.approx(0.05)
    assert found.low < 0  # up to 7% of the right answers may be lost, which is more than is won


def test_mcnemar_is_given_only_where_all_messages_weigh_the_same() -> None:
    alike = [_part("wrong", 10, 10, 6, 10), _part("right", 90, 90, 1, 90)]
    pair = discordant(alike)
    assert pair is not None
    assert (pair.won, pair.lost) == (6, 1)
    assert pair.p == pytest.approx(0.125)
    assert discordant([_part("wrong", 10, 100, 6, 10), _part("right", 90, 90, 1, 90)]) is None


def test_a_class_that_gets_worse_holds_back_a_candidate_that_is_better_on_the_whole() -> None:
    parts = [
        _part("wrong", 200, 2000, 90, 100),
        _part("right", 800, 8000, 0, 200),
        _part("right", 60, 60, 40, 60, "urgent"),
        _part("wrong", 20, 20, 0, 20, "urgent"),
    ]
    verdict = judge(parts, Question(((Measure.ACCURACY, ""),), ("urgent",), candidates=1))
    assert verdict.decision is Decision.KEEP
    assert [each.name for each in verdict.because] == ["urgent"]


def test_what_is_not_settled_says_how_many_messages_would_settle_it() -> None:
    parts = [_part("wrong", 100, 1000, 5, 20), _part("right", 900, 9000, 0, 30)]
    verdict = judge(parts, Question(((Measure.ACCURACY, ""),), (), candidates=1))
    more = verdict.more[0]
    assert verdict.decision is Decision.MORE_LABELS
    assert more.there == 950
    assert more.labels is not None
    times = 1 + more.labels / 50
    bigger = [
        _part("wrong", 1000, 10_000, round(5 * times), round(20 * times)),
        _part("right", 9000, 90_000, 0, round(30 * times)),
    ]
    assert judge(bigger, Question(((Measure.ACCURACY, ""),), (), candidates=1)).decision is Decision.SHIP


def test_a_canary_is_the_smaller_the_plainer_the_change() -> None:
    plain = canary(Difference(Measure.RECALL, "urgent", 0.2, 0.9, 0.6, 0.8, 50), labels_a_day=40)
    slight = canary(Difference(Measure.RECALL, "urgent", 0.80, 0.88, 0.02, 0.14, 500), labels_a_day=40)
    assert plain is not None
    assert slight is not None
    assert plain.share < slight.share
    assert plain.labels < slight.labels
    assert canary(Difference(Measure.ACCURACY, "", 0.8, 0.79, -0.1, 0.1, 50), labels_a_day=40) is None


@pytest.mark.parametrize("kind", [Kind.BETTER, Kind.WORSE, Kind.MIXED])
def test_worse_candidates_do_not_ship_and_intervals_hold_the_truth(kind: Kind) -> None:
    """A dozen productions of each kind; docs/try.md has the rates of many."""
    decided, held, failures_won, wrong = Counter[Decision](), 0, 0, 0
    for seed in range(RUNS):
        world = World(np.random.default_rng(seed), kind)
        parts = world.sample(300)
        verdict = judge(parts, QUESTION)
        decided[verdict.decision] += 1
        wrong += verdict.decision is Decision.SHIP and world.truth.is_worse()
        held += all(each.low <= getattr(world.truth, each.measure) <= each.high for each in verdict.differences)
        won, _ = on_failures_alone([what for part in parts for what, _ in part.answered])
        failures_won += won > 0

    assert held >= RUNS - 3
    assert failures_won == RUNS  # the failures alone favour every candidate
    assert not wrong
    assert decided[Decision.SHIP] >= (RUNS - 2 if kind is Kind.BETTER else 0)


def test_a_critical_class_without_a_message_is_not_guarded_and_keeps_a_better_candidate_back() -> None:
    parts = [_part("wrong", 500, 5000, 90, 100), _part("right", 500, 5000, 0, 200)]
    aims = ((Measure.ACCURACY, ""),)
    assert judge(parts, Question(aims, (), candidates=1)).decision is Decision.SHIP
    verdict = judge(parts, Question(aims, ("urgent",), candidates=1))
    assert verdict.decision is Decision.MORE_LABELS
    assert [(each.name, each.there) for each in verdict.more] == [("urgent", 0)]
    assert "labels of urgent would settle it" in verdict_in_words(verdict)


FORCED = Question((), ("urgent",), candidates=1)


def _alike(n: int, lost: int) -> list[Part]:
    """A candidate that answers as what answers now does, but for right answers that it loses."""
    return [
        _part("wrong", 1000, 1000, 0, n // 4),
        _part("right", 9000, 9000, lost, n),
        _part("right", 600, 600, 0, n // 2, "urgent"),
        _part("wrong", 100, 100, 0, n // 4, "urgent"),
    ]


def test_a_forced_move_ships_what_is_no_worse_and_nothing_that_may_be() -> None:
    as_good, few, worse = (judge(_alike(*each), FORCED) for each in ((600, 2), (40, 0), (600, 60)))
    assert (as_good.decision, as_good.reason) == (Decision.SHIP, Reason.NO_WORSE)
    assert (few.decision, worse.decision) == (Decision.MORE_LABELS, Decision.KEEP)
    assert {each.measure for each in as_good.because} == {Measure.ACCURACY, Measure.RECALL}
    assert "ship: as good in production within what is tolerated, accuracy" in verdict_in_words(as_good)
    assert "would settle it" in verdict_in_words(few)
    assert judge(_alike(600, 2), QUESTION).decision is not Decision.SHIP  # where nothing is forced it must be better
    assert judge(_alike(600, 2), replace(FORCED, critical=("fraud",))).decision is Decision.MORE_LABELS


def test_a_forced_move_ships_what_is_worse_by_what_is_tolerated_at_most_at_the_risk() -> None:
    """3.0 points of accuracy less in truth, the margin itself, in 400 samples: 2.5% may ship, 4% with chance."""
    random, lost = np.random.default_rng(3), 0.03 / 0.9
    shipped = 0
    for _ in range(400):
        parts = [_part("wrong", 1000, 1000, 0, 100), _part("right", 9000, 9000, int(random.binomial(900, lost)), 900)]
        shipped += judge(parts, replace(FORCED, critical=())).decision is Decision.SHIP
    assert shipped <= 16


def test_a_canary_may_confirm_that_nothing_that_matters_is_lost() -> None:
    same = Difference(Measure.ACCURACY, "", 0.9, 0.9, -0.01, 0.01, 900)
    assert canary(same, labels_a_day=100) is None
    assert canary(same, labels_a_day=100, tolerated=0.03) is not None
