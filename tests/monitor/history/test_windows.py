"""Windows are sums of the buckets that lie in them."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from alerts.incident import State
from checks.counts.cells import DelayCell
from checks.counts.windows import BucketTotal, Window, Windows
from checks.statistics.start_grid import EVERY, THINNED
from monitor.history import CycleRecord, History, WindowSpec
from monitor.history.packed import pack, pack_numbers
from monitor.history.reading.delays import Delays, age_bin
from monitor.history.spans import Span
from monitor.log.counts import BucketCounts, DelayRow, ProblemRow
from tests.support.history import HOUR, SPEC, T0, at, counts, latency, marks, outcome, put, random_counts
from tests.support.incidents import finding, opened

NOW = at(240.5)


def windows(history: History, spec: WindowSpec = SPEC, hours: float = 240.5) -> Windows:
    with history.transaction("bot") as transaction:
        return transaction.windows(spec, at(hours))


def expected(given: BucketCounts, window: Window) -> Counter[tuple[str, str, str | None, int]]:
    start, end = window.start.timestamp(), window.end.timestamp()
    found: Counter[tuple[str, str, str | None, int]] = Counter()
    for row in given.outcomes:
        if start <= row.bucket < end:
            found[row.prompt_version, row.predicted, row.label, row.band] += row.n
    return found


def found(window: Window) -> Counter[tuple[str, str, str | None, int]]:
    return Counter({(cell.prompt_version, cell.predicted, cell.label, cell.band): cell.n for cell in window.outcomes})


def test_every_window_counts_what_its_buckets_hold(history: History) -> None:
    given = random_counts(1, range(241), each=8)
    put(history, given, marks(range(241)))
    seen = windows(history)
    for window in (seen.current, *seen.recent, seen.reference):
        assert window.outcomes
        assert found(window) == expected(given, window)
        start, end = window.start.timestamp(), window.end.timestamp()
        assert sum(cell.n for cell in window.latency) == sum(r.n for r in given.latency if start <= r.bucket < end)
        assert sum(cell.n for cell in window.delays) == sum(r.n for r in given.delays if start <= r.bucket < end)


def test_confidences_are_added_up_by_band(history: History) -> None:
    sure = outcome(0, n=2, band=7, confidence_millionths=1_990_001)
    put(history, counts(range(2), sure, sure._replace(bucket=T0 + HOUR), outcome(1, band=0, confidence_millionths=3)))
    cells = windows(history, hours=2).current.outcomes
    assert [(cell.band, cell.n, cell.confidence) for cell in cells] == [(0, 1, 0.000003), (7, 4, 3.980002)]


def test_delays_of_the_lookback_are_by_classes_and_by_age_in_bins_of_ten_percent(history: History) -> None:
    delays = (DelayRow(T0, "a", 84, 2, "a"), DelayRow(T0, "b", 84, 1, "c"), DelayRow(T0 + 99 * HOUR, "a", -1, 5, "b"))
    put(history, counts(range(101), outcome(100), delays=(*delays, delays[0]._replace(bucket=T0 + HOUR))))
    seen = windows(history, hours=100.5).delays
    assert set(seen) == {
        DelayCell(84, 4, "a", 134, "a"),
        DelayCell(84, 1, "b", 134, "c"),
        DelayCell(-1, 5, "a", 90, "b"),
    }


def test_delays_of_one_class_and_bin_are_told_apart_by_label(history: History) -> None:
    delays = (DelayRow(T0, "a", 84, 2, "b"), DelayRow(T0, "a", 84, 3, "a"), DelayRow(T0, "a", 70, 1, "b"))
    put(history, counts(range(1), outcome(0), delays=delays))
    seen = windows(history, hours=1).delays
    assert {(cell.label, cell.bin, cell.n) for cell in seen} == {("b", 84, 2), ("a", 84, 3), ("b", 70, 1)}


def test_of_delays_that_an_older_version_counted_the_label_is_not_known() -> None:
    rows = [(T0, 1, pack([(84, 2)]), None), (T0, 1, pack([(84, 5)]), pack_numbers([2]))]
    seen = Delays.of(rows).by_class_and_age(Span(T0, T0 + HOUR), at(1), {1: "a", 2: "b"})
    age = age_bin(at(1), T0)
    assert set(seen) == {DelayCell(84, 2, "a", age), DelayCell(84, 5, "a", age, "b")}


def test_no_delay_is_longer_than_its_predictions_are_old(history: History) -> None:
    cells = [DelayRow(T0 + hour * HOUR, "a", age_bin(at(24), T0 + hour * HOUR), 1, "a") for hour in range(24)]
    put(history, counts(range(24), outcome(0), delays=tuple(cells)))
    assert all(cell.bin == cell.age for cell in windows(history, hours=24).delays)


def test_weights_are_added_up_with_the_counts(history: History) -> None:
    put(history, counts(range(2), outcome(0, label="card", weight=2.5, weight_squared=6.25), outcome(1, label="card")))
    (cell,) = windows(history, hours=2).current.outcomes
    assert (cell.n, cell.weight, cell.weight_squared) == (2, 3.5, 7.25)


def test_windows_are_bounded_as_their_lengths_say(history: History) -> None:
    seen = windows(history)
    assert (seen.current.start, seen.current.end) == (at(193), at(241))
    assert [(window.start, window.end) for window in seen.recent] == [(at(217), at(241))]
    assert (seen.reference.start, seen.reference.end) == (at(97), at(193))


def test_each_version_is_followed_over_the_lookback(history: History) -> None:
    put(
        history,
        counts(range(9), outcome(0), outcome(3, prompt_version="p2"), outcome(8), latency=(latency(3, 5, 2, "p2"),)),
    )
    first, second = windows(history, hours=8.5).versions
    assert (first.prompt_version, first.first_seen, first.last_seen) == ("p1", at(0), at(8.5))
    assert (second.prompt_version, second.first_seen, second.last_seen) == ("p2", at(3), at(4))
    assert [(cell.bin, cell.n) for cell in second.latency] == [(5, 2)]
    assert sum(cell.n for cell in first.outcomes) == 2


def test_a_new_prompt_is_also_looked_at_on_its_own_time(history: History) -> None:
    put(history, counts(range(241), outcome(0), outcome(230, prompt_version="p2")))
    assert [window.start for window in windows(history).recent] == [at(217), at(230)]


def test_segments_are_followed_over_the_lookback_with_their_versions(history: History) -> None:
    old = outcome(20, "card", segment="channel", value="voice", n=5)
    new = outcome(239, "card", prompt_version="p2", segment="channel", value="voice", n=2)
    put(
        history,
        counts(range(20, 240), outcome(20, "card", n=5), outcome(239, "card", prompt_version="p2", n=2), old, new),
    )
    ((name, value, window),) = windows(history).segment_lookback
    assert (name, value) == ("channel", "voice")
    assert {(cell.prompt_version, cell.n) for cell in window.outcomes} == {("p1", 5), ("p2", 2)}


def test_segments_are_counted_apart(history: History) -> None:
    spoken = outcome(239, "card", segment="channel", value="voice", n=2)
    written = spoken._replace(value="chat", n=1)
    put(history, counts(range(239, 240), outcome(239, "card", n=3), spoken, written))
    seen = windows(history)
    assert sum(cell.n for cell in seen.current.outcomes) == 3
    assert [(name, value, w.outcomes[0].n) for name, value, w in seen.segments] == [
        ("channel", "chat", 1),
        ("channel", "voice", 2),
    ]


@pytest.mark.parametrize("weight", [1.0, 0.1])
def test_segments_that_were_just_counted_are_those_that_are_read_later(history: History, weight: float) -> None:
    rng = Random(5)
    names = ("billing", "card", "a class that is never a label")
    segments = [("channel", "voice"), ("channel", "chat"), ("language", "chat"), ("", "")]
    cells = {
        (rng.randint(0, 241), rng.choice(names), rng.choice([*names[:2], None]), rng.choice(["p1", "p2"]), each): 3
        for each in segments
        for _ in range(150)
    }
    rows = [
        outcome(hour, predicted, label, n, prompt_version=prompt, segment=segment, value=value)._replace(
            weight=n * weight if label else 0.0, weight_squared=n * weight**2 if label else 0.0, designed=n
        )
        for (hour, predicted, label, prompt, (segment, value)), n in cells.items()
    ]
    with history.transaction("bot") as transaction:
        transaction.replace(counts(range(242), *rows), marks(range(242)))
        at_once = transaction.windows(SPEC, NOW)
    later = windows(history)
    assert {(name, value) for name, value, _ in at_once.segments} == set(segments[:3])
    assert (at_once.segments, at_once.segment_lookback) == (later.segments, later.segment_lookback)
    put(history, counts(range(239, 242), *(row for row in rows if row.bucket >= T0 + 239 * HOUR)), marks(range(242)))
    assert windows(history).segment_lookback == later.segment_lookback


def test_buckets_cover_reference_and_current_with_gaps_left_out(history: History) -> None:
    put(history, counts(range(241), outcome(50), outcome(100, n=2), outcome(100, label="card"), outcome(240)))
    assert windows(history).buckets == (BucketTotal(at(100), 3, 1), BucketTotal(at(240), 1, 0))


def test_the_latency_of_the_current_window_is_kept_by_bucket(history: History) -> None:
    put(history, counts(range(241), latency=(latency(100), latency(200, 7), latency(200, 8), latency(201, 7, 3))))
    found = [(b.start, [(c.bin, c.n) for c in b.cells]) for b in windows(history).latency_buckets]
    assert found == [(at(200), [(7, 1), (8, 1)]), (at(201), [(7, 3)])]


def test_problems_are_those_of_the_current_window_and_of_rows_without_time(history: History) -> None:
    problems = (
        ProblemRow(T0, "null_id", 9),
        ProblemRow(T0 + 200 * HOUR, "null_id", 2),
        ProblemRow(None, "null_time", 4),
    )
    put(history, counts(range(241), problems=problems))
    assert [(p.kind, p.n) for p in windows(history).problems] == [("null_id", 2), ("null_time", 4)]


def test_an_empty_history_gives_empty_windows(history: History) -> None:
    seen = windows(history)
    assert not (*seen.current.outcomes, *seen.reference.outcomes)
    assert seen.versions == ()
    assert seen.buckets == ()
    assert seen.last_label_at is None


def test_the_last_label_is_the_end_of_its_bucket(history: History) -> None:
    put(history, counts(range(3), outcome(1), outcome(2)), marks(range(2)))
    seen = windows(history, hours=2.25)
    assert seen.last_label_at == at(2)


def test_the_last_label_is_known_after_its_fingerprint_is_forgotten(history: History) -> None:
    put(history, counts(range(1), outcome(0)), marks(range(2)))
    put(history, counts(range(1), outcome(0)), marks(range(0)))
    assert windows(history, hours=5).last_label_at == at(2)


def record(history: History, **changes: object) -> None:
    told = opened(finding(now=NOW), monitor="bot", **changes)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(NOW, (), (), (told,)))


def test_the_reference_ends_at_the_onset_of_an_open_incident(history: History) -> None:
    record(history, onset=at(150.5))
    assert (windows(history).reference.start, windows(history).reference.end) == (at(54), at(150))


def test_the_reference_leaves_resolved_trouble_out(history: History) -> None:
    put(history, counts(range(241), *(outcome(hour) for hour in range(241))), marks(range(241)))
    record(history, state=State.RESOLVED, onset=at(120), resolved_at=at(150))
    reference = windows(history).reference
    assert (reference.start, reference.end) == (at(67), at(193))
    assert sum(cell.n for cell in reference.outcomes) == 96


def test_trouble_that_nobody_was_told_of_stays_in_the_reference(history: History) -> None:
    record(history, state=State.RESOLVED, onset=at(120), resolved_at=at(150), opened_at=None)
    assert windows(history).reference.start == at(97)


def test_a_pinned_reference_far_back_is_read_by_itself(history: History) -> None:
    put(history, counts(range(1000), outcome(0, n=3), outcome(5, n=4), outcome(999, n=5)), marks(range(1000)))
    pinned = replace(SPEC, reference=(at(0), at(4)))
    seen = windows(history, pinned, 1000)
    assert [cell.n for cell in seen.reference.outcomes] == [3]
    assert [cell.n for cell in seen.current.outcomes] == [5]
    assert [run.outcomes[0].n for run in seen.versions] == [5]
    assert [bucket.start for bucket in seen.buckets] == [at(0), at(999)]


def test_other_bucket_lengths_work_the_same(history: History) -> None:
    spec = WindowSpec(
        timedelta(minutes=30), (timedelta(minutes=10),), timedelta(hours=1), timedelta(minutes=5), timedelta(hours=9)
    )
    rows = [outcome(0)._replace(bucket=T0 + 300 * i) for i in range(24)]
    put(history, BucketCounts(tuple(row.bucket for row in rows), tuple(rows), (), (), ()))
    seen = windows(history, spec, 2)
    assert [sum(c.n for c in w.outcomes) for w in (seen.current, *seen.recent, seen.reference)] == [6, 2, 12]


def test_a_start_counts_what_came_since_and_the_older_time_is_what_came_before_the_reference(history: History) -> None:
    put(history, counts(range(480), *(outcome(hour, label="card") for hour in range(480))))
    seen = windows(history, hours=480)
    assert seen.older is not None
    assert (seen.older.start, seen.older.end) == (at(0), at(336))
    assert sum(cell.n for cell in seen.older.outcomes) == 336
    newest = seen.starts[-1]
    assert sum(cell.n for cell in newest.since.outcomes) == 480 - (newest.since.start - at(0)) // timedelta(hours=1)
    assert newest.before is seen.reference
    assert {start.weight for start in seen.starts} == {EVERY, EVERY + (1 - EVERY) * THINNED}


def test_a_young_log_has_no_older_time(history: History) -> None:
    put(history, counts(range(480), *(outcome(hour, label="card") for hour in range(470, 480))))
    older = windows(history, hours=480).older
    assert older is not None
    assert not older.outcomes


def test_the_share_of_corrected_labels_is_of_the_time_before_the_current_window(history: History) -> None:
    labelled = [outcome(hour, label="card") for hour in range(480)]
    problems = [ProblemRow(T0 + hour * HOUR, "corrected_label", 1) for hour in (10, 20, 470)]
    put(history, counts(range(480), *labelled, problems=tuple(problems)))
    assert windows(history, hours=480).corrected == 2 / 432
    assert windows(history, hours=24).corrected == 0.0  # nothing came before


def test_stray_predictions_are_not_when_a_version_came(history: History) -> None:
    stray, canary = outcome(60, prompt_version="p2"), outcome(200, prompt_version="p3")
    old = tuple(outcome(hour, n=60) for hour in range(215))
    mixed = outcome(214, prompt_version="p2", n=3)
    new = tuple(outcome(hour, n=60, prompt_version="p2") for hour in range(215, 240))
    straggler = outcome(230, n=1)
    put(history, counts(range(241), *old, stray, canary, mixed, *new, straggler))
    seen = windows(history)
    assert {run.prompt_version: run.first_seen for run in seen.versions} == {"p1": at(0), "p2": at(214), "p3": at(200)}
    assert seen.recent[-1].start <= at(217)
    assert at(214) in {window.start for window in seen.recent}  # the time of the version that answers
    assert at(200) not in {window.start for window in seen.recent}  # and not that of one prediction
