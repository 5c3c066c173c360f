"""Labels that the alarm had not seen."""

from checks.advice.comparing.parts import Part
from checks.counts.cells import OutcomeCell
from checks.outcome.unseen import unseen

SEEN = (OutcomeCell("other", "urgent", 3, 3.0, 3.0),)


def test_labels_that_the_alarm_had_seen_are_not_compared_with() -> None:
    later = (
        OutcomeCell("other", "urgent", 5, 5.0, 5.0, "m1", "p4"),
        OutcomeCell("urgent", "urgent", 2, 2.0, 2.0, "m1", "p4"),
        OutcomeCell("other", None, 7, 0.0, 0.0, "m1", "p4"),
    )
    assert {(cell.predicted, cell.label): cell.n for cell in unseen(SEEN, Part(later), Part()).outcomes} == {
        ("other", "urgent"): 2,
        ("urgent", "urgent"): 2,
        ("other", None): 7,
    }


def test_a_label_that_was_taken_back_leaves_no_negative_count() -> None:
    assert unseen(SEEN, Part((OutcomeCell("other", "urgent", 1, 1.0, 1.0),)), Part()).outcomes == ()


def test_what_came_after_the_window_counts_whole() -> None:
    since = Part((OutcomeCell("urgent", "urgent", 4, 4.0, 4.0),))
    assert unseen(SEEN, Part(SEEN), since).outcomes == since.outcomes
