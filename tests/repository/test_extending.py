"""docs/extending.md is followed to the letter in a copy of the repository, and what it adds is there."""

import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from tests.repository.paths import ROOT
from tests.support.program import environment

PAGE: Final = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
STEP: Final = re.compile(
    r"^`([^`]+)`, (?:new|before( the row of)? `([^`]+)`):\n\n```python\n(.*?)```$", re.MULTILINE | re.DOTALL
)
ROWS: Final = {"drift": '    CheckRow(\n        "drift",', "slack": '    ChannelRow("slack",'}
NOW: Final = datetime(2026, 4, 13, 12, tzinfo=UTC)
CONFIG: Final = """\
file: {path: told.txt}
monitors:
  bot:
    source:
      predictions:
        files: log.csv
        columns: {id: id, at: ts, predicted: predicted}
    checks:
      fallback: {max_share: 0.2}
"""


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a copy with all that the page adds, and a log that is answered with `other` half of the time."""
    copy = tmp_path_factory.mktemp("extended")
    for package in ("alerts", "checks", "config", "monitor"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "configuration.md", copy / "docs")
    for name, is_row, anchor, code in STEP.findall(PAGE):
        _follow(copy / name, ROWS[anchor] if is_row else anchor, code.rstrip() + ("," if is_row else "") + "\n")
    rows = (f"{n},{NOW - timedelta(hours=n / 4):%Y-%m-%dT%H:%M:%SZ},{('other', 'billing')[n % 2]}" for n in range(400))
    (copy / "log.csv").write_text("id,ts,predicted\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    (copy / "tunewatch.yaml").write_text(CONFIG, encoding="utf-8")
    return copy


def _follow(file: Path, anchor: str, code: str) -> None:
    if not anchor:
        file.parent.mkdir(exist_ok=True)
        file.write_text(code, encoding="utf-8")
        return
    text = file.read_text(encoding="utf-8")
    assert text.count(anchor) == 1, f"{file.name} has {text.count(anchor)} places for what goes before {anchor}"
    margin = anchor[: len(anchor) - len(anchor.lstrip())]
    apart = "\n\n" if code.startswith("class ") else ""
    file.write_text(text.replace(anchor, textwrap.indent(code, margin) + apart + anchor), encoding="utf-8")


def _python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    variables = environment(PYTHONPATH=str(folder))
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, timeout=100, check=False)


def test_the_page_adds_a_check_and_a_channel() -> None:
    assert {name for name, _, anchor, _ in STEP.findall(PAGE) if not anchor} == {
        "checks/rules/fallback.py",
        "alerts/channels/file/__init__.py",
        "alerts/channels/file/channel.py",
    }


def test_the_page_of_keys_has_what_was_added(extended: Path) -> None:
    ended = _python(extended, "-m", "config.table", "docs/configuration.md")
    assert ended.returncode == 0, ended.stderr
    page = (extended / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert "| `monitors.NAME.checks.fallback.max_share` | `0.3` |" in page
    assert "| `file.path` | required |" in page


def test_one_look_tells_the_new_check_in_the_new_channel_and_keeps_both(extended: Path) -> None:
    ended = _python(extended, "-m", "monitor.cli", "once", "--as-of", NOW.isoformat())
    assert ended.returncode == 1, ended.stderr
    told = (extended / "told.txt").read_text(encoding="utf-8")
    assert "share of fallbacks is 50% (45–55%, n=399 rows)" in told
    assert "limit 20%" in told
    with closing(sqlite3.connect(extended / "tunewatch.db")) as history:
        kept = history.execute("""SELECT subject, verdict FROM findings WHERE "check" = 'fallback'""").fetchall()
        sent = history.execute("SELECT channel FROM notifications").fetchall()
    assert kept == [("all", "warning")]
    assert {("console",), ("file",)} == set(sent)


def test_validate_says_what_the_new_check_can_do(extended: Path) -> None:
    ended = _python(extended, "-m", "monitor.cli", "validate")
    assert re.search(r"fallback\s+full", ended.stdout), ended.stdout + ended.stderr
