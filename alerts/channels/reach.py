"""Whether a web address can be reached, without sending anything there: nobody is to be told that all is well."""

import ssl
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from alerts.channels.channel import ChannelError
from alerts.channels.credentials import basic
from alerts.channels.http import Service
from alerts.channels.silence import said_of

_PROVEN: Final = {
    (False, False): "DNS and TCP",
    (True, False): "DNS, TCP and TLS",
    (False, True): "the proxy, no further",
    (True, True): "through the proxy, and TLS",
}


def reach(service: Service, url: str, timeout: float) -> str:
    """Connect to where calls go, as they do, and hang up; what that has proven. Raises ChannelError.

    `timeout` is in seconds, for each of connecting and agreeing on TLS. Whether the address is one that takes alerts
    is not asked, as that takes one.
    """
    try:
        parts = urlsplit(url)
        proxy = _proxy_of(parts)
        with closing(_connection(parts, proxy, timeout)) as connection:
            connection.connect()
    except (OSError, HTTPException) as error:
        said = said_of(error, service.address_key, f"{service.section}.timeout")
        failure = ChannelError(
            f"no answer from {service.name}: {said} [{type(error).__name__}]", permanent=False, is_untaken=True
        )
    except ValueError:
        said = f"no call to {service.name} can be made: {service.address_key}, or the proxy, is no web address"
        failure = ChannelError(said, permanent=True, fixable=True)
    else:
        proven = _PROVEN[parts.scheme == "https", proxy is not None]
        return f"can be reached ({proven}); whether it takes alerts only an alert shows"
    # Raised out here: what was raised there may name the address.
    raise failure


def _proxy_of(parts: SplitResult) -> SplitResult | None:
    if not parts.hostname:
        raise ValueError("an address without a host")
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    if not found or proxy_bypass(parts.netloc):
        return None
    return urlsplit(found if "://" in found else f"http://{found}")


def _connection(parts: SplitResult, proxy: SplitResult | None, timeout: float) -> HTTPConnection:
    host, port = str(parts.hostname), parts.port
    at = (host, port) if proxy is None else (str(proxy.hostname), proxy.port)
    if parts.scheme != "https":
        return HTTPConnection(*at, timeout=timeout)
    secure = HTTPSConnection(*at, timeout=timeout, context=ssl.create_default_context())
    if proxy is not None:
        secure.set_tunnel(host, port, _authorization(proxy))
    return secure


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    return {"Proxy-Authorization": basic(unquote(proxy.username), unquote(proxy.password or ""))}
