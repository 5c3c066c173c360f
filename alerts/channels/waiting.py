"""How long a server asks to wait."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def retry_after(header: str | None, date: str | None = None) -> float | None:
    """The seconds that a header Retry-After asks for; None where it is absent, or says nothing that can be read.

    It may be a number or a time (RFC 9110, 10.2.3); a time is seen from the header Date of the same answer, so that
    the clock of this machine does not matter. The caller sets bounds: the number may be negative, infinite or NaN.

    >>> retry_after("17"), retry_after("Fri, 01 May 2026 10:00:09 GMT", "Fri, 01 May 2026 10:00:00 GMT")
    (17.0, 9.0)
    """
    try:
        return float(header or "")
    except ValueError:
        pass
    then, now = _time(header), _time(date)
    return None if then is None or now is None else (then - now).total_seconds()


def _time(header: str | None) -> datetime | None:
    try:
        time = parsedate_to_datetime(header or "")
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time
