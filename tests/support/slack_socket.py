"""The WebSocket of the server that plays Slack: greets, hands over clicks, and wants each of them answered in time."""

import json
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

Json = dict[str, Any]

ANSWER_WITHIN = 3.0
"""Seconds, as Slack has it; then the click is handed over anew."""


@dataclass(eq=False)
class Link:
    """One connection of an app; `answers` holds what it said of each envelope."""

    connection: ServerConnection
    answers: dict[str, "queue.SimpleQueue[Json]"] = field(default_factory=dict)


class SlackSockets:
    """The connections of one app. `tickets` are those that apps.connections.open gave away, for one connection each."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.tickets: set[str] = set()
        self.greets = True
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._server: Server = serve(self._handle, "127.0.0.1", 0, compression=None, close_timeout=0.2)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def ticket(self) -> str:
        """An address to connect to, once."""
        ticket = f"t{next(self._numbers)}"
        self.tickets.add(ticket)
        return f"ws://127.0.0.1:{self._server.socket.getsockname()[1]}/link/?ticket={ticket}"

    def close(self) -> None:
        self.cut()
        self._server.shutdown()
        self._thread.join()

    def cut(self) -> None:
        """End all connections without a word."""
        for link in list(self.links):
            link.connection.close()

    def refresh(self) -> None:
        """Ask for other connections, as Slack does every few hours, and end those that were there."""
        for link in list(self.links):
            link.connection.send(json.dumps({"type": "disconnect", "reason": "refresh_requested"}))

    def hand_over(self, payload: Json, link: Link, envelope: str, seconds: float = ANSWER_WITHIN) -> Json | None:
        """Hand a click over, and the answer; None where there was none in time."""
        link.answers.setdefault(envelope, queue.SimpleQueue())
        message = {
            "type": "interactive",
            "envelope_id": envelope,
            "accepts_response_payload": payload["type"] == "view_submission",
            "payload": payload,
        }
        link.connection.send(json.dumps(message))
        try:
            return link.answers[envelope].get(timeout=seconds)
        except queue.Empty:
            return None

    def _handle(self, connection: ServerConnection) -> None:
        request = connection.request
        ticket = request.path.rpartition("ticket=")[2] if request else ""
        with self._lock:
            if ticket not in self.tickets:
                connection.close(1008, "invalid ticket")
                return
            self.tickets.remove(ticket)
        link = Link(connection)
        if self.greets:
            connection.send(json.dumps({"type": "hello", "num_connections": 1}))
        self.links.append(link)
        try:
            for raw in connection:
                answer = json.loads(raw)
                assert set(answer) <= {"envelope_id", "payload"}, answer
                link.answers.setdefault(answer["envelope_id"], queue.SimpleQueue()).put(answer)
        except ConnectionClosed:
            pass
        finally:
            self.links.remove(link)


Handed = Callable[[Json], Json | None]
