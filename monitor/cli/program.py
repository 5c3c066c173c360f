"""The command `tunewatch`. Each command is a file of `monitor.cli.commands`, imported when it is asked for."""

import importlib
import sys
from importlib import metadata
from typing import Any, Final

import click

from monitor.cli.guard import settle
from monitor.common.exit_codes import Exit
from monitor.common.gc_tuning import collect_seldom
from monitor.common.logs import set_up_logging

COMMANDS: Final = (
    "demo",
    "init",
    "validate",
    "once",
    "run",
    "backtest",
    "history",
    "explain",
    "decide",
    "report",
    "label-queue",
    "register",
    "export",
    "ping",
)

_EXITS = """\b
Exit status:
  0  fine
  1  an incident is open
  2  wrong usage or configuration
  3  the source or the history could not be reached, or nothing could be read
"""


class Commands(click.Group):
    """Imports a command's file only when it is needed: `ping` runs every few seconds and must not load DuckDB."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Every command, in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"monitor.cli.commands.{cmd_name.replace('-', '_')}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; what goes wrong becomes an exit status."""
        set_up_logging("warning", "auto")
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()  # here, so that a reader who left is noticed before the interpreter ends
        except BaseException as error:  # noqa: BLE001 - `settle` raises what is not ours
            status = settle(error)
        ctx.exit(status if isinstance(status, int) else Exit.FINE)


def _installed_version() -> str:
    try:
        return metadata.version("tunewatch")
    except metadata.PackageNotFoundError:
        return "(not installed, run from its source)"


@click.group(cls=Commands, epilog=_EXITS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_installed_version(), message="tunewatch %(version)s")
def cli() -> None:
    """Watch a chatbot against delayed labels, and say whether to revise the prompt or fine-tune."""


def main() -> None:
    """Entry point of the command `tunewatch`."""
    collect_seldom()
    cli(prog_name="tunewatch")
