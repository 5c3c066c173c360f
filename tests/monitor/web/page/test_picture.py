"""The chart of an incident as one picture."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.daemon.charts import build_draw
from monitor.daemon.pages import watched_of
from monitor.history import History
from monitor.web.page.picture import Drawing, picture
from monitor.web.page.png import png
from monitor.web.page.watched import Watched
from tests.support.incidents import finding

SVG = "{http://www.w3.org/2000/svg}"


def watched(settings: Settings) -> Watched:
    return watched_of("support-bot", settings.monitors["support-bot"])


def drawn(history: History, played: Path) -> Drawing:
    (incident,) = history.queries.incidents()
    found = picture(history, watched(load(played / "tunewatch.yaml")), incident)
    assert found is not None
    return found


def test_the_picture_has_the_figure_its_interval_the_floor_and_what_happened(history: History, played: Path) -> None:
    drawing = drawn(history, played)
    tree = ET.fromstring(drawing.svg)  # noqa: S314 - of our own templates
    texts = [each.text or "" for each in tree.iter(f"{SVG}text")]
    looks = {each.get("class", "").split()[0] for each in tree.iter(f"{SVG}path")}

    assert texts[0].startswith("support-bot: Recall of urgent, 30 d to ")
    assert {"line", "band", "level", "version"} <= looks
    assert "floor 80%" in texts
    assert any("first answers of" in text for text in texts)
    assert any("CRITICAL quality incident, open" in text for text in texts)
    assert "var(" not in drawing.svg
    assert "Recall of urgent" in drawing.said


def test_the_picture_becomes_a_png_with_letters_from_a_font_of_our_own(history: History, played: Path) -> None:
    drawing = drawn(history, played)
    with_text, without = png(drawing.svg), png(drawing.svg.replace("<text", "<desc").replace("</text", "</desc"))

    assert with_text.startswith(b"\x89PNG")
    assert len(with_text) > 1.3 * len(without)  # the letters are there, in whatever container


def test_an_alarm_without_a_course_has_no_picture(history: History, played: Path) -> None:
    (incident,) = history.queries.incidents()
    silent = replace(incident, findings=(finding("traffic", "predictions"),))

    assert picture(history, watched(load(played / "tunewatch.yaml")), silent) is None


def test_charts_are_drawn_only_where_a_channel_takes_them(history: History, played: Path) -> None:
    (incident,) = history.queries.incidents()
    file = played / "tunewatch.yaml"
    alone, told = load(file, environ={}), load(file, environ={"TUNEWATCH_SLACK__CHANNEL": "C0ONCALL1"})
    off = load(file, environ={"TUNEWATCH_SLACK__CHANNEL": "C0ONCALL1", "TUNEWATCH_ALERTING__CHARTS": "false"})

    assert build_draw(alone, history)(incident) is None
    assert build_draw(off, history)(incident) is None
    chart = build_draw(told, history)(incident)
    assert chart is not None
    assert chart.png.startswith(b"\x89PNG")
