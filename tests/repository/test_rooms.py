"""The picture of the rooms is that of the imports."""

import subprocess
import sys

from tests.repository.paths import ROOT


def test_the_picture_of_the_rooms_is_up_to_date() -> None:
    drawn = subprocess.run(
        [sys.executable, ROOT / ".ci" / "rooms.py", "--check"], capture_output=True, text=True, check=False
    )
    assert drawn.returncode == 0, drawn.stderr
