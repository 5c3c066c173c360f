"""`tunewatch completion`: what a shell needs to complete commands, options and names."""

import click
from click.shell_completion import get_completion_class

from monitor.common.exit_codes import Exit

SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def command(*, shell: str) -> int:
    """Print the script that has a shell complete commands, options and the names of monitors.

    bash: put `eval "$(tunewatch completion bash)"` into ~/.bashrc (bash 4.4 or newer). zsh: the same with zsh in
    ~/.zshrc, after `compinit`. fish: `tunewatch completion fish > ~/.config/fish/completions/tunewatch.fish`.
    """
    from monitor.cli.program import cli  # noqa: PLC0415 - which imports the commands

    found = get_completion_class(shell)
    assert found is not None, shell  # noqa: S101 - click has these three
    click.echo(found(cli, {}, "tunewatch", "_TUNEWATCH_COMPLETE").source())
    return Exit.FINE
