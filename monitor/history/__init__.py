"""The metric history: counts by bucket, what was believed of them at each cycle, incidents, and the outbox."""

from monitor.history.aside import SetAside
from monitor.history.history import Dated, History
from monitor.history.record import CycleRecord
from monitor.history.spans import WindowSpec
from monitor.history.studies import KeptStudy
from monitor.history.transaction import Transaction

__all__ = ["CycleRecord", "Dated", "History", "KeptStudy", "SetAside", "Transaction", "WindowSpec"]
