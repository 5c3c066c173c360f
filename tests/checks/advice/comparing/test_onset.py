"""A fall is placed at the change, or at another moment near it."""

import numpy as np
import pytest

from checks.advice.comparing.metrics import Recall
from checks.advice.comparing.onset import locate
from checks.advice.deciding.model import Action
from tests.checks.advice.cases import GOOD, MISSES_URGENT, POLICY, URGENT
from tests.support.advice import advise
from tests.support.windows import Spell, answers, history

RECALL = Recall("urgent")


def at_change(*spells: Spell, chance: np.random.Generator | None = None) -> float:
    windows = history(*spells, chance=chance)
    older, newer = windows.versions[-2:]
    return locate(older, newer, RECALL, windows).at_change


def test_a_fall_at_the_change_is_placed_there() -> None:
    assert at_change(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")) > 0.99


@pytest.mark.parametrize("days", [2, 4])
def test_a_fall_after_good_days_of_the_new_prompt_is_not(days: int) -> None:
    spells = (Spell(25, GOOD, "p3"), Spell(days, GOOD, "p4"), Spell(3, MISSES_URGENT, "p4"))
    assert at_change(*spells) < 0.01


def test_nor_is_one_before_it() -> None:
    assert at_change(Spell(25, GOOD, "p3"), Spell(4, MISSES_URGENT, "p3"), Spell(3, MISSES_URGENT, "p4")) < 0.01


def test_without_another_moment_to_cut_at_the_change_is_all_there_is() -> None:
    assert at_change(Spell(25, GOOD, "p3"), Spell(1, MISSES_URGENT, "p4")) > 0.99


def test_the_probability_is_rarely_low_for_a_fall_at_the_change() -> None:
    """Under a half in at most one of 40, by the mean of a likelihood ratio, which is 1 where the change did it."""
    chance, poor = np.random.default_rng(3), answers(recall={"urgent": 0.60})
    placed = [at_change(Spell(25, GOOD, "p3"), Spell(4, poor, "p4"), chance=chance) for _ in range(40)]
    assert sum(probability < 0.5 for probability in placed) <= 2


def test_where_the_labels_do_not_say_when_nothing_is_undone() -> None:
    fine = answers({"urgent": 2, "other": 90}, recall={"urgent": 1.0})
    bad = answers({"urgent": 8, "other": 90}, recall={"urgent": 0.1})
    advice = advise([URGENT], history(Spell(28, GOOD, "p3"), Spell(1, fine, "p4"), Spell(3, bad, "p4")), POLICY)
    assert advice.action is Action.NONE
    assert advice.abstained


def test_few_labels_that_came_in_their_usual_share_are_enough() -> None:
    early = answers(recall={"urgent": 0.40}, unlabelled=0.6)
    advice = advise([URGENT], history(Spell(28, GOOD, "p3"), Spell(2, early, "p4")), POLICY)
    assert advice.action is Action.ROLLBACK_PROMPT


def test_errors_that_were_labelled_first_are_no_step() -> None:
    errors_first = {
        ("urgent", "urgent"): 4.0,
        ("other", "urgent"): 4.0,
        ("other", "other"): 20.0,
        ("other", None): 400.0,
    }
    advice = advise([URGENT], history(Spell(28, GOOD, "p3"), Spell(2, errors_first, "p4")), POLICY)
    assert advice.action is Action.COLLECT_LABELS
    assert "errors may just have been labelled first" in " ".join(advice.reasons)
