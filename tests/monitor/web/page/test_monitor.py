import csv
import html
import io
import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from alerts.acts import Act, ActKind
from alerts.messages.lines import figure
from monitor.history import CycleRecord, History
from monitor.web.page import documents
from monitor.web.page.app import Pages
from monitor.web.page.asked import SPANS
from monitor.web.page.watched import Watched
from tests.support.chat_log import BREAK
from tests.support.history import estimate
from tests.support.incidents import T0, opened

PAGE = "/monitors/support-bot"


def test_the_charts_have_intervals_floors_the_reference_and_marks(client: TestClient) -> None:
    page = client.get(PAGE).text

    titles = (
        "Accuracy",
        "Recall of urgent",
        "Precision of urgent",
        "Latency",
        "Labelled share of the window",
        "F1 of urgent",
    )
    assert [title for title in re.findall(r"<h2>(.*?)</h2>", page) if title in titles] == list(titles)
    assert "floor 80%" in page
    assert re.search(r"reference \d+%", page)
    assert re.search(r'<path class="band b1" d="M[\d. MLZ]+"/>', page)
    assert '<rect class="incident critical"' in page
    assert "CRITICAL quality incident, open" in page
    assert f"{BREAK:%Y-%m-%d %H:%M} UTC</time>: first answers of" in page


def test_every_drawing_is_whole_and_says_in_words_what_it_shows(client: TestClient) -> None:
    drawings = [ET.fromstring(each) for each in re.findall(r"<svg.*?</svg>", client.get(PAGE).text, re.DOTALL)]  # noqa: S314 - our own

    charts = [each for each in drawings if each.get("role") == "img"]
    assert len(charts) == 6
    assert all(re.search(r": .*from \S+", each.get("aria-label") or "") for each in charts)
    assert not any(node.get("style") for each in drawings for node in each.iter())


def test_a_link_chooses_the_span_and_the_class(client: TestClient, history: History) -> None:
    newest = history.charted.newest("support-bot")
    assert newest is not None
    other = next(name for name in newest.classes("recall") if name != "urgent")

    page = client.get(PAGE, params={"span": "7d", "class": other}).text

    assert f"Recall of {other}" in page
    assert '<strong aria-current="true">7d</strong>' in page
    assert f'href="?span=90d&amp;class={other}"' in page
    assert figure(newest.of("precision", other)) in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("span=4d", "span &#39;4d&#39; is none of 7d, 30d, 90d, 365d"),
        ("slice=channel%3Dx", "slice &#39;channel=x&#39; is none of"),
        ("class=<b>", "class &#39;&lt;b&gt;&#39; is none of"),
        ("metric=x", "&#39;metric&#39; is no parameter; there are span, class, slice"),
    ],
)
def test_a_link_that_asks_for_something_else_is_refused(client: TestClient, query: str, said: str) -> None:
    refused = client.get(f"{PAGE}?{query}")

    assert refused.status_code == 400
    assert said in refused.text


def test_each_chart_has_its_figures_as_csv(client: TestClient, history: History) -> None:
    links = re.findall(r'href="(/monitors/support-bot/[^"]+\.csv[^"]*)"', client.get(PAGE).text)
    newest = history.charted.newest("support-bot")
    assert newest is not None
    since = newest.as_of - SPANS["30d"]

    files = {link: client.get(link.replace("&amp;", "&")) for link in links}

    assert len(files) == 6
    assert all(
        file.status_code == 200 and file.headers["content-type"].startswith("text/csv") for file in files.values()
    )
    lines = list(csv.DictReader(io.StringIO(files[next(link for link in links if "recall" in link)].text)))
    beliefs = history.queries.metrics("support-bot", "recall", "urgent", since=since)
    assert [float(line["value"]) for line in lines if line["value"]] == [
        each.estimate.value for each in beliefs if each.estimate.value is not None
    ]
    assert client.get("/monitors/support-bot/nothing.csv").status_code == 404


def test_figures_of_a_class_are_those_of_the_page_where_the_link_names_none(client: TestClient) -> None:
    file = client.get("/monitors/support-bot/recall.csv")

    assert len(list(csv.DictReader(io.StringIO(file.text)))) > 0
    assert file.text == client.get("/monitors/support-bot/recall.csv?class=urgent").text


def test_figures_of_all_classes_are_of_no_single_one(client: TestClient) -> None:
    refused = client.get("/monitors/support-bot/accuracy.csv?class=urgent")

    assert refused.status_code == 400
    assert "accuracy is of all classes together; leave class out" in refused.text


