"""Connections to the health endpoints: few, and none for long, so that no crowd takes the daemon's file descriptors.

uvicorn closes a connection that idles after an answer; one that never asks, or asks a letter at a time, or does not
read what it is answered, it keeps, and its `limit_concurrency` answers 503 to everybody while those stay.
"""

import asyncio
from typing import Final, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 64  # only probes and people come here; a process often has 1,024 descriptors in all
PATIENCE: Final = 10.0  # seconds that a connection may last, but for an answer under way


class BoundedProtocol(H11Protocol):
    """One connection. It ends after `patience` seconds, unless it is answering and the client reads that.

    It ends too when a newer one needs its place, unless only we keep the client waiting.
    """

    patience = PATIENCE
    most = MOST_CONNECTIONS
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Take the connection, in the place of the oldest one that is idle where there are too many."""
        super().connection_made(transport)
        self.made_at = self.loop.time()
        self._timer = self.loop.call_later(self.patience, self._end_if_idle)
        if len(self.connections) > self.most:
            crowd = cast("set[BoundedProtocol]", self.connections)
            others = [other for other in crowd if other is not self and other.waits_for_client()]
            first = min(others, key=lambda other: (not other.is_idle(), other.made_at), default=self)
            first.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._timer.cancel()
        if self._unread is not None:
            self._unread.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """End it unless the client reads on."""
        super().pause_writing()
        self._unread = self.loop.call_later(self.patience, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def is_idle(self) -> bool:
        """Whether no answer is under way."""
        return bool(getattr(self.cycle, "response_complete", True))  # there is no cycle before the first request

    def waits_for_client(self) -> bool:
        """Whether the next move is the client's: to ask, to send the rest of a body, or to read."""
        return self.is_idle() or bool(self.cycle.more_body) or self.flow.write_paused

    def _end_if_idle(self) -> None:
        if self.is_idle():
            self.transport.abort()
        else:
            self._timer = self.loop.call_later(1, self._end_if_idle)
