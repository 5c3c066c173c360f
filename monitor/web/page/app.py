"""The pages as an application: addresses, and what is answered where something is missing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.history.history import History
from monitor.web.page.asked import SPANS, NotAskedRightError, asked
from monitor.web.page.documents import STYLE, document
from monitor.web.page.figures_file import csv_of
from monitor.web.page.incident import shown
from monitor.web.page.kept import Kept
from monitor.web.page.monitor import FILES, OF_CLASS, Course, chosen_class, course
from monitor.web.page.overview import cards
from monitor.web.page.watched import LookStates, Watched

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of: the history, the monitors as they are configured, and how their looks stand."""

    history: History
    watched: Sequence[Watched]
    looks: LookStates
    kept: Kept[Course] = field(default_factory=Kept)

    def routes(self) -> list[BaseRoute]:
        """The pages, below everything else that is served."""
        return [Mount("/", self.app())]

    def app(self) -> Starlette:
        """The application by itself."""
        routes = [
            Route("/", self._page(self.overview)),
            Route("/monitors/{name}", self._page(self.monitor)),
            Route("/monitors/{name}/{metric}.csv", self._page(self.figures)),
            Route("/incidents/{id}", self._page(self.incident)),
            Route("/static/page.css", _style),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: _refused})

    def overview(self, _request: Request) -> Response:
        """Every monitor."""
        return HTMLResponse(document("overview.jinja", cards=cards(self.history, self.watched, self.looks())))

    def monitor(self, request: Request) -> Response:
        """One monitor over a span."""
        watched = self._watched(request)
        newest = self.history.charted.newest(watched.name)
        (card,) = cards(self.history, (watched,), self.looks())
        facts = {"watched": watched, "card": card, "spans": SPANS, "course": None, "wanted": None}
        if newest is not None:
            wanted = asked(request.query_params, newest.classes("recall"))
            made = self.kept.get(
                (watched.name, wanted, newest.as_of), lambda: course(self.history, watched, newest, wanted)
            )
            facts |= {"course": made, "wanted": wanted}
        return HTMLResponse(document("monitor.jinja", **facts))

    def figures(self, request: Request) -> Response:
        """The figures behind a chart, look by look, as CSV."""
        watched, metric = self._watched(request), request.path_params["metric"]
        newest = self.history.charted.newest(watched.name)
        if metric not in FILES:
            raise HTTPException(404, f"there are no figures {metric}; there are {', '.join(FILES)}")
        if newest is None:
            raise HTTPException(404, f"there are no figures of {watched.name} yet: no look has ended")
        wanted = asked(request.query_params, newest.classes("recall"))
        if wanted.class_name and metric not in OF_CLASS:
            raise NotAskedRightError(f"{metric} is of all classes together; leave class out")
        class_name = (wanted.class_name or chosen_class(watched, newest)) if metric in OF_CLASS else ""
        beliefs = self.history.queries.metrics(watched.name, metric, class_name, since=newest.as_of - wanted.length)
        name = "-".join(filter(None, (watched.name, metric, re.sub(r"\W+", "_", class_name, flags=re.ASCII))))
        headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(csv_of(watched.name, beliefs), media_type="text/csv", headers=headers)

    def incident(self, request: Request) -> Response:
        """One incident."""
        wanted = request.path_params["id"]
        found = self.history.shown.incident(wanted)
        if found is None:
            raise HTTPException(404, f"no incident {wanted!r} is in the history")
        return HTMLResponse(document("incident.jinja", it=shown(self.history, found)))

    def _watched(self, request: Request) -> Watched:
        name = request.path_params["name"]
        found = next((each for each in self.watched if each.name == name), None)
        if found is None:
            raise HTTPException(404, f"no monitor {name!r} is configured")
        return found

    @staticmethod
    def _page(make: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """An endpoint, asked in a worker thread: the history may take its time."""

        def endpoint(request: Request) -> Response:
            try:
                return make(request)
            except NotAskedRightError as error:
                return _said(400, "This link asks for something that there is not", str(error))
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
