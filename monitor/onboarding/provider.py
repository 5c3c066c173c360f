"""What a provider says of its models: when it turns them off, by an interface such as OpenAI's.

`GET …/models` has a `shutdown_date` for each model, null where none is announced
(https://developers.openai.com/api/reference/resources/models/methods/list).
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from alerts.channels.channel import ChannelError
from alerts.channels.http import Request, Service, call
from config.monitor import ModelVersionSettings

TIMEOUT = 30.0  # seconds


class ProviderError(Exception):
    """The provider could not be asked; the message says why, without address or key."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A model of a log: what the provider says of it, and what the configuration does (None: nothing)."""

    model: str
    shutdown: date | None
    configured: date | None
    is_known: bool

    @property
    def says_more(self) -> bool:
        """Whether the configuration should be changed."""
        return self.shutdown is not None and self.shutdown != self.configured


def shutdown_dates(url: str, key: str) -> dict[str, date | None]:
    """When each model of the provider is turned off; None where nothing is announced. Raises ProviderError."""
    address = url.rstrip("/")
    address = address if address.endswith("/models") else f"{address}/models"
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        answer = call(Service("the provider", "provider"), Request(address, None, headers), TIMEOUT)
    except ChannelError as error:
        raise ProviderError(str(error).replace("provider.url", "--check-provider")) from None
    if answer.status != HTTPStatus.OK:
        raise ProviderError(f"the provider answers {answer.status}: check --check-provider and the key of --key-env")
    try:
        listed = json.loads(answer.text)["data"]
        return {str(each["id"]): _day(each.get("shutdown_date")) for each in listed}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ProviderError("what the provider answers is no list of models, or is longer than 64 KiB") from None


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said[:10])


def compare(
    models: Iterable[str], configured: Mapping[str, ModelVersionSettings], said: Mapping[str, date | None]
) -> Iterator[Announced]:
    """Each model of a log beside what is said of it, in the order of their names."""
    for model in sorted(set(models) | set(configured)):
        own = configured.get(model)
        yield Announced(model, said.get(model), own.retires if own else None, model in said)
