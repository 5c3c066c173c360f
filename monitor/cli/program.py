"""The command `tunewatch`. Each command is a file of `monitor.cli.commands`, imported when it is asked for."""

import importlib
import io
import sys
from keyword import iskeyword
from typing import Any, Final

import click
from click.shell_completion import CompletionItem

from alerts.messages.signs import PLAINLY
from monitor.cli.examples import epilog
from monitor.common.exit_codes import Exit
from monitor.common.gc_tuning import collect_seldom

COMMANDS: Final = {
    "demo": "make a log of two chatbots, play it, show what comes out",
    "init": "look at a log, write a configuration, ask what it cannot tell",
    "validate": "does the configuration fit the log, and what can each check do?",
    "once": "one look, now or as of an earlier time",
    "run": "the daemon",
    "status": "how everything stands, read in five seconds",
    "watch": "the same, again and again",
    "backtest": "what the daemon would have told of the past",
    "history": "incidents and metrics that the history holds",
    "explain": "everything that the advice of an incident rests on",
    "incidents": "what is open, who has it, and where it was told",
    "ack": "say that you have an incident, for a time",
    "snooze": "have an incident told later",
    "resolve": "end an incident by hand",
    "false-alarm": "say that an incident was none",
    "silence": "tell nothing of some incidents for a time",
    "silences": "what is silenced, by whom and why",
    "unsilence": "end a silence",
    "test-alert": "send a sample through every route, say what arrived",
    "decide": "take on an incident, and say whether you do what is advised",
    "report": "an incident as one HTML file, or Evidently's report of the sampled rows",
    "label-queue": "which predictions to label next, so that recall is known better",
    "register": "what a model version was trained on or evaluated with",
    "export": "folders to act on: a brief, training data, labels to check",
    "try": "would another prompt or model do better in production?",
    "ping": "is the daemon alive?",
    "mcp": "status, incidents and figures for programs that speak MCP",
    "completion": "what a shell needs to complete commands and options",
}
"""Each command in the order in which a newcomer meets them, with what it is for: said here, so that the list of
commands imports none of them."""

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
        command: click.Command = importlib.import_module(f"monitor.cli.commands.{_module(cmd_name)}").command
        command.epilog = epilog(cmd_name)
        if isinstance(command, click.Group):
            for name, each in command.commands.items():
                each.epilog = epilog(f"{cmd_name} {name}")
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin so, none of which is imported for it."""
        found = [CompletionItem(name, help=what) for name, what in COMMANDS.items() if name.startswith(incomplete)]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Show the commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run the command; what goes wrong becomes an exit status."""
        # The log takes a third of a second to import, which the list of commands does without.
        from monitor.cli.guard import settle  # noqa: PLC0415
        from monitor.common.logs import set_up_logging  # noqa: PLC0415

        set_up_logging("warning", "auto")
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()  # here, so that a reader who left is noticed before the interpreter ends
        except BaseException as error:  # noqa: BLE001 - `settle` raises what is not ours
            status = settle(error)
        ctx.exit(status if isinstance(status, int) else Exit.FINE)


def _module(name: str) -> str:
    """The file of a command; `try` is a word of Python's own."""
    return f"{name}_" if iskeyword(name) else name.replace("-", "_")


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if not wanted:
        return
    from importlib import metadata  # noqa: PLC0415 - it takes longer to import than the list of commands to show

    try:
        version = metadata.version("tunewatch")
    except metadata.PackageNotFoundError:
        version = "(not installed, run from its source)"
    click.echo(f"tunewatch {version}")
    ctx.exit()


@click.group(cls=Commands, epilog=_EXITS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Watch a chatbot against delayed labels, and say whether to revise the prompt or fine-tune."""


def main() -> None:
    """Entry point of the command `tunewatch`."""
    collect_seldom()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=PLAINLY)
    cli(prog_name="tunewatch")
