"""A receiver that is killed again and again while a client sends, and what is in the log at the end."""

import os
import random
import signal
import threading
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from pydantic import SecretStr

from config.ingest import IngestSettings
from monitor.common.clock import MACHINE
from monitor.ingest.service import IngestService
from tests.support.ingesting import TOKEN, Client

LONGEST_LIFE = 0.15  # seconds from its first answer
BEFORE_ITS_START = 0.2  # share of the kills


@dataclass(frozen=True, slots=True)
class Tally:
    """What the client was told is kept, and how often each id is in the log."""

    accepted: frozenset[str]
    sent: frozenset[str]
    found: Counter[str]

    @property
    def lost(self) -> frozenset[str]:
        """Accepted and not in the log."""
        return self.accepted - self.found.keys()

    @property
    def repeated(self) -> frozenset[str]:
        """More than once in the log."""
        return frozenset(name for name, n in self.found.items() if n > 1)

    @property
    def invented(self) -> frozenset[str]:
        """In the log, and never sent."""
        return frozenset(self.found) - self.sent


def play(folder: Path, kills: int, seed: int = 0) -> Tally:
    """Start the receiver and kill it, `kills` times; what it did not answer is sent again."""
    random_ = random.Random(seed)
    accepted: set[str] = set()
    sent: set[str] = set()
    unsure: list[list[dict[str, Any]]] = []
    for life in range(kills + 1):
        reader, writer = os.pipe()
        child = os.fork()
        if not child:
            early = random_.random() < BEFORE_ITS_START
            _serve(folder, writer, random_.uniform(0, LONGEST_LIFE) if life < kills else None, early=early)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            port = pipe.readline().strip()
        client = Client(f"http://127.0.0.1:{port}", TOKEN)
        waiting, unsure = unsure, []
        number = 0
        alive = bool(port)
        while alive and (waiting or life < kills):
            batch = waiting.pop() if waiting else [_row(f"{life}-{number}-{i}") for i in range(random_.randint(1, 40))]
            number += 1
            names = {row["id"] for row in batch}
            sent |= names
            try:
                alive = client.send("predictions", *batch)[0] == 200
            except OSError:
                alive = False
            if alive:
                accepted |= names
            else:
                unsure.append(batch)
        unsure += waiting
        if life == kills:
            os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        random_.seed(f"{seed} {life}")
    files = (folder / "predictions").glob("*.parquet")
    found = Counter(name for file in files for name in pq.read_table(file)["id"].to_pylist())
    return Tally(frozenset(accepted), frozenset(sent), found)


def _row(name: str) -> dict[str, Any]:
    return {"id": name, "predicted": "urgent", "text": "x" * 100, "at": "2026-03-01T06:00:00Z"}


def _serve(folder: Path, writer: int, life: float | None, *, early: bool) -> None:
    """In the child: serve until it is killed, or asked to stop."""
    settings = IngestSettings(
        folder=str(folder), port=0, token=SecretStr(TOKEN), publish_every=timedelta(milliseconds=20)
    )
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    end = threading.Timer(life or 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
    if life is not None and early:
        end.start()
    service = IngestService(settings, MACHINE)
    service.start()
    if life is not None and not early:
        end.start()
    os.write(writer, f"{service.address[1]}\n".encode())
    signal.sigwait({signal.SIGTERM}) if life is None else threading.Event().wait()
    service.stop(20)
    os._exit(0)
