"""The reference in docs/commands.md, of the commands themselves: `python -m tests.support.commands_page`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click

from monitor.cli.program import COMMANDS, cli

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "commands.md"
BEGIN: Final = "<!-- commands: written by python -m tests.support.commands_page -->"
END: Final = "<!-- end of commands -->"
WIDTH: Final = 120


def page(text: str) -> str:
    """The page with its list of commands and its reference brought up to date."""
    opening, _, rest = text.partition("```\n")
    names = "\n".join(f"tunewatch {name:11}  {what}" for name, what in COMMANDS.items())
    text = f"{opening}```\n{names}\n```{rest.partition('```')[2]}"
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{reference()}\n\n{END}{rest.partition(END)[2]}"


def reference() -> str:
    """What `--help` says of each command, and of those of a group."""
    return "\n\n".join(f"### `{name}`\n\n```text\n{said}\n```" for name, said in _helps())


def _helps() -> Iterator[tuple[str, str]]:
    program = click.Context(cli, info_name="tunewatch", terminal_width=WIDTH, **cli.context_settings)
    for name in COMMANDS:
        command = cli.get_command(program, name)
        if command is None:
            raise LookupError(name)
        context = click.Context(command, program, info_name=name)
        yield f"tunewatch {name}", command.get_help(context)
        for inner, each in getattr(command, "commands", {}).items():
            yield f"tunewatch {name} {inner}", each.get_help(click.Context(each, context, info_name=inner))


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stderr.write(f"wrote {PAGE}\n")
