import io

from rich.console import Console

from alerts.incident import State
from monitor.cli.output.tables import report_parts
from monitor.cycle.cycle import CycleReport, Fault
from tests.support.incidents import finding, incident
from tests.support.reports import estimate, report


def _shown(of: CycleReport) -> str:
    console = Console(file=io.StringIO(), width=160, highlight=False, markup=False, emoji=False)
    console.print(*report_parts(of), sep="\n")
    text = console.file
    assert isinstance(text, io.StringIO)
    return text.getvalue()


def test_a_report_reads_from_the_headline_to_the_advice() -> None:
    lines = [line.rstrip() for line in _shown(report()).splitlines()]

    assert lines[0].startswith("support-bot  as of 2026-03-29 06:00 UTC  CRITICAL quality incident quality-")
    assert lines[1] == "  accuracy 98% (97–99%, n=3,412)   predictions 4,200   labelled 81%   p95 2,140 ms"
    assert lines[3].split(maxsplit=1) == ["urgent", "12% (4–31%, n=61)                      - (n=0)"]
    assert lines[4].startswith(
        "  CRITICAL  recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%, was 94% in the reference"
    )
    assert lines[5] == "  1 findings ok, 0 with too few data"
    assert lines[6].startswith("  Advice on quality: Roll the prompt back to the version before")
    assert lines[7] == "    - recall of urgent fell from 94% (n=212) to 12% (n=61) when prompt p7 took over"


def test_no_incident_is_said_in_words() -> None:
    assert "no incident" in _shown(report(open_incidents=(), findings=(), advice=()))


def test_an_incident_that_is_not_yet_told_is_shown_as_such() -> None:
    assert "not yet certain" in _shown(report(open_incidents=(incident(state=State.PENDING),)))


def test_a_check_that_crashed_is_a_fault_and_no_verdict() -> None:
    shown = _shown(report(findings=(), faults=(Fault("traffic", "ZeroDivisionError: division by zero"),)))

    assert "FAULT  traffic crashed: ZeroDivisionError: division by zero" in shown


def test_numbers_that_labels_may_still_change_are_called_provisional() -> None:
    assert "provisional: labels are still coming" in _shown(report(estimates=(estimate("accuracy", provisional=True),)))


def test_a_class_name_can_neither_steer_the_terminal_nor_be_markup() -> None:
    shown = _shown(report(estimates=(estimate("recall", "\x1b[2J[red]x"),), findings=(finding(subject="\x1b[2Jy"),)))

    assert "\x1b[2J" not in shown
    assert "[red]x" in shown
