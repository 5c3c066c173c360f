"""Finds the incident that a command is asked about."""

from collections.abc import Sequence

import click

from alerts.incident import Incident
from monitor.history.queries.queries import Queries


def find_one(queries: Queries, wanted: str, param_hint: str) -> Incident:
    """The incident whose id begins so, with or without its family. Raises BadParameter unless there is exactly one."""
    found = queries.find_incidents(wanted)
    if len(found) == 1:
        return found[0]
    exact = [incident for incident in found if incident.id == wanted]
    if exact:
        return exact[0]
    raise click.BadParameter(f"{wanted!r} {_problem(found)}", param_hint=param_hint)


def _problem(found: Sequence[Incident]) -> str:
    if not found:
        return "is not in the history; `tunewatch history` lists the incidents"
    return f"fits {', '.join(each.id for each in found)}"
