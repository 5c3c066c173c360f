"""`tunewatch label-queue`: which predictions to label next, so that recall is known better."""

from monitor.actions.label_queue.formats import Form, render
from monitor.actions.label_queue.queue import Queue, QueuedPrediction, make_queue, scrubbed
from monitor.actions.label_queue.table import budget_parts

__all__ = ["Form", "Queue", "QueuedPrediction", "budget_parts", "make_queue", "render", "scrubbed"]
