"""What the exit status of a command says."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit status of `tunewatch`; 0 to 3 are the contract, the rest follows the customs of a shell."""

    FINE = 0
    INCIDENT_OPEN = 1
    USAGE = 2  # or configuration
    UNREACHABLE = 3  # the source or the history
    CRASH = 70  # EX_SOFTWARE of sysexits.h: a fault of tunewatch itself, never to be taken for an open incident
    INTERRUPTED = 130  # 128 + SIGINT
    BROKEN_PIPE = 141  # 128 + SIGPIPE, what `yes | head` leaves
