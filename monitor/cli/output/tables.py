"""One look, as a person reads it: the classes, the findings that matter, and what to do."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.incident import State
from alerts.messages.advising import certainty, recommendation
from alerts.messages.figures import milliseconds, percent
from alerts.messages.lines import figure, unit_of
from alerts.messages.numbers import score, when
from alerts.messages.words import WORDS, problem
from checks.metrics.line import MetricLine
from checks.rules.finding import Finding, Verdict
from checks.rules.log_health import NAME as LOG_HEALTH
from checks.rules.log_health import invalidates
from monitor.cli.output.styles import STYLES
from monitor.common.terminal import printable
from monitor.cycle.cycle import CycleReport, FamilyAdvice

Estimates = Mapping[tuple[str, str], MetricLine]
"""Of the whole window, by metric and class."""

_ANSWERS: Final = {
    "relevance_mean": "relevance",
    "estimated_relevance": "estimated relevance",
    "predicted_share": "share predicted",
    "confidence_mean": "confidence",
}
"""Metrics of answers that need no labels, and what they are called."""
_LABELLED: Final = {
    "recall": "recall (95% interval, labelled rows)",
    "precision": "precision",
    "relevance_mean": _ANSWERS["relevance_mean"],
}
_UNLABELLED: Final = {metric: _ANSWERS[metric] for metric in ("predicted_share", "confidence_mean", "relevance_mean")}
"""Columns of the table of classes, by metric."""


def report_parts(report: CycleReport) -> Iterator[RenderableType]:
    """The parts of one monitor's report, from the headline down to the advice."""
    estimates = {(each.metric, each.class_name): each for each in report.estimates if each.slice == "all"}
    yield _headline(report)
    for part in _details(report, estimates):
        yield Padding(part, (0, 0, 0, 2), expand=False)
    yield Text()


def _details(report: CycleReport, estimates: Estimates) -> Iterator[RenderableType]:
    if any(map(invalidates, report.findings)):
        yield Text("the figures below are not to be believed before the log is mended", "bold red")
    yield _overall(estimates)
    classes = sorted({class_name for _, class_name in estimates if class_name})
    if classes:
        yield _classes(classes, estimates)
    yield from _findings(report.findings)
    for fault in report.faults:
        yield Text(f"FAULT  {fault.check} crashed: {printable(fault.error)}", style="bold magenta")
    for advised in report.advice:
        yield from _advice(advised)


def _headline(report: CycleReport) -> Text:
    line = Text.assemble((printable(report.monitor), "bold"), f"  as of {when(report.as_of)}  ")
    for incident in report.open_incidents:
        pending = ", not yet certain" if incident.state is State.PENDING else ""
        line.append(
            f"{WORDS[incident.severity]} {incident.family} incident {incident.id}{pending}  ", STYLES[incident.severity]
        )
    if not report.open_incidents:
        line.append("no incident", "green")
    return line


def _overall(estimates: Estimates) -> Text:
    accuracy = estimates.get(("accuracy", ""))
    line = Text("no labels yet" if accuracy is None else f"accuracy {figure(accuracy)}")
    predictions, coverage = estimates.get(("predictions", "")), estimates.get(("coverage", ""))
    if predictions is not None:
        line.append(f"   predictions {predictions.n:,}")
    if accuracy is not None and coverage is not None and coverage.value is not None:
        line.append(f"   labelled {percent(coverage.value)}")
    line.append("".join(_latencies(estimates)))
    line.append("".join(_answers(estimates)))
    if any(each.provisional for each in estimates.values()):
        line.append("   provisional: labels are still coming", "dim")
    return line


def _latencies(estimates: Estimates) -> Iterator[str]:
    for quantile in ("p50", "p95", "p99"):
        estimate = estimates.get((f"latency_{quantile}", ""))
        if estimate is not None and estimate.value is not None:
            yield f"   {quantile} {milliseconds(estimate.value)}"


def _answers(estimates: Estimates) -> Iterator[str]:
    for metric in ("relevance_mean", "estimated_relevance", "confidence_mean"):
        estimate = estimates.get((metric, ""))
        if metric == "estimated_relevance" and ("relevance_mean", "") in estimates:
            continue
        if estimate is not None and estimate.value is not None:
            yield f"   {_ANSWERS[metric]} {score(estimate.value)}"


def _classes(classes: Iterable[str], estimates: Estimates) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    known = {metric for metric, class_name in estimates if class_name}
    columns = _LABELLED if "recall" in known else _UNLABELLED
    shown = {metric: heading for metric, heading in columns.items() if metric in known}
    for heading in ("class", *shown.values()):
        table.add_column(heading)
    for name in classes:
        table.add_row(Text(printable(name)), *(_of_class(estimates.get((metric, name))) for metric in shown))
    return table


def _of_class(estimate: MetricLine | None) -> str:
    """A figure of one class; those of all its answers need no interval."""
    if estimate is None or estimate.value is None or estimate.metric not in _ANSWERS:
        return figure(estimate)
    return f"{unit_of(estimate.metric)(estimate.value)} (n={estimate.n:,})"


def _findings(findings: Iterable[Finding]) -> Iterator[Text]:
    quiet: Counter[Verdict] = Counter()
    for finding in findings:
        if finding.verdict.is_alarm:
            yield Text.assemble(
                (f"{WORDS[finding.verdict]}  ", STYLES[finding.verdict]),
                printable(problem(finding)),
                "  ",
                finding.check,
            )
        else:
            quiet[finding.verdict] += 1
            if finding.check == LOG_HEALTH and finding.verdict is Verdict.NOT_ENOUGH_DATA:
                yield Text.assemble(("too early  ", "yellow"), printable(finding.message))
    yield Text(f"{quiet[Verdict.OK]} findings ok, {quiet[Verdict.NOT_ENOUGH_DATA]} with too few data", style="dim")


def _advice(advised: FamilyAdvice) -> Iterator[Text]:
    advice = advised.advice
    yield Text.assemble(
        (f"Advice on {advised.family}: ", "bold"),
        (printable(recommendation(advice)), "bold cyan"),
        f"  ({sure})" if (sure := certainty(advice)) else "",
    )
    yield from (Text(f"  - {printable(reason)}") for reason in advice.reasons)
