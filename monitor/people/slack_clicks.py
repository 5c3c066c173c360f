"""Does what people click in Slack: the same as the commands do, with who and when."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.channels.channel import ChannelError
from alerts.channels.slack.clicks import Clicked, Submitted, read
from alerts.channels.slack.dialogs import DIALOGS, dialog
from alerts.incident import Incident, Transition
from alerts.messages.acts import covered_in_words, silence_in_words
from alerts.messages.buttons import NAMES_NOTHING, NOT_KEPT, Button, already_yours, unknown_incident
from alerts.messages.mrkdwn import escape
from monitor.common.clock import Clock
from monitor.common.errors import HistoryError
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.people.acts import HELD_FOR, Acts, unfit

_AGAIN: Final = timedelta(minutes=5)
"""How soon an acknowledgement of the same person is a click too many."""

_ACTS: Final = {
    Button.SNOOZE: ActKind.SNOOZE,
    Button.FALSE_ALARM: ActKind.FALSE_ALARM,
    Button.RESOLVE: ActKind.RESOLVE,
}
_NO_END: Final = frozenset({Button.FALSE_ALARM, Button.RESOLVE})

Json = Mapping[str, Any]

_LOG = get_logger(__name__)


class Voice(Protocol):
    """What Slack lets us say to people who click. Each raises ChannelError."""

    def open_dialog(self, trigger: str, view: Json) -> None:
        """Show a dialog to whoever clicked."""

    def whisper(self, channel: str, user: str, text: str, ts: str) -> None:
        """Say something in a thread that one person alone sees."""

    def say(self, channel: str, text: str, ts: str) -> None:
        """Say something in a thread."""


@dataclass(frozen=True, slots=True)
class SlackClicks:
    """Answers what was clicked. `known` are the names that a silence may name; `then` is called when there is news."""

    acts: Acts
    known: Mapping[str, tuple[str, ...]]
    clock: Clock
    then: Callable[[], None]

    def answer(self, payload: Json, voice: Voice) -> Json | None:
        """Do it, and what Slack is answered. Raises HistoryError, ChannelError where it was not done."""
        asked = read(payload)
        if asked is None:
            _LOG.warning("click not understood", type=str(payload.get("type"))[:40])
            return None
        try:
            return self._obey(asked, voice)
        except HistoryError as error:
            _LOG.error("click not kept", button=asked.button.value, incident=asked.incident, error=str(error))
            if isinstance(asked, Submitted):
                return _errors("note", NOT_KEPT)
            _tell(voice, asked, NOT_KEPT)
            raise

    def _obey(self, asked: Clicked | Submitted, voice: Voice) -> Json | None:
        found = self.acts.history.queries.find_incidents(asked.incident)
        incident = next((each for each in found if each.id == asked.incident), None)
        if incident is None:
            _tell(voice, asked, unknown_incident(asked.incident))
            return None
        if isinstance(asked, Submitted) and asked.button is Button.SILENCE:
            return self._silence(asked, voice)
        if isinstance(asked, Clicked) and asked.button in DIALOGS:
            voice.open_dialog(asked.trigger, dialog(asked.button, incident, asked.channel, asked.ts))
            return None
        self._act(asked, incident, voice)
        return None

    def _act(self, asked: Clicked | Submitted, incident: Incident, voice: Voice) -> None:
        now = self._now()
        if asked.button is Button.ACKNOWLEDGE and _has_just_taken(incident, asked.by, now):
            _tell(voice, asked, already_yours(incident))
            return
        try:
            step = self._step(asked, incident, now)
        except ActRefusedError as refused:
            _tell(voice, asked, str(refused))
            return
        if step is not None:
            _LOG.info("clicked", button=asked.button.value, incident=incident.id, by=asked.by)
            self.then()

    def _step(self, asked: Clicked | Submitted, incident: Incident, now: datetime) -> Transition | None:
        span, note = (asked.span, asked.note) if isinstance(asked, Submitted) else (None, "")
        until = None if asked.button in _NO_END else now + (span or HELD_FOR)
        kind = _ACTS.get(asked.button, ActKind.ACKNOWLEDGE)
        act = Act(kind, asked.by, now, asked.key, until, note)
        if asked.button in (Button.ACCEPT, Button.REJECT):
            return self.acts.decide(incident, act, accepted=asked.button is Button.ACCEPT)
        return self.acts.act(incident, act)

    def _silence(self, asked: Submitted, voice: Voice) -> Json | None:
        if asked.matcher.is_for_all:
            return _errors("class_name", NAMES_NOTHING)
        if wrong := unfit(asked.matcher, self.known):
            return {"response_action": "errors", "errors": dict(wrong)}
        now = self._now()
        act = Act(ActKind.SILENCE, asked.by, now, asked.key, now + (asked.span or timedelta(0)), asked.note)
        silenced = self.acts.silence(asked.matcher, act)
        _LOG.info("clicked", button=asked.button.value, silence=silenced.silence.id, by=asked.by)
        said = f"{silence_in_words(silenced.silence)}; {covered_in_words(silenced.covered)}"
        try:
            voice.say(asked.channel, escape(said), asked.ts)
        except ChannelError as error:
            _LOG.warning("silence not told", silence=silenced.silence.id, error=redact(str(error)))
        return None

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)


def _has_just_taken(incident: Incident, by: str, now: datetime) -> bool:
    until = incident.acknowledged_until
    return incident.acknowledged_by == by and until is not None and until > now + HELD_FOR - _AGAIN


def _errors(block: str, said: str) -> Json:
    """What a dialog says beside a field; it stays open."""
    return {"response_action": "errors", "errors": {block: said}}


def _tell(voice: Voice, asked: Clicked | Submitted, said: str) -> None:
    """Tell whoever clicked; that they were not told undoes nothing."""
    try:
        voice.whisper(asked.channel, asked.user, escape(said), asked.ts)
    except ChannelError as error:
        _LOG.warning("click not answered", button=asked.button.value, error=redact(str(error)))
