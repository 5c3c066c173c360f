"""The pages as an application: addresses, and what is answered where something is missing."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from monitor.common.clock import Clock, utc_now
from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.history.history import History
from monitor.web.page.acting import Acting
from monitor.web.page.asked import SPANS, NotAskedRightError, asked
from monitor.web.page.desk import desk
from monitor.web.page.documents import STYLE, document, said
from monitor.web.page.figures_file import csv_of
from monitor.web.page.incident import shown
from monitor.web.page.kept import Kept
from monitor.web.page.monitor import FILES, OF_CLASS, Course, chosen_class, course
from monitor.web.page.offers import LASTING
from monitor.web.page.overview import cards
from monitor.web.page.people import People, visitor
from monitor.web.page.watched import LookStates, Watched

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of: the history, the monitors as they are configured, and how their looks stand.

    Where there are no `people`, the pages only show.
    """

    history: History
    watched: Sequence[Watched]
    looks: LookStates
    people: People | None = None
    clock: Clock = utc_now
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
            *Acting(self.history, self.people).routes(),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: self._refused})

    def overview(self, request: Request) -> Response:
        """Every monitor."""
        return self._shown(request, "overview.jinja", cards=cards(self.history, self.watched, self.looks()))

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
        return self._shown(request, "monitor.jinja", **facts)

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
        done = request.query_params.get("done", "")
        around = desk(self.history, found, self.clock(), done)
        return self._shown(request, "incident.jinja", it=shown(self.history, found), desk=around, lasting=LASTING)

    def _watched(self, request: Request) -> Watched:
        name = request.path_params["name"]
        found = next((each for each in self.watched if each.name == name), None)
        if found is None:
            raise HTTPException(404, f"no monitor {name!r} is configured")
        return found

    def _shown(self, request: Request, template: str, **facts: Any) -> Response:  # noqa: ANN401 - what it names
        return HTMLResponse(document(template, visitor=visitor(self.people, request), **facts))

    def _page(self, make: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """An endpoint, asked in a worker thread: the history may take its time."""

        def endpoint(request: Request) -> Response:
            try:
                return make(request)
            except NotAskedRightError as error:
                heading = "This link asks for something that there is not"
                return said(visitor(self.people, request), 400, heading, str(error))
            except UnreachableError as error:
                _LOG.warning("page not answered", page=request.url.path, error=redact(str(error)))
                return said(visitor(self.people, request), 503, "The history cannot be read", redact(str(error)))

        return endpoint

    def _refused(self, request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else ""
        back = request.url.path if request.method == "POST" and status in (_UNAUTHORISED, _FORBIDDEN) else ""
        return said(
            visitor(self.people, request), status, _HEADINGS.get(status, "This cannot be answered"), detail, back
        )


_UNAUTHORISED: Final = 401
_FORBIDDEN: Final = 403
_HEADINGS: Final = {401: "You are not signed in", 403: "This may not be done", 404: "There is no such page"}


def _style(_request: Request) -> Response:
    return FileResponse(STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})
