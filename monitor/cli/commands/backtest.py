"""`tunewatch backtest`: what the daemon would have told of the past, and when."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

import click

from alerts.messages.event_json import event_json
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import build_monitor
from monitor.cli.commands.options import DURATION, TIME, chosen, config_option, json_option, monitor_option
from monitor.cli.output.progress import tracking
from monitor.cli.output.timeline import step_parts, summary_text
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, show
from monitor.cycle.backtest import SimulatedTimes, Summary, Tally, play, told
from monitor.cycle.cycle import CycleReport, Monitor
from monitor.history import History
from monitor.history.throwaway import throwaway_history


@click.command("backtest")
@config_option
@click.option("--from", "start", type=TIME, required=True, metavar="TIME", help="First simulated look (UTC).")
@click.option("--to", "end", type=TIME, required=True, metavar="TIME", help="Last simulated look at the latest (UTC).")
@click.option(
    "--every", type=DURATION, default="6h", show_default=True, metavar="DURATION", help="Time between two looks."
)
@monitor_option
@click.option("--history", "url", metavar="URL", help="Keep what is written in this history; else it is thrown away.")
@json_option
def command(
    *,
    file: Path | None,
    start: datetime,
    end: datetime,
    every: timedelta,
    names: tuple[str, ...],
    url: str | None,
    as_json: bool,
) -> int:
    """Run the same cycle with a simulated clock over the past; a label is known only from its own time on.

    Nobody is told, and the configured history is not touched. With --json each event of an incident is a line, and the
    last line is the summary. The exit status is 1 when an incident is open at the end.
    """
    settings = load(file)
    span = SimulatedTimes(start, end, every)
    if not len(span):
        raise click.UsageError("--from must not be later than --to")
    with _history(url) as history, ExitStack() as at_the_end:
        history.remember(sums_days=url is not None)
        monitors = [build_monitor(settings, name, history, replay=True) for name in chosen(settings, names)]
        for monitor in monitors:
            at_the_end.callback(monitor.log.close)
        summary = _play(monitors, span, as_json=as_json)
    _finish(summary, as_json=as_json)
    return Exit.INCIDENT_OPEN if summary.open_incidents else Exit.FINE


def _play(monitors: Sequence[Monitor], span: SimulatedTimes, *, as_json: bool) -> Summary:
    tally, total = Tally(), len(span) * len(monitors)
    with tracking() as shown:
        for report in shown.track(play(monitors, span), total=total, description="looks"):
            tally.add(report)
            _print(report, as_json=as_json)
    return tally.summary()


def _print(report: CycleReport, *, as_json: bool) -> None:
    for fault in report.faults:
        note(f"{report.monitor}: check {fault.check} crashed: {fault.error}")
    for step in told(report):
        if as_json:
            print_line(event_json(step))
        else:
            show(*step_parts(step))


def _finish(summary: Summary, *, as_json: bool) -> None:
    if as_json:
        print_line({"event": "summary", **asdict(summary)})
    else:
        show(summary_text(summary))


@contextmanager
def _history(url: str | None) -> Iterator[History]:
    if url is None:
        with throwaway_history() as history:
            yield history
        return
    history = History.open(url)
    try:
        yield history
    finally:
        history.close()
