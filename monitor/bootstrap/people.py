"""What keeps the acts of people, from settings."""

from collections.abc import Callable, Mapping
from functools import partial

from config.routes import OF_OURSELVES
from config.services import SlackSettings
from config.settings import Settings
from monitor.bootstrap.channels import channels_of_steps
from monitor.common.clock import Clock
from monitor.history import History
from monitor.people.acts import Acts
from monitor.people.listening import Line, Listener
from monitor.people.slack_clicks import SlackClicks


def build_acts(settings: Settings, history: History) -> Acts:
    """What keeps acts in this history."""
    return Acts(history, channels_of_steps(settings))


def known_names(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """The names that a silence may name, by the fields of its matcher; classes come from logs, and any may come."""
    checks = type(next(iter(settings.monitors.values())).checks).model_fields
    return {"monitor": tuple(settings.monitors), "check": (*checks, *OF_OURSELVES)}


def build_listener(settings: Settings, history: History, clock: Clock, then: Callable[[], None]) -> Listener | None:
    """What hears of clicks in Slack, not started; None where no app token is set. `then` is called after acts."""
    slack = settings.slack
    if slack is None or slack.app_token is None or slack.token is None:
        return None
    clicks = SlackClicks(build_acts(settings, history), known_names(settings), clock, then)
    return Listener(partial(connect, slack, clicks), clock)


def connect(slack: SlackSettings, clicks: SlackClicks) -> Line:
    """A connection on which clicks are answered. Raises ChannelError."""
    # Most daemons have no buttons, and need none of it.
    from alerts.channels.slack.socket import SlackSocket  # noqa: PLC0415

    if slack.app_token is None or slack.token is None:
        raise ValueError("a listener without tokens was built")
    app_token, token = (each.get_secret_value().strip() for each in (slack.app_token, slack.token))
    socket = SlackSocket(app_token, token, slack.base_url, slack.timeout.total_seconds())
    socket.connect(lambda payload: clicks.answer(payload, socket))
    return socket
