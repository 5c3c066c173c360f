"""`tunewatch explain`: everything that an advice rests on."""

from pathlib import Path

import click

from checks.advice.deciding.explanation import explain
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import config_option, json_option
from monitor.cli.output.explanation import explanation_parts, explanation_record
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import show


@click.command("explain")
@click.argument("wanted", metavar="INCIDENT")
@config_option
@json_option
def command(*, wanted: str, file: Path | None, as_json: bool) -> int:
    """Show the whole card of an incident's advice: what counted, what was closed, what would change it, what was tried.

    INCIDENT is an id, or its beginning, as `tunewatch history` lists it.
    """
    history = open_history(load(file))
    try:
        incident = find_one(history.queries, wanted, "INCIDENT")
        tries = history.queries.tries(incident.monitor, incident=incident.id)
    finally:
        history.close()
    card = explain(incident.advice)
    if as_json:
        print_line(explanation_record(incident, card, tries))
    else:
        show(*explanation_parts(incident, card, tries))
    return Exit.FINE
