"""Who is signed in: a signed cookie, which outlives a restart of the daemon and holds at each of several."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from monitor.common.clock import Clock

COOKIE: Final = "tunewatch"
LASTS: Final = timedelta(hours=12)
"""A working day: nobody is to sign in again for one incident."""
MOST_ENDED: Final = 1024
"""Sessions that were signed out of and are remembered until they would have ended anyway."""


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in: the `name` that is told with what they do. `proof` is what their forms carry."""

    name: str
    key: str
    until: int  # epoch seconds
    proof: str


class Sessions:
    """Makes and reads the cookies of one token: with another token all of them end."""

    def __init__(self, token: str, clock: Clock) -> None:
        self._token = token
        self._clock = clock
        self._serializer = URLSafeSerializer(
            token,
            salt="tunewatch.page.session",
            signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256},
        )
        self._lock = threading.Lock()
        self._ended: dict[str, int] = {}

    def is_token(self, given: str) -> bool:
        """Whether it is the token; takes as long for any text of the same length."""
        return hmac.compare_digest(_digest(given.strip()), _digest(self._token))

    def begin(self, name: str) -> str:
        """The value of a cookie for somebody who knew the token."""
        until = int((self._clock() + LASTS).timestamp())
        return str(self._serializer.dumps([name, secrets.token_hex(16), until]))

    def read(self, cookies: Mapping[str, str]) -> Session | None:
        """Who sends these cookies; None where nobody is signed in, or not any more."""
        try:
            name, key, until = self._serializer.loads(cookies.get(COOKIE, ""))
        except (BadData, TypeError, ValueError):
            return None
        if until <= self._clock().timestamp() or key in self._ended:
            return None
        return Session(name, key, until, hmac.digest(self._token.encode(), f"form {key}".encode(), "sha256").hex())

    def end(self, session: Session) -> None:
        """Let nobody use the cookie of this session any more."""
        now = self._clock().timestamp()
        with self._lock:
            kept = {key: until for key, until in self._ended.items() if until > now}
            newest = sorted(kept.items(), key=lambda each: each[1])[-MOST_ENDED + 1 :]
            self._ended = {**dict(newest), session.key: session.until}


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
