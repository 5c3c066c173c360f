"""Who may ask, and what a browser may do with the answer."""

from collections.abc import Collection
from ipaddress import ip_address
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "interest-cohort=()",
}
"""No script at all, nothing from elsewhere, in no frame of others.

Browsers then say to our own forms where they come from, which `no-referrer` would keep from them, and to nobody else.
"""

LOCAL: Final = "localhost"

PROBES: Final = "/-/"
"""Below it are the health endpoints: probes ask under whatever name a cluster has, and no figure is told there."""


def is_own(host: str, names: Collection[str]) -> bool:
    """Whether a Host header is an address in numbers, localhost or one of `names`, with or without a port.

    A page of somebody else can point a name of its own at this machine, and so read what only its users reach (DNS
    rebinding): the browser then sends that name. It cannot do so with an address in numbers.
    """
    name, colon, port = host.lower().rpartition(":")
    name = name if colon and (port.isdigit() or not port) else host.lower()
    if name == LOCAL or name in {each.lower() for each in names}:
        return True
    try:
        ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


class Guard:
    """Sets the headers on every answer, and refuses to be called by a name of somebody else."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if not scope["path"].startswith(PROBES) and not is_own(Headers(scope=scope).get("host", ""), self._names):
            await PlainTextResponse(_REFUSAL, 421)(scope, receive, guarded)
            return
        await self._app(scope, receive, guarded)


_REFUSAL: Final = (
    "This is not answered under this name, which could be one that somebody else points here. "
    "Ask by address or as localhost, or add the name to web.hosts in the configuration.\n"
)
