"""What each channel shows of each incident, as it has confirmed."""

from datetime import datetime

from sqlalchemy import Connection

from alerts.standing import Standing
from monitor.history.notifications import Notification
from monitor.history.schema import STANDINGS
from monitor.history.writing.bulk import insert_if_new


def keep_standing(connection: Connection, notification: Notification, now: datetime) -> None:
    """Keep what the channel has taken."""
    incident = notification.present.incident
    key = {"incident_id": incident.id, "channel": notification.channel}
    values = {"shown_at": now, "detail": Standing.of(incident)}
    if not insert_if_new(connection, STANDINGS, key | values):
        t = STANDINGS.c
        mine = (t.incident_id == incident.id, t.channel == notification.channel)
        connection.execute(STANDINGS.update().where(*mine).values(values))
