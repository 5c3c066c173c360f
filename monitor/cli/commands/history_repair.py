"""`tunewatch history repair`: set looks aside that are dated after the present, on a person's word that it is right."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import config_option, json_option, monitor_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import iso, print_line
from monitor.common.terminal import tell
from monitor.history import History, SetAside


@click.command("repair")
@click.pass_context
@config_option
@monitor_option
@click.option("--yes", is_flag=True, help="Do it; else it is only said what would be done.")
@json_option
def command(context: click.Context, *, file: Path | None, names: tuple[str, ...], yes: bool, as_json: bool) -> int:
    """Set aside the looks that are dated after the present, as this machine's clock has it, so that looks go on.

    They are kept in the table set_aside, with all that they found. Incidents that they touched go on, with times that
    have come; what they counted of the log stays. Without --yes nothing is changed.
    """
    outer = context.parent.params if context.parent else {}
    history = open_history(load(file or outer.get("file")))
    now = utc_now()
    try:
        for name in names or outer.get("names") or history.queries.monitors():
            found = _repair(history, name, now) if yes else history.dated_after(name, now)
            if as_json:
                print_line({"type": "repair", "monitor": name, "now": iso(now), "done": yes, **asdict(found)})
            else:
                tell(_said(name, found, now, done=yes))
    finally:
        history.close()
    return Exit.FINE


def _repair(history: History, name: str, now: datetime) -> SetAside:
    with history.transaction(name) as transaction:
        return transaction.set_aside(now)


def _said(name: str, found: SetAside, now: datetime, *, done: bool) -> str:
    if found.is_nothing:
        return f"{name}: nothing is dated after the present ({iso(now)})"
    what = []
    if found.first is not None and found.last is not None:
        looks = f"{found.looks:,} looks" if found.looks > 1 else "1 look"
        what.append(f"{looks} from {iso(found.first)} to {iso(found.last)}")
    if found.incidents:
        what.append(f"the times of {', '.join(found.incidents)}")
    said = f"{name}: dated after the present ({iso(now)}): {' and '.join(what)}"
    return f"{said}; set aside" if done else f"{said}; with --yes this is set aside, if this machine's clock is right"
