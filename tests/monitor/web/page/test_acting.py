"""What people do on the page, as a browser sends it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from starlette.testclient import TestClient

from alerts.acts import ActKind
from alerts.incident import Event, Reason, State
from alerts.routing.matching import Facts
from monitor.history import History
from monitor.people.acts import Acts
from monitor.web.guarding import Guard
from monitor.web.page.app import Pages
from monitor.web.page.attempts import MOST_OF_ALL, MOST_OF_ONE, WITHIN, Attempts
from monitor.web.page.deeds import matcher
from monitor.web.page.offers import Scope
from monitor.web.page.people import People
from monitor.web.page.sessions import COOKIE, LASTS, Sessions
from monitor.web.page.watched import Watched
from tests.support.history import rows
from tests.support.incidents import T0, finding, opened, step

TOKEN = "correct horse battery"
HERE = "http://127.0.0.1:8787"
NOW = T0 + timedelta(hours=2)
ID = opened().incident.id
PAGE = f"/incidents/{ID}"


class Time:
    """A clock that a test sets, in both of its kinds."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def ticks(self) -> float:
        return self.at.timestamp()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def woken() -> list[bool]:
    return []


@pytest.fixture
def history(copied_sqlite: str) -> Iterator[History]:
    history = History.open(copied_sqlite)
    with history.transaction("support-bot") as transaction:
        transaction.tell((opened(),), ())
    yield history
    history.close()


@pytest.fixture
def people(history: History, time: Time, woken: list[bool]) -> People:
    sessions, attempts = Sessions(TOKEN, time.now), Attempts(time.ticks)
    names = frozenset({"watch.example"})
    return People(sessions, attempts, time.now, Acts(history, ("console",)), names, lambda: woken.append(True))


@pytest.fixture
def client(history: History, people: People) -> TestClient:
    return served(history, people)


@pytest.fixture
def ada(client: TestClient) -> TestClient:
    """A browser in which Ada is signed in."""
    assert sign_in(client).status_code == 303
    return client


def served(history: History, people: People | None) -> TestClient:
    watched = (Watched("support-bot", 0.85, {"urgent": 0.8}, {}),)
    app = Pages(history, watched, dict, people, lambda: NOW).app()
    return TestClient(Guard(app, ("watch.example",)), base_url=HERE, follow_redirects=False)


def sign_in(client: TestClient, token: str = TOKEN, name: str = "ada", **headers: str):  # type: ignore[no-untyped-def] # noqa: ANN201
    form = {"name": name, "token": token, "to": PAGE}
    return client.post("/sign-in", data=form, headers={"Origin": HERE, **headers})


