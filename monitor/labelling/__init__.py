"""`tunewatch label-queue`: which predictions to label next, so that recall is known better."""

from monitor.labelling.formats import Form, render
from monitor.labelling.queue import Queue, QueuedPrediction, make_queue, scrubbed
from monitor.labelling.table import budget_parts

__all__ = ["Form", "Queue", "QueuedPrediction", "budget_parts", "make_queue", "render", "scrubbed"]
