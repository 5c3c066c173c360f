import json
import math
from datetime import UTC, datetime
from typing import Any

import pytest

from checks.advice.deciding.model import Signal
from checks.rules.family import Family
from monitor.cli.output.lines import report_lines
from monitor.common.json_lines import print_lines, to_line
from monitor.cycle.cycle import FamilyAdvice, Fault
from tests.support.incidents import advice
from tests.support.reports import estimate, report


def _lines(**changes: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in report_lines(report(**changes))]


def test_many_lines_are_printed_as_each_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    records = [{"n": number} for number in range(2_500)]
    print_lines(map(to_line, records))
    assert capsys.readouterr().out.splitlines() == list(map(to_line, records))


def test_a_metric_line_is_what_the_encoder_writes() -> None:
    odd = (None, math.nan, math.inf, 5, 1e-7, 0.1 + 0.2)
    figures = [estimate("recall", 'a "b"\n\ud800')._replace(value=value, low=value, coverage=value) for value in odd]
    told = list(report_lines(report(estimates=(estimate("recall", "срочно"), *figures))))
    assert told == [to_line(json.loads(line)) for line in told]
    assert [json.loads(line)["low"] for line in told[1:7]] == [None, None, None, 5, 1e-7, 0.1 + 0.2]


def test_every_line_says_its_type_its_monitor_and_as_of_when() -> None:
    for line in _lines(faults=(Fault("traffic", "ZeroDivisionError: division by zero"),)):
        assert line["type"] in ("metric", "finding", "advice", "fault")
        assert line["monitor"] == "support-bot"
        assert line["as_of"] == "2026-03-29T06:00:00Z"


def test_a_metric_line_keeps_the_contract() -> None:
    line = next(line for line in _lines() if line.get("class") == "urgent")

    assert line == {
        "type": "metric",
        "monitor": "support-bot",
        "as_of": "2026-03-29T06:00:00Z",
        "metric": "recall",
        "class": "urgent",
        "slice": "all",
        "window_start": "2026-03-22T06:00:00Z",
        "window_end": "2026-03-29T06:00:00Z",
        "value": 0.12,
        "low": 0.04,
        "high": 0.31,
        "raw": 0.981,
        "n": 4200,
        "n_labelled": 61,
        "coverage": 0.8123,
        "provisional": False,
    }


def test_a_finding_line_has_value_interval_threshold_and_verdict() -> None:
    line = next(line for line in _lines() if line["type"] == "finding")

    wanted = ("check", "subject", "slice", "value", "low", "high", "threshold", "reference", "n", "verdict", "cause")
    assert [line[key] for key in wanted] == [
        "class_recall", "urgent", "all", 0.12, 0.04, 0.31, 0.80, 0.94, 61, "critical", "below_floor",
    ]  # fmt: skip


def test_an_advice_line_says_why_and_for_which_incident() -> None:
    signal = Signal("step_at_prompt", "step", holds=True, sentence="it fell", numbers=(("n", 61.0),))
    advised = advice(signals=(signal,))

    line = _lines(advice=(FamilyAdvice(Family.QUALITY, advised),))[-1]

    assert (line["type"], line["family"], line["action"]) == ("advice", "quality", "rollback_prompt")
    assert line["runner_up"] == "revise_prompt"
    assert line["reasons"] == list(advised.reasons)
    assert line["signals"][0]["numbers"] == {"n": 61.0}
    assert line["incident"].startswith("quality-")
    assert line["state"] == "firing"


def test_advice_without_an_incident_says_so() -> None:
    assert _lines(open_incidents=())[-1]["incident"] is None


def test_what_is_no_number_is_null_and_no_line_breaks() -> None:
    line = to_line({"value": math.nan, "low": -math.inf, "message": "a\nb"})

    assert line == '{"value":null,"low":null,"message":"a\\nb"}'


def test_a_line_is_the_same_whichever_way_it_is_encoded() -> None:
    at = datetime(2026, 3, 29, 6, tzinfo=UTC)
    flat = {"at": at, "n": 1, "value": 0.1 + 0.2, "ok": True, "no": None, "name": "\udc80é"}

    nested = to_line({"it": flat})
    assert to_line(flat) == nested.removeprefix('{"it":').removesuffix("}")
    assert to_line({**flat, "value": math.inf}) == to_line({**flat, "value": None})


def test_names_in_any_script_stay_readable() -> None:
    lines = report_lines(report(estimates=(estimate("recall", "срочно"),)))

    assert "срочно" in next(lines)
