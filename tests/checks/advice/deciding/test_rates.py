"""How often advice is wrong, and how soon it is right, on drawn data."""

import numpy as np
import pytest

from checks.advice.deciding.model import Action
from tests.checks.advice.cases import GOOD, PLAIN, POLICY, URGENT, even, low_accuracy
from tests.support.advice import advise
from tests.support.windows import Outcomes, Spell, answers, history

ROUNDS = 60


def drawn(*spells: Spell, rounds: int = ROUNDS, seed: int = 7) -> list[tuple[Action, bool]]:
    """(action, abstained) of so many draws of the same story."""
    chance = np.random.default_rng(seed)
    told = (advise([URGENT], history(*spells, chance=chance), POLICY) for _ in range(rounds))
    return [(advice.action, advice.abstained) for advice in told]


def share(told: list[tuple[Action, bool]], action: Action, *, abstained: bool = False) -> float:
    return sum(one == (action, abstained) for one in told) / len(told)


POOR = answers(recall={"urgent": 0.60})


@pytest.mark.parametrize("days", [2, 7])
def test_a_prompt_that_changed_nothing_is_rarely_blamed(days: int) -> None:
    """At the 99% two-sided level a false step has a chance of 0.5%; 3 of 60 or more would be a chance of 0.3%."""
    told = drawn(Spell(28, POOR, "p3"), Spell(days, POOR, "p4"))
    assert share(told, Action.ROLLBACK_PROMPT) <= 2 / ROUNDS


def test_a_fall_in_time_is_rarely_imagined() -> None:
    """Three windows share a level of 0.5%."""
    told = drawn(Spell(30, POOR, "p3"))
    assert share(told, Action.NONE, abstained=True) <= 2 / ROUNDS


def test_a_prompt_that_lost_a_third_of_the_urgent_requests_is_found_in_a_few_days() -> None:
    """0.92 to 0.60 with 14 urgent labels a day."""
    found = {
        days: share(drawn(Spell(28, GOOD, "p3"), Spell(days, POOR, "p4"), rounds=40), Action.ROLLBACK_PROMPT)
        for days in (2, 4)
    }
    assert found[2] > 0.75
    assert found[4] > 0.90  # the rest abstains: by chance, another moment fits as well


@pytest.mark.parametrize(("later", "expected"), [(3, Action.NONE), (0, Action.ROLLBACK_PROMPT)])
def test_a_fall_that_came_later_is_told_from_one_at_the_change(later: int, expected: Action) -> None:
    bad: Outcomes = answers(recall={"urgent": 0.25})
    fine = (Spell(later, GOOD, "p4"),) if later else ()
    told = drawn(Spell(25, GOOD, "p3"), *fine, Spell(4, bad, "p4"), rounds=40)
    assert share(told, expected, abstained=expected is Action.NONE) > 0.9


@pytest.mark.parametrize(
    ("accuracies", "least", "most"),
    [
        ((0.75, 0.75, 0.75, 0.75, 0.75), 0.90, 1.0),  # a plateau
        ((0.60, 0.65, 0.70, 0.75), 0.0, 0.0),  # still rising
        ((0.74, 0.74, 0.75, 0.84), 0.0, 0.0),  # the last one nearly there
        ((0.75, 0.75), 0.0, 0.0),  # too few
    ],
)
def test_a_fine_tune_is_advised_on_a_plateau_only(accuracies: tuple[float, ...], least: float, most: float) -> None:
    chance = np.random.default_rng(11)
    spells = [Spell(10, even(accuracy), f"p{number}") for number, accuracy in enumerate(accuracies)]
    told = [advise([low_accuracy()], history(*spells, chance=chance), PLAIN).action for _ in range(30)]
    assert least <= told.count(Action.FINE_TUNE) / len(told) <= most
