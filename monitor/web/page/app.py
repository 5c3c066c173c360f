"""The pages as an application: addresses, and what is answered where something is missing."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.history.history import History
from monitor.web.page.documents import STYLE, document
from monitor.web.page.guarding import Guard
from monitor.web.page.overview import cards
from monitor.web.page.watched import LookStates, Watched

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of: the history, the monitors as they are configured, and how their looks stand."""

    history: History
    watched: Sequence[Watched]
    looks: LookStates

    def routes(self, names: Collection[str]) -> list[BaseRoute]:
        """The pages, below everything else that is served under these names."""
        return [Mount("/", self.app(names))]

    def app(self, names: Collection[str] = ()) -> Starlette:
        """The application by itself."""
        routes = [
            Route("/", self._page(self.overview)),
            Route("/static/page.css", _style),
        ]
        return Starlette(
            routes=routes,
            middleware=[Middleware(Guard, names=names)],
            exception_handlers={HTTPException: _refused},
        )

    def overview(self, _request: Request) -> str:
        """Every monitor."""
        return document("overview.jinja", cards=cards(self.history, self.watched, self.looks()))

    @staticmethod
    def _page(make: Callable[[Request], str]) -> Callable[[Request], Response]:
        """An endpoint, asked in a worker thread: the history may take its time."""

        def endpoint(request: Request) -> Response:
            try:
                return HTMLResponse(make(request))
            except UnreachableError as error:
                _LOG.warning("page not answered", page=request.url.path, error=redact(str(error)))
                return _said(503, "The history cannot be read", redact(str(error)))

        return endpoint


def _style(_request: Request) -> Response:
    return FileResponse(STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})


def _refused(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else ""
    return _said(status, {404: "There is no such page"}.get(status, "This cannot be answered"), detail)


def _said(status: int, heading: str, detail: str) -> Response:
    return HTMLResponse(document("said.jinja", heading=heading, detail=detail), status)
