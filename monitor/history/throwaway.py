"""A history for a look that must leave none."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.history import History


@contextmanager
def throwaway_history() -> Iterator[History]:
    """An empty history in a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tunewatch-", ignore_cleanup_errors=True) as folder:
        history = History.open(f"sqlite:///{Path(folder) / 'history.db'}")
        try:
            yield history
        finally:
            history.close()
