"""The JSON lines of one look: metrics, findings and advice, each with a `type`."""

from collections.abc import Iterator
from dataclasses import asdict, fields
from operator import attrgetter
from typing import Any, Final

from checks.advice.deciding.model import Advice
from checks.metrics.line import MetricLine
from checks.rules.family import Family
from monitor.cycle.cycle import CycleReport

Line = dict[str, Any]

_FIELDS: Final = tuple(each.name for each in fields(MetricLine))
_NAMES: Final = tuple("class" if name == "class_name" else name for name in _FIELDS)
_VALUES: Final = attrgetter(*_FIELDS)


def report_lines(report: CycleReport) -> Iterator[Line]:
    """Every line of the report: metrics, findings, advice, and checks that crashed (`fault`), in this order."""
    about = {"monitor": report.monitor, "as_of": report.as_of}
    incidents = {incident.family: incident for incident in report.open_incidents}
    for estimate in report.estimates:
        yield {"type": "metric", **about, **_metric(estimate)}
    for finding in report.findings:
        yield {"type": "finding", **about, **asdict(finding)}
    for advised in report.advice:
        incident = incidents.get(advised.family)
        told = {"incident": incident.id if incident else None, "state": incident.state if incident else None}
        yield {"type": "advice", **about, **advice_line(advised.family, advised.advice), **told}
    for fault in report.faults:
        yield {"type": "fault", **about, **asdict(fault)}


def _metric(estimate: MetricLine) -> Line:
    return dict(zip(_NAMES, _VALUES(estimate), strict=True))  # all plain; `asdict` would copy each of them


def advice_line(family: Family, advice: Advice) -> Line:
    """The fields of an advice."""
    line = asdict(advice)
    for signal in line["signals"]:
        signal["numbers"] = dict(signal["numbers"])
    return {"family": family, **line}
