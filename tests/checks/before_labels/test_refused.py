"""Why there is no estimate, where there is none."""

from alerts.messages.wording import text
from checks.before_labels.outlook import Outlook
from checks.before_labels.refused import refused
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from tests.checks.before_labels.cells import cell, span, windows


def told(known: Windows) -> tuple[str, ...]:
    return tuple(text((each,)) for each in refused(Outlook(Measured(known))))


def test_nothing_is_said_where_everything_is_estimated() -> None:
    assert told(windows(span(100), span(400))) == ()


def test_labels_that_contradict_confidences_end_all_estimates() -> None:
    (why,) = told(windows(span(200, promise=-0.2), span(400)))
    assert "labels contradict them" in why


def test_a_reference_with_hardly_a_label_is_nothing_to_learn_from() -> None:
    (why,) = told(windows(span(100), span(4)))
    assert "until the reference has 100 labels" in why


def test_a_rare_class_is_named() -> None:
    rare = tuple(cell(name, name, 2, band=7) for name in ("fraud", "loans", "lost", "stolen"))
    found = told(windows((*span(100), *rare), (*span(400), *rare)))
    why = "of fraud, loans, lost and 1 more: fewer than 10 labels of the reference to learn from"
    assert found == (f"; no estimate of recall {why}", f"; no estimate of precision {why}")
