"""Tells incidents by Apprise, which speaks to a hundred services that have no channel of their own here.

Apprise says whether a service took a message, and not why it did not: any failure is tried again, after a growing
pause, and a message may be there twice. A service that matters wants a channel of its own.
"""

import logging
from typing import TYPE_CHECKING, Final

from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.channels.standalone import in_doubt, standalone_message
from alerts.incident import Incident, State
from alerts.messages.text import one_line, render_text
from checks.rules.finding import Verdict

if TYPE_CHECKING:
    import apprise

MAX_TITLE: Final = 200  # characters; services cut it as they like

_KINDS: Final = {Verdict.CRITICAL: "failure", Verdict.WARNING: "warning"}
_MISSING: Final = "Apprise is not installed: pip install 'tunewatch[apprise]'"

# Its lines hold addresses, which are secrets, and answers of services.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class AppriseChannel:
    """Tells each of the services that `urls` name, with space between; `timeout` is in seconds."""

    def __init__(self, urls: str, timeout: float = 10) -> None:
        self._urls = tuple(urls.split())
        self._timeout = timeout

    def check(self) -> str:
        """Name the services. Raises ChannelError where an address names none; nothing is sent."""
        return ", ".join(str(service.service_name) for service in self._services())

    def send(self, post: Post) -> Receipt:
        """Tell the step. Raises ChannelError where no service took it."""
        message = standalone_message(post)
        if message is None:
            return Receipt()
        incident = (post.now if post.first else post.step).incident
        title, text = one_line(message.headline)[:MAX_TITLE], render_text(in_doubt(message, post))
        services = self._services()
        failed = [each for each in services if not self._tell(each, title, text, incident, post)]
        if not failed:
            return Receipt()
        names = ", ".join(str(service.service_name) for service in failed)
        why = f"Apprise could not tell {names}; `apprise -vv` with the same address says why"
        if len(failed) == len(services):
            raise ChannelError(why, permanent=False)
        return Receipt(note=why)

    def _tell(self, service: "apprise.NotifyBase", title: str, text: str, incident: Incident, post: Post) -> bool:
        import apprise  # noqa: PLC0415 - see _services

        post.before_request()
        kind = "success" if incident.state is State.RESOLVED else _KINDS[incident.severity]
        alone = apprise.Apprise()
        alone.add(service)
        return bool(alone.notify(title=title, body=text, body_format="text", notify_type=kind))

    def _services(self) -> list["apprise.NotifyBase"]:
        try:
            import apprise  # noqa: PLC0415 - an extra, and 45 MB that nobody else needs
        except ImportError:
            raise ChannelError(_MISSING, permanent=True, fixable=True) from None
        found = [apprise.Apprise.instantiate(url) for url in self._urls]
        if wrong := [str(place) for place, service in enumerate(found, 1) if service is None]:
            said = f"apprise.urls: Apprise knows no service by address {', '.join(wrong)} of {len(found)}"
            raise ChannelError(said, permanent=True, fixable=True)
        services = [service for service in found if service is not None]
        for service in services:
            service.socket_connect_timeout = service.socket_read_timeout = self._timeout
            service.overflow_mode = apprise.OverflowMode.TRUNCATE  # what matters is at the beginning
        return services
