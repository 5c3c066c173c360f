"""How a monitor's false alarms are divided over its checks."""

import pytest

from checks.rules.registry import ROWS

SHARES = {row.name: row.false_alarms for row in ROWS if row.false_alarms is not None}


def test_the_shares_of_the_checks_are_the_whole_budget() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)
    assert all(share > 0 for share in SHARES.values())


def test_the_class_that_must_not_be_missed_has_the_largest_share() -> None:
    assert max(SHARES, key=SHARES.__getitem__) == "class_recall"
