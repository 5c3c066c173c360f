"""The measured tables of docs/statistics: written by commands, whole, and linked from a page."""

import sys
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from bench.alarms.rate_tables import report
from bench.estimates import mix
from bench.tables import MEASURED, Measurement, table
from tests.repository.paths import ROOT

FILES = sorted(MEASURED.glob("*.md"))
measured = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@measured
def test_a_table_is_as_its_command_writes_it(file: Path) -> None:
    measurement = Measurement.read(file)
    assert measurement.text == file.read_text("utf-8")
    assert measurement.made <= datetime.now(UTC).date()
    python, flag, module, *_ = measurement.command.split()
    assert (python, flag) == ("python", "-m")
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    assert "add_write(parser)" in Path(found.origin).read_text("utf-8")


@measured
def test_every_row_is_as_wide_as_its_headings(file: Path) -> None:
    for block in Measurement.read(file).body.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


@measured
def test_a_page_links_to_the_table(file: Path) -> None:
    pages = [page.read_text("utf-8") for page in MEASURED.parent.glob("*.md")]
    assert any(f"(measured/{file.name})" in page for page in pages)


def test_the_first_page_links_to_every_other() -> None:
    first = (MEASURED.parent / "README.md").read_text("utf-8")
    pages = [page.name for page in MEASURED.parent.glob("*.md") if page.name != "README.md"]
    assert [name for name in pages if f"({name})" not in first] == []


def test_a_table_is_printed_and_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [str(ROOT / "bench" / "estimates" / "mix.py"), "--windows", "2", "--write"])
    with table("some", write=True, folder=tmp_path):
        print("| a |\n| --- |\n| 1 |")  # noqa: T201 - what a benchmark does
    assert capsys.readouterr().out == "| a |\n| --- |\n| 1 |\n"
    written = Measurement.read(tmp_path / "some.md")
    assert (written.command, written.body) == ("python -m bench.estimates.mix --windows 2", "| a |\n| --- |\n| 1 |")


def test_nothing_is_written_when_a_benchmark_breaks_off(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), table("some", write=True, folder=tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_table_without_its_command_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "some.md"
    file.write_text("| a |\n", "utf-8")
    with pytest.raises(ValueError, match=r"some\.md: begins with no command and date"):
        Measurement.read(file)


def test_the_table_of_mix_has_the_headings_and_rows_that_its_benchmark_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["mix.py", "--windows", "1"])
    mix.main()
    kept = Measurement.read(MEASURED / "mix.md").body.splitlines()
    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == kept[:2]
    assert [line.split("|")[1:4] for line in printed] == [line.split("|")[1:4] for line in kept]


def test_the_tables_of_alarms_have_the_headings_that_their_benchmark_prints(capsys: pytest.CaptureFixture[str]) -> None:
    task = {"part": "healthy", "name": "recall .92, floor .80", "step": 0.25, "budget": 1.0, "reference": 28}
    late = {**task, "part": "delays", "name": "accuracy -3 points"}
    alarm = {"hour": 48.0, "check": "accuracy", "subject": "accuracy"}
    report([{"task": task, "alarms": [alarm]}, {"task": {**task, "name": "other"}, "alarms": []}])
    report([{"task": late, "alarms": [alarm]}])
    printed = capsys.readouterr().out
    for name in ("alarms", "alarm_delays"):
        assert "\n".join(Measurement.read(MEASURED / f"{name}.md").body.splitlines()[:2]) in printed
    assert (
        "| recall .92, floor .80 | healthy | 0.25 h | 1 a year | 28 d | 1 | 1.00 (0.03 to 5.57) | accuracy 1 |"
        in printed
    )
    assert (
        "| all with any recall | healthy | 0.25 h | 1 a year | 28 d | 2 | 0.50 (0.01 to 2.79) | accuracy 1 |" in printed
    )
    assert "| 1 a year | 0.25 h | 28 d | 1 |  |  | 2.0 / 2.0 |" in printed
