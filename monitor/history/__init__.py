"""The metric history: counts by bucket, what was believed of them at each cycle, incidents, and the outbox."""

from monitor.history.history import Dated, History
from monitor.history.spans import WindowSpec
from monitor.history.transaction import Transaction
from monitor.history.writing.aside import SetAside
from monitor.history.writing.record import CycleRecord
from monitor.history.writing.studies import KeptStudy

__all__ = ["CycleRecord", "Dated", "History", "KeptStudy", "SetAside", "Transaction", "WindowSpec"]
