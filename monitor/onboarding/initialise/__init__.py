"""`tunewatch init`: look at a log, guess what its columns mean, and write a commented configuration."""

from pathlib import Path

from config.errors import ConfigError, Problem
from monitor.onboarding.initialise.proposal import Proposal, ToCheck, propose
from monitor.onboarding.initialise.questions import Question, questions
from monitor.onboarding.initialise.render import render
from monitor.onboarding.initialise.summary import summary

__all__ = ["Proposal", "Question", "ToCheck", "must_be_new", "propose", "questions", "render", "summary", "write"]


def must_be_new(file: Path) -> None:
    """Raise ConfigError where the file is there already."""
    if file.exists():
        raise ConfigError([Problem("", "is there already; --force overwrites it", str(file))])


def write(text: str, file: Path, *, force: bool = False) -> None:
    """Write the configuration.

    Raises ConfigError where the file is there already and is not to be overwritten, or cannot be written.
    """
    try:
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise ConfigError([Problem("", "is there already; --force overwrites it", str(file))]) from None
    except OSError as error:
        raise ConfigError([Problem("", f"cannot be written: {error.strerror}", str(file))]) from None
