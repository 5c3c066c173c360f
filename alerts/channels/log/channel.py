"""Tells incidents in the daemon's log, where that is JSON: there the console's paragraphs would be no lines of it."""

from dataclasses import replace

import structlog

from alerts.channels.channel import Post, Receipt
from alerts.channels.standalone import standalone_message
from alerts.incident import Event, State
from alerts.messages.event_json import event_json
from alerts.messages.text import render_text
from checks.rules.finding import Verdict

_LOG: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(__name__)


class LogChannel:
    """One log event `told` for each step that is told: an error while it is critical, else a warning."""

    def send(self, post: Post) -> Receipt:
        """Log the step; one without an event is none, unless nothing was told before."""
        if (message := standalone_message(post)) is None:
            return Receipt()
        step = post.now if post.first else post.step
        incident = step.incident
        is_critical = incident.severity is Verdict.CRITICAL and incident.state is not State.RESOLVED
        tell = _LOG.error if is_critical else _LOG.warning
        tell(
            "told",
            message=render_text(message),
            alert=event_json(replace(step, event=step.event or Event.OPENED), post.links),
        )
        return Receipt()
