"""What can go wrong outside of tunewatch, in words that say what to do."""


class UnreachableError(Exception):
    """The source or the history could not be reached; the command exits with 3, the daemon tries again."""


class SourceError(UnreachableError):
    """The prediction log or the label log could not be read."""


class HistoryError(UnreachableError):
    """The metric history could not be read or written."""


class ClockError(HistoryError):
    """The history has a look that is dated after the present clock, and nothing else says which of both is right."""


class MappingError(Exception):
    """The configured columns do not fit the log; the command exits with 2.

    `key` is the configuration key at fault, such as monitors.support-bot.source.predictions.columns.at.
    """

    def __init__(self, message: str, key: str) -> None:
        super().__init__(message)
        self.key = key


class BindError(Exception):
    """The web server's address cannot be used; the command exits with 2."""
