"""Each thing that can be wrong with a log: counted, reported, never fatal, on every engine."""

from datetime import datetime, timedelta
from math import inf, nan

from checks.counts.cells import NO_BAND, NO_CLASS
from monitor.log.counts import ALL, BucketCounts
from monitor.log.prediction_log import open_log
from monitor.log.problems import WITHOUT_BUCKET, ProblemKind
from tests.support.kept_counts import opened
from tests.support.log_oracle import all_buckets
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

HOUR = timedelta(hours=1)
NOW = START + 24 * HOUR


def counted(place: LogPlace, log: Log, as_of: datetime = NOW, *, labels: bool = True) -> BucketCounts:
    place.write(log)
    return opened(place, labels=labels).count(sorted(all_buckets(log)), as_of)


def problems(counts: BucketCounts) -> dict[str, int]:
    return {row.kind: row.n for row in counts.problems}


def answers(counts: BucketCounts) -> list[tuple[str, str | None, int]]:
    found = [(row.predicted, row.label, row.n) for row in counts.outcomes if row.segment == ALL]
    return sorted(found, key=lambda row: (row[0], row[1] or ""))


def test_a_prediction_without_a_class_counts_as_one_that_named_none(place: LogPlace) -> None:
    log = Log([Prediction(1, START, None), Prediction(2, START, "")], [Label("1", "urgent", START + HOUR)])
    counts = counted(place, log)
    assert answers(counts) == [(NO_CLASS, None, 1), (NO_CLASS, "urgent", 1)]
    assert problems(counts) == {ProblemKind.NO_CLASS: 2}


def test_a_prediction_without_an_id_counts_and_never_gets_a_label(place: LogPlace) -> None:
    log = Log([Prediction(None, START, "a"), Prediction(None, START, "a")], [Label(None, "a", START + HOUR)])
    counts = counted(place, log)
    assert answers(counts) == [("a", None, 2)]
    assert problems(counts) == {ProblemKind.NULL_ID: 2, ProblemKind.ORPHAN_LABEL: 1}


def test_a_latency_that_is_none_stays_out_of_the_histogram(place: LogPlace) -> None:
    latencies = [0.0, -3.0, nan, inf, None]
    counts = counted(place, Log([Prediction(i, START, "a", latency_ms=ms) for i, ms in enumerate(latencies)]))
    assert answers(counts) == [("a", None, 5)]
    assert counts.latency == ()
    assert problems(counts) == {ProblemKind.BAD_LATENCY: 4}  # where none is logged, nothing is wrong


def test_a_confidence_that_is_none_is_told_and_its_prediction_counts(place: LogPlace) -> None:
    confidences = [-0.1, 1.1, nan, 97.0, None, 0.97, 1.0]
    counts = counted(place, Log([Prediction(i, START, "a", confidence=each) for i, each in enumerate(confidences)]))
    found = {row.band: (row.n, row.confidence_millionths) for row in counts.outcomes if row.segment == ALL}
    assert found == {NO_BAND: (5, 0), 6: (1, 970_000), 7: (1, 1_000_000)}
    assert problems(counts) == {ProblemKind.BAD_CONFIDENCE: 4}  # where none is logged, nothing is wrong


def test_of_two_predictions_with_one_id_the_later_counts_even_from_another_bucket(place: LogPlace) -> None:
    log = Log([Prediction(1, START + 5 * HOUR, "late"), Prediction(1, START, "early")], [Label("1", "x", START + HOUR)])
    counts = counted(place, log)
    assert answers(counts) == [("late", "x", 1)]
    assert problems(counts) == {ProblemKind.DUPLICATE_ID: 1, ProblemKind.LABEL_BEFORE_PREDICTION: 1}
    assert {row.kind: row.bucket for row in counts.problems}["duplicate_id"] == int(START.timestamp())
    assert answers(counted(place, log, START + 2 * HOUR)) == [("early", "x", 1)]  # nobody knew better then


def test_the_first_of_two_predictions_with_one_id_counts_where_that_is_set(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START + HOUR, "late"), Prediction(1, START, "early")]))
    source = place.source(labels=False)
    first = source.model_copy(update={"predictions": source.predictions.model_copy(update={"duplicates": "first"})})
    log = open_log(first, bucket=HOUR, segments=source.segments, key="monitors.bot.source")
    start = int(START.timestamp())
    assert answers(log.count([start, start + 3600], NOW)) == [("early", None, 1)]


def test_of_identical_rows_one_counts(place: LogPlace) -> None:
    counts = counted(place, Log([Prediction(1, START, "a")] * 3))
    assert answers(counts) == [("a", None, 1)]
    assert problems(counts) == {ProblemKind.DUPLICATE_ID: 2}


def test_the_latest_label_wins_and_of_labels_given_at_once_the_greatest(place: LogPlace) -> None:
    at = START + HOUR
    log = Log(
        [Prediction(1, START, "a"), Prediction(2, START, "a")],
        [
            Label("1", "z", at),
            Label("1", "b", at + HOUR),
            Label("2", "m", at),
            Label("2", "n", at),
            Label("2", "M", at),
        ],
    )
    assert answers(counted(place, log)) == [("a", "b", 1), ("a", "n", 1)]
    assert answers(counted(place, log, START + 1.5 * HOUR)) == [("a", "n", 1), ("a", "z", 1)]


