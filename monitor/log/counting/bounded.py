"""The log with its names as they are kept."""

from dataclasses import replace

from monitor.log.engines.constructs import BoundedName
from monitor.log.mapping.mapped import MappedLog


def with_bounded_names(log: MappedLog) -> MappedLog:
    """The log, with every name that becomes a key as it is kept."""
    p, labels = log.predictions, log.labels
    predictions = replace(
        p,
        predicted=BoundedName(p.predicted),
        model_version=BoundedName(p.model_version),
        prompt_version=BoundedName(p.prompt_version),
        relevance_source=BoundedName(p.relevance_source),
        segments=tuple(BoundedName(segment) for segment in p.segments),
    )
    bounded_labels = (
        None
        if labels is None
        else replace(labels, label=BoundedName(labels.label), labeller=BoundedName(labels.labeller))
    )
    return replace(log, predictions=predictions, labels=bounded_labels)
