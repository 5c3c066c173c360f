"""Signing in and out, and the forms by which people act: each answered with a redirect to where it is seen."""

import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Final
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.messages.text import one_line
from monitor.common.errors import UnreachableError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.history.history import History
from monitor.web.page.deeds import do
from monitor.web.page.documents import document, said
from monitor.web.page.people import People, visitor
from monitor.web.page.posted import check_origin, is_secure, posted
from monitor.web.page.sessions import COOKIE, LASTS, Session

MOST_OF_A_NAME: Final = 80
"""Characters of a name: it goes into every sentence of what somebody does."""

READ_ONLY: Final = "nobody can act here: no token is set; see web.token in the documentation of the configuration"

_LOG = get_logger(__name__)

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Acting:
    """What is done by forms; where there are no `people`, each says that the page only shows."""

    history: History
    people: People | None

    def routes(self) -> list[Route]:
        """The addresses of the forms."""
        return [
            Route("/sign-in", self.sign_in_page, methods=["GET"]),
            Route("/sign-in", self._form(self.sign_in), methods=["POST"]),
            Route("/sign-out", self._form(self.sign_out), methods=["POST"]),
            Route("/incidents/{id}", self._form(self.act), methods=["POST"]),
            Route("/silences/{number:int}", self._form(self.end_silence), methods=["POST"]),
        ]

    def sign_in_page(self, request: Request) -> Response:
        """The form that asks for a name and the token."""
        if self.people is None:
            raise HTTPException(404, READ_ONLY)
        return self._sign_in_page(request, _place(request.query_params.get("to", "")))

    def sign_in(self, request: Request, fields: Fields, people: People) -> Response:
        """Check the token, and hand a cookie over."""
        to, name = _place(fields.get("to", "")), " ".join(one_line(fields.get("name", "")).split())
        if not name or len(name) > MOST_OF_A_NAME:
            trouble = f"Say who you are, in 1 to {MOST_OF_A_NAME} characters: it stands with what you do."
            return self._sign_in_page(request, to, trouble, 422)
        address = request.client.host if request.client else ""
        if wait := people.attempts.begin(address):
            trouble = f"Too many tokens were wrong; try again in {math.ceil(wait)} seconds."
            refused = self._sign_in_page(request, to, trouble, 429, name)
            refused.headers["Retry-After"] = str(math.ceil(wait))
            return refused
        if not people.sessions.is_token(fields.get("token", "")):
            _LOG.warning("sign-in refused", address=address)
            return self._sign_in_page(request, to, "That is not the token of web.token.", 403, name)
        people.attempts.was_right(address)
        _LOG.info("signed in", name=name, address=address)
        answer = RedirectResponse(to, 303)
        answer.set_cookie(
            COOKIE,
            people.sessions.begin(name),
            max_age=int(LASTS.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=is_secure(request),
        )
        return answer

    def sign_out(self, request: Request, fields: Fields, people: People) -> Response:
        """End the session, here and in the browser."""
        people.sessions.end(self._session(request, fields, people))
        answer = RedirectResponse("/", 303)
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=is_secure(request))
        return answer

    def act(self, request: Request, fields: Fields, people: People) -> Response:
        """Do something with an incident, and show it."""
        session = self._session(request, fields, people)
        incident = self.history.shown.incident(request.path_params["id"])
        if incident is None:
            raise HTTPException(404, f"no incident {request.path_params['id']!r} is in the history")
        now = people.clock().replace(microsecond=0)
        do(people.acts, incident, fields, session.name, now)
        people.wake()
        _LOG.info("acted on the page", incident=incident.id, deed=fields.get("deed", ""), by=session.name)
        return _back(f"/incidents/{quote(incident.id)}", now)

    def end_silence(self, request: Request, fields: Fields, people: People) -> Response:
        """End a silence before its time."""
        session = self._session(request, fields, people)
        number, now = request.path_params["number"], people.clock().replace(microsecond=0)
        act = Act(ActKind.UNSILENCE, session.name, now, f"page {secrets.token_hex(8)}")
        try:
            self.history.end_silence(number, act)
        except LookupError:
            raise HTTPException(404, f"there is no silence {number}") from None
        people.wake()
        return _back(_place(fields.get("to", "")), now)

    def _session(self, request: Request, fields: Fields, people: People) -> Session:
        """Who sends a form that one of our pages made for them."""
        session = people.sessions.read(request.cookies)
        if session is None:
            raise HTTPException(401, "you are not signed in, or not any more; nothing was done")
        if not compare_digest(session.proof.encode(), fields.get("proof", "").encode("utf-8", "surrogatepass")):
            raise HTTPException(403, "the form is of an earlier sign-in; load its page again. Nothing was done")
        return session

    def _sign_in_page(
        self, request: Request, to: str, trouble: str = "", status: int = 200, name: str = ""
    ) -> HTMLResponse:
        facts = {"visitor": visitor(self.people, request), "to": to, "trouble": trouble, "name": name}
        return HTMLResponse(document("sign_in.jinja", **facts), status)

    def _form(self, handle: Callable[[Request, Fields, People], Response]) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that reads a form, and works in another thread: the history may take its time."""

        async def endpoint(request: Request) -> Response:
            if self.people is None:
                raise HTTPException(403, READ_ONLY)
            check_origin(request, self.people.names)
            fields = await posted(request)
            try:
                return await run_in_threadpool(handle, request, fields, self.people)
            except ActRefusedError as error:
                detail = f"{error}. Nothing was done"
                return said(visitor(self.people, request), 409, "This cannot be done", detail, request.url.path)
            except UnreachableError as error:
                _LOG.warning("form not answered", page=request.url.path, error=redact(str(error)))
                heading = "The history cannot be written; nothing was done"
                return said(visitor(self.people, request), 503, heading, redact(str(error)), request.url.path)

        return endpoint


def _place(to: str) -> str:
    """A page of ours to go on to: never an address of somebody else's."""
    is_ours = to.startswith("/") and not to.startswith("//") and "\\" not in to and one_line(to) == to
    return to if is_ours else "/"


def _back(page: str, now: datetime) -> Response:
    """See what was done: the page says it of the step of that very moment, so that the link tells no lie."""
    return RedirectResponse(f"{page}?done={now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", 303)
