"""Columns that say more than a name: paths, units, the first of several, and which rows there are."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.common.errors import MappingError, SourceError
from monitor.log.mapping.paths import Path as ColumnPath
from monitor.log.mapping.paths import readings
from monitor.log.problems import ProblemKind
from tests.support.nested_logs import FEW, PLACES, START, Row, counted, log_of, pairs

Write = Callable[[list[Row]], dict[str, Any]]


@pytest.fixture(params=PLACES)
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    return lambda rows: PLACES[request.param](rows, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))


@pytest.fixture(params=FEW)
def write_few(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    return lambda rows: PLACES[request.param](rows, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))


def rows(n: int = 60) -> list[Row]:
    return [
        {
            "id": f"m{i}",
            "ts": (START + timedelta(minutes=i)).isoformat(),
            "output": {"intent": "urgent" if i % 3 == 0 else "other", "scores": [0.5, 0.75], "took": {"s": 0.5}},
            "meta": {"user.id": f"u{i % 2}", "prompt": {"version": 4}},
            "kind": "answer" if i % 4 else "ping",
            "truth": ["urgent", "", None][i % 3],
        }
        for i in range(n)
    ]


COLUMNS: dict[str, Any] = {"id": "id", "at": "ts", "predicted": "output.intent"}


def test_a_path_leads_into_what_is_nested_wherever_it_is_kept(write: Write) -> None:
    source = write(rows())
    source["predictions"]["columns"] = COLUMNS | {
        "confidence": "output.scores[-1]",
        "latency": {"column": "output.took.s", "unit": "s"},
        "prompt_version": "meta.prompt.version",
    }
    source["segments"] = ['meta."user.id"']
    counts = counted(source)
    assert pairs(counts) == {("urgent", None): 20, ("other", None): 40}
    assert {row.prompt_version for row in counts.outcomes} == {"4"}
    whole = [row for row in counts.outcomes if row.segment == ""]
    assert sum(row.confidence_millionths for row in whole) == 60 * 750_000
    assert {row.value for row in counts.outcomes if row.segment} == {"u0", "u1"}
    assert sum(row.n for row in counts.latency) == 60


def test_a_path_leads_into_a_text_that_holds_json_inside_json(write_few: Write) -> None:
    twice = [row | {"output": {"value": json.dumps({"intent": row["output"]["intent"]})}} for row in rows()]
    source = write_few(twice)
    source["predictions"]["columns"] = COLUMNS | {"predicted": "output.value.intent"}
    assert pairs(counted(source)) == {("urgent", None): 20, ("other", None): 40}


def test_the_value_itself_may_be_a_text_of_json(write_few: Write) -> None:
    quoted = [
        row | {"truth": json.dumps(row["output"]["intent"]), "output": json.dumps(json.dumps(row["output"]))}
        for row in rows()
    ]
    source = write_few(quoted)
    source["predictions"]["columns"] = COLUMNS | {"predicted": "output.$.intent"}
    source["labels"] = {"columns": {"id": "id", "at": "ts", "label": "truth.$"}}
    assert pairs(counted(source)) == {("urgent", "urgent"): 20, ("other", "other"): 40}


def test_what_is_no_json_has_nothing_at_a_path_and_is_counted_as_naming_no_class(write_few: Write) -> None:
    broken = [row | {"output": "sorry" if i == 7 else json.dumps(row["output"])} for i, row in enumerate(rows())]
    source = write_few(broken)
    source["predictions"]["columns"] = COLUMNS
    counts = counted(source)
    assert sum(pairs(counts).values()) == 60
    assert [problem.n for problem in counts.problems if problem.kind == ProblemKind.NO_CLASS] == [1]


def test_a_column_whose_name_has_dots_is_that_column(write_few: Write) -> None:
    assert list(readings("a.b[0]")) == [ColumnPath("a.b[0]"), ColumnPath("a.b", (0,)), ColumnPath("a", ("b", 0))]
    source = write_few(rows())
    if "files" in source["predictions"]:
        dotted = [
            {"id": r["id"], "ts": r["ts"], "output.intent": "flat", "output": {"intent": "nested"}} for r in rows()
        ]
        source = write_few(dotted)
        source["predictions"]["columns"] = COLUMNS
        assert pairs(counted(source)) == {("flat", None): 60}


def test_rows_are_picked_by_the_values_of_columns_and_paths(write: Write) -> None:
    source = write(rows())
    source["predictions"] |= {"columns": COLUMNS, "where": {"kind": "answer", "output.took.s": 0.5}}
    assert sum(pairs(counted(source)).values()) == 45
    source["predictions"] |= {"where": {"kind": ["answer", "ping"]}, "where_not": {"output.intent": "urgent"}}
    assert pairs(counted(source)) == {("other", None): 40}
    source["predictions"] |= {"where": {"truth": None}, "where_not": {}}
    assert pairs(counted(source)) == {("other", None): 40}


def test_labels_may_be_in_the_rows_of_predictions_and_the_empty_ones_are_none(write: Write) -> None:
    source = write(rows())
    source["predictions"]["columns"] = COLUMNS
    source["labels"] = {"columns": {"id": "id", "at": "ts", "label": "truth"}}
    counts = counted(source)
    assert pairs(counts) == {("urgent", "urgent"): 20, ("other", None): 40}
    assert not [problem for problem in counts.problems if problem.kind == ProblemKind.NULL_LABEL]


def test_of_several_columns_of_labels_the_first_that_is_not_empty_counts(write: Write) -> None:
    source = write([row | {"second": "other"} for row in rows()])
    source["predictions"]["columns"] = COLUMNS
    source["labels"] = {"columns": {"id": "id", "at": "ts", "label": ["final?", "truth", "second"]}}
    assert pairs(counted(source)) == {("urgent", "urgent"): 20, ("other", "other"): 40}


def test_of_rows_that_an_export_repeats_the_newest_counts(write_few: Write) -> None:
    old = [row | {"output": {"intent": "zzz"}, "changed": "2026-03-02 01:00"} for row in rows()]
    new = [row | {"changed": "2026-03-02 02:00"} for row in rows()]
    source = write_few([*new, *old])
    source["predictions"] |= {"columns": COLUMNS, "newest": {"of": "id", "by": "changed"}}
    counts = counted(source)
    assert pairs(counts) == {("urgent", None): 20, ("other", None): 40}
    assert not [problem for problem in counts.problems if problem.kind == ProblemKind.DUPLICATE_ID]


def test_answers_are_counted_as_the_classes_that_they_are_mapped_to(write: Write) -> None:
    said = ["P1!", "p1", "Not urgent", "not-urgent", "test", "2"]
    labels = ["URGENT", "p1", "not urgent", "NOT_URGENT", "other", "2.0"]
    answers = [row | {"answer": said[i % 6], "truth": labels[i % 6]} for i, row in enumerate(rows())]
    source = write(answers)
    source["predictions"]["columns"] = COLUMNS | {"predicted": "answer"}
    source["labels"] = {"columns": {"id": "id", "at": "ts", "label": "truth"}}
    names = {"P1": "urgent", "not urgent": "other", "test": None, "2": "two"}
    source["classes"] = {"case": "lower", "strip": "!", "spaces": "_", "map": names}
    counts = counted(source)
    found = pairs(counts)
    assert {pair: n for pair, n in found.items() if pair[0] in {"urgent", "other", "two"}} == {
        ("urgent", "urgent"): 20,
        ("other", "other"): 20,
        ("two", "two"): 10,
    }
    assert [problem.n for problem in counts.problems if problem.kind == ProblemKind.NO_CLASS] == [10]


def test_a_latency_is_read_in_its_unit(write_few: Write) -> None:
    units = {"ns": 250_000_000, "us": 250_000, "ms": 250, "s": 0.25, "min": 0.25 / 60}
    source = write_few([row | {f"in_{unit}": value for unit, value in units.items()} for row in rows()])
    found = set()
    for unit in units:
        source["predictions"]["columns"] = COLUMNS | {"latency": {"column": f"in_{unit}", "unit": unit}}
        found.add(frozenset((row.bin, row.n) for row in counted(source).latency))
    source["predictions"]["columns"] = COLUMNS | {"latency_ms": "in_ms"}
    assert found == {frozenset((row.bin, row.n) for row in counted(source).latency)}


def test_a_latency_is_the_time_from_start_to_end(write_few: Write) -> None:
    source = write_few(
        [
            row | {"done": (START + timedelta(minutes=i, seconds=0.25)).isoformat(), "ms": 250}
            for i, row in enumerate(rows())
        ]
    )
    source["predictions"]["columns"] = COLUMNS | {"latency": {"start": "ts", "end": "done"}}
    spanned = counted(source).latency
    source["predictions"]["columns"] = COLUMNS | {"latency_ms": "ms"}
    assert {(row.bin, row.n) for row in spanned} == {(row.bin, row.n) for row in counted(source).latency}


def test_a_confidence_in_percent_is_a_share(write_few: Write) -> None:
    written = [87, "87%", "87.0 %"]
    source = write_few([row | {"sure": "unknown" if i == 3 else str(written[i % 3])} for i, row in enumerate(rows())])
    source["predictions"]["columns"] = COLUMNS | {"confidence": {"column": "sure", "unit": "percent"}}
    counts = counted(source)
    assert sum(row.confidence_millionths for row in counts.outcomes) == 59 * 870_000
    assert [problem.n for problem in counts.problems if problem.kind == ProblemKind.BAD_CONFIDENCE] == [1]


LEADS_NOWHERE: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"predicted": "outptu.intent"}, {}, "columns.predicted: there is no column outptu.intent; did you mean output?"),
    (
        {"predicted": "output.intnt"},
        {},
        "columns.predicted: no row has anything at output.intnt; a row has in output: {",
    ),
    ({"confidence": "output.scores[7]"}, {}, "columns.confidence: no row has anything at output.scores[7]"),
    ({"latency": {"column": "took", "unit": "s"}}, {}, "columns.latency_ms.column: there is no column took"),
    ({}, {"where": {"knid": "answer"}}, "where: there is no column knid; did you mean kind"),
    ({}, {"newest": {"of": "id", "by": "changed"}}, "newest.by: there is no column changed"),
]


def test_what_leads_nowhere_is_an_error_with_its_key(write_few: Write) -> None:
    source = write_few(rows())
    for columns, rest, told in LEADS_NOWHERE:
        wrong = source["predictions"] | {"columns": COLUMNS | columns} | rest
        with pytest.raises(MappingError) as caught:
            counted(source | {"predictions": wrong})
        assert f"monitors.bot.source.predictions.{told}" in f"{caught.value.key}: {caught.value}"


@pytest.mark.parametrize(
    ("filters", "key", "told"),
    [
        ({"where": {"kind": "anwser"}}, "where.kind", "leaves no row; asked for is anwser, and kind is answer, ping"),
        ({"where": {"output.intent": "spam"}}, "where.output.intent", "output.intent is other, urgent"),
        ({"where_not": {"kind": ["answer", "ping"]}}, "where_not.kind", "leaves no row"),
        ({"where": {"nowhere?": "x"}}, "where.nowhere?", "there is no column nowhere?"),
        (
            {"where": {"id": "m0", "kind": "answer"}},
            "where",
            "leave no row together, though each by itself leaves some",
        ),
    ],
)
def test_filters_that_leave_nothing_of_a_log_are_an_error_and_no_quiet_bot(
    write_few: Write, filters: dict[str, Any], key: str, told: str
) -> None:
    source = write_few(rows())
    source["predictions"] |= {"columns": COLUMNS, **filters}
    with pytest.raises(MappingError, match=re.escape(told)) as raised:
        counted(source)
    assert raised.value.key.endswith(f"predictions.{key}")


def test_what_filters_leave_of_a_few_rows_may_be_nothing_yet(write_few: Write) -> None:
    source = write_few(rows(49))
    source["predictions"] |= {"columns": COLUMNS, "where": {"kind": "another bot"}}
    assert pairs(counted(source)) == {}


def test_an_optional_column_may_be_missing(write_few: Write) -> None:
    source = write_few(rows())
    source["predictions"]["columns"] = COLUMNS | {
        "model_version": "model?",
        "latency": {"column": "took?", "unit": "s"},
    }
    assert pairs(counted(source)) == {("urgent", None): 20, ("other", None): 40}


def test_a_log_that_was_sampled_unevenly_is_refused(write_few: Write) -> None:
    source = write_few([row | {"fraction": 0.5 if i % 2 else 1.0} for i, row in enumerate(rows())])
    source["predictions"]["columns"] = COLUMNS | {"sampling_fraction": "fraction"}
    with pytest.raises(SourceError, match=r"samples of 0\.5 to 1 of the traffic.*where: \{fraction: 1\}"):
        counted(source)
    source["predictions"]["where"] = {"fraction": 0.5}
    assert sum(pairs(counted(source)).values()) == 30


def test_nothing_that_is_named_plainly_is_derived(write_few: Write) -> None:
    source = write_few(rows())
    source["predictions"]["columns"] = COLUMNS | {"predicted": "kind"}
    log = log_of(source)
    with log.snapshot():
        log.check()
        mapped = next(iter(log._held.mappings.values()))  # type: ignore[union-attr]  # noqa: SLF001 - the SQL is what matters
    assert "derived_log" not in str(mapped.predictions.source)
