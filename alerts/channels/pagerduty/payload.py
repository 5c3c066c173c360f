"""What is sent to PagerDuty; pure.

Source and limits: https://developer.pagerduty.com/docs/events-api-v2-overview
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from alerts.channels.channel import Post
from alerts.channels.standalone import standalone_event, standalone_message
from alerts.incident import Event, State, Transition
from alerts.messages.event_json import utc
from alerts.messages.message import Message
from alerts.messages.text import one_line
from checks.rules.finding import Verdict

MAX_SUMMARY: Final = 1024  # characters
MAX_LINE: Final = 1000  # of a detail; all of them stay far below the 512 kB of an event

SEVERITIES: Final = {Verdict.CRITICAL: "critical", Verdict.WARNING: "warning"}
"""PagerDuty has `error` and `info` too, which nothing here means."""

Json = dict[str, Any]


class EventAction(StrEnum):
    """What PagerDuty does with an event."""

    TRIGGER = "trigger"
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


def act_of(step: Transition) -> EventAction | None:
    """What a step asks for; None where there is nothing to do: what is over is opened by no late news."""
    if step.incident.state is State.RESOLVED:
        return EventAction.RESOLVE if step.event is Event.RESOLVED else None
    return EventAction.ACKNOWLEDGE if step.event is Event.ACKNOWLEDGED else EventAction.TRIGGER


def event_of(post: Post) -> Json | None:
    """The event without its routing key; None for a post that PagerDuty is not told of.

    The key by which PagerDuty tells incidents apart is the incident's, so a second event of it adds to the first.
    """
    step, message = standalone_event(post), standalone_message(post)
    act = None if step is None else act_of(step)
    if step is None or message is None or act is None:
        return None
    event: Json = {"event_action": act.value, "dedup_key": step.incident.id, "client": "tunewatch"}
    if act is EventAction.TRIGGER:
        event |= {
            "payload": _payload(step, message),
            "links": [{"href": link.url, "text": link.words} for link in post.links],
        }
    return event


def plain(event: Json) -> Json:
    """The event without what a service may not take: it calls people all the same."""
    bare = {key: value for key, value in event.items() if key != "links"}
    return bare | {"payload": {k: v for k, v in event["payload"].items() if k != "custom_details"}}


def _payload(step: Transition, message: Message) -> Json:
    incident = step.incident
    return {
        # Read out by telephone, so without a badge: what broke, and what to do.
        "summary": _clip(_summary(step, message), MAX_SUMMARY),
        "source": incident.monitor,
        "severity": SEVERITIES[incident.severity],
        "timestamp": utc(step.at),
        "component": _clip(incident.findings[0].subject, MAX_LINE),
        "group": incident.family.value,
        "class": incident.findings[0].check,
        "custom_details": _details(message),
    }


def _summary(step: Transition, message: Message) -> str:
    said = message.headline.removeprefix(f"{message.badge} ")
    if not message.news:
        return said  # with what to do at its end
    told = f"{said}: {message.problem}"
    # What came of an advice says what was done; to say it again would sound like something to do.
    return told if step.event is Event.VERIFIED else f"{told} → {message.action}"


def _details(message: Message) -> Mapping[str, str | list[str]]:
    """What a person reads next, in that order; what is empty is left out."""
    details: dict[str, str | list[str]] = {
        "1 what": _clip(message.told, MAX_LINE),
        "1b who is hurt": _clip(message.hurt, MAX_LINE),
        "2 do": _clip(message.action, MAX_LINE),
        "3 how sure": _clip(message.certainty, MAX_LINE),
        "4 why": _lines(message.reasons),
        "5 also": _lines(message.others),
        "6 run": _lines(message.commands),
        "7 facts": _lines(message.facts),
    }
    return {name: said for name, said in details.items() if said}


def _lines(lines: tuple[str, ...]) -> list[str]:
    return [_clip(line, MAX_LINE) for line in lines]


def _clip(text: str, limit: int) -> str:
    line = one_line(text)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
