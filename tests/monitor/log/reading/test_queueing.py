"""Choosing predictions to label: the right rows, in given numbers, at random and yet the same each time."""

from collections import Counter
from datetime import timedelta

import pytest

from checks.counts.cells import NO_BAND, OutcomeCell
from checks.label_queue.allocation import Stratum
from monitor.log.prediction_log import open_log
from monitor.log.reading.queueing import Scope
from tests.support.kept_counts import opened
from tests.support.log_oracle import BUCKET
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

FIRST = int(START.timestamp())
DAY = Scope(tuple(range(FIRST, FIRST + 86_400, BUCKET)), START + timedelta(days=2))
SURE, UNSURE = Stratum("billing", 5), Stratum("billing", 1)


def log_of_a_day() -> Log:
    """40 sure and 20 unsure answers of billing, 5 of urgent; every fourth is labelled, one label is still to come."""
    kinds = [("billing", 0.93)] * 40 + [("billing", 0.55)] * 20 + [("urgent", 0.93)] * 5
    predictions = [
        Prediction(i, START + timedelta(minutes=i), predicted, confidence=confidence, text=f"text {i}")
        for i, (predicted, confidence) in enumerate(kinds)
    ]
    labels = [Label(str(i), "urgent", START + timedelta(hours=30), probability=0.5) for i in range(0, 65, 4)]
    return Log(predictions, [*labels, Label("1", "urgent", DAY.as_of + timedelta(hours=1))])


def test_the_population_is_counted_by_class_band_and_label(place: LogPlace) -> None:
    place.write(log_of_a_day())
    found = opened(place).population(DAY)
    assert found.unlabelled == {SURE: 30, UNSURE: 15, Stratum("urgent", 5): 3}
    (cell,) = (cell for cell in found.cells if cell.label and (cell.predicted, cell.band) == SURE)
    assert cell == OutcomeCell("billing", "urgent", 10, 20, 40, band=5, confidence=cell.confidence, designed=10)
    assert cell.confidence == pytest.approx(9.3)
    assert sum(cell.n for cell in found.cells) == 65


def test_each_stratum_gives_as_many_unlabelled_rows_as_are_wanted_of_it(place: LogPlace) -> None:
    place.write(log_of_a_day())
    drawn = opened(place).draw(DAY, {SURE: 7, UNSURE: 15, Stratum("urgent", 5): 0}, "salt")
    assert Counter(row.stratum for row in drawn) == {SURE: 7, UNSURE: 15}
    assert all(int(row.id) % 4 for row in drawn)
    row = next(row for row in drawn if row.stratum == UNSURE)
    assert (row.at, row.confidence, row.text) == (START + timedelta(minutes=int(row.id)), 0.55, f"text {row.id}")


def test_a_draw_is_the_same_for_the_same_salt_and_another_one_for_another(place: LogPlace) -> None:
    place.write(log_of_a_day())
    log = opened(place)
    first, again, other = (log.draw(DAY, {SURE: 10}, salt) for salt in ("a", "a", "b"))
    assert first == again
    assert {row.id for row in first} != {row.id for row in other}


def test_more_than_there_is_gives_all_there_is(place: LogPlace) -> None:
    place.write(log_of_a_day())
    assert len(opened(place).draw(DAY, {SURE: 99}, "salt")) == 30
    assert opened(place).draw(DAY, {}, "salt") == ()


def test_rows_without_an_id_count_but_cannot_be_drawn_and_an_id_counts_once(place: LogPlace) -> None:
    twice = [Prediction(7, START, "billing", confidence=0.93), Prediction(7, START + timedelta(hours=3), "card")]
    place.write(Log([Prediction(None, START, "billing", confidence=0.93), *twice]))
    log = opened(place, labels=False)
    found = log.population(DAY)
    assert [(cell.predicted, cell.n) for cell in found.cells] == [("billing", 1), ("card", 1)]
    (stratum,) = found.unlabelled
    assert stratum.predicted == "card"
    assert [row.id for row in log.draw(DAY, {SURE: 5, stratum: 5}, "salt")] == ["7"]


def test_only_the_buckets_of_the_scope_are_drawn_from(place: LogPlace) -> None:
    place.write(log_of_a_day())
    scope = Scope((FIRST + BUCKET,), DAY.as_of)
    drawn = opened(place).draw(scope, {UNSURE: 99, Stratum("urgent", 5): 99}, "salt")
    assert {row.id for row in drawn} == {"61", "62", "63"}


def test_every_row_of_a_stratum_has_the_same_chance(place: LogPlace) -> None:
    place.write(log_of_a_day())
    log = opened(place)
    with log.snapshot():
        hits = Counter(row.id for salt in range(15) for row in log.draw(DAY, {UNSURE: 5}, str(salt)))
    assert len(hits) == 15  # each of the 15 is expected 5 times
    assert max(hits.values()) < 14


def test_a_log_without_confidences_has_one_stratum_for_each_class(place: LogPlace) -> None:
    place.write(log_of_a_day())
    source = place.source()
    columns = source.predictions.columns.model_copy(update={"confidence": None, "text": None})
    predictions = source.predictions.model_copy(update={"columns": columns})
    source = source.model_copy(update={"predictions": predictions})
    log = open_log(source, bucket=timedelta(seconds=BUCKET), segments=(), key="monitors.bot.source")
    assert log.population(DAY).unlabelled == {Stratum("billing", NO_BAND): 45, Stratum("urgent", NO_BAND): 3}
    (row,) = log.draw(DAY, {Stratum("urgent", NO_BAND): 1}, "salt")
    assert (row.confidence, row.text) == (None, None)
