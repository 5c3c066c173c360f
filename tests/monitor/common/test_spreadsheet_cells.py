"""Tables that no spreadsheet computes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.common.spreadsheet_cells import from_csv, guarded_id, to_csv

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\uff1dcmd"])
def test_a_cell_that_begins_like_a_formula_is_guarded(cell: str) -> None:
    written = to_csv(["text"], [{"text": cell}])
    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert row["text"] == "'" + cell


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    records = [{"a": a, "b": b} for a, b in rows]
    assert from_csv(to_csv(["a", "b"], records)) == records


@pytest.mark.parametrize("value", ["-b64_Q", "+4.5", "plain", "a=b", "-2026-11-01:7"])
def test_an_id_that_cannot_be_computed_stays_as_it_is(value: str) -> None:
    assert guarded_id(value) == value


@pytest.mark.parametrize("value", ["=b64", "@b64", "-1+cmd|' /C calc'!A0", "-2/3", "\t-1", "+SUM(A1)"])
def test_an_id_that_could_be_computed_is_guarded(value: str) -> None:
    assert guarded_id(value) == "'" + value


def test_numbers_stay_numbers() -> None:
    assert to_csv(["n"], [{"n": -1.5}]) == '"n"\n-1.5\n'
