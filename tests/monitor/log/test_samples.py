"""Examples of what cannot be read: a few values, short and without secrets, on every engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.log.counts import LogNotice
from tests.support.messy_logs import START
from tests.support.text_logs import text_log

BUCKET = int(START.timestamp())
GOOD = START.isoformat()

Rows = list[tuple[str, str, str]]
"""Id, time and class."""
Notices = Callable[[Rows, Rows], dict[str, LogNotice]]


@pytest.fixture(params=["csv", "sqlite", "postgresql"])
def notices(request: pytest.FixtureRequest, tmp_path: Path) -> Notices:
    """Write predictions and labels as text, count them, and give what is told of them."""
    opened = text_log(request, tmp_path)

    def told(predictions: Rows, labels: Rows) -> dict[str, LogNotice]:
        log = opened(predictions, labels)
        counted = {buckets: log.count(buckets, START) for buckets in ((BUCKET,), ())}
        of_nothing = {notice.kind: notice for notice in counted[()].notices}
        found = {notice.kind: notice for notice in counted[(BUCKET,)].notices}
        assert of_nothing == {kind: notice for kind, notice in found.items() if kind != "duplicate_id"}
        return found

    return told


def test_label_times_that_cannot_be_read_are_shown(notices: Notices) -> None:
    labels = [("1", GOOD, "a"), ("2", "next week", "a"), ("3", "1899-12-30", "a")]
    found = notices([(str(i), GOOD, "a") for i in range(4)], labels)
    assert found["null_label_time"] == LogNotice("null_label_time", 1, 0, ("next week",))
    assert found["implausible_label_time"] == LogNotice("implausible_label_time", 1, 0, ("1899-12-30",))


def test_times_are_shown_three_at_most_and_without_secrets(notices: Notices) -> None:
    odd = ["token=hunter2hunter2", *(f"somewhen {i}" * 20 for i in range(4))]
    found = notices([("0", GOOD, "a")], [("0", GOOD, "a"), *((str(i), at, "a") for i, at in enumerate(odd))])
    notice = found["null_label_time"]
    assert (notice.n, len(notice.examples)) == (5, 3)
    assert max(map(len, notice.examples)) <= 60
    assert not any("hunter2" in example for example in notice.examples)


def test_ids_that_several_predictions_share_are_shown(notices: Notices) -> None:
    found = notices([*(("chat 7", GOOD, "a") for _ in range(3)), ("alone", GOOD, "a")], [("alone", GOOD, "a")])
    assert found["duplicate_id"] == LogNotice("duplicate_id", 2, 0, ("chat 7",))
