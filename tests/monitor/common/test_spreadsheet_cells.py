"""Tables that no spreadsheet computes."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.common.spreadsheet_cells import FORMULA, from_csv, guarded, guarded_id, to_csv
from tests.repository.paths import ROOT

LETTERS = st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")
TEXT = st.text(LETTERS | st.sampled_from("=+-@;'\"\n\t"), max_size=20)


@pytest.mark.parametrize(
    ("cell", "guards"),
    [
        *((cell, f"'{cell}") for cell in ("=1+1", "+49", "-2", "@SUM(A1)", "\uff1dcmd")),
        *((f"{sign}=1", f"'{sign}'=1") for sign in "\t\r\n"),
    ],
)
def test_a_cell_that_begins_like_a_formula_is_guarded(cell: str, guards: str) -> None:
    written = to_csv(["text"], [{"text": cell}])
    (row,) = csv.DictReader(io.StringIO(written, newline=""))
    assert row["text"] == guards


@pytest.mark.parametrize(
    "cell",
    [
        "help;=1+1",
        "help;=cmd|' /C calc'!A0;",
        'help;"=1+1',
        "help\n=1+1",
        "help\r\n@SUM(A1)",
        "=1;=2",
        "a;;-1",
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_begins_like_a_formula_however_a_spreadsheet_splits_the_file(cell: str, separator: str) -> None:
    written = to_csv(["id", "text", "class"], [{"id": "7", "text": cell, "class": "urgent"}])
    minimal = io.StringIO()
    csv.writer(minimal).writerow(["7", guarded(cell), "urgent"])
    for text in (written, minimal.getvalue()):
        found = [each for row in split_as_excel(text, separator) for each in row]
        assert not [each for each in found if each.startswith(tuple(FORMULA))], found


def split_as_excel(text: str, separator: str) -> list[list[str]]:
    """Cells as Excel has them: quotation marks mean something at the beginning of a cell alone."""
    rows, cell, quoted, place = [[""]], "", False, 0
    while place < len(text):
        sign = text[place]
        if quoted and sign == '"' and text[place + 1 : place + 2] == '"':
            rows[-1][-1], place = rows[-1][-1] + '"', place + 1
        elif sign == '"' and (quoted or cell == ""):
            quoted, cell = not quoted, '"'
        elif not quoted and sign == separator:
            rows[-1].append("")
            cell = ""
        elif not quoted and sign in "\r\n":
            rows.append([""])
            cell = ""
        else:
            rows[-1][-1] += sign
            cell += sign
        place += 1
    return rows


@pytest.mark.parametrize("text", ["Hi, -5 degrees", "a=b", "1-2", "ask; then tell", "(=x)"])
def test_what_begins_no_cell_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    records = [{"a": a, "b": b} for a, b in rows]
    assert from_csv(to_csv(["a", "b"], records)) == records


@pytest.mark.parametrize("value", ["-b64_Q", "+4.5", "plain", "a=b", "-2026-11-01:7"])
def test_an_id_that_cannot_be_computed_stays_as_it_is(value: str) -> None:
    assert guarded_id(value) == value


@pytest.mark.parametrize("value", ["=b64", "@b64", "-1+cmd|' /C calc'!A0", "-2/3", "\t1", "+SUM(A1)"])
def test_an_id_that_could_be_computed_is_guarded(value: str) -> None:
    assert guarded_id(value) == "'" + value


def test_an_id_with_a_second_beginning_is_guarded_twice() -> None:
    assert guarded_id("\t-1") == "'\t'-1"


@given(TEXT)
def test_the_data_card_says_how_to_take_them_off(text: str) -> None:
    card = (ROOT / "monitor/actions/finetune/DATACARD.md.jinja").read_text("utf-8")
    found = re.search(r'`re\.sub\(r"(.*?)", r"(.*?)", text\)`', card)
    assert found is not None
    assert re.sub(found[1], found[2], guarded(text)) == text


def test_numbers_stay_numbers() -> None:
    assert to_csv(["n"], [{"n": -1.5}]) == '"n"\n-1.5\n'
