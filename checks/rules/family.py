"""Which findings belong together."""

from enum import StrEnum


class Family(StrEnum):
    """Findings that belong together; a monitor has at most one unresolved incident of each family."""

    QUALITY = "quality"  # accuracy, recall, precision, paradox, relevance, ...
    LATENCY = "latency"
    DATA = "data"  # traffic, labels and drift: the log itself
    WATCH = "watch"  # whether tunewatch sees at all: looks that fail, a log that misleads, a check that crashed
    RETIREMENT = "retirement"  # nothing is wrong yet: what answers will be turned off
