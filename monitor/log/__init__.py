"""The prediction log and the label log, read where they lie and never written."""

from monitor.log.prediction_log import PredictionLog, open_log

__all__ = ["PredictionLog", "open_log"]
