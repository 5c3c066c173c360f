"""Incidents in a JSON log: each one line of it."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.channels.channel import Post
from alerts.channels.log.channel import LogChannel
from alerts.incident import Event, Reason, State, Transition
from monitor.common.logs import set_up_logging
from tests.support.incidents import T0, clear, opened, step

OVER = step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, findings=(clear(),), resolved_at=T0)


def told(*posts: Post, level: str = "info") -> list[dict[str, Any]]:
    stream = io.StringIO()
    set_up_logging(level, "json", stream)
    for post in posts:
        LogChannel().send(post)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_step_is_one_event_with_the_words_for_people_and_the_object_for_programs() -> None:
    (line,) = told(Post("1", opened()))

    assert (line["event"], line["level"]) == ("told", "error")
    assert line["message"].startswith("🔴 CRITICAL support-bot: recall of urgent 12%, floor 80%")
    assert line["alert"]["event"] == "opened"
    assert line["alert"]["findings"][0]["value"] == 0.12


@pytest.mark.parametrize(
    ("transition", "level"),
    [(opened(), "error"), (step(Event.ESCALATED, Reason.SEVERITY_ROSE), "error"), (OVER, "warning")],
)
def test_what_is_critical_is_an_error(transition: Transition, level: str) -> None:
    assert [line["level"] for line in told(Post("1", transition))] == [level]


def test_a_step_that_nobody_is_told_of_is_no_line_unless_it_is_the_first() -> None:
    silent = step(None, Reason.CLEAR_BEGAN, state=State.RECOVERING)

    assert told(Post("1", silent)) == []
    assert told(Post("1", silent, first=True))[0]["alert"]["state"] == "recovering"


def test_what_was_over_before_it_was_told_says_both() -> None:
    over = replace(OVER, incident=replace(OVER.incident, resolved_at=T0 + timedelta(hours=6)))
    (line,) = told(Post("1", opened(), present=over, first=True))

    assert "opened CRITICAL 2026-03-29 06:00 UTC, resolved 2026-03-29 12:00 UTC" in line["message"]
