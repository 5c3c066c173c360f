"""The JSON lines of one look: metrics, findings and advice, each with a `type`."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from math import isfinite
from typing import Any

from checks.advice.deciding.model import Advice
from checks.metrics.line import MetricLine
from checks.rules.family import Family
from monitor.common.json_lines import to_line, to_text
from monitor.cycle.cycle import CycleReport

Line = dict[str, Any]


def report_lines(report: CycleReport) -> Iterator[str]:
    """Every line of the report: metrics, findings, advice, and checks that crashed (`fault`), in this order."""
    about = {"monitor": report.monitor, "as_of": report.as_of}
    yield from _metric_lines(report.estimates, to_line({"type": "metric", **about}))
    yield from map(to_line, _other_lines(report, about))


def _other_lines(report: CycleReport, about: Line) -> Iterator[Line]:
    incidents = {incident.family: incident for incident in report.open_incidents}
    for finding in report.findings:
        yield {"type": "finding", **about, **asdict(finding)}
    for advised in report.advice:
        incident = incidents.get(advised.family)
        told = {"incident": incident.id if incident else None, "state": incident.state if incident else None}
        yield {"type": "advice", **about, **advice_line(advised.family, advised.advice), **told}
    for fault in report.faults:
        yield {"type": "fault", **about, **asdict(fault)}


def _metric_lines(estimates: Iterable[MetricLine], about: str) -> Iterator[str]:
    """The lines of metrics; `about` is the object that their first fields make.

    There may be a hundred thousand, which take a third of the time of an encoder that is handed an object for each.
    """
    start, text = about[:-1], cache(to_text)  # of names and times, of which there are few

    def real(value: float | None) -> str:
        return repr(value) if type(value) is float and isfinite(value) else to_text(value)

    for e in estimates:
        bounds = f'"value":{real(e.value)},"low":{real(e.low)},"high":{real(e.high)},"raw":{real(e.raw)}'
        yield (
            f'{start},"metric":{text(e.metric)},"class":{text(e.class_name)},"slice":{text(e.slice)}'
            f',"window_start":{text(e.window_start)},"window_end":{text(e.window_end)},{bounds}'
            f',"n":{e.n},"n_labelled":{e.n_labelled},"coverage":{real(e.coverage)}'
            f',"provisional":{"true" if e.provisional else "false"}}}'
        )


def advice_line(family: Family, advice: Advice) -> Line:
    """The fields of an advice."""
    line = asdict(advice)
    for signal in line["signals"]:
        signal["numbers"] = dict(signal["numbers"])
    return {"family": family, **line}
