"""The sample that messages are shown from: bounded, repeatable, and fair to rare classes."""

import hashlib
from datetime import timedelta

from tests.support.kept_counts import opened
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

END = START + timedelta(days=1)


def many() -> Log:
    predictions = [Prediction(i, START + timedelta(minutes=i), "common", text=f"text {i}") for i in range(300)]
    predictions += [Prediction(1000 + i, START + timedelta(minutes=i), "rare", model_version=None) for i in range(2)]
    return Log(predictions, [Label("1000", "urgent", START + timedelta(hours=2))])


def test_rare_classes_are_kept_and_the_rest_is_drawn_by_the_hash_of_the_id(place: LogPlace) -> None:
    place.write(many())
    drawn = opened(place).sample(START, END, as_of=END, per_class=5, limit=6)
    common = sorted((str(i) for i in range(300)), key=lambda i: hashlib.md5(i.encode()).hexdigest())  # noqa: S324
    assert {row.id for row in drawn if row.predicted == "rare"} == {"1000", "1001"}
    assert [row.id for row in drawn if row.predicted == "common"] == common[:4]
    assert drawn == opened(place).sample(START, END, as_of=END, per_class=5, limit=6)


def test_a_sampled_row_has_all_that_is_known_of_it(place: LogPlace) -> None:
    place.write(many())
    (row,) = (row for row in opened(place).sample(START, END, as_of=END, per_class=9, limit=99) if row.id == "1000")
    assert (row.at, row.predicted, row.label, row.text, row.confidence) == (START, "rare", "urgent", "hello", 0.9)
    assert (row.response, row.model_version, row.prompt_version) == (None, "", "v1")


def test_a_sample_knows_only_what_was_known(place: LogPlace) -> None:
    place.write(many())
    drawn = opened(place).sample(START, END, as_of=START, per_class=9, limit=99)
    assert {(row.id, row.label) for row in drawn} == {("0", None), ("1000", None)}


def test_rows_without_an_id_or_with_one_twice_are_drawn_at_most_once(place: LogPlace) -> None:
    log = Log([Prediction(None, START, "a"), Prediction(7, START, "a"), Prediction(7, START + timedelta(hours=1), "b")])
    place.write(log)
    drawn = opened(place, labels=False).sample(START, END, as_of=END, per_class=9, limit=99)
    assert [(row.id, row.predicted) for row in drawn] == [("7", "a")]
