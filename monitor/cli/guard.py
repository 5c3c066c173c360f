"""Turns what may go wrong into an exit status and a line that a person can act on, without a traceback."""

import os
import sys

import click

from monitor.common.errors import BindError, MappingError, UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.logs import get_logger
from monitor.common.redact import redact

_LOG = get_logger(__name__)


def settle(error: BaseException) -> Exit:
    """Say on stderr what went wrong, and give the exit status. Re-raises SystemExit and what is click's business."""
    if isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort | SystemExit):
        raise error
    if isinstance(error, KeyboardInterrupt):
        return Exit.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        _forget_stdout()
        return Exit.BROKEN_PIPE
    status = expected(error)
    if status is not None:
        _say(describe(error))
        return status
    _LOG.error("crashed", exc_info=error)
    _say(f"a fault of tunewatch, the traceback is in its log above: {type(error).__name__}: {error}")
    return Exit.CRASH


def expected(error: BaseException) -> Exit | None:
    """The exit status of an error that may happen to anybody; None for others."""
    if isinstance(error, UnreachableError):
        return Exit.UNREACHABLE
    return Exit.USAGE if isinstance(error, BindError | MappingError) or _is_config_error(error) else None


def describe(error: BaseException) -> str:
    """The message of an expected error, with the key where it knows one and without secrets."""
    if isinstance(error, MappingError):
        return redact(f"{error.key}: {error}")
    return redact(str(error))


def _is_config_error(error: BaseException) -> bool:
    from config.errors import ConfigError  # noqa: PLC0415 - half a second of imports, which `ping` does without

    return isinstance(error, ConfigError)


def _say(text: str) -> None:
    for line in redact(text).splitlines():
        click.echo(f"tunewatch: {line}", err=True)


def _forget_stdout() -> None:
    """Keep the interpreter from complaining when it flushes what nobody reads any more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
