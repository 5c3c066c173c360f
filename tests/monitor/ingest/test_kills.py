"""Kills at any moment: `python -m bench.speed.ingest --kills 2000` plays more of them."""

import subprocess
import sys
from pathlib import Path

PLAY = """\
import sys
from pathlib import Path
from tests.support.killed_ingest import play
tally = play(Path(sys.argv[1]), kills=12)
assert len(tally.accepted) > 20, len(tally.accepted)
assert not tally.lost and not tally.repeated and not tally.invented, tally
"""


def test_what_was_accepted_is_in_the_log_once_whenever_the_receiver_is_killed(tmp_path: Path) -> None:
    played = subprocess.run(
        [sys.executable, "-c", PLAY, str(tmp_path / "ingest")], capture_output=True, text=True, timeout=120, check=False
    )
    assert played.returncode == 0, played.stdout + played.stderr
