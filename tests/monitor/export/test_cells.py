"""Tables that no spreadsheet computes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.export.cells import from_csv, to_csv

TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)


@pytest.mark.parametrize("cell", ["=1+1", "+49", "-2", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_begins_like_a_formula_is_guarded(cell: str) -> None:
    written = to_csv(["text"], [{"text": cell}])
    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert row["text"] == "'" + cell


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    records = [{"a": a, "b": b} for a, b in rows]
    assert from_csv(to_csv(["a", "b"], records)) == records


def test_numbers_stay_numbers() -> None:
    assert to_csv(["n"], [{"n": -1.5}]) == '"n"\n-1.5\n'
