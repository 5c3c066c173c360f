"""One life of a process that delivers, killed at a step of it: each SQL statement, commit and request is one."""

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import alembic.command  # noqa: F401 - once, in the process that the others are forked from
from sqlalchemy import Engine, event

from alerts.channels.channel import Post, Receipt
from alerts.channels.slack.channel import SlackChannel
from alerts.routing.route import Routing
from monitor.common.logs import set_up_logging
from monitor.delivery.delivery import Deliverer
from monitor.history import History
from tests.support.deliveries import FOREVER
from tests.support.fake_slack import TOKEN


class Watched:
    """Slack's channel; a request is a step too, between the claim that is kept before it and what is kept after."""

    def __init__(self, channel: SlackChannel, step: Any) -> None:  # noqa: ANN401
        self._channel = channel
        self._step = step

    def send(self, post: Post) -> Receipt:
        """Send, and count."""

        def before_request() -> None:
            post.before_request()
            self._step()

        return self._channel.send(replace(post, before_request=before_request))


def live(url: str, slack: str, now: datetime, dies_at: int) -> None:
    """Deliver what is due at `now`; SIGKILL before the step `dies_at`, counted from 1 (0: never)."""
    set_up_logging("critical", "console")
    steps = count(1)

    def step(*_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if next(steps) == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    history = History.open(url)
    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", step)
    channel = Watched(SlackChannel(TOKEN, "C0ONCALL1", slack, timeout=5), step)
    deliverer = Deliverer(history.outbox(routing=Routing(("slack",))), {"slack": channel}, lambda: now)
    deliverer.begin()
    deliverer.deliver_all(FOREVER)
    history.close()
    sys.exit(0)
