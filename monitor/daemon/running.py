"""Runs a daemon and those that follow it, until a signal ends the process."""

import signal
from queue import Empty, SimpleQueue
from typing import Final

from monitor.daemon.daemon import STOP_WITHIN, Daemon, Ending
from monitor.daemon.renewal import Renewal

LOOK_EVERY: Final = 2.0  # seconds between two looks at the files of the configuration

ENDS: Final = (signal.SIGTERM, signal.SIGINT)
RENEWS: Final = signal.SIGHUP


def run(daemon: Daemon, renewal: Renewal | None = None, stop_within: float = STOP_WITHIN) -> Ending:
    """Work until SIGTERM or SIGINT, in the main thread, once; SIGHUP reads the configuration anew."""
    signals: SimpleQueue[int] = SimpleQueue()  # `put` is reentrant, as a signal handler needs; Event.set is not
    for number in (*ENDS, RENEWS):
        signal.signal(number, lambda received, _frame: signals.put(received))
    daemon.start()
    while (received := _next(signals, None if renewal is None else LOOK_EVERY)) not in ENDS:
        successor = None if renewal is None else renewal.successor(daemon, asked=received == RENEWS)
        if successor is not None:
            daemon.make_way(successor)
            daemon = successor
    for number in ENDS:
        signal.signal(number, signal.SIG_DFL)  # whoever asks twice is not made to wait
    return daemon.stop(signal.Signals(received or signal.SIGTERM), stop_within)


def _next(signals: "SimpleQueue[int]", seconds: float | None) -> int | None:
    try:
        return signals.get(timeout=seconds)
    except Empty:
        return None
