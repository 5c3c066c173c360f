"""When an estimate before the labels is refused."""

from bench.estimates.before_labels import CLASSES as BOTS_CLASSES
from bench.estimates.before_labels import Story, draw_stream
from checks.before_labels.learned import Learned
from checks.before_labels.strata import Strata
from checks.before_labels.trust import Refusal, Trust
from tests.checks.before_labels.cells import CLASSES, cell, span


def trust(past: int, seen: tuple[object, ...]) -> Trust:
    return Trust(Learned.of(Strata.of(span(past), CLASSES)), Strata.of(seen, CLASSES))  # type: ignore[arg-type]


def test_an_estimate_is_given_while_the_labels_agree_with_what_was_learned() -> None:
    trusted = trust(500, span(100))
    assert trusted.of_accuracy() is None
    assert trusted.of_recall("urgent") is None
    assert trusted.of_precision("urgent") is None


def test_steady_overconfidence_is_no_reason_to_refuse() -> None:
    past, seen = (Strata.of(span(n, promise=-0.2), CLASSES) for n in (500, 100))
    assert Trust(Learned.of(past), seen).of_accuracy() is None


def test_answers_that_are_right_less_often_than_they_were_at_the_same_confidence_end_all_estimates() -> None:
    broken = trust(500, span(100, promise=-0.2))
    assert broken.of_accuracy() is Refusal.BROKEN
    assert broken.of_recall("urgent") is Refusal.BROKEN


def test_missed_messages_of_a_rare_class_end_the_estimate_of_its_recall() -> None:
    seen = (cell("cards", "cards", 960, 6), cell("cards", "urgent", 30, 6), cell("urgent", "urgent", 30, 6))
    past = (cell("cards", "cards", 2900, 6), cell("cards", "billing", 100, 6), cell("urgent", "urgent", 300, 6))
    trusted = Trust(Learned.of(Strata.of(past, CLASSES)), Strata.of(seen, CLASSES))
    assert trusted.of_accuracy() is None
    assert trusted.of_recall("urgent") is Refusal.BROKEN


def test_a_log_without_confidences_has_no_estimates() -> None:
    assert trust(500, (cell("cards", None, 10, -1),)).of_accuracy() is Refusal.NOT_LOGGED


def test_a_past_with_few_labels_teaches_nothing() -> None:
    assert trust(4, span(100)).of_accuracy() is Refusal.TOO_FEW


def test_without_a_label_in_the_window_nothing_speaks_against_the_estimate() -> None:
    assert trust(500, span(100, labelled=0.0)).of_accuracy() is None


def test_calibration_that_holds_is_seldom_refused() -> None:
    """The level of one look is 1%."""
    refused = 0
    for number in range(100):
        stream = draw_stream(Story.CALIBRATED, 0.4, number)
        learned = Learned.of(Strata.of(stream.past.cells(), BOTS_CLASSES))
        refused += Trust(learned, Strata.of(stream.today.cells(), BOTS_CLASSES)).of_accuracy() is not None
    assert refused <= 4
