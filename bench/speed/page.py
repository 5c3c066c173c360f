"""How long each page takes at the server, on a history of a million figures: of a processor, first and once more."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Final

import numpy as np
import sqlalchemy as sa
from starlette.testclient import TestClient

from bench.speed.history import DAY, END, fill
from monitor.history import History
from monitor.history.engine import open_engine
from monitor.history.schema import METRIC_POINTS
from monitor.history.types import from_epoch
from monitor.web.page.app import Pages
from monitor.web.page.watched import Watched
from tests.support.incidents import incident, opened

ALLOWED: Final = 0.3  # seconds of a processor, for any page
ROUNDS: Final = 5  # of which the median is told
OF: Final = "/monitors/support-bot"
PAGES: Final = (
    "/",
    f"{OF}?span=30d",
    f"{OF}?span=365d",
    f"{OF}?span=90d&slice=prompt_version%3Dp2",
    f"{OF}/labels?span=30d",
    f"{OF}/labels?span=365d",
    f"{OF}/advice",
    "/advice",
    "{incident}",
    "{incident}/report.html",
    f"{OF}/recall.csv?span=30d",
    f"{OF}/labels.csv?span=365d",
)


def main() -> None:
    """Make the history, ask for every page, and end with 1 where one took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--rows", type=int, default=2_000, help="predictions a day")
    parser.add_argument("--classes", type=int, default=20)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        url = f"sqlite:///{folder}/history.db"
        fill(url, given.days, given.rows, given.classes)
        history = History.open(url)
        with history.transaction("support-bot") as transaction:
            transaction.tell((opened(since=from_epoch(END - 3 * DAY), onset=from_epoch(END - 5 * DAY)),), ())
        print(f"{_points(url):,} figures", flush=True)
        slowest = max(_ask(history))
        history.close()
    if slowest > ALLOWED:
        sys.exit(f"a page took {slowest:.2f} s; {ALLOWED:g} are allowed")


def _ask(history: History) -> Iterator[float]:
    """Print and give the seconds of each page."""
    watched = (Watched("support-bot", 0.85, {"urgent": 0.8}, {}),)
    page = f"/incidents/{incident().id}"
    for path in (each.format(incident=page) for each in PAGES):
        first, again = [], []
        for _ in range(ROUNDS):
            # A new application has kept nothing of earlier pages; templates are compiled once for a process.
            client = TestClient(Pages(history, watched, dict).app(), base_url="http://127.0.0.1")
            first.append(_seconds(client, path))
            again.append(_seconds(client, path))
        seconds = float(np.median(first))
        print(f"{seconds:6.3f} s {np.median(again):6.3f} s again  {path}", flush=True)
        yield seconds


def _seconds(client: TestClient, path: str) -> float:
    began = time.process_time()
    answer = client.get(path)
    if answer.is_error:
        sys.exit(f"{path} was answered with {answer.status_code}")
    return time.process_time() - began


def _points(url: str) -> int:
    engine = open_engine(url)
    with engine.connect() as connection:
        n = connection.scalar(sa.select(sa.func.count()).select_from(METRIC_POINTS))
    engine.dispose()
    return int(n or 0)


if __name__ == "__main__":
    main()
