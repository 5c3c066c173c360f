"""Acts of people on incidents: kept once each, with who and when, and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from alerts.acts import Act
from alerts.incident import Incident, Transition
from alerts.routing.matching import Facts, Matcher, fits_one
from alerts.routing.silence import Silence
from monitor.history import History

HELD_FOR: Final = timedelta(hours=24)
"""How long an incident is somebody's unless they say otherwise: a day, after which it is nobody's again."""

SNOOZED_FOR: Final = timedelta(hours=4)

MOST_WORDS: Final = 500
"""Characters of a note or a name: they go into a Slack thread."""


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence that was made, and the open incidents that are quiet by it."""

    silence: Silence
    covered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Acts:
    """Keeps what people do. `channels` are those that every step is told in as it is written.

    Its methods raise HistoryError where the history cannot be reached.
    """

    history: History
    channels: tuple[str, ...]

    def act(self, incident: Incident, act: Act) -> Transition | None:
        """The step that an act makes of an incident; None where that act is kept already. Raises ActRefusedError."""
        with self.history.transaction(incident.monitor) as transaction:
            return transaction.act(incident.id, act, self.channels)

    def decide(self, incident: Incident, act: Act, *, accepted: bool) -> Transition | None:
        """Take an incident on (`act` is an acknowledgement) and say whether what is advised is done; else as `act`."""
        with self.history.transaction(incident.monitor) as transaction:
            return transaction.act_and_decide(incident.id, act, accepted, self.channels)

    def silence(self, matcher: Matcher, act: Act) -> Silenced:
        """Silence what fits from the act's time until its end; handed over again, it is the same silence."""
        key = self.history.silence(matcher, act)
        silence = Silence(key, matcher, act.at, act.until or act.at, act.by, act.note)
        covered = (each.id for each in self.history.queries.unresolved() if silence.covers(Facts.of(each)))
        return Silenced(silence, tuple(covered))


def unfit(matcher: Matcher, known: Mapping[str, Sequence[str]]) -> Mapping[str, str]:
    """The fields of a matcher with a pattern that fits none of the names known, and what is wrong.

    A silence of a name with a slip of the pen would be none.
    """
    found = {}
    for field, names in known.items():
        for pattern in getattr(matcher, field):
            if not any(fits_one((pattern,), name) for name in names):
                found[field] = f"{pattern!r} fits none of {', '.join(names)}"
    return found
