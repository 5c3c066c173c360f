"""The history from settings: all that a command needs which asks it, and looks at no log."""

from config.settings import Settings
from monitor.history import History


def open_history(settings: Settings) -> History:
    """Connect to the history and bring it up to date. Raises HistoryError."""
    return History.open(settings.history.url)


def open_history_to_read(settings: Settings) -> History:
    """Connect to the history without a change to it. Raises HistoryError where it is not of this release."""
    return History.open_to_read(settings.history.url)