def test_a_label_is_not_known_before_its_own_time(place: LogPlace) -> None:
    log = Log([Prediction(1, START, "a")], [Label("1", "a", START + HOUR)])
    assert answers(counted(place, log, START + HOUR - timedelta(microseconds=1))) == [("a", None, 1)]
    assert answers(counted(place, log, START + HOUR)) == [("a", "a", 1)]


def test_a_prediction_is_not_known_before_its_own_time(place: LogPlace) -> None:
    at = START + timedelta(seconds=1, microseconds=250_001)
    log = Log([Prediction(1, at, "a")])
    assert answers(counted(place, log, at - timedelta(microseconds=1))) == []
    assert answers(counted(place, log, at)) == [("a", None, 1)]


def test_a_label_row_that_names_no_class_takes_no_label_back(place: LogPlace) -> None:
    log = Log([Prediction(1, START, "a")], [Label("1", "a", START + HOUR), Label("1", None, START + 2 * HOUR)])
    counts = counted(place, log)
    assert answers(counts) == [("a", "a", 1)]
    assert problems(counts) == {ProblemKind.NULL_LABEL: 1}


def test_a_label_without_a_prediction_is_reported_in_its_own_bucket(place: LogPlace) -> None:
    counts = counted(place, Log([Prediction(1, START, "a")], [Label("77", "a", START + 3 * HOUR)]))
    assert [(row.bucket, row.kind) for row in counts.problems] == [
        (int((START + 3 * HOUR).timestamp()), ProblemKind.ORPHAN_LABEL)
    ]


def test_a_label_dated_before_its_prediction_counts_with_a_delay_of_a_second(place: LogPlace) -> None:
    counts = counted(place, Log([Prediction(1, START + HOUR, "a")], [Label("1", "b", START)]))
    assert answers(counts) == [("a", "b", 1)]
    assert [(row.bin, row.n) for row in counts.delays] == [(0, 1)]
    assert problems(counts) == {ProblemKind.LABEL_BEFORE_PREDICTION: 1}


def test_an_impossible_inclusion_probability_weighs_as_if_none_were_logged(place: LogPlace) -> None:
    labels = [Label(str(i), "a", START + HOUR, probability) for i, probability in enumerate([0.0, -0.5, 1.5])]
    counts = counted(place, Log([Prediction(i, START, "a") for i in range(3)], labels))
    assert [row.weight for row in counts.outcomes if row.segment == ALL] == [3.0]
    assert problems(counts) == {ProblemKind.BAD_PROBABILITY: 3}


def test_a_label_weighs_the_inverse_of_its_inclusion_probability(place: LogPlace) -> None:
    log = Log(
        [Prediction(i, START, "a") for i in (1, 2, 3)],
        [Label("1", "a", START + HOUR, 0.25), Label("2", "a", START + HOUR)],
    )
    rows = [row for row in counted(place, log).outcomes if row.segment == ALL]
    assert sorted((row.label or "", row.n, row.weight, row.weight_squared) for row in rows) == [
        ("", 1, 0.0, 0.0),
        ("a", 2, 5.0, 17.0),
    ]


def test_rows_without_a_time_and_rows_of_the_future_have_no_bucket(place: LogPlace) -> None:
    ahead = NOW + timedelta(days=2)
    log = Log(
        [
            Prediction(1, START, "a"),
            Prediction(2, None, "a"),
            Prediction(3, ahead, "a"),
            Prediction(4, NOW + HOUR, "a"),
        ],
        [Label("1", "a", None), Label("1", "a", ahead), Label("1", "a", NOW + HOUR)],
    )
    counts = counted(place, log)
    assert answers(counts) == [("a", None, 1)]
    assert problems(counts) == {
        ProblemKind.NULL_TIME: 1,
        ProblemKind.FUTURE_TIME: 1,
        ProblemKind.NULL_LABEL_TIME: 1,
        ProblemKind.FUTURE_LABEL_TIME: 1,
    }
    assert {row.bucket for row in counts.problems} == {None}
    assert set(problems(counts)) <= WITHOUT_BUCKET


def test_a_log_without_labels_is_counted_all_the_same(place: LogPlace) -> None:
    counts = counted(place, Log([Prediction(1, START, "a"), Prediction(2, START, "b")]), labels=False)
    assert answers(counts) == [("a", None, 1), ("b", None, 1)]
    assert counts.delays == ()
    assert sum(row.n for row in counts.latency) == 2


def test_counts_of_a_segment_add_up_to_all(place: LogPlace) -> None:
    log = Log([Prediction(1, START, "a", channel="web"), Prediction(2, START, "a", channel=None)])
    counts = counted(place, log)
    assert sorted((row.segment, row.value, row.n) for row in counts.outcomes) == [
        (ALL, "", 2),
        ("channel", "", 1),
        ("channel", "web", 1),
    ]


def test_no_buckets_are_counted_without_reading_any(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START, "a")]))
    assert opened(place).count([], NOW) == BucketCounts((), (), (), (), ())


def test_an_empty_log_has_nothing_to_count(place: LogPlace) -> None:
    place.write(Log())
    assert opened(place).count([int(START.timestamp())], NOW).outcomes == ()
