"""The receiver as a whole: its address, its application, and what keeps."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Final

from config.ingest import IngestSettings
from monitor.common.clock import Clocks
from monitor.ingest.app import Ingest, Limits
from monitor.ingest.parquet import Files
from monitor.ingest.receiver import Receiver
from monitor.ingest.spool import Spool, SpoolError
from monitor.web.connections import BoundedProtocol
from monitor.web.server import WebServer

SPOOL: Final = "spool.sqlite"


class IngestProtocol(BoundedProtocol):
    """Chatbots keep their connections."""

    patience = 300.0
    most = 512


class IngestService:
    """Receives until it is stopped; its address and its spool are taken at once."""

    def __init__(self, settings: IngestSettings, clocks: Clocks) -> None:
        """Raises BindError, SpoolError. `settings` have a token."""
        folder = Path(settings.folder)
        files = Files(folder, settings.columns)
        try:
            files.make()
        except OSError as error:
            raise SpoolError(f"ingest.folder: {folder} cannot be written ({error.strerror})") from error
        token = settings.token.get_secret_value() if settings.token else ""
        spool = Spool(folder / SPOOL, settings.max_spool_mb)
        self._receiver = Receiver(spool, files, settings.publish_every, settings.remember, clocks)
        limits = Limits(token, settings.max_body_mb * 2**20)
        app = Ingest(self._receiver, limits, clocks.now, settings.columns, settings.otlp).app()
        self._web = WebServer(app, settings.host, settings.port, IngestProtocol, section="ingest")
        self._clocks = clocks
        self._patience = 2 * settings.publish_every + timedelta(minutes=1)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens on."""
        return self._web.address

    @property
    def is_alive(self) -> bool:
        """Whether the thread that keeps rows works."""
        return self._receiver.is_alive

    @property
    def trouble(self) -> str:
        """Why what is received has not become part of the log for long; "" where it does."""
        state = self._receiver.state
        if state.failing_since is None or self._clocks.ticks() - state.failing_since < self._patience.total_seconds():
            return ""
        return state.error

    def start(self) -> None:
        """Begin to receive."""
        self._receiver.start()
        self._web.start()

    def stop(self, patience: float) -> bool:
        """Answer what is under way, and make part of the log what was received; whether `patience` seconds sufficed."""
        deadline = time.monotonic() + patience
        self._web.stop(patience / 2)
        return self._receiver.stop(max(deadline - time.monotonic(), 0.0))
