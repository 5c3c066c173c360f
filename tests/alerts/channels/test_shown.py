"""Where a message leads, in every channel, and by whose clocks its times are told."""

import json
from dataclasses import replace

import pytest

from alerts.channels.alertmanager.payload import alert
from alerts.channels.channel import Post
from alerts.channels.email.payload import html
from alerts.channels.pagerduty.payload import event_of
from alerts.channels.slack.payload import root
from alerts.channels.standalone import standalone_message
from alerts.channels.teams.payload import card
from alerts.channels.webhook.payload import body
from alerts.messages.links import Link, Links
from alerts.messages.message import Message
from alerts.messages.slack import render_slack
from alerts.messages.text import render_text
from alerts.routing.matching import Matcher
from tests.support.incidents import T0, finding, opened
from tests.support.slack_rules import refusal

LINKS = Links(
    page="https://tunewatch.acme.example/",
    dashboard="https://grafana.acme.example/d/bot?monitor={monitor}&class={class}",
    runbooks=(
        (Matcher(check=("traffic",)), "https://wiki.acme.example/traffic"),
        (Matcher(class_name=("urg*",)), "https://wiki.acme.example/urgent"),
        (Matcher(), "https://wiki.acme.example/{check}"),
    ),
)
TOLD = opened(report="https://reports.acme.example/1.html")
ALL = LINKS.of(TOLD.incident)
POST = Post("1", TOLD, first=True, links=ALL)
URLS = {
    "page": "https://tunewatch.acme.example/incidents/quality-2279cd800b",
    "runbook": "https://wiki.acme.example/urgent",
    "dashboard": "https://grafana.acme.example/d/bot?monitor=support-bot&class=urgent",
    "report": "https://reports.acme.example/1.html",
}


def message(post: Post) -> Message:
    said = standalone_message(post)
    assert said is not None
    return said


def test_an_incident_leads_to_its_page_its_runbook_a_dashboard_and_its_report() -> None:
    assert {link.kind: link.url for link in ALL} == URLS


def test_what_is_not_configured_and_a_report_that_is_a_file_are_no_links() -> None:
    assert Links().of(opened(report="reports/1.html").incident) == ()


@pytest.mark.parametrize(
    ("found", "runbook"),
    [
        (finding("class_recall", "billing"), "https://wiki.acme.example/class_recall"),
        (finding("traffic", "predictions"), "https://wiki.acme.example/traffic"),
    ],
)
def test_the_first_runbook_that_matches_counts(found: object, runbook: str) -> None:
    told = LINKS.of(opened(found).incident)  # type: ignore[arg-type]

    assert Link("runbook", runbook) in told


def test_names_of_classes_are_escaped_in_addresses() -> None:
    (link,) = Links(dashboard="https://g.acme.example/?c={class}").of(opened(finding(subject="a&b=<c>|d/ü")).incident)

    assert link.url == "https://g.acme.example/?c=a%26b%3D%3Cc%3E%7Cd%2F%C3%BC"


def test_slack_shows_the_links_below_the_reasons() -> None:
    rendered = render_slack(root(POST))
    texts = [block["text"]["text"] for block in rendered.blocks if "text" in block]
    (place,) = (number for number, text in enumerate(texts) if "|runbook>" in text)

    assert refusal({"text": rendered.text, "blocks": list(rendered.blocks)}) is None
    assert "<https://tunewatch.acme.example/incidents/quality-2279cd800b|incident> · " in texts[place]
    assert "monitor=support-bot&amp;class=urgent|dashboard>" in texts[place]
    assert "model m3 stayed the same" in texts[place - 1]


def test_every_channel_leads_to_all_of_them() -> None:
    said = message(POST)
    event = event_of(POST) or {}
    sent = alert(TOLD, T0, ALL)

    assert all(f"↗ {link.words}: {link.url}" in render_text(said) for link in ALL)
    assert all(f'href="{link.url.replace("&", "&amp;")}"' in html(said, TOLD) for link in ALL)
    assert [action["url"] for action in card(said, TOLD.incident)["actions"]] == list(URLS.values())
    assert [link["href"] for link in event["links"]] == list(URLS.values())
    assert json.loads(body(TOLD, ALL))["links"] == URLS
    assert sent["generatorURL"] == URLS["page"]
    assert sent["annotations"]["runbook_url"] == URLS["runbook"]


def test_times_are_told_by_the_clocks_of_the_route_beside_utc() -> None:
    told = opened(advice=replace(TOLD.incident.advice, reasons=("Prompt p4 came after 2026-03-27 23:30 UTC.",)))
    said = message(Post("1", told, first=True, zone="Europe/Berlin"))

    assert said.since == "the incident began 2026-03-29 06:00 UTC (08:00 CEST)"
    assert said.reasons == ("Prompt p4 came after 2026-03-27 23:30 UTC (2026-03-28 00:30 CET).",)
    assert "window 2026-03-22 06:00 to 2026-03-29 06:00 UTC (2026-03-22 07:00 to 2026-03-29 08:00 CEST)" in said.facts


def test_a_time_that_no_calendar_has_stays_as_it_was_written_and_holds_nothing_up() -> None:
    """Messages of others are quoted."""
    quoted = tuple(f"such as {at} UTC" for at in ("2026-02-30 10:00", "2026-13-45 99:99", "9999-12-31 23:59"))
    told = opened(advice=replace(TOLD.incident.advice, reasons=quoted))

    assert message(Post("1", told, first=True, zone="Europe/Berlin")).reasons == quoted
