"""One look, as a person reads it: the classes, the findings that matter, and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from alerts.incident import State
from checks.estimate import Estimate
from checks.finding import Finding, Verdict
from monitor.cycle import CycleReport, FamilyAdvice
from monitor.output.numbers import count, milliseconds, moment, percent, share
from monitor.output.terminal import printable

Estimates = Mapping[tuple[str, str], Estimate]

_STYLES: Final = {
    Verdict.OK: "green",
    Verdict.WARNING: "bold yellow",
    Verdict.CRITICAL: "bold red",
    Verdict.NOT_ENOUGH_DATA: "dim",
}


def report_parts(report: CycleReport) -> Iterator[RenderableType]:
    """The parts of one monitor's report, from the headline down to the advice."""
    estimates = {(each.metric, each.class_name): each for each in report.estimates if each.slice == "all"}
    yield _headline(report)
    yield _indented(_overall(estimates))
    classes = sorted({class_name for _, class_name in estimates if class_name})
    if classes:
        yield _indented(_classes(classes, estimates))
    yield from map(_indented, _findings(report.findings))
    yield from map(_indented, _faults(report))
    for advised in report.advice:
        yield from map(_indented, _advice(advised))
    yield Text()


def _indented(part: RenderableType) -> RenderableType:
    return Padding(part, (0, 0, 0, 2), expand=False)


def _headline(report: CycleReport) -> Text:
    line = Text.assemble((printable(report.monitor), "bold"), f"  as of {moment(report.as_of)}  ")
    for incident in report.open_incidents:
        word = "incident" if incident.state is not State.PENDING else "incident pending"
        line.append(f"{word}: {incident.family.value} {incident.severity.value} ", _STYLES[incident.severity])
    if not report.open_incidents:
        line.append("no incident", "green")
    return line


def _overall(estimates: Estimates) -> Text:
    line = Text(f"accuracy {share(estimates.get(('accuracy', '')))}")
    predictions, coverage = estimates.get(("predictions", "")), estimates.get(("coverage", ""))
    if predictions is not None:
        line.append(f"  predictions {count(predictions.n)}")
    if coverage is not None:
        line.append(f"  labelled {percent(coverage.value)}")
    quantiles = [f"{name} {_latency(estimates, name)}" for name in ("p50", "p95", "p99")]
    if any((f"latency_{name}", "") in estimates for name in ("p50", "p95", "p99")):
        line.append("  latency " + ", ".join(quantiles))
    if any(each.provisional for each in estimates.values()):
        line.append("  provisional: labels are still coming", "dim")
    return line


def _latency(estimates: Estimates, quantile: str) -> str:
    estimate = estimates.get((f"latency_{quantile}", ""))
    return milliseconds(estimate.value if estimate else None)


def _classes(classes: Iterable[str], estimates: Estimates) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("class")
    for heading in ("recall (95% interval, labelled rows)", "precision"):
        table.add_column(heading, justify="left")
    for name in classes:
        recall, precision = estimates.get(("recall", name)), estimates.get(("precision", name))
        table.add_row(Text(printable(name)), share(recall), share(precision))
    return table


def _findings(findings: Iterable[Finding]) -> Iterator[Text]:
    quiet = {Verdict.OK: 0, Verdict.NOT_ENOUGH_DATA: 0}
    for finding in findings:
        if finding.verdict.is_alarm:
            yield _finding(finding)
        else:
            quiet[finding.verdict] += 1
    yield Text(f"{quiet[Verdict.OK]} findings ok, {quiet[Verdict.NOT_ENOUGH_DATA]} with not enough data", style="dim")


def _finding(finding: Finding) -> Text:
    where = "" if finding.slice == "all" else f" [{printable(finding.slice)}]"
    return Text.assemble(
        (f"{finding.verdict.value:8} ", _STYLES[finding.verdict]),
        (f"{finding.check} {printable(finding.subject)}{where}: ", "bold"),
        printable(finding.message),
    )


def _faults(report: CycleReport) -> Iterator[Text]:
    for fault in report.faults:
        yield Text(f"fault    {fault.check} crashed: {printable(fault.error)}", style="bold magenta")


def _advice(advised: FamilyAdvice) -> Iterator[Text]:
    advice = advised.advice
    action = "no action" if advice.abstained else advice.action.value.replace("_", " ")
    yield Text.assemble((f"advice ({advised.family.value}): ", "bold"), (action, "bold cyan"))
    yield from (Text(f"  - {printable(reason)}") for reason in advice.reasons)
    if advice.experiment:
        yield Text(f"  to settle it: {printable(advice.experiment)}")
