"""One request by httpx: no second try, no redirect, an answer of bounded size and time."""

import ssl
import time
from collections.abc import Iterator
from typing import Final
from urllib.request import getproxies

import httpx

from alerts.channels.channel import ChannelError
from alerts.channels.http import MAX_ANSWER, Answer, Request, Service
from alerts.channels.silence import said_of
from alerts.channels.waiting import retry_after

_UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.ProxyError,
)
"""Failures before a request was on its way."""

_BAD_PROXY: Final = "a proxy that the environment names (HTTPS_PROXY, ALL_PROXY) is no http:// address"


def ask(service: Service, request: Request, timeout: float) -> Answer:
    """See `alerts.channels.http.call`."""
    try:
        return _answer(request, timeout)
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ImportError, ValueError) as error:
        failure = _failure(service, error)
    # Raised out here: what the library raises holds the address, and must not travel along as the cause of this one.
    raise failure


def _answer(request: Request, timeout: float) -> Answer:
    # A new connection, and the certificates as they are now: alerts are rare, and a kept connection that died would
    # leave a doubt whether it was told.
    headers = {"User-Agent": "tunewatch"} | dict(request.headers or {})
    with (
        httpx.Client(timeout=timeout, verify=_trust(request.url), follow_redirects=False) as client,
        client.stream(
            request.method, request.url, content=request.body, headers=headers, auth=request.auth
        ) as response,
    ):
        asked = retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
        return Answer(response.status_code, _text(response, timeout), asked)


def _trust(url: str) -> ssl.SSLContext:
    """The certificates of this machine; reading them takes 0.2 s, so without TLS on the way nobody is trusted."""
    if any(address.startswith("https:") for address in (url, *getproxies().values())):
        return ssl.create_default_context()
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _text(response: httpx.Response, timeout: float) -> str:
    """The beginning of the body; the status alone says whether the request was taken, so a torn body is no failure."""
    until, read = time.monotonic() + timeout, b""
    try:
        for chunk in response.iter_bytes():
            read += chunk
            if len(read) >= MAX_ANSWER or time.monotonic() > until:
                break
    except httpx.HTTPError:
        pass
    return read[:MAX_ANSWER].decode("utf-8", "replace")


def _failure(service: Service, error: Exception) -> ChannelError:
    causes = tuple(_causes(error))
    if isinstance(error, httpx.LocalProtocolError | UnicodeEncodeError):
        why = f"{service.credential_key} has a character that none has, such as a line break: set it anew"
        return ChannelError(f"no call to {service.name} can be made: {why}", permanent=True, fixable=True)
    if isinstance(error, httpx.UnsupportedProtocol) or not isinstance(error, httpx.HTTPError | OSError):
        if isinstance(error, ImportError) or "proxy" in str(error).lower():
            message = f"no call to {service.name} can be made: {_BAD_PROXY}"
        else:
            message = f"no call to {service.name} can be made: {service.address_key} is no web address"
        return ChannelError(message, permanent=True, fixable=True)
    said, kind = _said(service, error, causes)
    return ChannelError(
        f"no answer from {service.name}: {said} [{kind}]", permanent=False, is_untaken=isinstance(error, _UNSENT)
    )


def _said(service: Service, error: Exception, causes: tuple[BaseException, ...]) -> tuple[str, str]:
    """What went wrong, and the name of what was raised at the root of it."""
    address, timeout = service.address_key, f"{service.section}.timeout"
    cause = next((cause for cause in causes if isinstance(cause, OSError)), error)
    kind = type(cause).__name__
    if isinstance(cause, OSError):
        return said_of(cause, address, timeout), kind
    match error:
        case httpx.TimeoutException():
            return said_of(TimeoutError(), address, timeout), kind
        case httpx.ProxyError():
            return said_of(OSError("Tunnel connection failed"), address, timeout), kind
        case httpx.RemoteProtocolError() if not any(type(c).__module__.startswith("h11") for c in causes):
            return said_of(ConnectionResetError(), address, timeout), kind
        case httpx.RemoteProtocolError():
            return f"what came is no HTTP; check the proxy (HTTPS_PROXY) and {address}", kind
    return "the call failed", kind


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it was raised from, from the outside in."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
