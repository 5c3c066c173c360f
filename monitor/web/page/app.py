"""The pages as an application: addresses, and what is answered where something is missing."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from alerts.incident import Incident
from checks.metrics.line import ALL
from monitor.actions.material import NothingToExportError
from monitor.actions.mistakes import CONFUSIONS, PER_LABEL, Mistaken
from monitor.common.clock import Clock, utc_now
from monitor.common.errors import MappingError, SourceError, UnreachableError
from monitor.common.logs import get_logger
from monitor.common.personal import ScrubberMissingError
from monitor.common.redact import brief, redact
from monitor.history.history import History
from monitor.history.queries.charted import NewestFigures
from monitor.web.page.acting import Acting
from monitor.web.page.advice import advised
from monitor.web.page.asked import SPANS, Asked, NotAskedRightError, asked
from monitor.web.page.desk import desk
from monitor.web.page.documents import STYLE, document, said
from monitor.web.page.figures_file import csv_of
from monitor.web.page.incident import shown
from monitor.web.page.kept import Kept
from monitor.web.page.labels import Labels, Queue, labels, labels_csv, queue
from monitor.web.page.monitor import FILES, OF_CLASS, Course, chosen_class, course
from monitor.web.page.offers import LASTING
from monitor.web.page.overview import cards
from monitor.web.page.people import People, visitor
from monitor.web.page.report import course_of, report
from monitor.web.page.watched import LookStates, Watched
from monitor.web.page.words import sum_in_words

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pages:
    """What the pages are made of: the history, the monitors as they are configured, and how their looks stand.

    Where there are no `people`, the pages only show. `reports` is the folder of Evidently's. `examples` finds messages
    of an incident, where they may be shown.
    """

    history: History
    watched: Sequence[Watched]
    looks: LookStates
    people: People | None = None
    clock: Clock = utc_now
    reports: Path | None = None
    examples: Callable[[Incident], Sequence[Mistaken]] | None = None
    kept: Kept[Course] = field(default_factory=Kept)
    kept_around: Kept[Course | None] = field(default_factory=Kept)
    kept_labels: Kept[Labels] = field(default_factory=Kept)
    kept_queues: Kept[Queue] = field(default_factory=Kept)

    def routes(self) -> list[BaseRoute]:
        """The pages, below everything else that is served."""
        return [Mount("/", self.app())]

    def app(self) -> Starlette:
        """The application by itself."""
        routes = [
            Route("/", self._page(self.overview)),
            Route("/monitors/{name}", self._page(self.monitor)),
            Route("/monitors/{name}/labels", self._page(self.labels)),
            Route("/monitors/{name}/labels.csv", self._page(self.labels_file)),
            Route("/monitors/{name}/advice", self._page(self.advice_of)),
            Route("/advice", self._page(self.advice)),
            Route("/monitors/{name}/{metric}.csv", self._page(self.figures)),
            Route("/incidents/{id}", self._page(self.incident)),
            Route("/incidents/{id}/report.html", self._page(self.report)),
            Route("/incidents/{id}/evidently", self._page(self.evidently)),
            Route("/incidents/{id}/examples", self._page(self.messages)),
            Route("/static/page.css", _style),
            *Acting(self.history, self.people).routes(),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: self._refused})

    def overview(self, request: Request) -> Response:
        """Every monitor; loaded anew every minute where the link asks for it, as a second screen does."""
        reloads = request.query_params.get("reload") == RELOAD
        found = cards(self.history, self.watched, self.looks())
        total = sum_in_words([card.level for card in found])
        answer = self._shown(request, "overview.jinja", cards=found, sum=total, reloads=reloads)
        if reloads:
            answer.headers["Refresh"] = "60"
        return answer

    def monitor(self, request: Request) -> Response:
        """One monitor over a span."""
        watched = self._watched(request)
        newest = self.history.charted.newest(watched.name)
        (card,) = cards(self.history, (watched,), self.looks())
        facts = {"watched": watched, "card": card, "spans": SPANS, "course": None, "wanted": None, "slices": ()}
        if newest is not None:
            slices = self.history.charted.slices(watched.name)
            wanted = asked(request.query_params, newest.classes("recall"), slices)
            made = self.kept.get((watched.name, wanted, newest.as_of), lambda: self._course(watched, newest, wanted))
            facts |= {"course": made, "wanted": wanted, "slices": slices}
        return self._shown(request, "monitor.jinja", **facts)

    def _course(self, watched: Watched, newest: NewestFigures, wanted: Asked) -> Course:
        of_slice = newest if wanted.slice_name == ALL else self.history.charted.newest(watched.name, wanted.slice_name)
        return course(self.history, watched, of_slice or newest, wanted)

    def labels(self, request: Request) -> Response:
        """The labels of one monitor."""
        watched = self._watched(request)
        newest = self.history.charted.newest(watched.name)
        wanted, budget = asked(request.query_params, others=("budget",)), _budget(request.query_params)
        facts = {
            "watched": watched,
            "spans": SPANS,
            "wanted": wanted,
            "budgets": BUDGETS,
            "labels": None,
            "queue": None,
        }
        if newest is not None:
            key = (watched.name, wanted, newest.as_of, "labels")
            facts["labels"] = self.kept_labels.get(key, lambda: labels(self.history, watched, newest, wanted))
            key_of_queue = (watched.name, budget, newest.as_of)
            facts["queue"] = self.kept_queues.get(key_of_queue, lambda: queue(self.history, watched, newest, budget))
        return self._shown(request, "labels.jinja", **facts)

    def labels_file(self, request: Request) -> Response:
        """The figures of labels, day by day, as CSV."""
        watched, wanted = self._watched(request), asked(request.query_params)
        newest = self._newest(watched)
        content = labels_csv(self.history, watched.name, newest.as_of - wanted.length, newest.as_of)
        return _csv(content, f"{watched.name}-labels")

    def advice(self, request: Request) -> Response:
        """What was advised for every monitor, and what came of it."""
        return self._advice(request, None, self.watched)

    def advice_of(self, request: Request) -> Response:
        """What was advised for one monitor, and what came of it."""
        watched = self._watched(request)
        return self._advice(request, watched, (watched,))

    def _advice(self, request: Request, watched: Watched | None, of: Sequence[Watched]) -> Response:
        pieces, worths = advised(self.history, [each.name for each in of])
        return self._shown(request, "advice.jinja", watched=watched, advised=pieces, worths=worths)

    def figures(self, request: Request) -> Response:
        """The figures behind a chart, look by look, as CSV."""
        watched, metric = self._watched(request), request.path_params["metric"]
        if metric not in FILES:
            raise HTTPException(404, f"there are no figures {metric}; there are {', '.join(FILES)}")
        newest = self._newest(watched)
        slices = self.history.charted.slices(watched.name)
        wanted = asked(request.query_params, newest.classes("recall"), slices)
        if wanted.class_name and metric not in OF_CLASS:
            raise NotAskedRightError(f"{metric} is of all classes together; leave class out")
        class_name = (wanted.class_name or chosen_class(watched, newest)) if metric in OF_CLASS else ""
        beliefs = self.history.queries.metrics(
            watched.name, metric, class_name, wanted.slice_name, since=newest.as_of - wanted.length
        )
        of_slice = "" if wanted.slice_name == ALL else wanted.slice_name
        parts = (re.sub(r"\W+", "_", part, flags=re.ASCII) for part in (class_name, of_slice))
        return _csv(csv_of(watched.name, beliefs), "-".join(filter(None, (watched.name, metric, *parts))))

    def _newest(self, watched: Watched) -> NewestFigures:
        newest = self.history.charted.newest(watched.name)
        if newest is None:
            raise HTTPException(404, f"there are no figures of {watched.name} yet: no look has ended")
        return newest

    def incident(self, request: Request) -> Response:
        """One incident."""
        found = self._incident(request)
        around = desk(self.history, found, self.clock(), request.query_params.get("done", ""))
        evidently = None if not found.report else self._report_file(found) is not None
        watched = self._watched_or_not(found.monitor)
        newest = self.history.charted.newest(found.monitor)
        key = (found.id, found.updated_at, None if newest is None else newest.as_of)
        made = self.kept_around.get(key, lambda: course_of(self.history, found, watched))
        facts = {"it": shown(self.history, found), "desk": around, "lasting": LASTING, "evidently": evidently}
        return self._shown(request, "incident.jinja", course=made, has_examples=self.examples is not None, **facts)

    def report(self, request: Request) -> Response:
        """One incident as a file, as `tunewatch report` writes it."""
        found = self._incident(request)
        content = report(self.history, found, self._watched_or_not(found.monitor))
        headers = {"Content-Disposition": f'attachment; filename="report-{found.id}.html"'}
        return HTMLResponse(content, headers=headers)

    def evidently(self, request: Request) -> Response:
        """Evidently's report of the rows, for who is signed in: it shows words of messages."""
        if visitor(self.people, request).session is None:
            raise HTTPException(401, "Evidently's report shows words of messages, so it is for who is signed in")
        found = self._incident(request)
        file = self._report_file(found)
        if file is None:
            raise HTTPException(404, f"there is no report {found.report!r} (any more)")
        return FileResponse(file, media_type="text/html", headers={"Content-Security-Policy": APART})

    def messages(self, request: Request) -> Response:
        """Messages that were answered wrong in an incident's time, for who is signed in, where they may be shown."""
        if self.examples is None:
            raise HTTPException(404, "messages are not shown; web.examples: true allows it")
        if visitor(self.people, request).session is None:
            raise HTTPException(401, "messages of users are for who is signed in")
        found = self._incident(request)
        try:
            made = self.examples(found)  # each time: what is erased from the log is not to be shown any more
        except (NothingToExportError, MappingError, ScrubberMissingError, SourceError) as error:
            back = f"/incidents/{found.id}"
            return said(visitor(self.people, request), 503, "There are no examples", brief(str(error)), back)
        facts = {"incident": found, "mistakes": made, "most": PER_LABEL, "confusions": CONFUSIONS}
        return self._shown(request, "examples.jinja", **facts)

    def _report_file(self, found: Incident) -> Path | None:
        """The file of the report, where it is in the folder of reports."""
        file = None if self.reports is None or not found.report else self.reports / Path(found.report).name
        return file if file is not None and file.is_file() else None

    def _incident(self, request: Request) -> Incident:
        wanted = request.path_params["id"]
        found = self.history.shown.incident(wanted)
        if found is None:
            raise HTTPException(404, f"no incident {wanted!r} is in the history")
        return found

    def _watched_or_not(self, name: str) -> Watched:
        """A monitor as it is configured; one that no longer is has no limits."""
        found = next((each for each in self.watched if each.name == name), None)
        return found or Watched(name, None, {}, {})

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


APART: Final = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
)
"""Evidently's page needs its scripts: it runs as of a site of its own, which sees nothing of ours, and calls nobody."""

RELOAD: Final = "1m"
BUDGETS: Final = (25, 50, 100, 200, 500)
"""Labels that a queue is made for."""


def _budget(parameters: Mapping[str, str]) -> int:
    given = parameters.get("budget", "100")
    if given not in map(str, BUDGETS):
        raise NotAskedRightError(f"budget {given!r} is none of {', '.join(map(str, BUDGETS))}")
    return int(given)


def _csv(content: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, media_type="text/csv", headers=headers)


def _style(_request: Request) -> Response:
    return FileResponse(STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})
