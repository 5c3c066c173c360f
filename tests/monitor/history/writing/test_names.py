"""Names of any length and of any characters are keys on every engine."""

from config.names import bounded
from monitor.history import History
from tests.support.history import counts, outcome, put, rows

WIDE = "\U0001f600" * 5000


def test_every_history_takes_any_name(history: History, url: str) -> None:
    named = outcome(0, WIDE, model_version=WIDE, prompt_version=WIDE, segment=WIDE, value=WIDE)
    put(history, counts(range(1), named, outcome(0, "a", label=WIDE + "!")))
    found = rows(url, "SELECT segment, value, predicted, model_version FROM bucket_segments")
    assert set(found[0]) == {bounded(WIDE, 400)}
    assert rows(url, "SELECT label FROM bucket_outcomes") == [(bounded(WIDE + "!", 400),)]


def test_two_names_of_one_start_are_two(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, WIDE), outcome(0, WIDE + "!")))
    assert len(rows(url, "SELECT predicted FROM bucket_outcomes")) == 2
