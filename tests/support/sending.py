"""A process that delivers what is due, as a daemon does, and ends.

    python -m tests.support.sending HISTORY_URL SLACK_URL

It begins when a line comes in, so that several can begin at once, and prints how many tries it made.
"""

import sys
from datetime import UTC, datetime, timedelta

from alerts.channels.slack.channel import SlackChannel
from alerts.routing.route import Routing
from monitor.delivery.delivery import Deliverer
from monitor.history import History
from tests.support.fake_slack import TOKEN


def clock() -> datetime:
    """The present."""
    return datetime.now(UTC)


def main(url: str, slack: str) -> None:
    """Deliver until nothing is due."""
    history = History.open(url)
    deliverer = Deliverer(
        history.outbox(routing=Routing(("slack",))), {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack)}, clock
    )
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    deliverer.begin()
    sys.stdout.write(f"{deliverer.deliver_all(clock() + timedelta(minutes=1))}\n")
    history.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
