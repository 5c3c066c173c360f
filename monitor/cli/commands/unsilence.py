"""`tunewatch unsilence`: end a silence."""

from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.numbers import when
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import config_option
from monitor.cli.commands.people import by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell


@click.command("unsilence")
@config_option
@click.argument("silence_id", metavar="ID", type=int)
@note_option
@by_option
def command(*, file: Path | None, silence_id: int, note: str, by: str | None) -> int:
    """End a silence before its time; `tunewatch silences` has its number. What still fires is told now."""
    act = new_act(ActKind.UNSILENCE, by, note, None)
    history = open_history(load(file))
    try:
        ended = history.end_silence(silence_id, act)
    except LookupError:
        said = f"there is no silence {silence_id}; `tunewatch silences` lists them"
        raise click.BadParameter(said, param_hint="ID") from None
    finally:
        history.close()
    tell(f"silence {silence_id} ended {when(ended)} already" if ended else f"silence {silence_id} ended by {act.by}")
    return Exit.FINE