def test_the_confusions_are_those_of_the_history(client: TestClient, history: History) -> None:
    newest = history.charted.newest("support-bot")
    assert newest is not None
    found = history.shown.confusion("support-bot", newest.as_of - timedelta(days=30), newest.as_of)

    page = client.get(PAGE).text

    n = sum(each.n for each in found if each.label == "urgent")
    assert re.search(rf'<th scope="row">urgent</th>.*<td>{n:,}</td></tr>', page)


def test_delays_of_labels_are_told(client: TestClient) -> None:
    assert re.search(r"half came within [\d.]+ [hd] and nine in ten within [\d.]+ [hd]", client.get(PAGE).text)


def test_a_monitor_that_is_not_configured_is_no_page(client: TestClient) -> None:
    missing = client.get("/monitors/other")

    assert missing.status_code == 404
    assert "no monitor &#39;other&#39; is configured" in missing.text


def test_a_link_chooses_the_slice_and_charts_table_confusions_and_files_are_of_it(
    client: TestClient, history: History
) -> None:
    part = "prompt_version=p2"
    newest, everything = history.charted.newest("support-bot", part), history.charted.newest("support-bot")
    assert newest is not None
    assert everything is not None

    page = client.get(PAGE, params={"slice": part}).text

    assert part in history.charted.slices("support-bot")
    assert f'<option value="{part}" selected>' in page
    assert figure(newest.of("recall", "billing")) in page
    assert figure(newest.of("recall", "billing")) != figure(everything.of("recall", "billing"))
    link = next(each for each in re.findall(r'href="(/monitors/[^"]+\.csv[^"]*)"', page) if "accuracy" in each)
    file = client.get(link.replace("&amp;", "&"))
    assert {line["slice"] for line in csv.DictReader(io.StringIO(file.text))} == {part}
    assert "accuracy-prompt_version_p2.csv" in file.headers["content-disposition"]


def test_what_people_did_is_marked_on_every_axis(copied_sqlite: str) -> None:
    history = History.open(copied_sqlite)
    step = opened(monitor="bot")
    with history.transaction("bot") as transaction:
        for hours in (0, 24, 48):
            lines = (estimate(value=0.9), estimate("relevance_mean", 0.8), estimate("relevance_low_share", 0.1))
            transaction.record(CycleRecord(T0 + timedelta(hours=hours), lines, (), () if hours else (step,)))
        acknowledged = Act(ActKind.ACKNOWLEDGE, "ada", T0 + timedelta(hours=30), "1", T0 + timedelta(hours=40))
        transaction.act(step.incident.id, acknowledged, ())
    pages = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), dict).app(), "http://127.0.0.1")

    page = pages.get("/monitors/bot?span=7d").text
    history.close()

    assert f'<a href="/incidents/{step.incident.id}">acknowledged by ada</a>' in page
    charts = re.findall(r"<svg viewBox=\"0 0 480.*?</svg>", page, re.DOTALL)
    assert "<h2>Relevance of the answers</h2>" in page
    assert charts
    assert all('<path class="act"' in each for each in charts)


def test_it_is_said_which_of_recall_and_precision_is_lower(client: TestClient, history: History) -> None:
    newest = history.charted.newest("support-bot")
    assert newest is not None

    rows = dict(re.findall(r'<th scope="row"><a [^>]*>(\w+)</a>.*?<td>([^<]*)</td></tr>', client.get(PAGE).text))

    assert re.fullmatch(r"recall is lower \(-[\d.]+ to -[\d.]+\)", rows["urgent"])
    assert re.fullmatch(r"(balanced|(recall|precision) is lower) \(.* to .*\)", rows["billing"])
    assert figure(newest.of("f1", "urgent")) in client.get(PAGE).text


def test_a_form_asks_for_a_class_by_the_very_name_that_it_has(copied_sqlite: str) -> None:
    """A browser takes the words of an option together where it has no value, and a page hides joiners in words."""
    names = ("two  spaces", "<b>", "क्\u200dष")
    history = History.open(copied_sqlite)
    with history.transaction("bot") as transaction:
        lines = [estimate("recall", 0.5, name) for name in names]
        transaction.record(CycleRecord(T0, tuple(lines), (), ()))
    app = TestClient(Pages(history, (Watched("bot", 0.85, {}, {}),), dict).app(), base_url="http://127.0.0.1")
    values = re.findall(r'<option value="(.*?)"', app.get("/monitors/bot").text)
    assert {html.unescape(value) for value in values} == set(names)
    for name in names:
        assert app.get("/monitors/bot", params={"class": name}).status_code == 200
    history.close()


def test_no_option_is_without_a_value() -> None:
    templates = list(Path(documents.__file__).parent.glob("*.jinja"))
    options = [each for file in templates for each in re.findall(r"<option[^>]*", file.read_text("utf-8"))]
    assert options
    assert all(each.startswith("<option value=") for each in options)