def form_of(client: TestClient, deed: str) -> dict[str, str]:
    """The hidden fields of a form as the page has them."""
    page = client.get(PAGE).text
    form = next(each for each in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'value="{deed}"' in each)
    return {name: html.unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', form)}


def do(client: TestClient, form: str, **fields: str):  # type: ignore[no-untyped-def] # noqa: ANN201
    return client.post(PAGE, data={**form_of(client, form), **fields}, headers={"Origin": HERE})


def test_without_a_token_nothing_can_be_done_and_nothing_is_offered(history: History) -> None:
    client = served(history, None)

    page, form = client.get(PAGE), client.post(PAGE, data={"deed": "resolve"}, headers={"Origin": HERE})

    assert "<form" not in page.text
    assert "sign-in" not in page.text
    assert f"tunewatch decide {ID} --accept" in page.text
    assert form.status_code == 403
    assert "no token is set; see web.token" in form.text
    assert client.get("/sign-in").status_code == 404
    assert sign_in(client).status_code == 403


def test_who_has_the_token_gets_a_cookie_that_scripts_and_other_sites_have_no_use_of(client: TestClient) -> None:
    answer = sign_in(client)

    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == PAGE
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Max-Age=43200" in cookie
    assert "Secure" not in cookie
    assert TOKEN not in cookie
    assert ">ada</span>" in client.get(PAGE).text


def test_where_the_browser_came_by_https_the_cookie_stays_there(client: TestClient) -> None:
    answer = sign_in(client, Host="watch.example", Origin="https://watch.example")

    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", "/\tx", ""])
def test_nobody_is_led_to_another_site_by_signing_in(client: TestClient, to: str) -> None:
    answer = client.post("/sign-in", data={"name": "ada", "token": TOKEN, "to": to}, headers={"Origin": HERE})

    assert answer.headers["location"] == "/"


def test_a_wrong_token_is_said_to_be_wrong_and_not_shown(client: TestClient) -> None:
    refused = sign_in(client, "wrong horse battery")

    assert refused.status_code == 403
    assert "That is not the token" in refused.text
    assert 'value="ada"' in refused.text
    assert "wrong horse" not in refused.text
    assert "set-cookie" not in refused.headers


def test_tokens_are_not_guessed_by_trying(client: TestClient, time: Time) -> None:
    wrong = [sign_in(client, f"wrong token {n}").status_code for n in range(MOST_OF_ONE)]
    held = sign_in(client)
    time.at += timedelta(seconds=WITHIN)

    assert wrong == [403] * MOST_OF_ONE
    assert held.status_code == 429
    assert held.headers["retry-after"] == "60"
    assert "try again in 60 seconds" in held.text
    assert sign_in(client).status_code == 303


def test_right_tokens_use_no_attempt_up_and_many_addresses_are_bounded_together(time: Time) -> None:
    attempts = Attempts(time.ticks)

    for _ in range(2 * MOST_OF_ONE):
        assert attempts.begin("192.0.2.1") == 0
        attempts.was_right("192.0.2.1")
    tried = [attempts.begin(f"192.0.2.{n}") for n in range(MOST_OF_ALL + 1)]

    assert tried == [0.0] * MOST_OF_ALL + [WITHIN]


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_who_signs_in_says_who_they_are(client: TestClient, name: str) -> None:
    refused = sign_in(client, name=name)

    assert refused.status_code == 422
    assert "Say who you are" in refused.text


def test_acknowledging_is_kept_told_and_shown(ada: TestClient, history: History, woken: list[bool]) -> None:
    answer = do(ada, "acknowledge", lasts="8 hours", note="on it")

    found = history.shown.incident(ID)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{PAGE}?done=2026-03-29T08:00:00Z"
    assert found is not None
    assert (found.acknowledged_by, found.acknowledged_until) == ("ada", NOW + timedelta(hours=8))
    step = history.queries.incident_events(ID)[-1]
    assert step.act is not None
    assert (step.act.kind, step.act.by, step.act.note, step.act.at) == (ActKind.ACKNOWLEDGE, "ada", "on it", NOW)
    assert woken == [True]
    seen = ada.get(answer.headers["location"]).text
    assert '<p class="notice" role="status">Done: Acknowledged by ada until 2026-03-29 16:00 UTC: on it</p>' in seen


def test_an_act_goes_to_the_channels_as_that_of_a_command_does(ada: TestClient, copied_sqlite: str) -> None:
    do(ada, "snooze", lasts="1 hour")
    do(ada, "acknowledge", lasts="1 hour")

    assert rows(copied_sqlite, "SELECT channel, state FROM notifications") == [("console", "waiting")] * 2
    assert rows(copied_sqlite, "SELECT kind FROM acts ORDER BY id") == [("snooze",), ("acknowledge",)]


def test_a_form_that_is_sent_twice_does_it_once(ada: TestClient, copied_sqlite: str) -> None:
    fields = form_of(ada, "acknowledge") | {"lasts": "1 hour"}
    decision = form_of(ada, "accept") | {"note": "will do", "lasts": "8 hours"}

    statuses = [ada.post(PAGE, data=each, headers={"Origin": HERE}).status_code for each in (fields, fields)]
    statuses += [ada.post(PAGE, data=each, headers={"Origin": HERE}).status_code for each in (decision, decision)]

    assert statuses == [303] * 4
    assert rows(copied_sqlite, "SELECT count(*) FROM acts") == [(2,)]
    assert rows(copied_sqlite, 'SELECT accepted, "by", note FROM decisions') == [(1, "ada", "will do")]


def test_an_incident_is_resolved_and_called_a_false_alarm(ada: TestClient, history: History) -> None:
    late = form_of(ada, "snooze") | {"lasts": "1 hour"}
    assert do(ada, "resolve", note="rolled back").status_code == 303
    assert do(ada, "false-alarm").status_code == 303

    found = history.shown.incident(ID)
    assert found is not None
    assert (found.state, found.false_alarm_by) == (State.RESOLVED, "ada")
    refused = ada.post(PAGE, data=late, headers={"Origin": HERE})
    assert refused.status_code == 409
    assert f"{ID} is over; nothing is told of it any more. Nothing was done" in refused.text
    assert f'<a href="{PAGE}">Back</a>' in refused.text


def test_a_silence_covers_the_incident_says_so_and_is_ended(ada: TestClient, history: History) -> None:
    unsaid = do(ada, "silence", lasts="4 hours", scope="alarms")
    done = do(ada, "silence", lasts="4 hours", scope="alarms", note="migration")

    (silence,) = history.queries.silences(NOW)
    assert unsaid.status_code == 409
    assert "a silence needs a reason" in unsaid.text
    assert (silence.by, silence.reason, silence.ends_at) == ("ada", "migration", NOW + timedelta(hours=4))
    page = ada.get(done.headers["location"]).text
    assert "Done: Silence 1: monitor support-bot, family quality, check class_recall, class urgent" in page
    assert "Nothing is told of it now." in page
    proof = form_of(ada, "resolve")["proof"]
    ended = ada.post("/silences/1", data={"proof": proof, "to": PAGE}, headers={"Origin": HERE})
    assert ended.headers["location"].startswith(PAGE)
    assert history.queries.silences(NOW) == ()
    assert ada.post("/silences/9", data={"proof": proof}, headers={"Origin": HERE}).status_code == 404


def test_a_silence_of_what_alarms_is_of_nothing_else() -> None:
    slow = finding("class_recall", "billing")
    both = opened(finding(), slow).incident
    mixed = opened(finding(), finding("accuracy", "all")).incident

    assert matcher(both, Scope.ALARMS).class_name == ("urgent", "billing")
    assert matcher(mixed, Scope.ALARMS).class_name == ()
    assert all(matcher(each, scope).covers(Facts.of(each)) for each in (both, mixed) for scope in Scope)
    other = replace(both, findings=(finding("class_precision", "urgent"),))
    assert not matcher(both, Scope.ALARMS).covers(Facts.of(other))


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": "http://127.0.0.1:9999"},
    ],
)
def test_a_form_of_another_site_does_nothing(ada: TestClient, history: History, headers: dict[str, str]) -> None:
    refused = ada.post(PAGE, data=form_of(ada, "resolve"), headers=headers)

    assert refused.status_code == 403
    assert "sent by a page of another site" in refused.text
    assert history.queries.unresolved()


