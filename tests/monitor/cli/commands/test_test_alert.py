"""A sample goes through every route."""

from pathlib import Path

from alerts.channels.channel import Post, Receipt
from config.loading import load
from monitor.cli.commands.test_alert import Way, try_way
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.program import json_lines, run_here
from tests.support.receiver import Call, Receiver, Reply
from tests.support.webhook_rules import ROUTING_KEY, pagerduty


def configure(home: Path, slack: FakeSlack) -> None:
    file = home / "tunewatch.yaml"
    text = file.read_text("utf-8")
    routes = 'routes: [{severity: critical, channels: slack, mention: "@here"}, {channels: [slack, console]}]\n'
    file.write_text(f'{text}\nslack: {{channel: C0ONCALL1, base_url: "{slack.url}"}}\n{routes}', "utf-8")


def test_a_sample_goes_through_every_route_and_is_over_at_once(home: Path) -> None:
    with FakeSlack() as slack:
        configure(home, slack)
        ended = run_here("test-alert", "--json", cwd=home, TUNEWATCH_SLACK__TOKEN=TOKEN)
        lines = json_lines(ended.stdout)
        assert [(line["route"], line["channel"], line["error"]) for line in lines] == [
            ("routes.0", "slack", None),
            ("routes.1", "slack", None),
            ("routes.1", "console", None),
        ]
        assert ended.returncode == 0
        roots = slack.workspace.oncall.roots
        assert len(roots) == 2
        assert all(root.text.removeprefix("<!here>\n").startswith("🟢 RESOLVED") for root in roots)
        assert "this is a test of tunewatch" in ended.stderr

        ended = run_here("test-alert", cwd=home, TUNEWATCH_SLACK__TOKEN="xoxb-another")
        assert ended.returncode == 3
        assert "routes.0 → slack: did not arrive: Slack says invalid_auth: check slack.token" in ended.stdout


def test_a_sample_that_arrived_without_its_end_has_to_be_closed_by_hand(home: Path) -> None:
    first = iter([True])

    def once(call: Call) -> Reply:
        return pagerduty(call) if next(first, False) else Reply(500)

    with Receiver(once) as service:
        file = home / "tunewatch.yaml"
        text = file.read_text("utf-8")
        file.write_text(f'{text}\npagerduty: {{url: "{service.origin}/"}}\n', "utf-8")
        ended = run_here("test-alert", cwd=home, TUNEWATCH_PAGERDUTY__ROUTING_KEY=ROUTING_KEY)
    assert "no route → pagerduty: arrived, but its end did not; close test-" in ended.stdout
    assert ended.returncode == 3


def test_validate_asks_the_channels(home: Path) -> None:
    with FakeSlack() as slack:
        configure(home, slack)
        good = run_here("validate", cwd=home, TUNEWATCH_SLACK__TOKEN=TOKEN)
        assert "slack: tunewatch in Acme" in good.stdout
        bad = run_here("validate", cwd=home, TUNEWATCH_SLACK__TOKEN="xoxb-another")
        assert "slack would take no alert: Slack says invalid_auth" in bad.stdout
        assert bad.returncode == 3


class Crashing:
    """A channel with a fault."""

    def send(self, post: Post) -> Receipt:
        raise ZeroDivisionError(post.step.incident.id)


def test_a_fault_in_one_channel_is_what_came_of_it(home: Path) -> None:
    way = Way("no route", "new")
    tried = try_way(load(home / "tunewatch.yaml"), {"new": Crashing()}, way)

    assert tried.text() == "no route → new: did not arrive: a fault of tunewatch, see its log: ZeroDivisionError"
