"""When what a channel shows is no longer how it stands."""

import math

import pytest

from alerts.standing import Standing
from checks.rules.finding import Verdict
from tests.support.incidents import clear, finding, incident


def shown(**changes: object) -> Standing:
    return Standing.of(incident(finding(**changes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        ({}, {"value": 0.30}, False),  # within 4–31%
        ({}, {"value": 0.32}, True),
        ({"value": 0.5}, {"value": 0.5}, False),  # outside its own interval, and the same
        ({"low": None, "high": None}, {"value": 0.13}, True),
        ({"value": math.nan}, {"value": math.nan}, False),
        ({"value": math.nan}, {"value": 0.1}, True),
        ({"value": None}, {"value": None}, False),
        ({"value": None}, {"value": 0.1}, True),
        ({"value": math.inf, "low": None, "high": None}, {"value": math.inf}, False),
    ],
)
def test_a_number_has_moved_once_it_leaves_the_interval_that_is_shown(
    before: dict[str, object], now: dict[str, object], *, moved: bool
) -> None:
    assert shown(**before).has_moved_to(shown(**now)) is moved


def test_another_finding_or_one_that_is_well_is_a_change() -> None:
    both = Standing.of(incident(finding(), finding(subject="billing")))
    assert shown().has_moved_to(both)
    assert shown().has_moved_to(Standing.of(incident(clear(value=0.12))))
    assert not shown().has_moved_to(shown(verdict=Verdict.WARNING))


def test_what_people_did_is_a_change_of_how_it_stands() -> None:
    assert not shown().is_like(Standing.of(incident(acknowledged_by="ada")))
    assert shown().is_like(shown(value=0.9))
