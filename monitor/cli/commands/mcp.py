"""`tunewatch mcp`: a server of the Model Context Protocol over stdin and stdout, which only reads."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from checks.advice.deciding.explanation import explain
from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history_to_read
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import config_option
from monitor.cli.guard import describe
from monitor.cli.output.explanation import explanation_record
from monitor.cli.output.records import belief_record, incident_details, incident_record
from monitor.cli.output.status import status_of
from monitor.common.clock import utc_now
from monitor.common.errors import UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import to_line
from monitor.history.history import History

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

MOST: Final = 200
"""Looks of one figure that are given: the newest ones."""
MOST_DAYS: Final = 3650
"""Ten years: no history is older."""


@click.command("mcp")
@config_option
def command(*, file: Path | None) -> int:
    """Serve status, open incidents, explanations and figures to a program that speaks the Model Context Protocol.

    It runs until its stdin ends, asks the history for each answer, and changes nothing: a history of an earlier release
    is not upgraded, and each answer says what to do. It needs the extra `tunewatch[mcp]`. Answers hold names of
    classes, versions and segments, and no message of a user.
    """
    try:
        server = make_server(load(file))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise click.UsageError("this needs the extra mcp: pip install 'tunewatch[mcp]'") from error
    server.run("stdio")
    return Exit.FINE


def make_server(settings: Settings) -> "MCPServer[Any]":
    """The server of one configuration. Raises ModuleNotFoundError without the SDK."""
    from mcp.server.mcpserver import MCPServer  # noqa: PLC0415 - an extra
    from mcp.types import ToolAnnotations  # noqa: PLC0415

    server: MCPServer[Any] = MCPServer("tunewatch", instructions=_INSTRUCTIONS, log_level="WARNING")
    answers = _Answers(settings)
    only_reads = ToolAnnotations(read_only_hint=True, open_world_hint=False)
    for answer in (answers.status, answers.open_incidents, answers.explain, answers.history):
        server.tool(annotations=only_reads, structured_output=False)(answer)
    return server


_INSTRUCTIONS: Final = (
    "What tunewatch knows of chatbots in production. Begin with status; explain an incident by its id. Shares are from "
    "0 to 1 with 95% intervals, times are UTC."
)


class _Answers:
    """Each method answers one question: its name, what it takes and its docstring are what the other side reads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def status(self) -> str:
        """How each monitor stands: open incidents, newest figures, last look, false alarms against what is allowed."""
        with self._opened() as history:
            return _lines(status_of(self._settings, history, tuple(self._settings.monitors), utc_now()).lines())

    def open_incidents(self) -> str:
        """The incidents that are not over, with their findings and the advice as it stands."""
        with self._opened() as history:
            found = history.queries.unresolved()
            return _lines({**incident_record(each), **incident_details(each)} for each in found)

    def explain(self, incident: str) -> str:
        """Everything that the advice of an incident rests on; `incident` is its id, or how it begins."""
        with self._opened() as history:
            found = _one(history, incident)
            tries = history.queries.tries(found.monitor, incident=found.id)
            return to_line(explanation_record(found, explain(found.advice), tries))

    def history(self, monitor: str, metric: str, class_name: str = "", days: int = 7) -> str:
        """What was believed of a figure from look to look: the newest 200 looks of so many days before the newest one.

        `metric` is accuracy, recall, precision, f1, latency_p95 or another one of metric_history; `class_name` is a
        class for those that are of one.
        """
        with self._opened() as history:
            newest = history.queries.newest_look([monitor])
            if newest is None:
                known = ", ".join(history.queries.monitors()) or "none yet"
                raise _refusal(f"there is no monitor {monitor!r} that has looked; there is {known}")
            if not 1 <= days <= MOST_DAYS:
                raise _refusal(f"days must be 1 to {MOST_DAYS}")
            since = newest - timedelta(days=days)
            found = history.queries.metrics(monitor, metric, class_name, since=since)[-MOST:]
            if not found:
                known = ", ".join(sorted({each.metric for each in history.queries.series([monitor])}))
                raise _refusal(f"nothing was believed of {metric} {class_name!r} then; there is {known}")
            return _lines(belief_record(monitor, each) for each in found)

    @contextmanager
    def _opened(self) -> Iterator[History]:
        try:
            with closing(open_history_to_read(self._settings)) as history:
                yield history
        except UnreachableError as error:
            raise _refusal(describe(error)) from None


def _one(history: History, wanted: str) -> Any:  # noqa: ANN401 - as `find_one` has it
    try:
        return find_one(history.queries, wanted, "incident")
    except click.BadParameter as error:
        raise _refusal(error.message) from error


def _refusal(text: str) -> Exception:
    """An error that the other side is told as it is."""
    from mcp.server.mcpserver.exceptions import ToolError  # noqa: PLC0415 - an extra

    return ToolError(text)


def _lines(records: Iterable[Mapping[str, Any]]) -> str:
    return json.dumps([json.loads(to_line(record)) for record in records], ensure_ascii=False)
