"""Logs of which all is the same: what a wrong column gives, and what a healthy bot hardly ever does."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from alerts.messages.wording import text, worded
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.counts.windows import VersionRun, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.degenerate import FEWEST_AGREEING, FEWEST_BESIDE, FEWEST_OF_ONE_CLASS
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.held_back import held_back
from checks.rules.log_health import LogHealth, invalidates

NOW = datetime(2026, 3, 29, tzinfo=UTC)
DAY = timedelta(days=1)

Counts = Mapping[tuple[str, str | None], int]


def _cells(counts: Counts) -> tuple[OutcomeCell, ...]:
    return tuple(OutcomeCell(*pair, n, float(n), float(n), "m1", "p1") for pair, n in counts.items())


def _windows(current: Counts, before: Counts | None = None) -> Windows:
    """A log whose window is `current`; what is kept of all of it is that and `before`."""
    lookback = (*_cells(current), *_cells(before or {}))
    return Windows(
        now=NOW,
        bucket=timedelta(hours=1),
        current=Window(NOW - 7 * DAY, NOW, _cells(current)),
        recent=(),
        reference=Window(NOW - 35 * DAY, NOW - 7 * DAY, _cells(before or {})),
        versions=(VersionRun("m1", "p1", NOW - 35 * DAY, NOW, lookback, ()),),
    )


def _found(windows: Windows, check: LogHealth | None = None) -> tuple[Finding, ...]:
    return tuple(map(worded, (check or LogHealth()).run(Measured(windows))))


def _subjects(windows: Windows, check: LogHealth | None = None) -> list[str]:
    return [finding.subject for finding in _found(windows, check) if finding.verdict.is_alarm]


LEAK: Counts = {("urgent", "urgent"): 200, ("billing", "billing"): 800}


def test_a_constant_taken_for_class_and_label_is_told_with_its_name_and_what_to_do() -> None:
    (finding,) = _found(_windows({("prj-1", "prj-1"): 2_099, ("prj-1", None): 2_000}))

    assert (finding.subject, finding.verdict, finding.cause, finding.n) == (
        "one_class",
        Verdict.CRITICAL,
        Cause.INVALID,
        4_099,
    )
    assert invalidates(finding)
    assert finding.message == (
        "all 4,099 predictions are of one class, 'prj-1': is source.predictions.columns.predicted the column of the "
        "bot's answer? If the bot truly has but one, set checks.log_health.allow_one_class"
    )


@pytest.mark.parametrize(
    ("current", "before", "subjects"),
    [
        # few rows of a new log are no alarm, whatever their class
        ({("other", None): FEWEST_OF_ONE_CLASS - 1}, {}, []),
        ({("other", None): FEWEST_OF_ONE_CLASS}, {}, ["one_class"]),
        # a bot that fell to one class was another one before: the checks of the bot tell that
        ({("other", "urgent"): 300, ("other", None): 5_000}, {("urgent", None): 1}, []),
        # answers without a class are no second class
        ({("other", None): 1_000, (NO_CLASS, None): 300}, {}, ["one_class"]),
        # a bot that is right in twelve of twelve
        ({("urgent", "urgent"): 5, ("billing", "billing"): 7, ("billing", None): 3_000}, {}, []),
        (LEAK, {}, ["agreement"]),
        (LEAK, {("urgent", "billing"): 1}, []),
        # nearly all is of one class, on which a bot may well agree a thousand times
        ({("urgent", "urgent"): 199, ("billing", "billing"): 4_000}, {}, []),
        ({("billing", "billing"): 900, ("urgent", "urgent"): 99}, {}, []),
    ],
)
def test_only_many_rows_that_are_all_the_same_are_a_fact_about_the_log(
    current: Counts, before: Counts, subjects: list[str]
) -> None:
    assert _subjects(_windows(current, before)) == subjects


def test_a_bot_that_is_truly_so_can_be_said_to_be() -> None:
    assert not _subjects(_windows(LEAK), LogHealth(allow_agreement=True))
    assert not _subjects(_windows({("other", None): 5_000}), LogHealth(allow_one_class=True))


@pytest.mark.parametrize(("n", "subjects"), [(19, ["rows"]), (20, ["rows", "one_class"]), (999, ["rows", "one_class"])])
def test_until_a_second_class_comes_a_new_log_is_neither_well_nor_ill(n: int, subjects: list[str]) -> None:
    found = _found(_windows({("other", "other"): n}))
    well = Finding("accuracy", "all", Verdict.OK, Cause.WITHIN_LIMITS, "100%", NOW - DAY, NOW, 1.0, clear=True)

    assert [each.subject for each in found] == subjects
    assert not any(each.verdict.is_alarm for each in found)
    assert (held_back((well, *found), text)[0].verdict is Verdict.OK) == (n < 20)


def test_where_the_labels_name_other_classes_that_is_said_beside_it() -> None:
    (finding,) = _found(_windows({("other", "urgent"): 40, ("other", "other"): 960}))

    assert "of one class, 'other', while labels also say 'urgent': is source" in finding.message


def test_no_check_of_labels_is_well_while_the_log_says_the_same_of_everything() -> None:
    well = Finding("accuracy", "all", Verdict.OK, Cause.WITHIN_LIMITS, "100%", NOW - DAY, NOW, 1.0, clear=True)
    missed = replace(well, check="class_recall", verdict=Verdict.CRITICAL, cause=Cause.BELOW_FLOOR, clear=False)
    slow = replace(well, check="latency")
    one_class = _found(_windows({("other", "other"): 2_000}))
    agreement = _found(_windows(LEAK))

    (held, alarm, other, _) = held_back((well, missed, slow, *one_class), text)
    assert (held.verdict, held.clear) == (Verdict.NOT_ENOUGH_DATA, False)
    assert held.message == "not judged while the log may mislead: see what log_health says"
    assert (alarm, other) == (missed, slow)
    assert {each.verdict for each in held_back((well, missed, *agreement), text)[:2]} == {Verdict.NOT_ENOUGH_DATA}


@pytest.mark.parametrize(("wrong", "most"), [(0.02, 0.0001), (0.01, 0.0006), (0.005, 0.02)])
def test_a_healthy_bot_hardly_ever_agrees_with_all_its_labels(wrong: float, most: float) -> None:
    """A year of daily looks at 35 days of 100 labels a day; binomial: 2e-9, 0.00004, 0.007 of the bots trip."""
    chance = np.random.default_rng(11)
    bots, days, lookback, labels = 10_000, 365, 35, 100
    mistakes = chance.binomial(labels, wrong, (bots, days)).astype(np.int32)
    total = np.concatenate([np.zeros((bots, 1), np.int32), mistakes.cumsum(axis=1, dtype=np.int32)], axis=1)
    first = FEWEST_AGREEING // labels
    looks = [total[:, day] - total[:, max(0, day - lookback)] for day in range(first, days + 1)]
    assert labels * first >= FEWEST_BESIDE  # the other condition only makes it rarer

    assert np.mean((np.stack(looks) == 0).any(axis=0)) <= most
