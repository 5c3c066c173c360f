"""Free memory goes back to the system."""

import os
import platform
from pathlib import Path

import numpy as np
import pytest

from monitor.common.memory import give_back


def _resident() -> int:
    """Bytes of this process that are in memory."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries are not asked")
def test_memory_between_things_that_are_still_used_goes_back() -> None:
    tables = [np.ones(7_000) for _ in range(1_000)]
    del tables[:-1]
    before = _resident()
    give_back()
    assert before - _resident() > 40_000_000
    assert tables[0].sum() == 7_000
