"""Tells incidents to Alertmanager, which groups, routes and silences them, and tells people.

Alertmanager forgets alerts when it restarts, and ends those that are not sent again. So what is open is sent again and
again (`renew`), as it stands then; sending the same twice changes nothing, and a try without an answer is made again.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from alerts.channels.alertmanager.payload import Json, alert, ended_warning
from alerts.channels.answers import raise_unless_taken
from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.credentials import basic
from alerts.channels.http import Answer, Request, Service, call
from alerts.channels.standalone import standalone_event
from alerts.incident import Event, Transition
from alerts.messages.links import NO_LINKS, Links

SERVICE: Final = Service("Alertmanager", "alertmanager", "urls", "password")

_OK: Final = 200
_JSON: Final = {"Content-Type": "application/json; charset=utf-8"}
_LET_IN: Final = "it does not let tunewatch in; check alertmanager.username and password, or token"
_HINTS: Final = {
    401: _LET_IN,
    403: _LET_IN,
    404: "there is no API v2 at that address; check {address}, with the prefix that it is served under",
}


class AlertmanagerChannel:
    """Sends to each of `urls`, which end with a slash: the members of a cluster do not tell each other of alerts.

    `username` and `password` are for basic authentication, `token` is a bearer token; `timeout` is in seconds.
    """

    def __init__(
        self,
        urls: Sequence[str],
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        timeout: float = 10,
    ) -> None:
        self._urls = tuple(urls)
        self._headers = {**_JSON, **_credential(username, password, token)}
        self._timeout = timeout

    def check(self) -> str:
        """Name the version of each member. Raises ChannelError where none answers, as one is enough."""
        said: list[str] = []
        failures: list[ChannelError] = []
        for url in self._urls:
            try:
                said.append(self._version(url))
            except ChannelError as error:
                failures.append(error)
                said.append(str(error))
        if len(failures) == len(self._urls):
            raise failures[0]
        return "; ".join(said)

    def send(self, post: Post) -> Receipt:
        """Send how the incident stands now. Raises ChannelError."""
        if standalone_event(post) is None:
            return Receipt()
        alerts = [alert(post.now, post.sent_at or post.now.at, post.links)]
        if post.step.event is Event.ESCALATED:
            alerts.append(ended_warning(post.step, post.links))
        return Receipt(note=self._send(alerts, post.before_request))

    def renew(self, steps: Sequence[Transition], at: datetime, links: Links = NO_LINKS) -> None:
        """Send again how incidents stand. Raises ChannelError where any member did not take it."""
        if note := self._send([alert(step, at, links.of(step.incident)) for step in steps], lambda: None):
            raise ChannelError(note, permanent=False)

    def _send(self, alerts: Sequence[Json], before_request: Callable[[], None]) -> str:
        """What went amiss at some; raises ChannelError where none took it."""
        body = json.dumps(alerts, ensure_ascii=False).encode()
        failures: list[ChannelError] = []
        for url in self._urls:
            before_request()
            try:
                self._post(url, body)
            except ChannelError as error:
                failures.append(error)
        if len(failures) == len(self._urls):
            raise failures[0]
        return f"not told to {len(failures)} of {len(self._urls)} members: {failures[0]}" if failures else ""

    def _post(self, url: str, body: bytes) -> None:
        answer = self._call(f"{url}api/v2/alerts", body)
        raise_unless_taken(answer, SERVICE, _HINTS)
        if answer.status != _OK or answer.text.strip() not in {"", "{}"}:
            raise _stranger()

    def _version(self, url: str) -> str:
        answer = self._call(f"{url}api/v2/status", None)
        raise_unless_taken(answer, SERVICE, _HINTS)
        try:
            return f"Alertmanager {json.loads(answer.text)['versionInfo']['version']}"
        except (ValueError, LookupError, TypeError):
            raise _stranger() from None

    def _call(self, url: str, body: bytes | None) -> Answer:
        return call(SERVICE, Request(url, body, self._headers), self._timeout)


def _stranger() -> ChannelError:
    said = "the answer is not Alertmanager's; check the proxy (HTTPS_PROXY) and alertmanager.urls"
    return ChannelError(said, permanent=False, is_untaken=True)


def _credential(username: str | None, password: str | None, token: str | None) -> Mapping[str, str]:
    if token is not None:
        return {"Authorization": f"Bearer {token}"}
    if username is None:
        return {}
    return {"Authorization": basic(username, password or "")}
