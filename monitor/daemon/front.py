"""The web address, taken before all else: the daemon answers for its health while it is being put together."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from config.services import WebSettings
from monitor.common.logs import get_logger
from monitor.web.server import Answer, CurrentApp, WebServer, health_app

_HEALTHY: Final = Answer(good=True, detail={"daemon": "starting"})
_NOT_READY: Final = Answer(good=False, detail=_HEALTHY.detail)
_ASK_AGAIN: Final = {"Retry-After": "2", "Cache-Control": "no-store"}  # seconds
_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Front:
    """A web server that answers with what is `shown`."""

    web: WebServer
    shown: CurrentApp


def open_front(settings: WebSettings) -> Front:
    """Take the address, and answer from now on that the process works and is not ready. Raises BindError."""
    shown = CurrentApp()
    web = WebServer(shown, settings.host, settings.port)
    pages = [Route("/{path:path}", _later)]
    shown.show(health_app(lambda: _HEALTHY, lambda: _NOT_READY, pages=pages, names=settings.hosts))
    web.start()
    _LOG.info("answering", web="http://{}:{}".format(*web.address))
    return Front(web, shown)


def _later(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("tunewatch is starting: ask again in some seconds.\n", 503, _ASK_AGAIN)
