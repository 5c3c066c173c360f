"""What an HTTP status means for whoever wants to be told, where a service has no words of its own for it."""

from collections.abc import Mapping
from typing import Final

from alerts.channels.channel import ChannelError
from alerts.channels.http import Answer, Service

_OK: Final = range(200, 300)
_REDIRECTS: Final = range(300, 400)
_CLIENT_ERRORS: Final = range(400, 500)
_TOO_MANY: Final = 429
_LATER: Final = frozenset({408, 425})
"""Of a client's errors, those that pass by themselves: time-out, too early."""

_HINTS: Final[Mapping[int, str]] = {
    401: "it does not let tunewatch in; check {credential}",
    403: "it does not let tunewatch in; check {credential}",
    404: "there is nothing at that address; check {address}",
    405: "it takes no alerts at that address; check {address}",
    407: "the proxy wants to know who calls; put user and password into HTTPS_PROXY",
    410: "that address is no more; set a new one in {address}",
}


def raise_unless_taken(answer: Answer, service: Service, hints: Mapping[int, str] | None = None) -> None:
    """Raise the ChannelError for an answer that is not 2xx; `hints` say what a person does about a status."""
    if answer.status not in _OK:
        raise refusal(answer, service, hints or {})


def refusal(answer: Answer, service: Service, hints: Mapping[int, str]) -> ChannelError:
    """The error: a 429 waits, what is of the address or the credential lasts until it is mended, 5xx passes.

    Another 4xx is about the message, which is refused however often it comes.
    """
    status, name = answer.status, service.name
    if status == _TOO_MANY:
        return ChannelError(f"{name} asks to wait", permanent=False, asks_to_wait=True, retry_after=answer.wait)
    if hint := hints.get(status) or _HINTS.get(status):
        said = hint.format(address=service.address_key, credential=service.credential_key)
        return ChannelError(f"{name} answers HTTP {status}: {said}", permanent=True, fixable=True)
    if status in _REDIRECTS:
        said = f"it sends the call elsewhere, which is not followed; check {service.address_key}"
        return ChannelError(f"{name} answers HTTP {status}: {said}", permanent=True, fixable=True)
    if status in _CLIENT_ERRORS and status not in _LATER:
        return ChannelError(
            f"{name} refuses the message: HTTP {status}; if {service.address_key} is right, this is a fault of "
            "tunewatch",
            permanent=True,
        )
    return ChannelError(f"{name} has a problem: HTTP {status}", permanent=False, retry_after=answer.wait)
