import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from alerts.messages.lines import figure
from alerts.messages.words import short_problem
from checks.metrics.line import MetricLine
from monitor.history import History
from monitor.history.engine import open_engine
from monitor.history.writing.record import CycleRecord
from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.page.watched import LookState, Watched
from tests.support.history import at, estimate
from tests.support.incidents import finding, opened


def test_the_overview_says_in_words_how_each_monitor_stands(client: TestClient, history: History) -> None:
    (incident,) = history.queries.incidents()

    page = client.get("/")

    assert page.status_code == 200
    assert "CRITICAL quality incident, firing" in page.text
    assert short_problem(incident.findings[0]) in page.text
    assert f'href="/incidents/{incident.id}"' in page.text
    assert "no look has succeeded for long: these figures are old" in page.text


def test_the_overview_has_the_newest_figures_with_intervals_floors_and_the_course_of_accuracy(
    client: TestClient, history: History
) -> None:
    newest = history.charted.newest("support-bot")
    assert newest is not None

    page = client.get("/").text

    assert f"{figure(newest.of('accuracy'))}" in page
    assert f'{figure(newest.of("recall", "urgent"))} <span class="limit">floor 80%</span>' in page
    assert re.search(r'<path class="line" d="M[\d. ML]+"/>', page)
    assert re.search(r'aria-label="accuracy over 30 days: from \d+% to \d+%, lowest \d+%"', page)
    assert f'<time datetime="{newest.as_of:%Y-%m-%dT%H:%M:%SZ}">' in page


def test_a_figure_that_did_not_change_within_the_hour_is_still_the_newest(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    for minutes, accuracy in ((0, 0.9), (15, 0.8)):
        lines = (estimate(value=accuracy), estimate("recall", 0.7, "urgent"))
        with history.transaction("bot") as transaction:
            transaction.record(CycleRecord(at(minutes / 60), lines, (), ()))

    newest = history.charted.newest("bot")
    history.close()

    assert newest is not None
    assert newest.as_of == at(0.25)
    assert [line.value for line in newest.lines] == [0.8, 0.7]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((), "nothing is known yet: no look has ended"),
        ((estimate("predictions", None, n=0), estimate(value=None)), "nothing to judge: no prediction in the window"),
        ((estimate("predictions", None, n=90), estimate(value=None)), "not known: too few labels"),
    ],
)
def test_a_monitor_of_which_nothing_is_known_is_not_shown_as_well(
    copied_sqlite: str, lines: tuple[MetricLine, ...], told: str
) -> None:
    history = History.open(copied_sqlite)
    if lines:
        with history.transaction("bot") as transaction:
            transaction.record(CycleRecord(at(1), lines, (), ()))
    pages = Pages(history, (Watched("bot", 0.85, {}, {}),), dict)

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get("/").text
    history.close()

    assert told in page
    assert '<section class="card unknown"' in page


def test_names_of_others_are_escaped_and_have_no_controls(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    evil = '<script>"x"</script>\u202egnp'
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate("recall", 0.7, evil),), (), ()))
    pages = Pages(history, (Watched("bot", 0.85, {evil: 0.8}, {}),), dict)

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get("/").text
    history.close()

    assert "&lt;script&gt;&#34;x&#34;&lt;/script&gt; gnp" in page
    assert "<script" not in page


def test_a_history_that_cannot_be_read_is_a_plain_page_that_says_so(tmp_path: Path) -> None:
    history = History(open_engine(f"sqlite:///{tmp_path}/none/history.db"))
    pages = Pages(history, (Watched("bot", 0.85, {}, {}),), lambda: {"bot": LookState("ready", "")})

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get("/")

    assert page.status_code == 503
    assert "The history cannot be read" in page.text
    assert "check that the folder exists" in page.text


