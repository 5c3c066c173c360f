"""The sample that studies are made of: bounded, repeatable, and uniform over its spans."""

import hashlib
from datetime import timedelta

from checks.counts.study import StudySpan
from tests.support.kept_counts import opened
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

HOUR = timedelta(hours=1)
END = START + 24 * HOUR


def many() -> Log:
    predictions = [Prediction(i, START + timedelta(minutes=i), "common", text=f"text {i}") for i in range(300)]
    return Log(predictions, [Label("7", "urgent", START + 2 * HOUR), Label("7", "refund", END + HOUR)])


def test_the_first_by_the_hash_of_their_ids_are_drawn_in_order_of_time(place: LogPlace) -> None:
    place.write(many())
    rows = opened(place).draw_rows([StudySpan(START, END)], as_of=END, limit=40)
    drawn = sorted(map(str, range(300)), key=lambda i: hashlib.md5(i.encode()).hexdigest())[:40]  # noqa: S324
    assert [row.id for row in rows] == sorted(drawn, key=int)


def test_only_the_spans_are_drawn_from_and_only_what_was_known(place: LogPlace) -> None:
    place.write(many())
    spans = [StudySpan(START, START + HOUR), StudySpan(START + 3 * HOUR, START + 4 * HOUR)]
    rows = opened(place).draw_rows(spans, as_of=START + 3 * HOUR + timedelta(minutes=30), limit=1_000)
    assert [int(row.id) for row in rows] == [*range(60), *range(180, 211)]


def test_a_row_has_all_that_is_known_of_it(place: LogPlace) -> None:
    place.write(many())
    (row,) = (r for r in opened(place).draw_rows([StudySpan(START, END)], as_of=END, limit=300) if r.id == "7")
    assert (row.predicted, row.label, row.text, row.text_length) == ("common", "urgent", "text 7", 6)
    assert (row.confidence, row.latency_ms, row.segments) == (0.9, 100.0, ("web",))
    assert (row.model_version, row.prompt_version, row.response, row.prompt_tokens) == ("m1", "v1", None, None)


def test_a_long_message_is_cut_but_its_length_is_known(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START, "a", text="é" * 9_000)]))
    (row,) = opened(place, labels=False).draw_rows([StudySpan(START, END)], as_of=END, limit=5)
    assert row.text is not None
    assert (len(row.text), row.text_length) == (4_000, 9_000)


def test_rows_without_an_id_or_with_one_twice_are_drawn_at_most_once(place: LogPlace) -> None:
    place.write(Log([Prediction(None, START, "a"), Prediction(7, START + HOUR, "b"), Prediction(7, START, "a")]))
    rows = opened(place, labels=False).draw_rows([StudySpan(START, END)], as_of=END, limit=5)
    assert [(row.id, row.predicted) for row in rows] == [("7", "b")]
