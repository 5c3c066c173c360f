"""Log predictions and labels from a Python program: sent in the background to tunewatch's receiver (`ingest`).

    import tunewatch.log

    tunewatch.log.record("m-4711", "urgent", text=message, latency_ms=412, prompt_version="v7")
    tunewatch.log.label("m-4711", "billing", labeller="anna")

The environment says where to: `TUNEWATCH_LOG_URL` (http://tunewatch:8788), `TUNEWATCH_LOG_TOKEN` and, where several
chatbots send, `TUNEWATCH_LOG_BOT`. A program that would rather say it itself makes a `Log`.

A call returns at once and never raises because of the receiver. What it cannot take is sent again, until it can or
until `room` rows wait; then new rows are dropped, counted in `dropped` and told to `logging`.
"""

import atexit
import http.client
import json
import logging
import os
import threading
import urllib.error
import urllib.request
from datetime import UTC, datetime
from functools import cache
from queue import Empty, Full, Queue
from typing import Any

_LOG = logging.getLogger("tunewatch")
_TOGETHER = 500  # rows of a request
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds between tries; the last one again and again
_REFUSED_FOR_GOOD = range(400, 500)
_BUT = {408, 429}  # which pass
_SOME_REFUSED = 422
_LONGEST_TOLD = 1000  # characters of an answer


class Log:
    """Sends rows to `url`, in the order in which they came, from one thread; ids make it safe to send twice."""

    def __init__(self, url: str, token: str, bot: str | None = None, room: int = 10_000, timeout: float = 10.0) -> None:
        self.dropped = 0
        self._url, self._token, self._bot, self._timeout = url.rstrip("/"), token, bot, timeout
        self._room = room
        self._begin()
        atexit.register(self.close)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._waiting: Queue[tuple[str, dict[str, Any]]] = Queue(self._room)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="tunewatch.log", daemon=True)
        self._thread.start()

    def record(self, id: str, predicted: str, **columns: Any) -> None:  # noqa: ANN401 - columns of any kind
        """Log a prediction; `columns` are `text`, `confidence`, `latency_ms` and the others of the receiver."""
        self._put("predictions", {"id": id, "predicted": predicted, **columns})

    def label(self, id: str, label: str, **columns: Any) -> None:  # noqa: ANN401
        """Log the true class of a prediction."""
        self._put("labels", {"id": id, "label": label, **columns})

    def close(self, patience: float = 5.0) -> bool:
        """Send what waits, for at most `patience` seconds; whether all was sent."""
        if self._process != os.getpid():
            return True
        self._closing.set()
        self._thread.join(patience)
        all_sent = self._waiting.empty() and not self._thread.is_alive()
        if not all_sent:
            _LOG.warning("the program ends before %d rows were sent, and some on their way", self._waiting.qsize())
        return all_sent

    def _put(self, stream: str, row: dict[str, Any]) -> None:
        if not self._url:
            self.dropped += 1
            return
        if self._process != os.getpid():
            self._begin()  # a server that forks its workers copies everything but threads
        known = {"at": datetime.now(UTC).isoformat(), **({"bot": self._bot} if self._bot else {}), **row}
        try:
            self._waiting.put_nowait((stream, known))
        except Full:
            self._drop(1, "too many wait")

    def _drop(self, rows: int, why: str) -> None:
        self.dropped += rows
        _LOG.warning("dropped %d rows: %s", rows, why)

    def _work(self) -> None:
        while not (self._closing.is_set() and self._waiting.empty()):
            batch = self._take()
            for stream in dict.fromkeys(stream for stream, _ in batch):
                rows = [row for of, row in batch if of == stream]
                try:
                    self._send(stream, rows)
                except Exception as error:  # noqa: BLE001 - a row that nobody can write must not end the thread
                    self._drop(len(rows), f"{type(error).__name__}: {error}")

    def _take(self) -> list[tuple[str, dict[str, Any]]]:
        batch: list[tuple[str, dict[str, Any]]] = []
        try:
            batch.append(self._waiting.get(timeout=0.2))
            while len(batch) < _TOGETHER:
                batch.append(self._waiting.get_nowait())
        except Empty:
            pass
        return batch

    def _send(self, stream: str, rows: list[dict[str, Any]]) -> None:
        body = "".join(json.dumps(row, default=str) + "\n" for row in rows).encode()
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/x-ndjson"}
        request = urllib.request.Request(f"{self._url}/v1/{stream}", body, headers, method="POST")  # noqa: S310 - the program's own URL
        tries = 0
        while True:
            try:
                with urllib.request.urlopen(request, timeout=self._timeout):  # noqa: S310
                    return
            except urllib.error.HTTPError as error:
                body_of_error = error.read().decode(errors="replace")
                why = f"{error.code} {body_of_error[:_LONGEST_TOLD]}"
                if error.code in _REFUSED_FOR_GOOD and error.code not in _BUT:
                    self._drop(_refused(error.code, body_of_error, len(rows)), why)
                    return
            except (OSError, http.client.HTTPException) as error:
                why = str(error) or type(error).__name__
            if tries == 0:
                _LOG.warning("cannot send %d rows, trying again: %s", len(rows), why)
            if self._closing.wait(_PAUSES[min(tries, len(_PAUSES) - 1)]) and tries:
                self._drop(len(rows), f"the program ends, and {why}")
                return
            tries += 1


def record(id: str, predicted: str, **columns: Any) -> None:  # noqa: ANN401
    """Log a prediction to where the environment says: see `Log.record`."""
    _of_environment().record(id, predicted, **columns)


def label(id: str, label: str, **columns: Any) -> None:  # noqa: ANN401
    """Log the true class of a prediction to where the environment says."""
    _of_environment().label(id, label, **columns)


@cache
def _of_environment() -> Log:
    url = os.environ.get("TUNEWATCH_LOG_URL", "")
    if not url:
        _LOG.warning("TUNEWATCH_LOG_URL is not set: no prediction is logged")
    return Log(url, os.environ.get("TUNEWATCH_LOG_TOKEN", ""), os.environ.get("TUNEWATCH_LOG_BOT"))


def _refused(status: int, answer: str, rows: int) -> int:
    """How many of the rows were not kept: of a 422 the good ones were."""
    if status != _SOME_REFUSED:
        return rows
    told = json.loads(answer)
    return int(told["rejected"]) + int(told["differing"])
