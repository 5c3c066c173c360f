"""Why there was no answer, in words that say where to look; nothing of the request is in them."""

import ssl
from http.client import HTTPException
from socket import gaierror
from typing import Final

_SAID: Final[tuple[tuple[type[BaseException], str], ...]] = (
    # The first kind that fits counts, so what is more special comes first.
    (gaierror, "the name of its server cannot be resolved (DNS); check the network and {address}"),
    (ssl.SSLCertVerificationError, "its certificate is not trusted (TLS); {proxy}"),
    (ssl.SSLError, "no secure connection (TLS); {proxy}"),
    (ConnectionRefusedError, "connection refused; {proxy}"),
    (TimeoutError, "time-out; if this lasts, check the network, or raise {timeout}"),
    (ConnectionError, "the connection was closed before it answered"),
    (HTTPException, "what came is no HTTP; {proxy}"),
)


def said_of(cause: BaseException, address: str, timeout: str) -> str:
    """What a failed call means and where to look; `address` and `timeout` are the keys to look at."""
    known = next((said for kind, said in _SAID if isinstance(cause, kind)), None)
    if known is None and isinstance(cause, OSError):
        through_proxy = "Tunnel connection failed" in str(cause)
        known = "the proxy does not let the call through; {proxy}" if through_proxy else "no connection"
    proxy = f"check the proxy (HTTPS_PROXY) and {address}"
    return (known or "the call failed").format(address=address, timeout=timeout, proxy=proxy)
