"""Classes that the chatbot answers and nobody ever labels."""

import pytest

from alerts.messages.wording import text
from checks.advice.deciding.model import Action
from checks.advice.signals.unknown_class import unknown_class_signal
from tests.checks.advice.cases import PLAIN, even, low_accuracy
from tests.support.advice import advise
from tests.support.windows import Outcomes, Spell, history

OTHERWISE: Outcomes = even(0.95) | {("Cards", "cards"): 60.0}


def test_another_spelling_of_a_class_is_named_with_its_share() -> None:
    signal = unknown_class_signal(history(Spell(28, even(0.95)), Spell(7, OTHERWISE)))
    assert signal.holds
    assert "name Cards, which no label ever had" in text(signal.sentence)


def test_it_is_the_parser_that_is_to_be_repaired() -> None:
    windows = history(Spell(28, even(0.95)), Spell(7, OTHERWISE))
    assert advise([low_accuracy(0.66)], windows, PLAIN).action is Action.FIX_PARSER


@pytest.mark.parametrize(
    "day",
    [
        even(0.95),
        even(0.95) | {("Cards", "cards"): 1.0},  # under 2% of the answers
        even(0.95) | {("Cards", None): 60.0},  # nobody has judged it yet
        even(0.95) | {("fraud", "cards"): 60.0, ("cards", "fraud"): 1.0},  # a class that labels know
    ],
)
def test_a_class_that_may_exist_or_hardly_counts_is_none(day: Outcomes) -> None:
    assert unknown_class_signal(history(Spell(28, even(0.95)), Spell(7, day))).holds is False