@pytest.mark.parametrize("proof", ["", "0" * 64, "ü"])
def test_a_form_without_what_this_sign_in_gave_it_does_nothing(ada: TestClient, history: History, proof: str) -> None:
    refused = ada.post(PAGE, data=form_of(ada, "resolve") | {"proof": proof}, headers={"Origin": HERE})

    assert refused.status_code == 403
    assert "load its page again" in refused.text
    assert history.queries.unresolved()


def test_whoever_is_not_signed_in_is_asked_to(client: TestClient, history: History) -> None:
    refused = client.post(PAGE, data={"deed": "resolve"}, headers={"Origin": HERE})

    assert refused.status_code == 401
    assert f'href="/sign-in?to={PAGE}"' in refused.text
    assert f'href="/sign-in?to={PAGE}"' in client.get(PAGE).text
    assert history.queries.unresolved()


def test_a_session_ends_by_signing_out_by_time_and_with_the_token(ada: TestClient, time: Time) -> None:
    kept, proof = dict(ada.cookies), form_of(ada, "resolve")["proof"]
    others = Sessions("another token, as long", time.now)
    same = Sessions(TOKEN, time.now)
    assert same.read(kept) is not None, "it holds after a restart, and at another daemon of this token"
    assert others.read(kept) is None
    assert same.read({COOKIE: kept[COOKIE][:-1] + ("A" if kept[COOKIE][-1] != "A" else "B")}) is None

    left = ada.post("/sign-out", data={"proof": proof}, headers={"Origin": HERE})
    ada.cookies.update(kept)

    assert 'tunewatch=""' in left.headers["set-cookie"]
    assert "ada" not in ada.get(PAGE).text, "the cookie is of no use any more"
    time.at += LASTS
    assert same.read(kept) is None


def test_a_body_that_is_no_form_of_ours_is_refused(ada: TestClient) -> None:
    def sent(content: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        answer = ada.post(PAGE, content=content, headers={"Origin": HERE, "Content-Type": kind})
        return answer.status_code

    assert sent(b"x" * 20_000) == 413
    assert sent(b"{}", "application/json") == 415
    assert sent(b"a=%ff") == 400
    assert sent(b"&".join(b"a=1" for _ in range(30))) == 400


def test_a_deed_that_there_is_none_of_and_a_time_that_is_none_are_said(ada: TestClient) -> None:
    deed, lasts = do(ada, "resolve", deed="explode"), do(ada, "snooze", lasts="4 years")
    note = do(ada, "resolve", note="x" * 501)

    assert [deed.status_code, lasts.status_code, note.status_code] == [409] * 3
    assert "say for how long" in lasts.text
    assert "has 501 characters; 500 are shown" in note.text


def test_a_link_cannot_say_that_something_was_done(ada: TestClient) -> None:
    assert "Done:" not in ada.get(PAGE, params={"done": "2026-03-29T06:00:00Z"}).text
    assert "Done:" not in ada.get(PAGE, params={"done": "<b>"}).text


def test_what_was_not_told_yet_or_was_called_false_offers_nothing_of_that(ada: TestClient, history: History) -> None:
    with history.transaction("support-bot") as transaction:
        called = step(Event.UPDATED, Reason.CALLED_FALSE, false_alarm_by="bob", state=State.RESOLVED, resolved_at=NOW)
        transaction.tell((called,), ())

    assert "What you do with it" not in ada.get(PAGE).text
