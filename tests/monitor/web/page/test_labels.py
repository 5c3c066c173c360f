"""The page of labels: what it says is what the history has, and what the command would draw."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from monitor.history import CycleRecord, History
from monitor.log.counts import LabelFate, LabellerRow
from monitor.web.page.app import Pages
from monitor.web.page.watched import Watched
from tests.support.chat_log import DELAY
from tests.support.history import T0, at, counts, estimate, outcome, put

PAGE = "/monitors/support-bot/labels"


def test_coverage_delays_and_corrections_are_drawn_with_their_figures_as_csv(
    client: TestClient, history: History
) -> None:
    newest = history.charted.newest("support-bot")
    assert newest is not None
    days = history.labelled.days("support-bot", newest.as_of - timedelta(days=30), newest.as_of)

    page = client.get(PAGE).text
    file = client.get("/monitors/support-bot/labels.csv?span=30d")

    drawn = re.findall(r'role="img" aria-label="(.*?):', page)
    assert [title.partition(",")[0] for title in drawn] == [
        "Labelled by now",
        "Label delay",
        "Labels that named another class at first",
    ]
    assert page.count('href="/monitors/support-bot/labels.csv?span=30d"') == 3
    lines = list(csv.DictReader(io.StringIO(file.text)))
    assert [(int(each["n"]), int(each["n_labelled"])) for each in lines] == [(day.n, day.n_labelled) for day in days]
    hours = float(lines[3]["delay_p90_hours"])
    assert DELAY / timedelta(hours=1) <= hours <= 1.1 * DELAY / timedelta(hours=1)
    n = sum(day.n_labelled for day in days)
    assert f"Of {n:,} labels of this span, 0 (0%) named another class at first" in page


def test_the_queue_spends_the_budget_on_what_tells_most_of_the_class_with_a_floor(client: TestClient) -> None:
    page = client.get(PAGE, params={"budget": 25}).text

    table = next(each for each in re.findall(r"<table>.*?</table>", page, re.DOTALL) if "to label" in each)
    rows = [re.findall(r'<td class="number">([\d,]+)</td>', row) for row in table.split("<tr>")]
    assert sum(int(numbers[-1]) for numbers in rows if numbers) == 25
    assert re.search(r"Recall of urgent has a 95% interval of [\d.]+ points now; with these labels", page)
    assert "may be a missed urgent" in page or "says how many urgent are caught" in page
    assert "tunewatch label-queue --monitor support-bot --budget 25 --out queue.csv" in page


@pytest.mark.parametrize(
    ("query", "said"), [("budget=1000000", "is none of 25, 50, 100, 200, 500"), ("class=x", "there are span, budget")]
)
def test_what_a_link_cannot_ask_for_is_said(client: TestClient, query: str, said: str) -> None:
    refused = client.get(f"{PAGE}?{query}")

    assert refused.status_code == 400
    assert said in refused.text


def test_without_a_look_or_a_prediction_the_page_says_so(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    pages = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), dict).app(), "http://127.0.0.1")

    early = pages.get("/monitors/bot/labels")
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate("predictions", None, n=0),), (), ()))
    empty = pages.get("/monitors/bot/labels").text
    history.close()

    assert early.status_code == 200
    assert "nothing is known of the labels" in early.text
    assert "No label has come for the predictions of this span." in empty
    assert "no figures in this span" in empty


def test_who_labelled_is_told_where_the_log_says_it(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    pages = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), dict).app(), "http://127.0.0.1")
    given = (("<anna>", LabelFate.AGREED, 6), ("<anna>", LabelFate.OVERRULED, 2), ("", LabelFate.ALONE, 3))
    who = tuple(LabellerRow(T0, *each) for each in given)
    put(history, replace(counts(range(1), outcome(0, "card", "card", 11)), labellers=who))
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(1), (estimate("predictions", None, n=11),), (), ()))

    page = pages.get("/monitors/bot/labels").text
    history.close()

    table = next(each for each in re.findall(r"<table>.*?</table>", page, re.DOTALL) if ">labeller<" in each)
    assert [re.findall(r"<t[dh].*?>(.*?)</t[dh]>", row) for row in table.split("<tr>")[2:]] == [
        ["&lt;anna&gt;", "8", "8", "0", "2", "75% (41–94%, n=8)", "75% (41–94%, n=8)"],
        ["(not logged)", "3", "0", "0", "0", "–", "–"],
    ]


def test_without_labellers_there_is_no_table_of_them(client: TestClient) -> None:
    assert "By who gave them" not in client.get(PAGE).text
