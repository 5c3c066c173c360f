"""Routes as an operator writes them."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.channels.registry import ROWS
from config import Settings, load
from config.errors import ConfigError
from config.routes import ALWAYS_THERE
from monitor.bootstrap.routes import build_routing

HEAD = """
slack: {channel: "#oncall"}
monitors:
  support-bot:
    source: {predictions: {files: a.csv, columns: {id: i, at: t, predicted: p}}}
routes:
"""


def read(tmp_path: Path, routes: str) -> Settings:
    file = tmp_path / "tunewatch.yaml"
    file.write_text(HEAD + routes, encoding="utf-8")
    return load(file, environ={})


def test_values_may_be_lists_and_times_of_day_may_lack_their_quotes(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
  - {severity: critical, class: [urgent, "bil*"], channels: slack, mention: "@here", escalate_after: 30m,
     zone: Asia/Tokyo}
  - channels: [slack]
    quiet_hours: {from: 22:00, to: 07:30, zone: Europe/Berlin}
    mute: [{days: sat, from: "02:00", to: "04:00"}, {start: 2026-12-24, end: 2026-12-27}]
""",
    )
    first, second = found.routes
    assert (first.zone, second.zone) == ("Asia/Tokyo", None)
    assert build_routing(found, ("console", "slack")).routes[0].zone == "Asia/Tokyo"
    assert (first.severity, first.class_name, first.channels) == (("critical",), ("urgent", "bil*"), ("slack",))
    assert second.quiet_hours is not None
    assert (second.quiet_hours.start, second.quiet_hours.end) == (time(22), time(7, 30))
    built = build_routing(found, ("console", "slack"))
    assert built.routes[0].escalate_after == timedelta(minutes=30)
    assert built.everywhere == ("console", "slack")
    assert len(built.routes[1].mute) == 2


@pytest.mark.parametrize(
    ("routes", "says"),
    [
        (
            "  - {channels: slak}",
            "routes.0.channels names 'slak', and there is no such channel; did you mean slack?",
        ),
        (
            "  - {channels: teams}",
            "and there is no such channel; there is console, slack",
        ),
        (
            "  - {channels: slack, monitor: support-bto}",
            "did you mean support-bot?",
        ),
        ("  - {}", "routes.0.channels is missing"),
        ("  - {channels: [slack, slack]}", "routes.0.channels names slack twice"),
        ("  - {channels: slack, monitor: shop}", "routes.0.monitor fits no monitor: 'shop'; there is support-bot"),
        ("  - {channels: slack, check: recal}", "routes.0.check fits no check: 'recal'"),
        (
            "  - {channels: slack, severity: high}",
            "routes.0.severity.0 must be one of 'warning', 'critical', not 'high'",
        ),
        ("  - {channels: slack, clas: urgent}", "routes.0.clas is not a known key; did you mean class?"),
        ("  - {channels: slack, mention: everybody}", "routes.0.mention must be @here"),
        ("  - {channels: slack, escalate_after: 30m}", "routes.0.escalate_after leads nowhere"),
        (
            "  - {channels: slack}\n  - {channels: console, severity: critical}",
            "routes.1 is never taken: routes.0 matches all that it does",
        ),
        (
            "  - {channels: slack, check: class_*}\n  - {channels: console, check: class_recall, class: urgent}",
            "routes.1 is never taken",
        ),
        (
            "  - {channels: slack, quiet_hours: {from: '22:00', to: '07:00', zone: Europe/Berlim}}",
            "routes.0.quiet_hours.zone is no time zone: 'Europe/Berlim'; did you mean Europe/Berlin?",
        ),
        (
            "  - {channels: slack, quiet_hours: {from: '25:00', to: '07:00'}}",
            "routes.0.quiet_hours.from must be a time",
        ),
        (
            "  - {channels: slack, quiet_hours: {from: '7:00', to: '07:00'}}",
            "routes.0.quiet_hours.to is the same as from",
        ),
        (
            "  - {channels: slack, mute: [{start: 2026-01-02, end: 2026-01-01}]}",
            "routes.0.mute.0.end must be after start",
        ),
        ("  - {channels: slack, mute: [{start: 2026-01-02}]}", "routes.0.mute.0 needs either start and end"),
        (
            "  - {channels: slack, mute: [{start: 2026-01-02, end: 2026-01-03, from: '1:00', to: '2:00'}]}",
            "routes.0.mute.0 needs either start and end",
        ),
        ("  - {channels: slack, continue: true, escalate_after: 5m}\n  - {channels: console}", "has no meaning with"),
    ],
)
def test_what_cannot_be_is_told_with_its_key(tmp_path: Path, routes: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(tmp_path, routes)
    assert says in str(error.value)
    assert f"{tmp_path / 'tunewatch.yaml'}:" in str(error.value)


def test_a_route_behind_one_that_escalates_or_continues_is_taken(tmp_path: Path) -> None:
    read(tmp_path, "  - {channels: slack, escalate_after: 30m}\n  - {channels: console}")
    read(tmp_path, "  - {channels: slack, continue: true}\n  - {channels: console}")


def test_the_channels_that_need_no_section_are_those_of_the_registry() -> None:
    assert tuple(row.name for row in ROWS if row.is_always_there) == ALWAYS_THERE


def test_the_console_can_be_turned_off_where_somebody_else_is_told(tmp_path: Path) -> None:
    off = "  - {channels: slack}\nconsole: {enabled: false}"
    assert not read(tmp_path, off).console.enabled
    with pytest.raises(ConfigError, match="and there is no such channel; there is slack"):
        read(tmp_path, off.replace("slack", "console"))
    (tmp_path / "tunewatch.yaml").write_text(
        HEAD.replace('slack: {channel: "#oncall"}', "console: {enabled: false}").replace("routes:", ""),
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"console.enabled must not be false where no other channel is set up"):
        load(tmp_path / "tunewatch.yaml", environ={})
