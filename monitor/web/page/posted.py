"""What a form sends: read with bounds, and only where a page of our own sent it."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES: Final = 16_384
MOST_FIELDS: Final = 24
WITHIN: Final = 10.0
"""Seconds that a browser may take to send a form."""
FORM: Final = "application/x-www-form-urlencoded"


async def posted(request: Request) -> Mapping[str, str]:
    """The fields of a form. Raises HTTPException where it is none, or too large or slow."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise HTTPException(415, "only forms of the page are taken")
    body = bytearray()
    try:
        async with asyncio.timeout(WITHIN):
            async for part in request.stream():
                body += part
                if len(body) > MOST_BYTES:
                    raise HTTPException(413, "the form is too large; write a shorter note")
    except TimeoutError:
        raise HTTPException(408, "the form did not arrive in time; send it again") from None
    except ClientDisconnect:
        raise HTTPException(400, "the form did not arrive whole; send it again") from None
    try:
        fields = parse_qsl(bytes(body).decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(400, "the form cannot be read; load the page again") from None
    return dict(fields)


def check_origin(request: Request, names: frozenset[str]) -> None:
    """Refuse what a page of somebody else had a browser send. Raises HTTPException.

    Browsers say where a form comes from; programs that send none are stopped by what the form has to carry. `names` are
    those under which the page is known: behind a proxy the Host header may be another one.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site not in (None, "none", "same-origin") or (origin is not None and not _is_own(origin, request, names)):
        raise HTTPException(403, "the form was sent by a page of another site; nothing was done")


def is_secure(request: Request) -> bool:
    """Whether the browser came by https, to us or to a proxy before us."""
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def _is_own(origin: str, request: Request, names: frozenset[str]) -> bool:
    parts = urlsplit(origin)
    return parts.netloc.lower() == request.headers.get("host", "").lower() or parts.hostname in names
