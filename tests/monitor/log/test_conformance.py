"""What every engine must answer, held against definitions that are spelt out row by row."""

import random
from datetime import timedelta

import pytest

from config.names import bounded
from monitor.log.counting import columns, counting
from monitor.log.counts import LabelFate, LabellerRow
from tests.monitor.log.conftest import MAKERS
from tests.support.kept_counts import KeptCounts, opened
from tests.support.log_oracle import all_buckets, comparable, oracle
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import SPAN, START, happen, messy_log

OF_TEXTS = ("duckdb-csv", "duckdb-jsonl")
OF_THEIR_OWN = [name for name in MAKERS if name not in OF_TEXTS]
"""The places of which each has SQL of its own: typed files, columns without types, each server. That of files of texts
differs in how their values are read, so that one log is enough of each."""


@pytest.mark.parametrize(
    ("place", "seed"),
    [*((name, seed) for name in OF_THEIR_OWN for seed in range(2)), ("duckdb-csv", 2), ("duckdb-jsonl", 1)],
    indirect=["place"],
)
def test_counts_of_a_messy_log_are_what_their_definitions_say(place: LogPlace, seed: int) -> None:
    rng = random.Random(seed)
    log = messy_log(rng)
    place.write(log)
    everything = sorted(all_buckets(log))
    some = rng.sample(everything, len(everything) // 2)
    found = opened(place)
    with found.snapshot():
        for buckets, as_of in (
            (everything, START + SPAN),
            (everything, START + SPAN / 3),
            (some, START + SPAN / 2),
            (everything[-3:], START + 3 * SPAN),
        ):
            assert comparable(found.count(buckets, as_of)) == comparable(oracle(log, buckets, as_of)), (seed, as_of)


@pytest.mark.parametrize(
    ("place", "seed"),
    [
        *((name, 0) for name in OF_THEIR_OWN),
        ("duckdb-parquet", 1),
        ("sqlite", 1),
        ("duckdb-csv", 1),
        ("duckdb-jsonl", 0),
    ],
    indirect=["place"],
)
def test_counts_kept_up_to_date_by_changed_buckets_equal_a_full_count(place: LogPlace, seed: int) -> None:
    rng = random.Random(100 + seed)
    log = messy_log(rng)
    story: list[str] = []
    kept = KeptCounts()
    for step in range(6):
        place.write(log)
        as_of = START + SPAN * (0.5 + step / 20)
        kept.look(opened(place), as_of)
        expected = oracle(log, all_buckets(log), as_of)
        assert comparable(kept.counts()) == comparable(expected), (seed, story)
        story.append(happen(log, rng))


def test_nothing_changed_means_no_buckets(place: LogPlace) -> None:
    place.write(messy_log(random.Random(1)))
    kept = KeptCounts()
    assert kept.look(opened(place), START + SPAN)
    assert kept.look(opened(place), START + SPAN) == ()


def test_what_became_of_each_labellers_label(place: LogPlace) -> None:
    given = [
        *[(1, "anna", "a"), (1, "anna", "b")],  # corrected herself
        *[(2, "anna", "a"), (2, "bert", "b"), (2, "clara", "a")],  # upheld, overruled, correction
        *[(3, "anna", "a"), (3, "bert", "b"), (3, "bert", "a")],  # and bert took it back
        *[(4, None, "a"), (4, "", "b"), (4, "dora" * 50, "b")],  # without a name, twice, and with a long one
    ]
    labels = [
        Label(str(i), name, START + timedelta(hours=2 + nth), who=who) for nth, (i, who, name) in enumerate(given)
    ]
    place.write(Log([Prediction(i, START, "a") for i in range(1, 5)], [*labels, Label("9", "a", START, who="nobody")]))
    bucket = int(START.timestamp())
    found = opened(place).count([bucket], START + SPAN).labellers
    assert sorted(found) == sorted(
        LabellerRow(bucket, who, fate, n)
        for who, fate, n in (
            ("anna", LabelFate.ALONE, 1),
            ("anna", LabelFate.UPHELD, 1),
            ("anna", LabelFate.AGREED, 1),
            ("bert", LabelFate.OVERRULED, 1),
            ("bert", LabelFate.AGREED, 1),
            ("clara", LabelFate.CORRECTION, 1),
            ("", LabelFate.AGREED, 1),
            (bounded("dora" * 50), LabelFate.AGREED, 1),
        )
    )


def test_a_log_that_is_counted_in_runs_has_the_same_counts(place: LogPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "FEW_BUCKETS", 2)  # a limit of what DuckDB holds, lowered
    monkeypatch.setattr(counting, "STAGED_ROWS", 40)
    monkeypatch.setattr(counting, "SORTED_ROWS", 20)
    monkeypatch.setattr(counting, "CELLS_AT_ONCE", 100)
    monkeypatch.setattr(counting, "FEW_ROWS", 0)
    monkeypatch.setattr(columns, "ROWS_IN_MEMORY", 50)
    log = messy_log(random.Random(11))
    place.write(log)
    found = opened(place).count(sorted(all_buckets(log)), START + SPAN)
    assert comparable(found) == comparable(oracle(log, all_buckets(log), START + SPAN))
