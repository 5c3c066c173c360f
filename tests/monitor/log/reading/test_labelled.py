"""Labelled messages are drawn the same on every engine: bounded, with what is known of each label."""

import hashlib
from datetime import datetime, timedelta

from monitor.log.reading.labelled import LabelledDraw, LabelledMessage
from tests.support.kept_counts import opened
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

END = START + timedelta(days=1)
HOUR = timedelta(hours=1)


def _drawn(place: LogPlace, *, as_of: datetime = END, per_label: int = 9) -> tuple[LabelledMessage, ...]:
    return opened(place).labelled(LabelledDraw(START, END, as_of, per_label))


def test_each_label_gives_the_rows_whose_ids_hash_least_in_the_order_of_time(place: LogPlace) -> None:
    predictions = [Prediction(i, START + timedelta(minutes=i), "a", text=f"text {i}") for i in range(60)]
    labels = [Label(str(i), "rare" if i == 7 else "common", START + 2 * HOUR) for i in range(50)]
    place.write(Log(predictions, labels))
    drawn = _drawn(place, per_label=5)
    least = sorted((str(i) for i in range(50) if i != 7), key=lambda i: hashlib.md5(i.encode()).hexdigest())  # noqa: S324

    assert {row.id for row in drawn} == {"7", *least[:5]}
    assert [row.at for row in drawn] == sorted(row.at for row in drawn)
    assert drawn == _drawn(place, per_label=5)


def test_a_row_has_what_is_known_of_its_label(place: LogPlace) -> None:
    labels = [Label("1", "b", START + 3 * HOUR), Label("1", "a", START + 2 * HOUR), Label("1", "b", START + 4 * HOUR)]
    place.write(Log([Prediction(1, START, "a", text="hello")], labels))
    (row,) = _drawn(place)

    assert (row.label, row.predicted, row.text, row.prompt_version) == ("b", "a", "hello", "v1")
    assert (row.labelled_at, row.label_rows, row.labels, row.labellers) == (START + 2 * HOUR, 3, 2, 0)


def test_only_what_was_known_counts(place: LogPlace) -> None:
    labels = [Label("1", "a", START + 2 * HOUR), Label("1", "b", START + 5 * HOUR), Label("2", "a", START + 5 * HOUR)]
    place.write(Log([Prediction(1, START, "a"), Prediction(2, START, "a")], labels))
    (row,) = _drawn(place, as_of=START + 3 * HOUR)
    assert (row.id, row.label, row.label_rows) == ("1", "a", 1)


def test_rows_without_a_message_an_id_or_a_label_are_left_out_and_of_an_id_the_last_counts(place: LogPlace) -> None:
    predictions = [
        Prediction(1, START, "a", text=None),
        Prediction(2, START, "a", text="   "),
        Prediction(None, START, "a"),
        Prediction(3, START, "a"),
        Prediction(4, START + HOUR, "a", text="second"),
        Prediction(4, START, "a", text="first"),
    ]
    place.write(Log(predictions, [Label(str(i), "a", START + 2 * HOUR) for i in (1, 2, 4)]))
    assert [(row.id, row.text) for row in _drawn(place)] == [("4", "second")]


def test_predictions_are_counted_within_a_half_open_span(place: LogPlace) -> None:
    place.write(Log([Prediction(i, START + i * HOUR, "a") for i in range(5)]))
    assert opened(place, labels=False).count_predictions(START, START + 3 * HOUR) == 3


def test_a_log_without_labels_has_no_labelled_messages(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START, "a")]))
    assert opened(place, labels=False).labelled(LabelledDraw(START, END, END, 9)) == ()
