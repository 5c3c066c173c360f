import html
import re
from dataclasses import replace
from pathlib import Path

from starlette.testclient import TestClient

from alerts.incident import Event, Reason, State
from alerts.messages.advising import certainty, recommendation
from alerts.messages.words import problem
from checks.rules.finding import Verdict
from monitor.history import History
from monitor.web.page.app import Pages
from monitor.web.page.incident import shown
from monitor.web.page.watched import Watched
from tests.support.incidents import HOUR, T0, opened, step
from tests.support.program import run_here


def test_the_page_says_what_is_wrong_what_to_do_and_why(client: TestClient, history: History) -> None:
    (incident,) = history.queries.incidents()

    page = html.unescape(client.get(f"/incidents/{incident.id}").text)

    assert "CRITICAL quality incident, firing" in page
    assert f"Advice: {recommendation(incident.advice)}" in page
    assert certainty(incident.advice) in page
    assert all(reason in page for reason in incident.advice.reasons)
    assert all(problem(finding) in page for finding in incident.findings)
    assert all(signal.sentence in page for signal in incident.advice.signals)
    assert "What would change it" in page


def test_the_page_says_what_is_waited_for_and_what_happened(client: TestClient, history: History) -> None:
    (incident,) = history.queries.incidents()
    steps = history.queries.incident_events(incident.id)

    page = client.get(f"/incidents/{incident.id}").text

    assert len(re.findall(r"<li><time", page)) == len(steps)
    assert "Whether it works is not known yet" in page
    assert re.search(r"recall of urgent is to reach \d+%", page)
    assert "<strong>opened</strong>" in page
    assert f"tunewatch decide {incident.id} --accept" in page


def test_an_incident_that_is_over_is_named_after_what_was_wrong(history: History) -> None:
    (incident,) = history.queries.incidents()
    well = replace(incident.findings[0], verdict=Verdict.OK, value=0.97, threshold=None)
    over = replace(incident, state=State.RESOLVED, findings=(well,))

    title = shown(history, over).title

    assert re.fullmatch(r"recall of urgent \d+%, .*", title)
    assert "97%" not in title


def test_an_incident_that_is_over_offers_no_command_that_would_be_refused(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    ended = step(
        Event.RESOLVED,
        Reason.STAYED_CLEAR,
        state=State.RESOLVED,
        resolved_at=T0 + 6 * HOUR,
        acknowledged_by="ada",
        acknowledged_until=T0 + 24 * HOUR,
    )
    with history.transaction("support-bot") as transaction:
        transaction.tell((opened(), ended), ())
    pages = Pages(history, (Watched("support-bot", 0.85, {}, {}),), dict)

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get(f"/incidents/{ended.incident.id}").text
    history.close()

    assert "tunewatch explain" in page
    assert "tunewatch ack" not in page
    assert "tunewatch decide" not in page
    assert "<p>was acknowledged by ada</p>" in page


def test_the_beginning_of_an_id_is_no_incident(client: TestClient, history: History) -> None:
    (incident,) = history.queries.incidents()

    missing = client.get(f"/incidents/{incident.id[:-1]}")

    assert missing.status_code == 404
    assert "is in the history" in missing.text


def test_the_report_of_an_incident_is_one_file_that_needs_nothing_else(
    played: Path, history: History, tmp_path: Path
) -> None:
    (incident,) = history.queries.incidents()
    given = ("--config", str(played / "tunewatch.yaml"), "--out", str(tmp_path / "report.html"))

    done = run_here("report", incident.id, *given, cwd=played)

    assert done.returncode == 0, done.stderr
    file = (tmp_path / "report.html").read_text("utf-8")
    assert all(html.escape(reason) in file or reason in html.unescape(file) for reason in incident.advice.reasons)
    assert "<h2>Recall of urgent</h2>" in file
    assert "floor 80%" in file
    assert not re.search(r"(?:href|src)=|<script|@import|url\(", file)


def test_the_page_has_the_charts_of_its_time(client: TestClient, history: History) -> None:
    (incident,) = history.queries.incidents()

    page = client.get(f"/incidents/{incident.id}").text

    charts = [each for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL) if 'role="img"' in each]
    assert len(charts) == 6
    assert "<h2>Recall of urgent</h2>" in page
    assert 'href="/monitors/support-bot/recall.csv?' in page


def test_evidentlys_report_is_linked_with_what_its_limits_mean(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    told = opened()
    with history.transaction("support-bot") as transaction:
        transaction.tell((replace(told, incident=replace(told.incident, report="reports/it.html")),), ())
    pages = Pages(history, (Watched("support-bot", 0.85, {}, {}),), dict)

    page = TestClient(pages.app(), base_url="http://127.0.0.1").get(f"/incidents/{told.incident.id}").text
    history.close()

    assert "Evidently's report of the rows was in reports/it.html" in html.unescape(page)
    assert "over a limit that is the same for every bot: that none is says nothing of how well this bot answers" in page
