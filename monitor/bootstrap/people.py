"""What keeps the acts of people, from settings."""

from collections.abc import Mapping, Sequence

from config.routes import OF_OURSELVES
from config.settings import Settings
from monitor.bootstrap.channels import channels_of_steps
from monitor.history import History
from monitor.people.acts import Acts


def build_acts(settings: Settings, history: History) -> Acts:
    """What keeps acts in this history."""
    return Acts(history, channels_of_steps(settings))


def known_names(settings: Settings) -> Mapping[str, Sequence[str]]:
    """The names that a silence may name, by the fields of its matcher; classes come from logs, and any may come."""
    checks = type(next(iter(settings.monitors.values())).checks).model_fields
    return {"monitor": tuple(settings.monitors), "check": (*checks, *OF_OURSELVES)}
