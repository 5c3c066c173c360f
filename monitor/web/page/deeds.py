"""Does what a form says, by the functions that the commands call."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.incident import Incident
from alerts.routing.matching import Facts, Matcher
from monitor.people.acts import MOST_WORDS, Acts
from monitor.web.page.offers import LASTING, Deed, Scope

_KINDS: Final = {
    Deed.ACKNOWLEDGE: ActKind.ACKNOWLEDGE,
    Deed.ACCEPT: ActKind.ACKNOWLEDGE,
    Deed.REJECT: ActKind.ACKNOWLEDGE,
    Deed.SNOOZE: ActKind.SNOOZE,
    Deed.SILENCE: ActKind.SILENCE,
    Deed.RESOLVE: ActKind.RESOLVE,
    Deed.FALSE_ALARM: ActKind.FALSE_ALARM,
}
_LASTS: Final = (Deed.ACKNOWLEDGE, Deed.ACCEPT, Deed.REJECT, Deed.SNOOZE, Deed.SILENCE)
MOST_OF_A_KEY: Final = 64
"""Characters of what tells one act from another."""


def do(acts: Acts, incident: Incident, fields: Mapping[str, str], by: str, now: datetime) -> None:
    """Keep what somebody does with an incident; handed over twice it is done once.

    Raises ActRefusedError, whose message is for whoever sent the form, and HistoryError.
    """
    deed, note = _deed(fields), fields.get("note", "").strip()
    if len(note) > MOST_WORDS:
        raise ActRefusedError(f"the note has {len(note)} characters; {MOST_WORDS} are shown")
    key = f"page {fields.get('key', '')[:MOST_OF_A_KEY]}"
    act = Act(_KINDS[deed], by, now, key, now + _lasting(fields) if deed in _LASTS else None, note)
    if deed is Deed.SILENCE:
        if not note:
            raise ActRefusedError("a silence needs a reason, for those who wonder why nothing is told")
        acts.silence(matcher(incident, _scope(fields)), act)
        return
    if deed in (Deed.ACCEPT, Deed.REJECT):
        acts.decide(incident, act, accepted=deed is Deed.ACCEPT)
        return
    acts.act(incident, act)


def matcher(incident: Incident, scope: Scope) -> Matcher:
    """What a silence of that scope is for. Of alarms of a class and others together, the class is left open."""
    if scope is Scope.FAMILY:
        return Matcher((incident.monitor,), (incident.family,))
    alarms = Facts.of(incident).alarms
    checks = tuple(dict.fromkeys(alarm.check for alarm in alarms))
    classes = tuple(dict.fromkeys(alarm.class_name for alarm in alarms))
    return Matcher((incident.monitor,), (incident.family,), (), checks, () if "" in classes else classes)


def _deed(fields: Mapping[str, str]) -> Deed:
    try:
        return Deed(fields.get("deed", ""))
    except ValueError:
        raise ActRefusedError(f"the form says none of {', '.join(Deed)}; load the page again") from None


def _scope(fields: Mapping[str, str]) -> Scope:
    try:
        return Scope(fields.get("scope", Scope.ALARMS))
    except ValueError:
        raise ActRefusedError(f"the form says none of {', '.join(Scope)}; load the page again") from None


def _lasting(fields: Mapping[str, str]) -> timedelta:
    lasting = LASTING.get(fields.get("lasts", ""))
    if lasting is None:
        raise ActRefusedError(f"say for how long: {', '.join(LASTING)}")
    return lasting
