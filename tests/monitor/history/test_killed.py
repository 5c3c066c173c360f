"""A cycle killed anywhere and started again leaves the history of one that was never killed."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.history import dump

ROOT = Path(__file__).parents[3]


def lives(url: str, seed: int, kills: int) -> int:
    command = [sys.executable, "-m", "tests.support.killed_cycles", url, str(seed), str(kills)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return int(ended.stdout)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, ...]]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('undisturbed') / 'history.db'}"
    assert lives(url, seed=0, kills=0) == 0
    return dump(url)


def test_a_daemon_killed_in_the_middle_of_cycles_leaves_the_same_history(
    fresh_url: str, undisturbed: dict[str, list[tuple[str, ...]]]
) -> None:
    assert lives(fresh_url, seed=3, kills=8) >= 5
    assert dump(fresh_url) == undisturbed
