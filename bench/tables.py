"""The tables that benchmarks print, and the files of docs/statistics/measured that hold them."""

import argparse
import io
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Self, TextIO

ROOT: Final = Path(__file__).resolve().parents[1]
MEASURED: Final = ROOT / "docs" / "statistics" / "measured"

_HEADER: Final = re.compile(
    r"Written by `(?P<command>[^`]+)` on (?P<made>\d{4}-\d{2}-\d{2})\.\n\n(?P<body>.+)", re.DOTALL
)


@dataclass(frozen=True)
class Measurement:
    """What one command measured: its command line, the day on which it ended (UTC), and its table in Markdown."""

    command: str
    made: date
    body: str

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read what `text` made.

        Raises:
            ValueError: if the file does not begin with its command and date.
        """
        found = _HEADER.fullmatch(file.read_text(encoding="utf-8"))
        if found is None:
            raise ValueError(f"{file}: begins with no command and date; let the command write it, with --write")
        return cls(found["command"], date.fromisoformat(found["made"]), found["body"].strip("\n"))

    @property
    def text(self) -> str:
        """The whole file."""
        return f"Written by `{self.command}` on {self.made}.\n\n{self.body}\n"


def add_write(parser: argparse.ArgumentParser) -> None:
    """Give a benchmark its option `--write`."""
    parser.add_argument("--write", action="store_true", help="also write what is measured to docs/statistics/measured")


@contextmanager
def table(name: str, *, write: bool, folder: Path = MEASURED) -> Iterator[None]:
    """Print what is printed inside, and with `write` keep it as NAME.md of the folder once all of it is there."""
    both = _Both(sys.stdout)
    with redirect_stdout(both):
        yield
    if write:
        today = datetime.now(UTC).date()
        folder.joinpath(f"{name}.md").write_text(
            Measurement(_command(), today, both.getvalue().strip("\n")).text, encoding="utf-8"
        )


def _command() -> str:
    arguments = [argument for argument in sys.argv[1:] if argument != "--write"]
    module = Path(sys.argv[0]).resolve().relative_to(ROOT).with_suffix("")
    return shlex.join(["python", "-m", ".".join(module.parts), *arguments])


class _Both(io.StringIO):
    """Keeps what is printed, and prints it."""

    def __init__(self, screen: TextIO) -> None:
        super().__init__()
        self._screen = screen

    def write(self, text: str, /) -> int:
        self._screen.write(text)
        return super().write(text)

    def flush(self) -> None:
        self._screen.flush()
