"""docs/tutorial.md: its commands run one after the other, and what it shows comes out."""

import re
import shlex
from pathlib import Path

from tests.repository.paths import ROOT
from tests.support.chat_log import write_log
from tests.support.program import run_here

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENDS = {"backtest": 1, "once": 1, "run": None}
"""How commands end that do not end with 0; the daemon is not run here."""


def test_the_commands_run_and_print_what_the_page_shows(tmp_path: Path) -> None:
    write_log(tmp_path / "logs")
    page, printed = (ROOT / "docs" / "tutorial.md").read_text("utf-8"), ""
    for kind, content in BLOCK.findall(page):
        if kind == "sh":
            for line in content.splitlines():
                printed += output_of(line, tmp_path)
        elif not kind:
            assert content in printed
    assert (tmp_path / "incident.html").stat().st_size > 10_000


def output_of(line: str, folder: Path) -> str:
    """Run one line of the page, if it is a command that ends."""
    program, *arguments = shlex.split(line, comments=True)
    expected = ENDS.get(arguments[0], 0) if program == "tunewatch" else None
    if expected is None:
        return ""
    ended = run_here(*arguments, cwd=folder)
    assert ended.returncode == expected, f"{line}\n{ended.stderr}"
    return ended.stdout + ended.stderr
