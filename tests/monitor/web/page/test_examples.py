"""Messages of an incident, where they may be shown."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from starlette.testclient import TestClient

from config.loading import load
from monitor.common.clock import Clocks
from monitor.daemon.pages import examples_of
from monitor.history import History
from monitor.people.acts import Acts
from monitor.web.page.app import Pages
from monitor.web.page.attempts import Attempts
from monitor.web.page.people import People
from monitor.web.page.sessions import Sessions
from monitor.web.page.watched import Watched
from tests.support.clocks import SetClocks
from tests.support.incidents import HOUR, T0, opened
from tests.support.mistaken import write_messages

TOKEN = "correct horse battery"
HERE = "http://127.0.0.1:8787"
PAGE = f"/incidents/{opened().incident.id}"


@pytest.fixture
def history(copied_sqlite: str) -> Iterator[History]:
    history = History.open(copied_sqlite)
    with history.transaction("support-bot") as transaction:
        transaction.tell((opened(),), ())
    yield history
    history.close()


def served(history: History, folder: Path, clocks: Clocks, *, shown: bool = True) -> TestClient:
    settings = load(folder / "tunewatch.yaml", environ={})
    people = People(Sessions(TOKEN, clocks.now), Attempts(clocks.ticks), clocks.now, Acts(history, ()))
    found = partial(examples_of, settings, clocks) if shown else None
    watched = (Watched("support-bot", 0.85, {}, {}),)
    pages = Pages(history, watched, dict, people, clocks.now, examples=found)
    return TestClient(pages.app(), base_url=HERE)


def sign_in(client: TestClient) -> None:
    client.post("/sign-in", data={"name": "ada", "token": TOKEN, "to": PAGE}, headers={"Origin": HERE})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_messages(tmp_path, opened().incident.onset)
    return tmp_path


def test_who_is_signed_in_sees_what_was_mistaken_without_personal_data(history: History, folder: Path) -> None:
    client = served(history, folder, SetClocks(T0 + HOUR).both)
    assert client.get(f"{PAGE}/examples").status_code == 401
    assert "are here for who is signed in" in client.get(PAGE).text
    sign_in(client)
    assert f'href="{PAGE}/examples"' in client.get(PAGE).text

    page = client.get(f"{PAGE}/examples").text

    assert "Up to 300 labelled messages of each class since" in page
    assert page.index("urgent taken for other") < page.index("billing taken for other")
    assert "The &lt;b&gt;pump&lt;/b&gt; burns" in page
    assert page.count("burns") == 2
    assert "[PHONE]" in page
    assert "[EMAIL]" in page
    assert not any(each in page for each in ("90182", "acme.example", "invoice"))


def test_without_the_setting_there_are_none_and_nothing_says_so(history: History, folder: Path) -> None:
    client = served(history, folder, SetClocks(T0 + HOUR).both, shown=False)
    sign_in(client)
    assert client.get(f"{PAGE}/examples").status_code == 404
    assert "answered wrong" not in client.get(PAGE).text


def test_where_nobody_can_sign_in_it_is_said_what_lets_them(history: History) -> None:
    pages = Pages(history, (), dict, clock=SetClocks(T0 + HOUR).both.now, examples=lambda _: ())
    client = TestClient(pages.app(), base_url=HERE)
    assert "for who is signed in, which takes <code>web.token</code>" in client.get(PAGE).text
    assert client.get(f"{PAGE}/examples").status_code == 401


def test_what_is_erased_from_the_log_is_shown_no_more(history: History, folder: Path) -> None:
    client = served(history, folder, SetClocks(T0 + HOUR).both)
    sign_in(client)
    assert "What does it cost?" in client.get(f"{PAGE}/examples").text
    left = pq.read_table(folder / "predictions.parquet").slice(0, 2)
    pq.write_table(left, folder / "predictions.parquet")
    assert "What does it cost?" not in client.get(f"{PAGE}/examples").text


def test_a_log_that_is_away_is_said(history: History, folder: Path) -> None:
    (folder / "predictions.parquet").unlink()
    client = served(history, folder, SetClocks(T0 + HOUR).both)
    sign_in(client)
    answer = client.get(f"{PAGE}/examples")
    assert answer.status_code == 503
    assert "predictions.parquet" in answer.text
