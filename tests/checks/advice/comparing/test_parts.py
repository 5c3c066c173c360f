"""A pair of versions' data, cut in time."""

from dataclasses import replace
from datetime import timedelta

from checks.advice.comparing.parts import split
from checks.counts.cells import LatencyCell, OutcomeCell
from checks.counts.outcomes import Outcomes
from checks.counts.windows import VersionRun, Window
from tests.support.windows import NOW

OTHER = ("m1", "p2")


def cell(label: str | None, n: int, band: int, pair: tuple[str, str] = ("m1", "p1")) -> OutcomeCell:
    weight = float(n if label else 0)
    return OutcomeCell("urgent", label, n, weight, weight, *pair, band, 0.25 * n, n if label else 0)


def test_what_is_in_the_window_and_what_was_before_it_are_all_of_a_version_and_nothing_else() -> None:
    everything = (cell(None, 5, 2), cell("urgent", 3, 2), cell("urgent", 2, 4), cell("billing", 4, 2))
    within = (cell(None, 5, 2), cell("urgent", 1, 2), cell("spam", 6, 2), cell("urgent", 9, 2, OTHER))
    run = VersionRun("m1", "p1", NOW, NOW, everything, (LatencyCell(7, 3, "m1", "p1"), LatencyCell(7, 2, "m1", "p1")))
    window = Window(NOW - timedelta(days=1), NOW, within, (LatencyCell(7, 4, "m1", "p1"), LatencyCell(7, 9, *OTHER)))
    early, late = split(run, window)
    assert sorted(early.outcomes, key=repr) == [cell("billing", 4, 2), cell("urgent", 2, 2), cell("urgent", 2, 4)]
    assert sorted(late.outcomes, key=repr) == sorted(within[:3], key=repr)
    assert list(early.latency) == [LatencyCell(7, 1, "m1", "p1")]
    assert list(late.latency) == [LatencyCell(7, 4, "m1", "p1")]
    as_read = split(replace(run, outcomes=Outcomes.of(everything)), replace(window, outcomes=Outcomes.of(within)))
    assert [sorted(part.outcomes, key=repr) for part in as_read] == [
        sorted(part.outcomes, key=repr) for part in (early, late)
    ]


def test_it_is_split_once_however_often_it_is_asked_for() -> None:
    run, window = VersionRun("m1", "p1", NOW, NOW, (cell("urgent", 3, 2),), ()), Window(NOW, NOW)
    assert split(run, window)[0] is split(run, window)[0]
    assert split(replace(run), window)[0] is not split(run, window)[0]
