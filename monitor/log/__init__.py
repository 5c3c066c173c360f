"""The prediction log and the label log, read where they lie and never written."""

from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.replayed_log import open_replayed

__all__ = ["PredictionLog", "open_log", "open_replayed"]
