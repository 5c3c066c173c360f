"""The health endpoints, the metrics and the pages, served from a thread of the daemon."""

import socket
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from monitor.common.errors import BindError
from monitor.web.connections import BoundedProtocol
from monitor.web.guarding import Guard

HEALTHY_PATH: Final = "/-/healthy"
READY_PATH: Final = "/-/ready"
METRICS_PATH: Final = "/metrics"
_BACKLOG: Final = 64  # connections; only probes and people come here


@dataclass(frozen=True, slots=True)
class Answer:
    """What a health question is answered with: 200 where `good`, else 503, and why."""

    good: bool
    detail: Mapping[str, Any]


Question = Callable[[], Answer]

Exposition = Callable[[str], tuple[bytes, str]]
"""From the header Accept to metrics and their media type."""


def health_app(
    healthy: Question,
    ready: Question,
    exposition: Exposition | None = None,
    pages: Sequence[BaseRoute] = (),
    names: Collection[str] = (),
) -> ASGIApp:
    """The web application, answered under these names too. Questions are asked in worker threads: they may block."""
    routes: list[BaseRoute] = [Route(HEALTHY_PATH, _endpoint(healthy)), Route(READY_PATH, _endpoint(ready))]
    if exposition is not None:
        routes.append(Route(METRICS_PATH, _metrics(exposition)))
    return Guard(Starlette(routes=[*routes, *pages]), names)  # around the answers to its own faults too


def _metrics(exposition: Exposition) -> Callable[[Request], Response]:
    def endpoint(request: Request) -> Response:
        content, media_type = exposition(request.headers.get("accept", ""))
        return Response(content, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    return endpoint


def _endpoint(ask: Question) -> Callable[[Request], JSONResponse]:
    def endpoint(_request: Request) -> JSONResponse:
        answer = ask()
        return JSONResponse(answer.detail, 200 if answer.good else 503, headers={"Cache-Control": "no-store"})

    return endpoint


class CurrentApp:
    """The application that is answered with now; another one may take its place while the address is served."""

    def __init__(self) -> None:
        self._app: ASGIApp | None = None

    def show(self, app: ASGIApp) -> None:
        """Answer with this one from now on; what is being answered is answered by the one before."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if self._app is None:
            raise RuntimeError("nothing is shown yet")
        await self._app(scope, receive, send)


class WebServer:
    """Serves an application on an address that is taken at once, so that a taken port fails the start."""

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        protocol: type[BoundedProtocol] = BoundedProtocol,
        *,
        section: str = "web",
    ) -> None:
        """Bind the address, which the configuration has in `section`; port 0 takes a free one. Raises BindError."""
        self._socket = _bind(host, port, section)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=protocol,
                ws="none",
                backlog=_BACKLOG,  # as many are accepted at one go
                log_config=None,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=1,
            )
        )
        # Away from the main thread uvicorn leaves the process's signal handlers alone.
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name=section, daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it listens on."""
        host, port = self._socket.getsockname()[:2]
        return host, port

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self, patience: float) -> None:
        """Stop answering, and wait at most `patience` seconds for answers that are under way."""
        self._server.should_exit = True
        if self._thread.is_alive():
            self._thread.join(patience)
        self._socket.close()


def _bind(host: str, port: int, section: str) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise BindError(
            f"{section}.host: {host} is not an address of this machine ({error.strerror or error})"
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        taken = f"{section}.port: cannot listen on {host}:{port} ({error.strerror})"
        raise BindError(f"{taken}; set {section}.port to a free one, or to 0") from error
    return listener
