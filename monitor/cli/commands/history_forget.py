"""`tunewatch history forget`: the only way by which counts that are kept fall."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import TIME, chosen, config_option, json_option, monitor_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, tell
from monitor.history import History
from monitor.log.prediction_log import open_log

LIST = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("forget")
@click.pass_context
@config_option
@monitor_option
@click.option("--from", "start", type=TIME, metavar="TIME", help="Forget predictions made from this time on.")
@click.option("--to", "end", type=TIME, metavar="TIME", help="With --from: up to this time.")
@click.option("--id", "ids", multiple=True, metavar="ID", help="A prediction to be forgotten; may be repeated.")
@click.option("--ids", "list_", type=LIST, metavar="FILE", help="File of such ids, one a line.")
@click.option("--yes", is_flag=True, help="Do it; else it is only said what would be done.")
@json_option
def command(
    context: click.Context,
    *,
    file: Path | None,
    names: tuple[str, ...],
    start: datetime | None,
    end: datetime | None,
    ids: tuple[str, ...],
    list_: Path | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Let counts that are kept fall. What the log loses stays counted otherwise.

    With --from and --to all counts of the buckets (hours, unless set) that overlap the span go; the next look counts
    what the log still has of them. So it is of use after rows were erased, or after their time was corrected.

    With --id or --ids predictions are named before they are erased from the log: the history keeps no ids, so the log
    is asked for their hours. Once the log has lost them, the counts of those hours fall by as many. For rows that are
    gone already, name their hours with --from and --to.

    Either way the studies go that may have drawn such a prediction. Incidents and what was believed of metrics hold no
    id and no message, and stay. Without --yes nothing is changed.
    """
    outer = context.parent.params if context.parent else {}
    settings = load(file or outer.get("file"))
    wanted = tuple(dict.fromkeys((*ids, *_lines(list_))))
    if bool(wanted) == bool(start or end) or (start is None) != (end is None):
        raise click.UsageError("name a span with --from and --to, or predictions with --id or --ids FILE")
    if start and end and start >= end:
        raise click.UsageError("--from must be before --to")
    monitors = chosen(settings, names or outer.get("names") or ())
    history = open_history(settings)
    try:
        if start and end:
            for record in _spans(history, settings, monitors, (start, end), yes=yes):
                _say(record, as_json=as_json)
            return Exit.FINE
        left = set(wanted)
        for name in monitors:
            record, found = _predictions(history, settings, name, wanted, yes=yes)
            left -= found
            _say(record, as_json=as_json)
    finally:
        history.close()
    if left:
        shown = ", ".join(sorted(left)[:3])
        note(f"no log has {len(left):,} of the ids ({shown}); if they were erased, name their hours with --from, --to")
        return Exit.USAGE
    return Exit.FINE


def _lines(file: Path | None) -> Iterator[str]:
    if file is not None:
        yield from (line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip())


def _spans(
    history: History, settings: Settings, monitors: Iterable[str], span: tuple[datetime, datetime], *, yes: bool
) -> Iterator[dict[str, object]]:
    for name in monitors:
        found = history.forget_span(name, *span, settings.monitors[name].bucket, really=yes)
        yield {
            "monitor": name,
            "done": yes,
            "buckets": len(found.buckets),
            "predictions": found.predictions,
            "labelled": found.labelled,
            "studies": found.studies,
        }


def _predictions(
    history: History, settings: Settings, name: str, wanted: tuple[str, ...], *, yes: bool
) -> tuple[dict[str, object], set[str]]:
    watched = settings.monitors[name]
    log = open_log(
        watched.source, bucket=watched.bucket, segments=watched.source.segments, key=f"monitors.{name}.source"
    )
    try:
        found = log.places(wanted)
    finally:
        log.close()
    if yes:
        history.forget_predictions(name, found, utc_now())
    record = {"monitor": name, "done": yes, "buckets": len(set(found.values())), "named": len(found)}
    return record, set(found)


def _say(record: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_line({"type": "forget", **record})
        return
    if "named" in record:
        what = f"{record['named']} of the ids are in the log, in {record['buckets']} buckets"
        then = "erase them from the log: the look that misses them lowers the counts"
    else:
        labelled = f"{record['predictions']} predictions, {record['labelled']} of them labelled"
        what = f"{labelled}, in {record['buckets']} buckets"
        then = "the next look counts what the log has of them"
    tell(f"{record['monitor']}: {what}; {then if record['done'] else 'with --yes they are forgotten'}")
