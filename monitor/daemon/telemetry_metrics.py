"""What `/metrics` tells, as metrics of OpenTelemetry: under the same names, with the same labels as attributes."""

import threading
import time
from collections.abc import Iterable
from typing import Any, Final

from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Metric,
    MetricExporter,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from monitor.common.logs import get_logger

_LOG: Final = get_logger(__name__)


class MetricsSender:
    """Sends what the collector that is `shown` tells, every so many seconds until `shutdown`.

    There is no last time at the end, when delivery has stopped already: it would look as if that had died.
    """

    def __init__(self, exporter: MetricExporter, resource: Resource, version: str, every: float) -> None:
        self.shown: Collector | None = None
        self._exporter = exporter
        self._resource = resource
        self._scope = InstrumentationScope("tunewatch", version)
        self._every = every
        self._began = time.time_ns()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="telemetry", daemon=True)
        self._thread.start()

    def shutdown(self) -> None:
        """End; what is being sent is sent first."""
        self._stopping.set()
        self._thread.join()
        self._exporter.shutdown()

    def _work(self) -> None:
        while not self._stopping.wait(self._every):
            try:
                self._send()
            except Exception:  # noqa: BLE001 - what a history or a network may do must not end it
                _LOG.exception("metrics not sent")

    def _send(self) -> None:
        if self.shown is None:
            return
        told = ScopeMetrics(self._scope, metrics(self.shown.collect(), self._began, time.time_ns()), "")
        self._exporter.export(MetricsData([ResourceMetrics(self._resource, [told], "")]))


def metrics(families: Iterable[Family], began: int, now: int) -> list[Metric]:
    """The families that have samples, as of `now`; counters count from `began` on (both nanoseconds since 1970)."""
    return [_metric(family, began, now) for family in families if family.samples]


def _metric(family: Family, began: int, now: int) -> Metric:
    points = [NumberDataPoint(each.labels, began, now, each.value) for each in family.samples]
    if family.type == "counter":
        data: Any = Sum(points, AggregationTemporality.CUMULATIVE, is_monotonic=True)
        return Metric(family.name, family.documentation, "", data)
    return Metric(family.samples[0].name, family.documentation, "", Gauge(points))
