"""One request to a web address, for the channels that make one. What speaks HTTP is imported at the first call.

Nothing of an address, a header or an answer is in an error: addresses of webhooks are secrets.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_ANSWER: Final = 64 * 1024
"""Bytes that are read of an answer; those of interest are a line."""


@dataclass(frozen=True, slots=True)
class Service:
    """Whom a channel calls: `name` is what people call it, `section` its section of the configuration.

    `address` and `credential` are keys in there: of the address, and of what it lets in by.
    """

    name: str
    section: str
    address: str = "url"
    credential: str = "url"

    @property
    def address_key(self) -> str:
        """The key of the address."""
        return f"{self.section}.{self.address}"

    @property
    def credential_key(self) -> str:
        """The key of the credential."""
        return f"{self.section}.{self.credential}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `wait` is how many seconds it asks to wait, None where it does not."""

    status: int
    text: str
    wait: float | None


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. `body` is bytes, `auth` a user and a password."""

    url: str
    body: bytes | None = None
    headers: Mapping[str, str] | None = None
    auth: tuple[str, str] | None = None

    @property
    def method(self) -> str:
        """GET where nothing is sent."""
        return "GET" if self.body is None else "POST"


def call(service: Service, request: Request, timeout: float) -> Answer:
    """Ask once; `timeout` is in seconds, for each of connecting, sending and reading. Raises ChannelError."""
    from alerts.channels.calling import ask  # noqa: PLC0415 - a tenth of a second, and most starts call nobody

    return ask(service, request, timeout)
