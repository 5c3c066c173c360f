"""How a monitor's false alarms are divided over its checks."""

import pytest

from monitor.bootstrap.monitors import BUDGET_SHARES


def test_the_shares_of_the_checks_are_the_whole_budget() -> None:
    assert sum(BUDGET_SHARES.values()) == pytest.approx(1)
    assert all(share > 0 for share in BUDGET_SHARES.values())


def test_the_class_that_must_not_be_missed_has_the_largest_share() -> None:
    assert max(BUDGET_SHARES, key=BUDGET_SHARES.__getitem__) == "class_recall"