def test_a_monitor_without_a_look_says_so(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    pages = Pages(history, (Watched("bot", 0.85, {}, {}),), lambda: {"bot": LookState("starting", "")})

    page = TestClient(pages.app(), base_url="http://localhost").get("/").text
    history.close()

    assert "no look has ended yet; the first look is under way" in page


def test_a_monitor_that_never_looked_has_no_figures_that_could_be_old(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    pages = Pages(history, (Watched("bot", 0.85, {}, {}),), lambda: {"bot": LookState("late", "no route to host")})

    page = TestClient(pages.app(), base_url="http://localhost").get("/monitors/bot").text
    history.close()

    assert "no look has ended yet: no route to host" in page
    assert "these figures are old" not in page


def test_one_look_is_no_course(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate("predictions", None, n=90), estimate(value=0.9)), (), ()))
    pages = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), dict).app(), base_url="http://localhost")

    overview, monitor = pages.get("/").text, pages.get("/monitors/bot").text
    history.close()

    assert "accuracy at the only look of 30 days: 90%" in overview
    assert "90% at the only look of this span" in monitor
    assert re.search(r"<h2>Latency</h2>\s*<p class=\"quiet\">no figures in this span</p>\s*</figure>", monitor)


def test_the_page_may_run_no_script_and_fetch_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/")

    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["x-frame-options"] == "DENY"
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert "script" not in page.text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text)
    assert client.get("/static/page.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8787", "127.0.0.1.evil.example", ""])
def test_a_name_that_somebody_else_points_at_this_machine_gets_nothing(client: TestClient, host: str) -> None:
    refused = client.get("/", headers={"Host": host})

    assert refused.status_code == 421
    assert "support-bot" not in refused.text


@pytest.mark.parametrize("host", ["localhost:8787", "127.0.0.1", "[::1]:8787", "192.0.2.7:80", "Watch.example"])
def test_addresses_localhost_and_the_names_of_the_configuration_are_answered(pages: Pages, host: str) -> None:
    served = TestClient(Guard(pages.app(), ["watch.example"]), base_url="http://127.0.0.1")

    assert served.get("/", headers={"Host": host}).status_code == 200


def test_an_address_that_there_is_none_of_is_a_page_with_a_way_back(client: TestClient) -> None:
    missing = client.get("/nothing")

    assert missing.status_code == 404
    assert '<a href="/">' in missing.text
    assert missing.headers["content-security-policy"]


def test_points_of_a_long_span_are_no_more_than_a_chart_can_show(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    with history.transaction("bot") as transaction:
        for hour in range(250):
            transaction.record(CycleRecord(at(hour), (estimate(value=hour / 250),), (), ()))

    found = history.charted.traces("bot", ("accuracy",), at(0), at(249))["accuracy", ""]
    history.close()

    assert 200 < len(found) <= 241
    assert found[-1].as_of == at(249)
    assert found[-1].as_of.tzinfo == UTC
    assert found == tuple(sorted(found, key=lambda each: each.as_of))
    assert datetime.fromisoformat("2026-03-01T00:00Z") <= found[0].as_of


@pytest.mark.parametrize("condition", ["late", "clock", "crippled", "starting"])
def test_a_monitor_whose_looks_cannot_be_relied_on_is_not_shown_as_well(copied_sqlite: str, condition: str) -> None:
    history = History.open(copied_sqlite)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate("predictions", None, n=90), estimate(value=0.9)), (), ()))
    conditions = {"bot": LookState("ready", "")}
    pages = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), lambda: conditions).app(), "http://127.0.0.1")

    well = pages.get("/").text
    conditions["bot"] = LookState(condition, "drift")
    unseen = pages.get("/").text
    history.close()

    assert '<section class="card ok"' in well
    assert '<section class="card unknown"' in unseen
    assert "no open incident as far as is known, and looks cannot be relied on now" in unseen


def test_an_incident_of_a_monitor_that_never_looked_is_shown(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    opening = opened(finding("look", "all", message="the log cannot be read"))
    with history.transaction("support-bot") as transaction:
        transaction.tell((opening,), ())
    pages = Pages(history, (Watched("support-bot", 0.85, {}, {}),), lambda: {"support-bot": LookState("late", "")})

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get("/").text
    history.close()

    assert '<section class="card critical"' in page
    assert f'href="/incidents/{opening.incident.id}"' in page
