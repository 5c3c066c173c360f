"""What came of an action: the answers, and how often they are wrong."""

from dataclasses import replace

import numpy as np
import pytest

from alerts.messages.wording import text
from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Action
from checks.counts.cells import OutcomeCell
from checks.outcome.criterion import Criterion, Kind, rows_needed
from checks.outcome.judge import Samples, Worked, judge
from tests.support.windows import NOW

NOBODY = Part()


def criterion(value: float = 0.40, goal: float = 0.85, n: int = 40) -> Criterion:
    effect = (goal - value) / 2
    return Criterion(
        action=Action.REVISE_PROMPT,
        kind=Kind.RECALL,
        class_name="urgent",
        frozen_at=NOW,
        window_start=NOW,
        window_end=NOW,
        value=value,
        n=n,
        goal=goal,
        min_effect=effect,
        needed=rows_needed(value, effect),
        answering=((("m1", "p1"), 1.0),),
    )


def part(urgent: tuple[int, int], billing: tuple[int, int] = (190, 200)) -> Part:
    """(right, labelled) of the two classes, each labelled one in two."""
    cells = []
    for name, other, (right, n) in (("urgent", "billing", urgent), ("billing", "urgent", billing)):
        cells += [
            OutcomeCell(name, name, right, right, right),
            OutcomeCell(other, name, n - right, n - right, n - right),
        ]
    return Part(tuple(cell for cell in cells if cell.n))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (part((20, 50)), part((47, 50)), Worked.WORKED),
        (part((20, 50)), part((36, 50)), Worked.PARTLY),  # better, and far from its goal
        (part((20, 50)), part((22, 50)), Worked.NO_EFFECT),
        (part((40, 50)), part((10, 50)), Worked.HARMED),
        (part((20, 50)), part((47, 50), (120, 200)), Worked.HARMED),  # paid for with accuracy
        (part((20, 50), (80, 200)), part((47, 50), (196, 200)), Worked.PARTLY),  # the others rose as much
        (part((20, 50)), part((3, 4)), Worked.TOO_EARLY),
    ],
)
def test_the_answer_rests_on_both_intervals(before: Part, after: Part, expected: Worked) -> None:
    result = judge(criterion(), Samples(before, after, NOBODY))
    assert result.worked is expected, text(result.sentence)


def test_versions_that_went_on_beside_are_what_the_rise_is_compared_with() -> None:
    beside = part((46, 50))
    result = judge(criterion(), Samples(part((20, 50)), part((47, 50)), beside))
    assert result.worked is Worked.PARTLY
    assert result.beyond is not None
    assert result.beyond[0] < 0 < result.beyond[1]
    assert "rose as well" in text(result.sentence)


def test_without_new_labels_from_before_only_a_rise_above_what_the_alarm_saw_counts() -> None:
    seen = criterion(value=0.70, n=20)
    assert judge(seen, Samples(NOBODY, part((43, 50)), NOBODY)).worked is Worked.NO_EFFECT
    result = judge(replace(seen, value=0.10), Samples(NOBODY, part((47, 50)), NOBODY))
    assert result.worked is Worked.WORKED
    assert "at most" in text(result.sentence)


def _draw(random: np.random.Generator, recall: float, n: int) -> Part:
    return part((int(random.binomial(n, recall)), n), (int(random.binomial(400, 0.95)), 400))


def test_an_alarm_by_chance_is_not_put_down_to_what_was_done_after_it() -> None:
    """The bot is what it always was; its worst of 30 weeks raised the alarm (regression to the mean)."""
    random = np.random.default_rng(5)
    fair, naive = 0, 0
    for _ in range(400):
        worst = min(int(random.binomial(60, 0.80)) for _ in range(30))
        promised = criterion(value=worst / 60, goal=0.80, n=60)
        after = _draw(random, 0.80, 120)
        fair += judge(promised, Samples(_draw(random, 0.80, 60), after, NOBODY)).worked in (
            Worked.WORKED,
            Worked.PARTLY,
        )
        seen = part((worst, 60))
        naive += judge(promised, Samples(seen, after, NOBODY)).worked in (Worked.WORKED, Worked.PARTLY)
    assert fair / 400 <= 0.035  # one side of a 95% interval, and its error of measurement
    assert naive / 400 >= 0.25  # what a comparison with the window of the alarm would have claimed


def test_a_rise_to_the_goal_is_seen_as_often_as_was_planned() -> None:
    random = np.random.default_rng(6)
    promised = criterion(value=0.50, goal=0.90)
    seen = [
        judge(promised, Samples(_draw(random, 0.5, promised.needed), _draw(random, 0.93, promised.needed), NOBODY))
        for _ in range(300)
    ]
    risen = [result for result in seen if result.worked in (Worked.WORKED, Worked.PARTLY)]
    assert len(risen) / 300 >= 0.80
