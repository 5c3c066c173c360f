"""Connections to the health endpoints: few, and none for long, so that no crowd takes the daemon's file descriptors.

uvicorn closes a connection that idles after an answer; one that never asks, or asks a letter at a time, it keeps,
and its `limit_concurrency` answers 503 to everybody while the idle ones stay.
"""

import asyncio
from typing import Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 64  # only probes and people come here; a process often has 1,024 descriptors in all
PATIENCE: Final = 10.0  # seconds that a connection may last, but for an answer under way


class BoundedProtocol(H11Protocol):
    """One connection. It ends after `patience` seconds, or when a newer one needs its place, unless it is answering."""

    patience = PATIENCE
    most = MOST_CONNECTIONS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take the connection, in the place of the oldest one that is idle where there are too many."""
        super().connection_made(transport)
        self.made_at = self.loop.time()
        self._timer = self.loop.call_later(self.patience, self._end_if_idle)
        if len(self.connections) > self.most:
            crowd = cast("set[BoundedProtocol]", self.connections)
            others = [other for other in crowd if other is not self and other.is_idle()]
            oldest = min(others, key=lambda other: other.made_at, default=self)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._timer.cancel()
        super().connection_lost(exc)

    def is_idle(self) -> bool:
        """Whether no answer is under way."""
        return bool(getattr(self.cycle, "response_complete", True))  # there is no cycle before the first request

    def _end_if_idle(self) -> None:
        if self.is_idle():
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(1, self._end_if_idle)
