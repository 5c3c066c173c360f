"""What an advice promises, as it is frozen when it is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from checks.advice.deciding.model import Action
from checks.counts.windows import Windows
from checks.outcome.criterion import Criterion, Kind, freeze
from checks.outcome.traffic import Act, BucketTraffic, Pair
from tests.checks.advice.cases import GOOD, MISSES_URGENT, POLICY, SLOW, URGENT
from tests.support.advice import advise
from tests.support.incidents import T0
from tests.support.windows import Spell, history

WINDOWS = history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"))


def alone(windows: Windows, pair: Pair) -> tuple[BucketTraffic, ...]:
    """One pair of versions answers."""
    return (BucketTraffic(windows.now - timedelta(hours=1), ((pair, 50),)),)


ANSWERING = alone(WINDOWS, ("m1", "p4"))


def frozen() -> Criterion:
    found = freeze(advise([URGENT], WINDOWS, POLICY), [URGENT], WINDOWS, POLICY, ANSWERING)
    assert found is not None
    return found


def test_it_is_of_the_failing_metric_and_of_the_versions_that_answer() -> None:
    criterion = frozen()
    assert (criterion.action, criterion.kind, criterion.class_name) == (Action.ROLLBACK_PROMPT, Kind.RECALL, "urgent")
    assert dict(criterion.answering) == {("m1", "p4"): 1.0}
    assert criterion.value == pytest.approx(0.13, abs=0.02)
    assert criterion.goal >= 0.80
    assert criterion.min_effect == pytest.approx((criterion.goal - criterion.value) / 2)
    assert 8 <= criterion.needed < 100


def test_latency_is_judged_by_the_share_of_answers_in_time() -> None:
    slow = history(Spell(25, GOOD, ms=700), Spell(5, GOOD, ms=1500))
    advice = replace(advise([SLOW], slow, POLICY), action=Action.REDUCE_LATENCY, abstained=False)
    criterion = freeze(advice, [SLOW], slow, POLICY, alone(slow, ("m1", "p1")))
    assert criterion is not None
    assert (criterion.kind, criterion.quantile) == (Kind.LATENCY, 0.95)
    assert criterion.limit_ms > 0


@pytest.mark.parametrize("action", [Action.NONE, Action.COLLECT_LABELS, Action.FIX_LABELS])
def test_what_does_not_change_the_bot_cannot_be_judged_by_it(action: Action) -> None:
    advice = replace(advise([URGENT], WINDOWS, POLICY), action=action)
    assert freeze(advice, [URGENT], WINDOWS, POLICY, ANSWERING) is None


V3, V4, V5 = ("m1", "p3"), ("m1", "p4"), ("m1", "p5")
M2, BOTH = ("m2", "p4"), ("m2", "p5")


@pytest.mark.parametrize(
    ("action", "came", "went", "is_met"),
    [
        (Action.ROLLBACK_PROMPT, V3, V4, True),
        (Action.ROLLBACK_PROMPT, V5, V4, False),  # a new prompt is no rollback
        (Action.REVISE_PROMPT, V5, V4, True),
        (Action.REVISE_PROMPT, V3, V4, False),
        (Action.REVISE_PROMPT, M2, V4, False),
        (Action.FINE_TUNE, M2, V4, True),
        (Action.FINE_TUNE, BOTH, V4, True),
        (Action.FINE_TUNE, V5, V4, False),  # a prompt is no fine-tune
        (Action.ROLLBACK_MODEL, M2, V4, False),  # it never answered before
        (Action.ROLLBACK_RELEASE, V3, V4, True),
        (Action.ROLLBACK_RELEASE, M2, V4, False),  # the prompt is that of before, and the model is another
        (Action.FIX_PARSER, V5, V4, True),
    ],
)
def test_only_what_was_advised_is_put_down_to_it(
    *, action: Action, came: tuple[str, str], went: tuple[str, str], is_met: bool
) -> None:
    criterion = replace(frozen(), action=action, known=(V3, V4))
    assert criterion.is_met_by(Act(T0, (came,), (went,))) is is_met


def test_a_prompt_that_is_withdrawn_while_the_other_goes_on_is_rolled_back() -> None:
    criterion = replace(frozen(), answering=((V3, 0.5), (V4, 0.5)), known=(V3, V4))
    assert criterion.is_met_by(Act(T0, (), (V4,)))


def test_nobody_is_followed_who_has_gone_back_already_to_all_that_there_is() -> None:
    advice = replace(advise([URGENT], WINDOWS, POLICY), action=Action.ROLLBACK_PROMPT)
    assert freeze(advice, [URGENT], WINDOWS, POLICY, ANSWERING) is not None
    mended = history(Spell(25, MISSES_URGENT, "p3"), Spell(5, MISSES_URGENT, "p3"))
    assert freeze(advice, [URGENT], mended, POLICY, alone(mended, V3)) is None
